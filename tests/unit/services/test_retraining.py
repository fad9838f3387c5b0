"""Training runs: one at a time anywhere, claimed by one worker, given up when it fails too often."""

from datetime import timedelta

import pytest

from app.database import make_engine, make_session_factory, transaction
from domain.errors import Conflict, NotAllowed
from domain.terms import TrainingStage, TrainingStatus
from services import Services
from tests.classifiers import a_version


@pytest.fixture
def petition(desk):
    return desk("petition", "petition_office")


@pytest.fixture
def decided(services, lodge, petition):
    """Two decisions of staff, one of them a correction."""
    for label in ("enforcement_payoff", "illegal_fee"):
        number = lodge().case_number
        services.session.flush()
        services.casework.classify(petition, number, label=label, unit=None, version=1, reason="看过")
    services.session.flush()


@pytest.fixture
def retraining(services, decided):
    return services.retraining


def test_it_says_how_many_decisions_are_new(services, retraining, clock):
    before = retraining.new_decisions()
    clock.forward(minutes=1)
    services.classifiers.keep(a_version())

    assert (before.total, before.corrections) == (2, 1)
    assert retraining.new_decisions().total == 0


def test_a_run_that_is_asked_for_waits_for_a_worker(retraining, petition):
    retraining.request(petition)

    run = retraining.latest()
    assert (run.status, run.requested_by, run.is_open) == (TrainingStatus.WAITING, "演示1", True)


def test_who_may_not_propose_may_not_train(retraining, desk):
    with pytest.raises(NotAllowed):
        retraining.request(desk("leader"))


def test_there_is_never_a_second_run(retraining, petition):
    retraining.request(petition)
    with pytest.raises(Conflict, match="one_runs"):
        retraining.request(None)
    retraining.claim()
    with pytest.raises(Conflict, match="one_runs"):
        retraining.request(petition)


def test_where_nothing_was_decided_there_is_nothing_to_learn(services, petition):
    with pytest.raises(Conflict, match="nothing_new"):
        services.retraining.request(petition)


def test_one_worker_has_it_and_says_what_it_is_at(retraining, petition):
    retraining.request(petition)
    claim = retraining.claim()

    assert retraining.claim() is None
    assert retraining.latest().stage is TrainingStage.READING
    retraining.beat(claim, TrainingStage.MEASURING)
    assert retraining.latest().stage is TrainingStage.MEASURING


def test_a_finished_run_keeps_its_version_unused_and_makes_room(services, retraining, petition, clock):
    retraining.request(petition)
    claim = retraining.claim()
    clock.forward(minutes=2)
    retraining.finish(claim, a_version())

    run = retraining.latest()
    assert (run.status, run.version, run.is_open, run.stage) == (TrainingStatus.DONE, a_version().name, False, None)
    assert services.classifiers.in_use() is None
    with pytest.raises(Conflict, match="nothing_new"):
        retraining.request(petition)


def test_a_failed_run_says_why_in_a_code_and_may_be_asked_for_again(retraining, petition):
    retraining.request(petition)
    retraining.fail(retraining.claim(), "ValueError")

    assert (retraining.latest().status, retraining.latest().failure) == (TrainingStatus.FAILED, "ValueError")
    retraining.request(petition)


def test_the_run_of_a_worker_that_died_is_taken_over_and_the_dead_one_is_not_heard(retraining, petition, clock):
    retraining.request(petition)
    dead = retraining.claim()
    clock.forward(minutes=3)
    retraining.claim()

    for word in (lambda: retraining.beat(dead), lambda: retraining.finish(dead, a_version())):
        with pytest.raises(Conflict):
            word()


def test_signs_of_life_keep_the_claim(retraining, petition, clock):
    retraining.request(petition)
    claim = retraining.claim()
    for _ in range(3):
        clock.forward(seconds=100)
        retraining.beat(claim)

    assert retraining.claim() is None


def test_a_claim_from_the_future_does_not_count(retraining, petition, clock):
    retraining.request(petition)
    retraining.claim()
    clock.moment -= timedelta(days=1)

    assert retraining.claim() is not None


def test_a_run_that_is_lost_again_and_again_has_failed(retraining, petition, clock):
    retraining.request(petition)
    for _ in range(2):
        assert retraining.claim() is not None
        clock.forward(minutes=3)

    assert retraining.claim() is None
    assert (retraining.latest().status, retraining.latest().failure) == (TrainingStatus.FAILED, "interrupted")


def test_of_two_workers_on_either_engine_one_gets_it(database_url, parts):
    engine = make_engine(database_url)
    factory = make_session_factory(engine)
    with transaction(factory) as session:
        session.add_all(_waiting())
    with transaction(factory) as session:
        first = Services(session, parts).retraining.claim()
    with transaction(factory) as session:
        second = Services(session, parts).retraining.claim()
    engine.dispose()

    assert (first is not None, second) == (True, None)


def _waiting():
    from models import ClassifierTraining
    from tests.fakes import A_MONDAY

    return [ClassifierTraining(place=1, status=TrainingStatus.WAITING, requested_at=A_MONDAY)]
