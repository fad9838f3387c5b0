"""Due dates. Working days and months are different clocks; mixing them is the likeliest bug (domain notes, 2.2)."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Protocol

from domain.terms import CaseEventKind, DeadlineKind, IdentityClaim, RouteRule, Track


class WorkCalendar(Protocol):
    """Knows the holidays and make-up days of the country, as far as they are published."""

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on `day`; Monday to Friday less statutory days where nothing is published yet."""

    def is_published(self, day: date) -> bool:
        """Whether the State Council's notice for the year of `day` is in the calendar."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A due date. `provisional` says that it reaches a year whose make-up days nobody knows yet."""

    kind: DeadlineKind
    counted_from: date
    due_on: date
    provisional: bool
    basis: str


@dataclass(frozen=True, slots=True)
class _Limit:
    """So many working days, or months, and the rule that says so."""

    basis: str
    working_days: int | None = None
    months: int | None = None


# Who gave a name, as far as nobody found that it is not his: the limits of articles 26 and 27 are for them.
NAMED = frozenset({IdentityClaim.CLAIMED, IdentityClaim.VERIFIED})

_OWN_TARGET = "internal_target"
LIMITS = {
    DeadlineKind.ACCEPTANCE_NOTICE: _Limit("reports_rule_26", working_days=15),
    DeadlineKind.FEEDBACK: _Limit("reports_rule_27", working_days=15),
    DeadlineKind.SEND_UPWARD: _Limit("reports_rule_15", working_days=5),
    DeadlineKind.TOWNSHIP_REGISTRATION: _Limit("reports_rule_16", working_days=5),
    DeadlineKind.DISPOSAL_OPINION: _Limit("discipline_rule_clue", months=1),
    DeadlineKind.HANDLING: _Limit("reports_rule_supervision", months=3),
    DeadlineKind.OUT_OF_SCOPE_NOTICE: _Limit(_OWN_TARGET, working_days=3),
    DeadlineKind.DISCIPLINE_STAFF_INTAKE: _Limit(_OWN_TARGET, working_days=1),
    DeadlineKind.VERTICAL_NOTICE: _Limit(_OWN_TARGET, working_days=5),
    DeadlineKind.SAME_DAY_CONTACT: _Limit(_OWN_TARGET, working_days=0),
    DeadlineKind.HELP_REQUEST_REPLY: _Limit(_OWN_TARGET, working_days=5),
}


_OF_HANDLING = frozenset({DeadlineKind.HANDLING, DeadlineKind.HELP_REQUEST_REPLY, DeadlineKind.DISPOSAL_OPINION})

# What an objection lets run once more: its handling, and the answer to it. What counts from receipt is met once.
RUN_AGAIN = _OF_HANDLING | {DeadlineKind.FEEDBACK}

# Soon is one thing everywhere: for a light, the list that it opens, and the colour of a date.
_SOON = 3  # working days
# So long before its date a clock is urged: somebody should still be able to do something about it.
_URGED_BEFORE = 2  # working days

# Which clocks a step stops.
MET_BY: Mapping[CaseEventKind, frozenset[DeadlineKind]] = {
    CaseEventKind.ACCEPTED: frozenset({DeadlineKind.ACCEPTANCE_NOTICE, DeadlineKind.DISCIPLINE_STAFF_INTAKE}),
    # Whoever is in danger is not helped by a case being taken in or declined (reports rule, art. 49).
    CaseEventKind.CONTACTED: frozenset({DeadlineKind.SAME_DAY_CONTACT}),
    CaseEventKind.ASSIGNED: frozenset({DeadlineKind.VERTICAL_NOTICE, DeadlineKind.OUT_OF_SCOPE_NOTICE}),
    CaseEventKind.TAKEN_UP: frozenset({DeadlineKind.TOWNSHIP_REGISTRATION}),
    CaseEventKind.DISPOSED: frozenset({DeadlineKind.DISPOSAL_OPINION}),
    CaseEventKind.CONCLUDED: _OF_HANDLING,
    # An objection may be answered by an explanation alone: then nothing is left to be handled either.
    CaseEventKind.FED_BACK: frozenset({DeadlineKind.FEEDBACK, *_OF_HANDLING}),
    CaseEventKind.HANDED_UPWARD: frozenset({DeadlineKind.SEND_UPWARD}),
}


def add_working_days(start: date, count: int, work: WorkCalendar) -> date:
    """The `count`-th working day after `start`; `start` itself is not counted. `count` 0 gives `start`."""
    day = start
    while count > 0:
        day += timedelta(days=1)
        count -= work.is_working_day(day)
    return day


