"""Cases examined together: merged, split, kept as one clue, with a line in both journals, within what one may see."""

import pytest
from sqlalchemy import select

from domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from domain.terms import CaseEventKind, RouteRule, WorklistView
from models import CaseEvent
from services.bulk import Chosen
from services.views import WorklistFilter


@pytest.fixture
def clerk(desk):
    return desk("petition")


@pytest.fixture
def three(lodge, clock):
    numbers = []
    for _ in range(3):
        clock.forward(hours=1)
        numbers.append(lodge().case_number)
    return numbers


def version(services, number):
    return services.casework.case_by_number(number).version


def merge(services, staff, number, other):
    return services.merging.merge(staff, number, version=version(services, number), other=other)


def family(services, staff, number):
    return services.merging.family_of(staff, services.casework.case_by_number(number))


def members(services, staff, number):
    return [member.case_number for member in family(services, staff, number).members]


def lines(services, number, kind):
    case = services.casework.case_by_number(number)
    return services.session.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id, CaseEvent.kind == kind)).all()


def test_a_merged_case_stands_under_the_other_and_both_journals_say_so(services, clerk, three):
    first, second, _ = three
    merge(services, clerk, second, first)

    assert members(services, clerk, first) == [second]
    assert family(services, clerk, second).lead.case_number == first
    for number in (first, second):
        line = lines(services, number, CaseEventKind.MERGED)[0]
        assert (line.old_value, line.new_value, line.staff_id) == (second, first, clerk.staff_id)


def test_a_split_case_stands_alone_and_both_journals_keep_both_steps(services, clerk, three):
    first, second, _ = three
    merge(services, clerk, second, first)
    services.merging.split(clerk, second, reason="不是同一个所")

    assert family(services, clerk, second).lead is None
    assert members(services, clerk, first) == []
    for number in (first, second):
        assert len(lines(services, number, CaseEventKind.MERGED)) == 1
        assert lines(services, number, CaseEventKind.SPLIT)[0].reason == "不是同一个所"


def test_a_family_never_has_two_storeys(services, clerk, three):
    first, second, third = three
    merge(services, clerk, third, second)
    merge(services, clerk, second, first)

    assert members(services, clerk, first) == [second, third]
    assert members(services, clerk, second) == []


def test_merging_with_a_member_means_its_lead(services, clerk, three):
    first, second, third = three
    merge(services, clerk, second, first)
    merge(services, clerk, third, second)

    assert members(services, clerk, first) == [second, third]


def test_the_order_can_be_turned_round(services, clerk, three):
    first, second, third = three
    merge(services, clerk, second, first)
    merge(services, clerk, third, first)
    merge(services, clerk, first, second)

    assert members(services, clerk, second) == [first, third]
    assert members(services, clerk, first) == []


def test_a_case_is_not_merged_with_itself_or_twice(services, clerk, three):
    first, second, _ = three
    with pytest.raises(InvalidInput):
        merge(services, clerk, first, first)
    merge(services, clerk, second, first)

    with pytest.raises(InvalidInput):
        merge(services, clerk, second, first)
    with pytest.raises(InvalidInput):
        services.merging.split(clerk, first)


def test_nobody_merges_with_what_he_may_not_see(services, clerk, three):
    first, second, _ = three
    services.casework.case_by_number(first).route_rule = RouteRule.DISCIPLINE_STAFF
    services.session.flush()

    with pytest.raises(NotFound):
        merge(services, clerk, second, first)


def test_a_reader_sees_of_a_family_what_he_may_see_anyway(services, clerk, three, desk):
    first, second, third = three
    merge(services, clerk, second, first)
    merge(services, clerk, third, first)
    services.casework.case_by_number(second).route_rule = RouteRule.DISCIPLINE_STAFF
    services.session.flush()

    assert members(services, clerk, first) == [third]


def merger_as_read_by(services, staff, number):
    page = services.queries.case_page(staff, number)
    [line] = [event for event in page.events if event.kind is CaseEventKind.MERGED]
    return line.old_value, line.new_value, line.reason


@pytest.fixture
def merged_with_one_of_a_group(services, clerk, three, desk):
    """The first case is a group's, the second, merged under it, is nobody's yet."""
    first, second, _ = three
    services.casework.accept(clerk, first, version=1)
    services.casework.assign(clerk, first, version=2, body="g_market")
    services.merging.merge(clerk, second, version=1, other=first, reason="第二件说得更细")
    services.session.flush()
    return first, second


def test_a_journal_says_to_a_reader_of_one_case_that_it_was_merged_and_nothing_of_the_other(
    services, desk, merged_with_one_of_a_group
):
    first, _ = merged_with_one_of_a_group

    assert merger_as_read_by(services, desk("group", "g_market"), first) == (None, None, None)


def test_a_journal_names_both_cases_to_whoever_may_see_both(services, clerk, merged_with_one_of_a_group):
    first, second = merged_with_one_of_a_group

    assert merger_as_read_by(services, clerk, first) == (second, first, "第二件说得更细")


def test_whoever_declared_a_conflict_reads_nothing_of_the_case_in_the_journal_of_another(
    services, clerk, merged_with_one_of_a_group
):
    first, second = merged_with_one_of_a_group
    services.casework.declare_conflict(clerk, second, reason="亲戚")

    assert merger_as_read_by(services, clerk, first) == (None, None, None)


def test_a_handling_body_does_not_merge(services, three, desk, clerk):
    for number in three[:2]:
        services.casework.accept(clerk, number, version=1)
        services.casework.assign(clerk, number, version=2, body="g_market")

    with pytest.raises(NotAllowed):
        merge(services, desk("group", "g_market"), three[0], three[1])


def test_a_case_that_changed_meanwhile_is_looked_at_first(services, clerk, three):
    with pytest.raises(Conflict):
        services.merging.merge(clerk, three[1], version=9, other=three[0])


def test_several_are_put_under_the_one_that_came_first(services, clerk, three):
    chosen = [Chosen(number, 1) for number in reversed(three)]
    answers = services.bulk.merge(clerk, chosen, reason="同一件事")

    assert [answer.problem for answer in answers] == [None, None]
    assert members(services, clerk, three[0]) == three[1:]
    assert services.worklists.total(clerk, WorklistFilter(view=WorklistView.REPEATED)) == 1


def test_one_case_alone_is_not_merged(services, clerk, three):
    with pytest.raises(InvalidInput):
        services.bulk.merge(clerk, [Chosen(three[0], 1)], reason="")


def test_a_family_becomes_one_clue_of_its_lead(services, clerk, three, desk):
    first, second, _ = three
    merge(services, clerk, second, first)
    office = desk("clue")
    services.merging.open_clue(office, first, version=version(services, first), reason="三人反映同一人")

    assert family(services, clerk, first).clue_since is not None
    assert len(lines(services, first, CaseEventKind.CLUE_OPENED)) == 1
    with pytest.raises(InvalidInput):
        services.merging.open_clue(office, first, version=version(services, first), reason="再来")
    with pytest.raises(InvalidInput):
        services.merging.open_clue(office, second, version=version(services, second), reason="它是并进去的")


def test_the_petition_office_opens_no_clue(services, clerk, three):
    with pytest.raises(NotAllowed):
        services.merging.open_clue(clerk, three[0], version=1, reason="")
