"""The same story told twice is found, with its reason, by whoever may see both; a dump and another desk learn nothing."""

import pytest
from sqlalchemy import func, select

from classifier.similarity import Sketcher
from classifier.stories import same_story
from classifier.text import Reading
from domain.terms import CaseEventKind, CaseStatus, Rank, RouteRule, SharedTrait, SimilarReason, WorklistView
from domain.values import Position
from models import CaseEvent, CasePerson, Reporter, ReportKey, ReportSketch, SimilarCase
from services import similar
from services.views import WorklistFilter
from tests.fakes import index_in_one, suggestion

STORY = "市场监管局的所长王建国上个月来店里检查，不给两条软中华就要罚5000块，还说不给就天天来。"
REWORKED = "上个月市场监管局的所长王建国来店里检查，说不给两条软中华就要罚5000块，不给就天天来查。"
RETOLD = "我姐那个店上月也被市监局姓王的所长要过烟，两条，不拿就罚五千，这事你们得管管。"
ANOTHER = "村里的路修了一半就停了，说是没有钱，下雨天孩子上学要绕五里地，问了镇上也没有人管。"


@pytest.fixture
def clerk(desk):
    return desk("petition")


def reasons(services, staff, number):
    case = services.casework.case_by_number(number)
    return {view.case_number: view.reasons for view in services.similar.of(staff, case)}


def lodge_all(services, lodge, *statements, **more):
    numbers = [lodge(statement=statement, **more).case_number for statement in statements]
    assert index_in_one(services) == len(numbers)
    return numbers


def test_a_reworked_copy_is_found_from_both_sides_and_another_story_is_not(services, lodge, clerk):
    unalike = suggestion("poor_window_service", units=())
    first, copy, _ = lodge_all(services, lodge, STORY, REWORKED, ANOTHER, suggestion=unalike)

    assert reasons(services, clerk, first) == {copy: (SimilarReason.SAME_TEXT,)}
    assert reasons(services, clerk, copy) == {first: (SimilarReason.SAME_TEXT,)}


def test_what_comes_later_meets_what_was_there(services, lodge, clerk):
    first = lodge_all(services, lodge, STORY)[0]
    copy = lodge_all(services, lodge, REWORKED)[0]

    assert SimilarReason.SAME_TEXT in reasons(services, clerk, first)[copy]


def test_the_same_event_in_other_words_is_found_with_what_speaks_for_it(services, lodge, clerk):
    first, again, _ = lodge_all(services, lodge, STORY, RETOLD, ANOTHER)
    for one, other in ((first, again), (again, first)):
        (found,) = services.similar.of(clerk, services.casework.case_by_number(one))

        assert (found.case_number, found.reasons) == (other, (SimilarReason.SAME_EVENT,))
        assert {SharedTrait.UNIT, SharedTrait.SUM} <= set(found.traits)
        assert found.likeness is None


def test_what_is_only_possible_is_shown_as_that_and_counted_as_no_repetition(services, lodge, clerk):
    hint = "市监局的所长上个月来店里检查，要烟，不给就要罚。"
    first, again = lodge_all(services, lodge, STORY, hint)

    assert reasons(services, clerk, first) == {again: (SimilarReason.PERHAPS_SAME_EVENT,)}
    assert services.worklists.total(clerk, WorklistFilter(view=WorklistView.ALIKE)) == 0


def test_a_copy_comes_before_the_same_event_in_other_words(services, lodge, clerk):
    first, retold, copy = lodge_all(services, lodge, STORY, RETOLD, REWORKED)

    assert list(reasons(services, clerk, first)) == [copy, retold]


def test_under_a_key_that_hundreds_share_no_more_than_the_newest_are_compared(services, lodge, clerk, monkeypatch):
    compared = []
    monkeypatch.setattr(similar, "same_story", lambda *pair: compared.append(pair) or same_story(*pair))
    monkeypatch.setattr(similar, "MET_AT_MOST", 5)
    first, *_ = lodge_all(services, lodge, RETOLD, *[STORY] * 9)
    compared.clear()
    last = lodge_all(services, lodge, STORY)[0]

    assert len(compared) == 5
    assert first not in reasons(services, clerk, last)


def test_a_person_is_met_again_by_unit_and_name(services, lodge, clerk, suggester):
    person = Position("所长", Rank.UNIT_MANAGED, unit="market_regulation", name="王建国")
    suggester.by_word = {"王建国": suggestion(positions=(person,))}
    first, second = lodge_all(
        services, lodge, STORY, "王建国又来要烟了，这回说是过节。", suggestion=suggestion("nk_other", units=())
    )

    assert SimilarReason.SAME_PERSON in reasons(services, clerk, first)[second]


def test_a_title_alone_is_said_to_be_only_a_title(services, lodge, clerk, suggester):
    person = Position("所长", Rank.UNIT_MANAGED, unit="market_regulation")
    suggester.by_word = {"所长": suggestion(positions=(person,))}
    first, second = lodge_all(services, lodge, STORY, "所长又来要东西了，这回说是过节没有酒。")

    assert SimilarReason.SAME_TITLE in reasons(services, clerk, first)[second]


