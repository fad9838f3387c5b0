"""Trains classifiers: the shipped one from `data/reports/` alone, only when code or data changed; others with decisions of staff."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from app.parts import System
from app.reference import DATA, classifier_digest, load_taxonomy
from classifier.corpus import Example, lessons_of, read_examples
from classifier.shelf import Shelf
from classifier.store import ArtefactError
from services.classifier_views import NewVersion

if TYPE_CHECKING:
    from classifier.training import Trained


def train_if_needed(folder: Path, begins: Callable[[], object] = lambda: None) -> bool:
    """Trains the shipped classifier unless there is one of the same data, code and libraries. True when it trained.

    `begins` is called before: it takes its time.
    """
    try:
        Shelf(folder).load(data_digest=classifier_digest())
    except ArtefactError:
        begins()
        train_shipped(folder)
        return True
    return False


def train_shipped(folder: Path) -> "Trained":
    """Trains from the invented messages alone: what is used while nobody puts another version in use."""
    shelf = Shelf(folder)
    trained, version = _train_and_keep(shelf, read_examples(DATA / "reports"))
    shelf.ship(version)
    return trained


def register_shipped(system: System) -> str:
    """Tells the database of the shipped version, so that it is shown and compared like any other. Gives its name."""
    shelf = Shelf(system.settings.shelf)
    artefact = shelf.load()
    with system.transact() as services:
        services.classifiers.keep(
            NewVersion(
                name=artefact.version,
                figures=artefact.figures,
                card=shelf.card(),
                messages=int(artefact.figures["examples"]),
            )
        )
    return artefact.version


def retrain_with(folder: Path, decided: list[Example]) -> str:
    """Trains with what staff decided as well. Gives back the version, which nobody uses until it was compared and chosen."""
    return _train_and_keep(Shelf(folder), [*read_examples(DATA / "reports"), *decided])[1]


def _train_and_keep(shelf: Shelf, examples: list[Example]) -> tuple["Trained", str]:
    """A training run: the model with its card on the shelf, not yet in use. Gives the version too."""
    # A second of loading, and 60 MB, that only a run needs: most starts find what was trained before.
    from classifier.card import model_card
    from classifier.training import train

    trained = train(examples, lessons_of(load_taxonomy()))
    figures = trained.figures.as_dict()
    return trained, shelf.keep(
        trained.model, figures, classifier_digest(), model_card(figures, examples, trained.model)
    )
