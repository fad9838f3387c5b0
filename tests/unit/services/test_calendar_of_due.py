"""The calendar counts what its days list; lights say the same numbers as the worklist."""

from datetime import date

import pytest

from domain.terms import DeadlineKind, LetterKind, Light
from services.intake import Identity
from services.views import WorklistFilter

DUE = date(2026, 12, 14)  # fifteen working days after 23 November


@pytest.fixture
def clerk(desk):
    return desk("petition", "petition_office")


@pytest.fixture
def named(lodge):
    return lodge(identity=Identity("甲", "13800000000")).case_number


def days_of(calendar):
    return {day.day: day for week in calendar.weeks for day in week}


def test_a_month_shows_whole_weeks_and_what_is_due_on_each_day(services, clerk, named):
    month = services.calendar_of_due.month(clerk, DUE)
    days = days_of(month)

    assert (month.shown, month.earlier, month.later) == (date(2026, 12, 1), date(2026, 11, 1), date(2027, 1, 1))
    assert (min(days), max(days)) == (date(2026, 11, 30), date(2027, 1, 3))
    assert {day: found.due for day, found in days.items() if found.due} == {DUE: 1}
    assert not days[date(2026, 12, 13)].is_working


def test_a_week_begins_on_monday(services, clerk, named):
    week = services.calendar_of_due.week(clerk, date(2026, 12, 20))

    assert (week.shown, week.earlier, week.later) == (DUE, date(2026, 12, 7), date(2026, 12, 21))
    assert [len(days) for days in week.weeks] == [7]


def test_a_day_lists_as_many_as_it_counts(services, clerk, named):
    [row] = services.calendar_of_due.on(clerk, DUE)

    assert (row.case_number, row.clock) == (named, DeadlineKind.ACCEPTANCE_NOTICE)
    assert services.calendar_of_due.on(clerk, date(2026, 12, 15)) == ()


def test_what_is_done_is_not_due_any_more(services, clerk, named):
    services.casework.accept(clerk, named, version=1)
    services.session.flush()

    assert services.calendar_of_due.on(clerk, DUE) == ()


def test_letters_stand_on_the_day_they_must_be_answered_by(services, desk, clerk, named):
    services.casework.accept(clerk, named, version=1)
    services.casework.assign(clerk, named, version=2, body="g_market")
    services.supervision_letters.issue(clerk, named, kind=LetterKind.URGING, text="请尽快", answer_by=DUE)

    assert days_of(services.calendar_of_due.month(clerk, DUE))[DUE].letters == 1
    assert [row.letter for row in services.calendar_of_due.on(clerk, DUE)] == [LetterKind.URGING]


def test_one_sees_only_the_days_of_ones_own_cases(services, desk, named):
    group = desk("group", "g_market")

    assert services.calendar_of_due.on(group, DUE) == ()
    assert {day.due for day in days_of(services.calendar_of_due.month(group, DUE)).values()} == {0}


def test_lights_say_what_the_worklist_says(services, clerk, named, lodge, clock):
    lodge()
    clock.forward(days=20)  # 13 December: due tomorrow
    [amber] = services.calendar_of_due.lights(clerk)
    soon = services.worklists.page(clerk, WorklistFilter(body="-", due="soon")).total
    clock.forward(days=7)
    [red] = services.calendar_of_due.lights(clerk)
    late = services.worklists.page(clerk, WorklistFilter(body="-", due="late")).total

    assert (amber.signal.light, amber.late, amber.soon, amber.open) == (Light.AMBER, 0, soon, 2)
    assert (red.signal.light, red.late, red.signal.clock.due_on) == (Light.RED, late, DUE)
    assert (soon, late, red.oldest_days) == (1, 1, 27)


def test_what_has_no_clock_is_green(services, clerk, lodge):
    lodge()
    [row] = services.calendar_of_due.lights(clerk)

    assert (row.body, row.signal.light, row.signal.clock) == ("", Light.GREEN, None)
