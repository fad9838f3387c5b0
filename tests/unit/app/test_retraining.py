"""A training run from end to end on a few messages: what it reads, what it leaves, what it says when it fails."""

import json
import logging
import zipfile
from io import BytesIO

import pytest

from admin.comparing import FIGURES
from app import retraining, training
from app.evaluation import test_sets as which_test_sets
from app.parts import build_system
from app.reference import DATA, classifier_digest
from app.retraining import run_training
from app.settings import Settings
from classifier.corpus import read_examples
from classifier.shelf import Shelf
from domain.permissions import StaffFacts
from domain.terms import Role, Source, TrainingStatus
from services.intake import NewReport
from tests.classifiers import a_model
from tests.fakes import FixedClock, ScriptedSuggester, suggestion

CANARY = "金丝雀zq"
STORY = f"他们收了我三百块没开票，带头的叫{CANARY}，{CANARY}说不交就封门。"


@pytest.fixture
def system(sqlite_url, tmp_path, monkeypatch):
    """An installation with a shipped classifier, a small corpus, and one decision of staff about a story with a canary."""
    few = [e for e in read_examples(DATA / "reports") if e.writer in {"writer_a", "writer_b"}][::3]
    monkeypatch.setattr(training, "read_examples", lambda _: few)
    monkeypatch.setattr(retraining, "read_examples", lambda _: few)
    settings = Settings(
        instance=tmp_path, database_url=sqlite_url, secret_key="s" * 32, wechat_token="t", wechat_app_id="wx1",
        data_keys="QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=", wechat_app_secret="s", wechat_account="gh_1",
    )  # fmt: skip
    shelf = Shelf(settings.shelf)
    shelf.ship(shelf.keep(a_model(), {"examples": len(few)}, classifier_digest(), "# Shipped"))
    system = build_system(settings, suggester=ScriptedSuggester(), clock=FixedClock())
    with system.transact() as services:
        clerk = services.staff.create(
            username="clerk", display_name="甲", role=Role.PETITION, body=None, password="a long password"
        )
        number = services.intake.lodge_report(
            NewReport(statement=STORY, source=Source.WEB, suggestion=suggestion())
        ).case_number
        services.session.flush()
        services.casework.classify(
            StaffFacts(clerk, Role.PETITION, None), number, label="illegal_fee", unit=None, version=1, reason="收费"
        )
    yield system
    system.engine.dispose()


@pytest.fixture
def claim(system):
    with system.transact() as services:
        services.retraining.request(None)
        return services.retraining.claim()


def latest(system):
    with system.transact(read_only=True) as services:
        return services.retraining.latest()


def test_a_run_leaves_a_version_that_was_measured_like_the_present_one_and_holds_no_word_of_a_statement(system, claim):
    name = run_training(system, claim)

    with system.transact(read_only=True) as services:
        new, shipped = services.classifiers.versions(None)
        parcel = services.classifiers.parcel(name)
        assert services.classifiers.in_use() is None
    assert (new.name, new.decisions, new.corrections, new.is_fit) == (name, 1, 1, True)
    assert shipped.is_in_use
    assert new.measured.tests == shipped.measured.tests == which_test_sets()
    assert {figure.key for figure in FIGURES} <= new.measured.figures.keys()
    assert sum(total for total, _ in new.measured.by_label.values()) > 700
    assert latest(system).version == name
    archive = zipfile.ZipFile(BytesIO(parcel))
    kept = b"".join(archive.read(member) for member in archive.namelist()) + json.dumps(dict(new.figures)).encode()
    assert b"illegal_fee" in kept  # the look would find what lay open
    for word in (CANARY, "三百块", STORY[:6]):
        assert word.encode() not in kept
        assert json.dumps(word)[1:-1].encode() not in kept
        assert word not in new.card


def test_a_run_that_fails_says_why_in_a_code_and_nothing_that_was_read(system, claim, monkeypatch, caplog):
    def fail(*_):
        raise ValueError(STORY)

    monkeypatch.setattr(retraining, "retrain_with", fail)
    with caplog.at_level(logging.DEBUG):
        assert run_training(system, claim) is None

    assert (latest(system).status, latest(system).failure) == (TrainingStatus.FAILED, "ValueError")


def test_a_run_whose_claim_was_lost_keeps_nothing(system, claim, monkeypatch):
    def loses_its_claim(*_):
        system.parts.clock.forward(minutes=5)
        with system.transact() as services:
            services.retraining.claim()

    monkeypatch.setattr(retraining, "retrain_with", loses_its_claim)

    assert run_training(system, claim) is None
    with system.transact(read_only=True) as services:
        assert services.classifiers.versions(None) == ()
    assert latest(system).status is TrainingStatus.RUNNING
