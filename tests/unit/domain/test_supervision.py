from datetime import date

import pytest

from domain.supervision import (
    LadderFacts,
    RunningClock,
    is_open,
    is_overdue,
    ladder,
    may_issue,
    signal_of,
)
from domain.terms import DeadlineKind, LadderStep, LetterKind, LetterStatus, Light, Role
from services.work_calendar import ChinaCalendar

WORK = ChinaCalendar({"published_years": [2026], "overrides": {}})
MONDAY = date(2026, 11, 23)


def signal(*clocks, today=MONDAY):
    return signal_of([RunningClock(kind, due_on) for kind, due_on in clocks], today, WORK)


def following(**facts):
    return next((rung.step for rung in ladder(LadderFacts(**facts)) if rung.is_next), None)


@pytest.mark.parametrize(
    ("due_on", "light"),
    [
        (date(2026, 11, 22), Light.RED),
        (date(2026, 11, 23), Light.AMBER),
        (date(2026, 11, 26), Light.AMBER),
        (date(2026, 11, 27), Light.GREEN),
    ],
)
def test_a_light_turns_with_the_days_that_are_left(due_on, light):
    assert signal((DeadlineKind.HANDLING, due_on)).light is light


def test_a_light_turns_three_working_days_before_a_date():
    friday = date(2026, 11, 27)
    lights = [signal((DeadlineKind.HANDLING, date(2026, 12, day)), today=friday).light for day in (2, 3)]

    assert lights == [Light.AMBER, Light.GREEN]


def test_without_a_clock_the_light_is_green_and_says_nothing():
    assert signal() == signal_of([], MONDAY, WORK)
    assert (signal().light, signal().clock) == (Light.GREEN, None)


def test_the_clock_that_is_due_first_decides():
    found = signal((DeadlineKind.HANDLING, date(2027, 1, 4)), (DeadlineKind.FEEDBACK, date(2026, 11, 20)))

    assert found.clock == RunningClock(DeadlineKind.FEEDBACK, date(2026, 11, 20))


def test_days_are_working_days_where_the_limit_is_one_of_working_days():
    feedback = signal((DeadlineKind.FEEDBACK, date(2026, 11, 16)))
    handling = signal((DeadlineKind.HANDLING, date(2026, 11, 16)))

    assert (feedback.days, feedback.in_working_days) == (-5, True)
    assert (handling.days, handling.in_working_days) == (-7, False)


@pytest.mark.parametrize(
    ("role", "kind", "may"),
    [
        (Role.LEADER, LetterKind.SUPERVISION, True),
        (Role.PETITION, LetterKind.SUPERVISION, False),
        (Role.CLUE, LetterKind.URGING, True),
        (Role.GROUP, LetterKind.URGING, False),
    ],
)
def test_the_head_supervises_and_the_two_offices_urge(role, kind, may):
    assert may_issue(role, kind) is may


def test_an_answer_is_owed_until_it_is_there_and_again_when_it_was_sent_back():
    assert [status for status in LetterStatus if is_open(status)] == [LetterStatus.AWAITED, LetterStatus.SENT_BACK]
    assert is_overdue(LetterStatus.AWAITED, date(2026, 11, 22), MONDAY)
    assert not is_overdue(LetterStatus.AWAITED, MONDAY, MONDAY)
    assert not is_overdue(LetterStatus.ANSWERED, date(2026, 11, 22), MONDAY)


def test_what_is_in_time_needs_no_step():
    assert following(light=Light.GREEN, urged_on=MONDAY) is None


def test_what_is_due_soon_is_urged_once():
    assert following(light=Light.AMBER) is LadderStep.URGED
    assert following(light=Light.AMBER, urged_on=MONDAY) is None


def test_what_is_late_goes_to_the_head_who_then_supervises():
    assert following(light=Light.RED, urged_on=MONDAY) is LadderStep.ESCALATED
    assert following(light=Light.RED, urged_on=MONDAY, escalated_on=MONDAY) is LadderStep.SUPERVISED


def test_a_letter_without_a_good_answer_in_time_leads_to_a_talk_and_one_talk_is_enough():
    late = {"light": Light.RED, "escalated_on": MONDAY, "supervised_on": MONDAY}

    assert following(**late) is None
    assert following(**late, needs_more=True) is LadderStep.TALKED
    assert following(**late, needs_more=True, talked_on=MONDAY) is None


def test_a_new_letter_after_a_talk_may_lead_to_another():
    again = LadderFacts(
        light=Light.RED, supervised_on=date(2026, 11, 24), talked_on=MONDAY, escalated_on=MONDAY, needs_more=True
    )

    assert [rung.step for rung in ladder(again) if rung.is_next] == [LadderStep.TALKED]


def test_the_ladder_shows_all_four_steps_with_their_dates():
    rungs = ladder(LadderFacts(light=Light.RED, urged_on=MONDAY))

    assert [(rung.step, rung.reached_on) for rung in rungs] == [
        (LadderStep.URGED, MONDAY),
        (LadderStep.ESCALATED, None),
        (LadderStep.SUPERVISED, None),
        (LadderStep.TALKED, None),
    ]