def test_that_one_person_sent_both_is_no_reason(services, lodge, clerk, clock):
    reporter = Reporter(openid="o1", openid_digest="d", created_at=clock())
    services.session.add(reporter)
    services.session.flush()
    unalike = suggestion("poor_window_service", units=())
    first, _ = lodge_all(services, lodge, STORY, ANOTHER, suggestion=unalike, reporter_id=reporter.id)

    assert reasons(services, clerk, first) == {}


def test_a_case_that_the_reader_may_not_see_is_neither_shown_nor_counted(services, lodge, clerk, desk):
    first, copy = lodge_all(services, lodge, STORY, REWORKED)
    assert services.worklists.total(clerk, WorklistFilter(view=WorklistView.ALIKE)) == 2
    services.casework.case_by_number(copy).route_rule = RouteRule.DISCIPLINE_STAFF
    services.session.flush()

    assert reasons(services, clerk, first) == {}
    assert services.worklists.total(clerk, WorklistFilter(view=WorklistView.ALIKE)) == 0


def test_a_few_words_are_like_nothing(services, lodge, clerk):
    first, _ = lodge_all(services, lodge, "有人收钱", "有人收钱", suggestion=suggestion("nk_other", units=()))

    assert reasons(services, clerk, first) == {}


def test_a_text_sent_by_the_hundred_is_kept_with_the_most_alike_only(services, lodge, clerk):
    numbers = lodge_all(services, lodge, *[STORY] * 40)

    assert services.session.scalar(select(func.count()).select_from(SimilarCase)) <= 2 * 20 * 40
    assert len(reasons(services, clerk, numbers[-1])) == 8


def test_nobody_can_test_without_the_key_whether_a_text_is_there(services, lodge):
    lodge_all(services, lodge, STORY)
    kept = services.session.scalars(select(ReportSketch.signature)).one()
    guessed = Sketcher(b"another key").sketch(Reading(STORY)).signature

    assert len(kept) == len(guessed) == 120
    assert kept != guessed


def test_what_was_destroyed_is_met_by_nobody(services, lodge, clerk):
    first, copy = lodge_all(services, lodge, STORY, REWORKED)
    services.retention._empty_cases([services.casework.case_by_number(first).id])
    services.session.flush()
    third = lodge_all(services, lodge, STORY)[0]

    assert (
        first not in reasons(services, clerk, third)
        or SimilarReason.SAME_TEXT not in reasons(services, clerk, third)[first]
    )
    assert copy in reasons(services, clerk, third)
    keys = services.session.scalar(select(func.count()).select_from(ReportKey))
    assert keys == sum(len(kept) // 8 for kept in services.session.scalars(select(ReportSketch.keys)))
    assert services.session.scalars(select(CasePerson)).all() == []


def test_an_ended_case_is_in_no_view_but_still_shown_beside_a_new_one(services, lodge, clerk):
    first, copy = lodge_all(services, lodge, STORY, REWORKED)
    services.casework.case_by_number(first).status = CaseStatus.SATISFIED
    services.session.flush()

    assert services.worklists.total(clerk, WorklistFilter(view=WorklistView.ALIKE)) == 1
    assert first in reasons(services, clerk, copy)


def counterpart(services, staff, number):
    return services.queries.case_page(staff, number).counterpart


def openings(services, number):
    of_case = CaseEvent.case_id == services.casework.case_by_number(number).id
    opened = select(func.count()).where(of_case, CaseEvent.kind == CaseEventKind.CASE_OPENED)
    return services.session.scalar(opened)


def test_the_case_that_is_likely_the_same_is_read_beside_this_one_and_that_is_on_record(services, lodge, clerk):
    first, copy = lodge_all(services, lodge, STORY, REWORKED)

    assert counterpart(services, clerk, first).statement == REWORKED
    assert openings(services, copy) == 1


def test_what_is_only_possible_is_not_read_beside_it(services, lodge, clerk):
    first, again = lodge_all(services, lodge, STORY, "市监局的所长上个月来店里检查，要烟，不给就要罚。")

    assert counterpart(services, clerk, first) is None
    assert openings(services, again) == 0


def test_who_may_not_see_the_other_case_or_no_statement_at_all_reads_none_beside_it(services, lodge, desk, clerk):
    first, copy = lodge_all(services, lodge, STORY, REWORKED)
    services.casework.case_by_number(copy).route_rule = RouteRule.DISCIPLINE_STAFF
    services.session.flush()

    assert counterpart(services, clerk, first) is None
    services.casework.case_by_number(copy).route_rule = RouteRule.DEFAULT_GROUP
    services.session.flush()
    assert counterpart(services, desk("auditor"), first) is None


def test_what_is_merged_already_is_not_compared_any_more(services, lodge, clerk):
    first, copy = lodge_all(services, lodge, STORY, REWORKED)
    services.merging.merge(clerk, copy, version=services.casework.case_by_number(copy).version, other=first)

    assert counterpart(services, clerk, first) is None
    assert counterpart(services, clerk, copy) is None
