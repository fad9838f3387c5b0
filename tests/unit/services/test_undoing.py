"""A slip is taken back within ten minutes by whoever made it, on record; later, or by others, it is not."""

import pytest
from sqlalchemy import select

from domain.errors import IllegalTransition
from domain.terms import CaseEventKind, CaseStatus
from models import CaseDeadline, CaseEvent, UndoableStep


@pytest.fixture
def clerk(desk):
    return desk("petition")


@pytest.fixture
def number(services, lodge):
    return lodge().case_number


def case(services, number):
    return services.casework.case_by_number(number)


def classify(services, clerk, number, label="illegal_fee"):
    services.casework.classify(
        clerk, number, label=label, unit="urban_management", version=case(services, number).version
    )


def assign(services, clerk, number):
    services.casework.accept(clerk, number, version=case(services, number).version)
    services.casework.assign(clerk, number, version=case(services, number).version, body="g_market")


def running(services, number):
    clocks = services.session.scalars(select(CaseDeadline).where(CaseDeadline.case_id == case(services, number).id))
    return {clock.kind for clock in clocks if clock.met_at is None}


def test_a_classification_is_taken_back_with_all_that_followed_from_it(services, clerk, number):
    before = services.undoing.snapshot(case(services, number))
    classify(services, clerk, number)
    changed = services.undoing.snapshot(case(services, number))
    services.undoing.undo(clerk, number)

    assert changed != before
    assert services.undoing.snapshot(case(services, number)) == before


def test_a_reclassification_goes_back_to_the_one_before(services, clerk, number):
    classify(services, clerk, number)
    classify(services, clerk, number, "arbitrary_fine")
    services.undoing.undo(clerk, number)

    assert case(services, number).label == "illegal_fee"
    assert case(services, number).labelled_at is not None


def test_an_assignment_is_taken_back_with_its_clocks(services, clerk, number, desk):
    services.casework.accept(clerk, number, version=1)
    before = running(services, number)
    services.casework.assign(clerk, number, version=2, body="g_market")
    started = running(services, number)
    services.undoing.undo(clerk, number)

    assert started != before
    assert running(services, number) == before
    assert (case(services, number).status, case(services, number).assigned_body) == (CaseStatus.ACCEPTED, None)


def test_the_journal_keeps_the_step_and_that_it_was_taken_back(services, clerk, number):
    assign(services, clerk, number)
    services.undoing.undo(clerk, number)
    lines = services.session.scalars(
        select(CaseEvent).where(CaseEvent.case_id == case(services, number).id).order_by(CaseEvent.id)
    ).all()

    assert [line.kind for line in lines][-2:] == [CaseEventKind.ASSIGNED, CaseEventKind.UNDONE]
    assert (lines[-1].old_value, lines[-1].staff_id) == ("assigned:g_market", clerk.staff_id)
    assert (lines[-1].old_status, lines[-1].new_status) == (CaseStatus.ASSIGNED, CaseStatus.ACCEPTED)


def test_after_ten_minutes_it_stands(services, clerk, number, clock):
    assign(services, clerk, number)
    clock.forward(minutes=10)

    with pytest.raises(IllegalTransition):
        services.undoing.undo(clerk, number)


def test_nobody_takes_back_what_another_did(services, clerk, number, desk):
    assign(services, clerk, number)

    with pytest.raises(IllegalTransition):
        services.undoing.undo(desk("petition"), number)


def test_what_was_built_upon_is_not_taken_back(services, clerk, number, desk):
    assign(services, clerk, number)
    services.casework.take_up(desk("group", "g_market"), number, version=case(services, number).version)

    with pytest.raises(IllegalTransition):
        services.undoing.undo(clerk, number)


def test_that_somebody_looked_is_not_in_the_way(services, clerk, number, desk):
    assign(services, clerk, number)
    services.queries.case_page(desk("group", "g_market"), number)

    assert services.queries.case_page(clerk, number).undoable.kind is CaseEventKind.ASSIGNED


def test_a_step_is_taken_back_once(services, clerk, number):
    classify(services, clerk, number)
    services.undoing.undo(clerk, number)

    with pytest.raises(IllegalTransition):
        services.undoing.undo(clerk, number)


def test_what_can_be_taken_back_no_more_is_forgotten(services, clerk, number, clock):
    assign(services, clerk, number)
    clock.forward(minutes=11)

    assert services.undoing.forget_old() == 1
    assert services.session.scalars(select(UndoableStep)).all() == []
