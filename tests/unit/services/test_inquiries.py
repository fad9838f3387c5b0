"""A question through the case: the reporter reads it with his code, answers by adding, and neither learns of the other."""

import pytest
from sqlalchemy import select

from domain.errors import Conflict, IllegalTransition, InvalidInput, NotAllowed
from domain.lifecycle import UNDO_WITHIN
from domain.terms import CaseEventKind, CaseStatus, DeadlineKind, SecondLook, TriageStep, WorklistView
from models import CaseEvent, OutboxMessage, Reporter
from services.tracking import CitizenKey
from services.views import Question, WorklistFilter
from tests.fakes import suggestion


@pytest.fixture
def held(services, lodge, desk):
    """A case with a question that was asked a moment ago, and the clerk who asked."""
    clerk, lodged = desk("petition"), lodge()
    services.inquiries.ask(clerk, lodged.case_number, version=1, text=" 是哪一天的事？ ")
    return clerk, lodged


@pytest.fixture
def asked(held, clock):
    """The same when the question has left."""
    clock.forward(minutes=10)
    return held


def page(services, clerk, lodged):
    return services.queries.case_page(clerk, lodged.case_number)


def test_the_reporter_reads_the_question_with_his_code_and_the_case_shows_that_he_did(services, asked):
    clerk, lodged = asked
    before = page(services, clerk, lodged).inquiries[0].read_at
    tracked = services.tracking.find(lodged.case_number, lodged.query_code)

    assert tracked.questions == ("是哪一天的事？",)
    assert before is None
    assert page(services, clerk, lodged).inquiries[0].read_at is not None


def test_for_ten_minutes_the_reporter_does_not_read_it_and_the_page_says_when_he_will(services, held, clock):
    clerk, lodged = held
    meanwhile = services.tracking.find(lodged.case_number, lodged.query_code).questions
    inquiry = page(services, clerk, lodged).inquiries[0]

    assert meanwhile == ()
    assert (inquiry.leaves_at, inquiry.read_at) == (clock() + UNDO_WITHIN, None)


def test_what_the_reporter_adds_before_he_could_read_the_question_is_no_answer(services, held, clock):
    clerk, lodged = held
    answer(services, lodged)
    clock.forward(minutes=10)

    assert page(services, clerk, lodged).inquiries[0].answered_at is None
    assert services.tracking.find(lodged.case_number, lodged.query_code).questions == ("是哪一天的事？",)


def test_a_question_that_was_taken_back_is_never_read_and_another_can_be_asked(services, held, clock):
    clerk, lodged = held
    services.undoing.undo(clerk, lodged.case_number)
    clock.forward(minutes=10)
    taken_back = services.tracking.find(lodged.case_number, lodged.query_code).questions
    services.inquiries.ask(clerk, lodged.case_number, version=3, text="是谁说的？")

    assert taken_back == ()
    assert [i.text for i in page(services, clerk, lodged).inquiries] == ["是谁说的？"]


def test_that_a_question_was_asked_and_taken_back_stays_on_record(services, held):
    clerk, lodged = held
    services.undoing.undo(clerk, lodged.case_number)
    last = [
        (e.kind, e.old_value) for e in page(services, clerk, lodged).events if e.kind is not CaseEventKind.CASE_OPENED
    ]

    assert last[-2:] == [(CaseEventKind.ASKED, None), (CaseEventKind.UNDONE, "asked")]


def test_what_the_reporter_may_have_read_is_not_taken_back(services, asked):
    clerk, lodged = asked

    with pytest.raises(IllegalTransition):
        services.undoing.undo(clerk, lodged.case_number)


def test_what_the_reporter_adds_is_the_answer_and_the_question_is_gone(services, asked):
    clerk, lodged = asked
    key = CitizenKey(lodged.case_number, query_code=lodged.query_code)
    services.tracking.supplement(key, "十月十二号上午")

    assert services.tracking.find(lodged.case_number, lodged.query_code).questions == ()
    shown = page(services, clerk, lodged)
    assert shown.inquiries[0].answered_at is not None
    assert shown.reports[-1].statement == "十月十二号上午"
    assert [e.kind for e in shown.events][-3:-1] == [CaseEventKind.ASKED, CaseEventKind.SUPPLEMENTED]