def working_days_between(start: date, end: date, work: WorkCalendar) -> int:
    """The working days after `start` up to and with `end`: the inverse of `add_working_days`; negative before `start`."""
    if end < start:
        return -working_days_between(end, start, work)
    return sum(work.is_working_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


def soon_until(today: date, work: WorkCalendar) -> date:
    """The last day that is soon."""
    return add_working_days(today, _SOON, work)


def urged_until(today: date, work: WorkCalendar) -> date:
    """What is due by this day is urged today."""
    return add_working_days(today, _URGED_BEFORE, work)


def add_months(start: date, count: int) -> date:
    """The same day `count` months later, or the last day of that month if it has no such day."""
    years, month0 = divmod(start.month - 1 + count, 12)
    year = start.year + years
    return date(year, month0 + 1, min(start.day, calendar.monthrange(year, month0 + 1)[1]))


def deadline(kind: DeadlineKind, start: date, work: WorkCalendar) -> Deadline:
    """The due date of `kind` counted from `start` (a day in the county's own time zone)."""
    limit = LIMITS[kind]
    if limit.months is not None:
        return Deadline(kind, start, add_months(start, limit.months), provisional=False, basis=limit.basis)
    due = add_working_days(start, limit.working_days or 0, work)
    published = work.is_published(start) and work.is_published(due)
    return Deadline(kind, start, due, provisional=not published, basis=limit.basis)


def deadlines_on_receipt(
    rule: RouteRule, track: Track, received_on: date, work: WorkCalendar, *, named: bool, in_danger: bool
) -> tuple[Deadline, ...]:
    """The clocks that start when a report is received (rows 1 and 4 of section 2.2, internal targets of `groups.yaml`)."""
    kinds: list[DeadlineKind] = []
    if in_danger:
        kinds.append(DeadlineKind.SAME_DAY_CONTACT)
    match rule:
        case RouteRule.OUT_OF_SCOPE | RouteRule.PRIVATE_PARTY:
            kinds.append(DeadlineKind.OUT_OF_SCOPE_NOTICE)
        case RouteRule.DISCIPLINE_STAFF | RouteRule.CADRE_OFFICE_STAFF:
            kinds.append(DeadlineKind.DISCIPLINE_STAFF_INTAKE)
        case RouteRule.VERTICAL:
            kinds.append(DeadlineKind.VERTICAL_NOTICE)
        case RouteRule.OWN_PRINCIPAL | RouteRule.COUNTY_LEADER:
            kinds.append(DeadlineKind.SEND_UPWARD)
        case _ if track is Track.SERVICE_REQUEST:
            kinds.append(DeadlineKind.HELP_REQUEST_REPLY)
        case _:
            pass
    if named and track is Track.ACCUSATION:
        kinds.append(DeadlineKind.ACCEPTANCE_NOTICE)
    return tuple(deadline(kind, received_on, work) for kind in kinds)


def deadlines_on_assignment(
    rule: RouteRule, track: Track, assigned_on: date, work: WorkCalendar
) -> tuple[Deadline, ...]:
    """The clocks that start when a body gets the case (rows 6, 8 and 9)."""
    kinds = [DeadlineKind.HANDLING]
    if rule is RouteRule.TOWNSHIP_OR_VILLAGE:
        kinds.append(DeadlineKind.TOWNSHIP_REGISTRATION)
    elif track is Track.ACCUSATION:
        kinds.append(DeadlineKind.DISPOSAL_OPINION)
    return tuple(deadline(kind, assigned_on, work) for kind in kinds)


def deadlines_on_objection(
    rule: RouteRule, track: Track, objected_on: date, work: WorkCalendar
) -> tuple[Deadline, ...]:
    """The clocks of a case that must be examined again (row 3).

    No rule gives a number. So that somebody presses for it, the first examination's limits count once more from the
    objection, as targets of our own.
    """
    again = [d.kind for d in deadlines_on_assignment(rule, track, objected_on, work) if d.kind in _OF_HANDLING]
    if track is Track.SERVICE_REQUEST:
        again.append(DeadlineKind.HELP_REQUEST_REPLY)
    return tuple(replace(deadline(kind, objected_on, work), basis=_OWN_TARGET) for kind in again)


def deadline_on_conclusion(
    track: Track, claim: IdentityClaim, concluded_on: date, work: WorkCalendar
) -> Deadline | None:
    """The clock that starts when the handling ended (row 2): None where nobody can be told."""
    can_be_told = track is Track.SERVICE_REQUEST or claim in NAMED
    return deadline(DeadlineKind.FEEDBACK, concluded_on, work) if can_be_told else None
