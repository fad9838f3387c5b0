"""One step for several cases: each is asked alone and answered alone."""

import pytest
from sqlalchemy import select

from domain.errors import InvalidInput
from domain.terms import CaseEventKind, CaseStatus
from models import CaseEvent
from services.bulk import MAX_AT_ONCE, Chosen


@pytest.fixture
def accepted(services, lodge, desk):
    """Three accepted cases and the clerk who accepted them."""
    clerk = desk("petition")
    numbers = [lodge().case_number for _ in range(3)]
    for number in numbers:
        services.casework.accept(clerk, number, version=1)
    return clerk, numbers


def chosen(services, numbers):
    return [Chosen(number, services.casework.case_by_number(number).version) for number in numbers]


def events(services, kind):
    return services.session.scalars(select(CaseEvent).where(CaseEvent.kind == kind)).all()


def test_all_are_assigned_each_with_its_line(services, accepted):
    clerk, numbers = accepted

    answers = services.bulk.assign(clerk, chosen(services, numbers), body="g_market", reason="集中交办")

    assert [answer.problem for answer in answers] == [None, None, None]
    assert {services.casework.case_by_number(n).assigned_body for n in numbers} == {"g_market"}
    assert len(events(services, CaseEventKind.ASSIGNED)) == 3


def test_one_refusal_leaves_the_others_alone(services, accepted):
    clerk, numbers = accepted
    cases = chosen(services, numbers)
    services.casework.assign(clerk, numbers[1], version=cases[1].version, body="g_market")

    answers = services.bulk.assign(clerk, cases, body="g_agriculture", reason="")

    assert [answer.problem for answer in answers] == [None, "illegal_transition", None]
    assert services.casework.case_by_number(numbers[1]).assigned_body == "g_market"
    assert services.casework.case_by_number(numbers[2]).status is CaseStatus.ASSIGNED


def test_a_case_that_changed_meanwhile_is_not_touched(services, accepted):
    clerk, numbers = accepted

    answers = services.bulk.assign(clerk, [Chosen(numbers[0], 1)], body="g_market", reason="")

    assert answers[0].problem == "conflict"


def test_what_one_may_not_see_looks_as_if_it_were_not_there(services, accepted, desk):
    _, numbers = accepted

    answers = services.bulk.assign(desk("cadre"), chosen(services, numbers[:1]), body="g_market", reason="")

    assert answers[0].problem == "not_found"


def test_all_are_urged(services, accepted):
    clerk, numbers = accepted
    services.bulk.assign(clerk, chosen(services, numbers), body="g_market", reason="")

    answers = services.bulk.urge(clerk, chosen(services, numbers), reason="请抓紧")

    assert [answer.problem for answer in answers] == [None, None, None]
    assert {services.casework.case_by_number(n).urging_count for n in numbers} == {1}


@pytest.mark.parametrize(("count", "reason"), [(0, "no_case_chosen"), (MAX_AT_ONCE + 1, "too_many_cases")])
def test_none_and_too_many_are_refused(services, desk, count, reason):
    with pytest.raises(InvalidInput) as refusal:
        services.bulk.urge(desk("petition"), [Chosen("SA20261123-AAAAAA", 1)] * count, reason="")

    assert refusal.value.reason == reason