def test_the_notice_does_not_hold_the_question(services, lodge, desk, clock):
    reporter = Reporter(openid="o1", openid_digest="d", created_at=clock())
    services.session.add(reporter)
    services.session.flush()
    lodged = lodge(reporter_id=reporter.id)
    services.inquiries.ask(desk("petition"), lodged.case_number, version=1, text="是哪一天的事？")

    message = services.session.scalars(select(OutboxMessage)).one()

    assert (message.letter, message.values) == ("notice_progress", {})


def test_the_line_in_the_journal_holds_the_question_sealed(services, asked):
    line = services.session.scalars(select(CaseEvent).where(CaseEvent.kind == CaseEventKind.ASKED)).one()

    assert (line.reason, line.old_value, line.new_value) == ("是哪一天的事？", None, None)


@pytest.mark.parametrize(("text", "reason"), [("  ", "empty"), ("问" * 121, "too_long")])
def test_a_question_is_short_and_not_empty(services, lodge, desk, text, reason):
    with pytest.raises(InvalidInput) as refusal:
        services.inquiries.ask(desk("petition"), lodge().case_number, version=1, text=text)

    assert refusal.value.reason == reason


def test_nobody_is_asked_a_second_thing_before_he_answered(services, asked):
    clerk, lodged = asked

    with pytest.raises(InvalidInput):
        services.inquiries.ask(clerk, lodged.case_number, version=2, text="还有呢？")


def test_a_case_that_changed_meanwhile_is_looked_at_first(services, asked):
    clerk, lodged = asked

    with pytest.raises(Conflict):
        services.inquiries.ask(clerk, lodged.case_number, version=1, text="还有谁在场？")


def test_an_ended_case_and_a_reader_without_the_right_ask_nothing(services, asked, desk):
    clerk, lodged = asked
    with pytest.raises(NotAllowed):
        services.inquiries.ask(desk("auditor"), lodged.case_number, version=2, text="是谁？")
    services.casework.case_by_number(lodged.case_number).status = CaseStatus.WITHDRAWN

    with pytest.raises(IllegalTransition):
        services.inquiries.ask(clerk, lodged.case_number, version=2, text="是谁？")


def test_destroyed_content_takes_the_question_along(services, asked):
    _, lodged = asked
    case = services.casework.case_by_number(lodged.case_number)
    services.retention._empty_cases([case.id])

    assert services.inquiries.open_of(case) == ()


def listed(services, staff, view):
    """The numbers of a view and the count beside its name."""
    found = services.worklists.page(staff, WorklistFilter(view=view))
    return [row.case_number for row in found.rows], found.views[view]


def answer(services, lodged):
    services.tracking.supplement(CitizenKey(lodged.case_number, query_code=lodged.query_code), "十月十二号上午")


def test_a_case_that_waits_for_an_answer_says_since_when(services, asked, lodge, clock):
    clerk, lodged = asked
    other = lodge(statement="没有问过的一件事，所长收了两条烟。")
    rows = {row.case_number: row.question for row in services.worklists.page(clerk, WorklistFilter()).rows}

    since = clock()  # ten minutes after it was asked he can read it
    assert rows == {lodged.case_number: Question(since, None), other.case_number: None}
    assert page(services, clerk, lodged).question == Question(since, None)
    assert listed(services, clerk, WorklistView.AWAITING_ANSWER) == ([lodged.case_number], 1)
    assert listed(services, clerk, WorklistView.ANSWERED) == ([], 0)


def test_an_answer_stands_out_until_somebody_opens_the_case(services, asked, clock):
    clerk, lodged = asked
    answer(services, lodged)
    waiting = listed(services, clerk, WorklistView.AWAITING_ANSWER)
    answered = listed(services, clerk, WorklistView.ANSWERED)
    opened = page(services, clerk, lodged)

    assert (waiting, answered) == (([], 0), ([lodged.case_number], 1))
    assert opened.question == Question(clock(), clock())
    assert listed(services, clerk, WorklistView.ANSWERED) == ([], 0)
    assert page(services, clerk, lodged).question is None


