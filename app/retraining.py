"""A training run with decisions of staff, from their statements to a version that waits to be chosen.

The worker starts it as a process of its own (`python -m app.retraining ID TOKEN`), so that messages do not wait for it and what
was unsealed goes with the process; `flask classifier retrain` runs it at once.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import structlog

from app.evaluation import artefact_of, measured, test_sets
from app.logs import set_up_logs
from app.parts import System, build_system
from app.reference import DATA
from app.settings import settings_or_exit
from app.training import register_shipped, retrain_with, train_if_needed
from classifier.corpus import DECIDED, Example, read_examples
from classifier.shelf import Shelf
from classifier.suggester import ArtefactSuggester
from domain.errors import Conflict, StorageFailed
from domain.terms import TrainingStage
from services.classifier_views import NewVersion
from services.retraining import TrainingClaim

log = structlog.get_logger(__name__)

_BEAT_EVERY = 20.0  # seconds
_NICENESS = 10  # whoever writes a message goes first


def run_training(system: System, claim: TrainingClaim) -> str | None:
    """Does the run that was claimed. Gives back the new version; None when it failed, which is on record with its code."""
    try:
        with _signs_of_life(system, claim):
            new = _train(system, claim)
            with system.transact() as services:
                services.retraining.finish(claim, new)
            return new.name
    except Conflict:
        log.warning("retraining_lost", training_id=claim.training_id)
    except Exception as error:
        # The place and type of an error are logged, never its message: it may quote a statement.
        log.exception("retraining_failed", training_id=claim.training_id)
        with system.transact() as services:
            services.retraining.fail(claim, type(error).__name__)
    return None


def _train(system: System, claim: TrainingClaim) -> NewVersion:
    shelf, began = Shelf(system.settings.shelf), system.parts.clock()
    train_if_needed(system.settings.shelf)
    with system.transact(read_only=True) as services:
        decisions = list(services.decisions.confirmed())
    _say(system, claim, TrainingStage.TRAINING)
    version = retrain_with(system.settings.shelf, [Example(d.statement, d.label, DECIDED, d.unit) for d in decisions])
    _say(system, claim, TrainingStage.MEASURING)
    _measure_present(system)
    artefact = shelf.load(version)
    return NewVersion(
        name=version,
        figures=artefact.figures,
        card=shelf.card(version),
        messages=len(read_examples(DATA / "reports")),
        decisions=len(decisions),
        corrections=sum(decision.is_correction for decision in decisions),
        measured=measured(system, ArtefactSuggester(artefact, system.parts.directory)),
        parcel=shelf.pack(version),
        trained_at=began,
    )


def _measure_present(system: System) -> None:
    """The shipped version and the one in use on the same test sets, unless they were measured on these before."""
    shipped = register_shipped(system)
    with system.transact(read_only=True) as services:
        known = {view.name: view.measured for view in services.classifiers.versions(None)}
        names = {shipped, services.classifiers.in_use() or shipped}
    for name in names:
        before = known.get(name)
        if before is None or before.tests != test_sets():
            now = measured(system, ArtefactSuggester(artefact_of(system, name), system.parts.directory))
            with system.transact() as services:
                services.classifiers.note_measured(name, now)


def _say(system: System, claim: TrainingClaim, stage: TrainingStage | None = None) -> None:
    with system.transact() as services:
        services.retraining.beat(claim, stage)


@contextmanager
def _signs_of_life(system: System, claim: TrainingClaim) -> Iterator[None]:
    """Keeps the claim while the run goes on; its steps may each take longer than a claim lasts."""
    stop = Event()

    def beat() -> None:
        while not stop.wait(_BEAT_EVERY):
            try:
                _say(system, claim)
            except (Conflict, StorageFailed) as error:
                log.warning("retraining_not_heard", reason=type(error).__name__)

    thread = Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def main(training_id: str, token: str) -> int:
    """Exit code 0 when there is a new version."""
    os.nice(_NICENESS)
    settings = settings_or_exit()
    set_up_logs(settings.log_level)
    system = build_system(settings)
    try:
        return 0 if run_training(system, TrainingClaim(int(training_id), token)) else 1
    finally:
        system.engine.dispose()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
