"""A letter goes out, is answered in writing, accepted or sent back, and every step is in the journal."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from domain.errors import IllegalTransition, InvalidInput, NotAllowed, NotFound
from domain.permissions import StaffFacts
from domain.terms import CaseEventKind, LadderStep, LetterKind, LetterStatus, Light, Role
from models import CaseEvent

FRIDAY = date(2026, 11, 27)


@pytest.fixture
def leader(desk):
    return desk("leader", "principal")


@pytest.fixture
def clerk(desk):
    return desk("petition", "petition_office")


@pytest.fixture
def group(desk):
    return desk("group", "g_market")


@pytest.fixture
def number(lodge, services, clerk):
    """A case that the group has."""
    number = lodge().case_number
    services.casework.accept(clerk, number, version=1)
    services.casework.assign(clerk, number, version=2, body="g_market")
    return number


@pytest.fixture
def letter_id(services, leader, number):
    return services.supervision_letters.issue(
        leader, number, kind=LetterKind.SUPERVISION, text="请说明为什么还没有处置意见", answer_by=FRIDAY
    )


def only(services, staff, number):
    [letter] = services.supervision_letters.of_case(staff, number).letters
    return letter


def rung(services, staff, number):
    return next((r.step for r in services.supervision_letters.of_case(staff, number).rungs if r.is_next), None)


def test_the_body_that_has_the_case_answers_and_the_head_accepts(services, leader, group, number, letter_id):
    services.supervision_letters.answer(group, number, letter_id=letter_id, text="已约谈相关人员，周五前报处置意见")
    answered = only(services, leader, number)
    services.supervision_letters.decide(leader, number, letter_id=letter_id, is_accepted=True, remark="")
    done = only(services, leader, number)

    assert (answered.status, answered.may_decide, answered.may_answer) == (LetterStatus.ANSWERED, True, False)
    assert (done.status, done.may_decide) == (LetterStatus.ACCEPTED, False)
    assert [answer.text for answer in done.answers] == ["已约谈相关人员，周五前报处置意见"]


def test_an_answer_that_will_not_do_is_sent_back_and_answered_again(services, leader, group, number, letter_id):
    services.supervision_letters.answer(group, number, letter_id=letter_id, text="在办")
    services.supervision_letters.decide(leader, number, letter_id=letter_id, is_accepted=False, remark="写清哪天办完")
    back = only(services, group, number)
    services.supervision_letters.answer(group, number, letter_id=letter_id, text="十二月四日前办结")

    assert (back.status, back.may_answer, back.answers[0].remark) == (LetterStatus.SENT_BACK, True, "写清哪天办完")
    assert [answer.text for answer in only(services, group, number).answers] == ["在办", "十二月四日前办结"]


def test_every_step_of_a_letter_is_in_the_journal_and_its_words_are_not(services, leader, group, number, letter_id):
    services.supervision_letters.answer(group, number, letter_id=letter_id, text="在办")
    services.supervision_letters.decide(leader, number, letter_id=letter_id, is_accepted=False, remark="写清哪天办完")
    services.session.flush()
    lines = [e for e in services.session.scalars(select(CaseEvent)) if e.kind.startswith("letter")]

    assert [(e.kind, e.actor) for e in lines] == [
        (CaseEventKind.LETTER_ISSUED, "leader"),
        (CaseEventKind.LETTER_ANSWERED, "group"),
        (CaseEventKind.LETTER_SENT_BACK, "leader"),
    ]
    assert (lines[0].old_value, lines[0].new_value) == ("supervision", "2026-11-27")


def test_what_letters_say_is_sealed(services, group, number, letter_id):
    services.supervision_letters.answer(group, number, letter_id=letter_id, text="在办")
    stored = [
        services.session.scalar(text(f"SELECT text FROM {table}")) for table in ("supervision_letter", "letter_answer")
    ]

    assert all("在办".encode() not in value and "说明".encode() not in value for value in stored)


def test_an_auditor_sees_that_letters_were_written_and_not_what_they_say(services, desk, number, letter_id):
    letter = only(services, desk("auditor"), number)

    assert (letter.kind, letter.text, letter.may_answer, letter.may_decide) == (
        LetterKind.SUPERVISION, None, False, False,
    )  # fmt: skip


def test_only_the_head_supervises_and_the_two_offices_urge(services, clerk, group, desk, number):
    services.supervision_letters.issue(clerk, number, kind=LetterKind.URGING, text="请尽快", answer_by=FRIDAY)

    with pytest.raises(NotAllowed):
        services.supervision_letters.issue(clerk, number, kind=LetterKind.SUPERVISION, text="请尽快", answer_by=FRIDAY)
    with pytest.raises(NotAllowed):
        services.supervision_letters.issue(group, number, kind=LetterKind.URGING, text="请尽快", answer_by=FRIDAY)
    assert services.supervision_letters.of_case(clerk, number).may_write == (LetterKind.URGING,)


def test_a_letter_of_the_head_is_decided_by_the_head(services, clerk, group, number, letter_id):
    services.supervision_letters.answer(group, number, letter_id=letter_id, text="在办")

    with pytest.raises(NotAllowed):
        services.supervision_letters.decide(clerk, number, letter_id=letter_id, is_accepted=True, remark="")
    assert not only(services, clerk, number).may_decide


def test_nobody_but_the_body_that_has_the_case_answers(services, clerk, desk, number, letter_id):
    with pytest.raises(NotAllowed):
        services.supervision_letters.answer(clerk, number, letter_id=letter_id, text="在办")
    with pytest.raises(NotFound):
        services.supervision_letters.answer(desk("group", "g_agriculture"), number, letter_id=letter_id, text="在办")


def test_an_answer_is_given_and_decided_once(services, leader, group, number, letter_id):
    with pytest.raises(IllegalTransition):
        services.supervision_letters.decide(leader, number, letter_id=letter_id, is_accepted=True, remark="")
    services.supervision_letters.answer(group, number, letter_id=letter_id, text="在办")
    with pytest.raises(IllegalTransition):
        services.supervision_letters.answer(group, number, letter_id=letter_id, text="在办")


def test_a_letter_of_another_case_is_not_found(services, leader, lodge, letter_id):
    other = lodge().case_number

    with pytest.raises(NotFound):
        services.supervision_letters.decide(leader, other, letter_id=letter_id, is_accepted=True, remark="")


@pytest.mark.parametrize(
    ("words", "answer_by", "field"),
    [(" ", FRIDAY, "text"), ("请" * 2_001, FRIDAY, "text"), ("请说明", date(2026, 11, 22), "answer_by")],
)
def test_a_letter_says_something_and_has_a_date_to_come(services, number, words, answer_by, field):
    leader = StaffFacts(1, Role.LEADER, "principal")
    with pytest.raises(InvalidInput) as refused:
        services.supervision_letters.issue(leader, number, kind=LetterKind.SUPERVISION, text=words, answer_by=answer_by)

    assert refused.value.field == field


def test_sending_back_says_what_is_missing(services, leader, group, number, letter_id):
    services.supervision_letters.answer(group, number, letter_id=letter_id, text="在办")

    with pytest.raises(InvalidInput):
        services.supervision_letters.decide(leader, number, letter_id=letter_id, is_accepted=False, remark=" ")


def test_nobody_is_written_to_about_a_case_that_nobody_has(services, leader, lodge):
    with pytest.raises(InvalidInput):
        services.supervision_letters.issue(
            leader, lodge().case_number, kind=LetterKind.SUPERVISION, text="请说明", answer_by=FRIDAY
        )


def test_letters_wait_until_they_are_accepted(services, leader, group, number, letter_id):
    before = services.supervision_letters.waiting(group)
    services.supervision_letters.answer(group, number, letter_id=letter_id, text="在办")
    answered = services.supervision_letters.waiting(leader)
    services.supervision_letters.decide(leader, number, letter_id=letter_id, is_accepted=True, remark="")

    assert [(letter.case_number, letter.may_answer) for letter in before] == [(number, True)]
    assert [letter.may_decide for letter in answered] == [True]
    assert services.supervision_letters.waiting(leader) == ()


def test_letters_of_others_are_not_shown(services, desk, letter_id):
    assert services.supervision_letters.waiting(desk("group", "g_agriculture")) == ()


def test_a_letter_without_an_answer_in_time_leads_to_a_talk(services, leader, number, letter_id, clock):
    in_time = rung(services, leader, number)
    clock.forward(days=5)
    late = rung(services, leader, number)
    services.supervision_letters.hold_talk(
        leader, number, held_on=clock.moment.date(), reason="约谈了组长，限三日内报结果"
    )
    services.session.flush()

    assert (in_time, late, rung(services, leader, number)) == (None, LadderStep.TALKED, None)
    assert only(services, leader, number).is_overdue


def test_a_talk_is_held_by_the_head_and_not_in_the_future(services, leader, clerk, number, clock):
    tomorrow = clock.moment.date() + timedelta(days=1)

    with pytest.raises(InvalidInput):
        services.supervision_letters.hold_talk(leader, number, held_on=tomorrow, reason="约谈")
    with pytest.raises(NotAllowed):
        services.supervision_letters.hold_talk(clerk, number, held_on=FRIDAY, reason="约谈")


def test_a_clock_that_ran_out_turns_the_light_and_the_sweep_moves_up_the_ladder(services, leader, number, clock):
    clock.forward(days=40)  # a month for the disposal opinion
    red = services.supervision_letters.of_case(leader, number).signal
    before = rung(services, leader, number)
    services.supervision.sweep()
    services.session.flush()

    assert (red.light, red.clock.kind) == (Light.RED, "disposal_opinion")
    assert (before, rung(services, leader, number)) == (LadderStep.ESCALATED, LadderStep.SUPERVISED)


def test_a_letter_that_was_a_slip_is_taken_back_and_counts_as_never_written(services, leader, group, number, letter_id):
    services.supervision_letters.withdraw(leader, number, letter_id=letter_id, reason="发错了办件")
    withdrawn = only(services, group, number)
    case = services.casework.case_by_number(number)
    reached = [r.step for r in services.supervision_letters.of_case(leader, number).rungs if r.reached_on]

    assert (withdrawn.status, withdrawn.may_answer, withdrawn.may_withdraw) == (LetterStatus.WITHDRAWN, False, False)
    assert (case.supervised_until, reached) == (None, [])
    assert services.supervision_letters.waiting(leader) == ()


def test_a_case_stays_watched_to_the_day_the_head_said_when_a_letter_is_taken_back(services, leader, number):
    services.supervision.supervise(leader, number, until=date(2026, 11, 25), reason="")
    letter = services.supervision_letters.issue(
        leader, number, kind=LetterKind.SUPERVISION, text="请说明", answer_by=FRIDAY
    )
    services.supervision_letters.withdraw(leader, number, letter_id=letter, reason="不必了")

    assert services.casework.case_by_number(number).supervised_until == date(2026, 11, 25)


def test_a_nudge_taken_back_is_not_counted(services, clerk, number):
    letter = services.supervision_letters.issue(clerk, number, kind=LetterKind.URGING, text="请尽快", answer_by=FRIDAY)
    services.supervision_letters.withdraw(clerk, number, letter_id=letter, reason="已经报来了")

    assert services.casework.case_by_number(number).urging_count == 0


def test_only_who_may_write_a_letter_takes_it_back_and_says_why(services, leader, clerk, number, letter_id):
    with pytest.raises(NotAllowed):
        services.supervision_letters.withdraw(clerk, number, letter_id=letter_id, reason="不必了")
    with pytest.raises(InvalidInput):
        services.supervision_letters.withdraw(leader, number, letter_id=letter_id, reason=" ")

    assert only(services, leader, number).status is LetterStatus.AWAITED


def test_what_is_settled_is_not_taken_back(services, leader, group, number, letter_id):
    services.supervision_letters.answer(group, number, letter_id=letter_id, text="已办")
    services.supervision_letters.decide(leader, number, letter_id=letter_id, is_accepted=True, remark="")

    with pytest.raises(IllegalTransition):
        services.supervision_letters.withdraw(leader, number, letter_id=letter_id, reason="不必了")


def test_a_letter_ends_when_its_case_is_given_back(services, leader, group, number, letter_id):
    services.session.flush()
    version = services.casework.case_by_number(number).version
    services.casework.give_back(group, number, version=version, reason="不归我组")
    ended = only(services, leader, number)
    line = services.session.scalars(select(CaseEvent).where(CaseEvent.kind == CaseEventKind.LETTER_LAPSED)).one()

    assert (ended.status, ended.is_overdue, ended.may_withdraw) == (LetterStatus.LAPSED, False, False)
    assert (line.actor, line.new_value) == ("group", "supervision")
    assert services.supervision_letters.waiting(leader) == ()