def test_who_does_not_read_statements_has_not_seen_the_answer(services, asked, desk):
    clerk, lodged = asked
    answer(services, lodged)
    page(services, desk("auditor"), lodged)

    assert listed(services, clerk, WorklistView.ANSWERED) == ([lodged.case_number], 1)


def test_a_second_question_waits_although_the_first_answer_was_not_seen(services, asked, clock):
    clerk, lodged = asked
    answer(services, lodged)
    clock.forward(hours=1)
    services.inquiries.ask(clerk, lodged.case_number, version=2, text="谁在场？")

    assert page(services, clerk, lodged).question == Question(clock() + UNDO_WITHIN, None)


def test_a_concluded_case_waits_for_no_answer(services, asked):
    clerk, lodged = asked
    services.inquiries.case_by_number(lodged.case_number).status = CaseStatus.CONCLUDED
    services.session.flush()

    assert listed(services, clerk, WorklistView.AWAITING_ANSWER) == ([], 0)


def test_an_ended_case_waits_for_no_answer(services, asked):
    clerk, lodged = asked
    services.tracking.withdraw(CitizenKey(lodged.case_number, query_code=lodged.query_code), "")

    assert listed(services, clerk, WorklistView.AWAITING_ANSWER) == ([], 0)


@pytest.fixture
def in_danger(services, lodge, desk):
    """A case of danger, and a clerk."""
    return desk("petition"), lodge(
        statement="他现在堵着门要打人", suggestion=suggestion("nk_emergency", units=()), in_danger=True
    )


def clock_of_contact(services, clerk, lodged):
    clocks = {d.kind: d for d in page(services, clerk, lodged).deadlines}
    return clocks[DeadlineKind.SAME_DAY_CONTACT]


def test_whoever_is_in_danger_waits_to_be_spoken_with_until_somebody_notes_it(services, in_danger):
    clerk, lodged = in_danger
    assert page(services, clerk, lodged).proposal.because is SecondLook.DANGER
    services.inquiries.note_contact(clerk, lodged.case_number, version=1, reason="打通了，民警已经到场")

    assert clock_of_contact(services, clerk, lodged).met_at is not None
    assert page(services, clerk, lodged).proposal.step is TriageStep.DECLINE
    event = page(services, clerk, lodged).events[-1]
    assert (event.kind, event.reason) == (CaseEventKind.CONTACTED, "打通了，民警已经到场")


def test_taking_a_case_in_helps_nobody_who_is_in_danger(services, in_danger):
    clerk, lodged = in_danger
    services.casework.accept(clerk, lodged.case_number, version=1)

    assert clock_of_contact(services, clerk, lodged).met_at is None


def test_a_case_of_danger_is_not_declined_before_somebody_spoke_with_the_reporter(services, in_danger):
    clerk, lodged = in_danger
    with pytest.raises(InvalidInput, match="contact_first"):
        services.casework.decline(clerk, lodged.case_number, version=1, destination="110", reason="不属受理范围")
    services.inquiries.note_contact(clerk, lodged.case_number, version=1, reason="联系不上，已经提示打 110")
    services.casework.decline(clerk, lodged.case_number, version=2, destination="110", reason="不属受理范围")

    assert page(services, clerk, lodged).status is CaseStatus.DECLINED


def test_a_contact_without_words_is_none(services, in_danger):
    clerk, lodged = in_danger
    with pytest.raises(InvalidInput):
        services.inquiries.note_contact(clerk, lodged.case_number, version=1, reason="  ")


def test_whoever_asked_for_a_person_is_off_the_list_when_somebody_spoke_with_him(services, lodge, desk):
    clerk, lodged = desk("petition"), lodge()
    services.tracking.ask_for_person(CitizenKey(lodged.case_number, query_code=lodged.query_code))
    asked_for = services.worklists.page(clerk, WorklistFilter(view=WorklistView.CONTACT)).total
    services.inquiries.note_contact(clerk, lodged.case_number, version=1, reason="回了电话")

    assert (asked_for, services.worklists.page(clerk, WorklistFilter(view=WorklistView.CONTACT)).total) == (1, 0)
