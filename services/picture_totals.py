"""How many cases a number of the pictures leads to, from the tally that the picture itself was drawn from.

A month of a busy county is ten thousand cases: to count them one by one for the heading of a list takes longer than the list.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from domain.permissions import Scope
from domain.terms import DeadlineKind
from models import DayTally, SpanTally
from services.scope import in_scope
from services.views import WorklistFilter


def tallied_total(wanted: WorklistFilter, scope: Scope) -> Select[int] | None:
    """The sum that answers how many; None when more is asked for than one tally of the pictures knows.

    Cases with a conflict of interest are in it: they are the caller's to take off.
    """
    nothing = WorklistFilter()
    for fields, measure, where in _SUMS:
        unasked: dict[str, Any] = dict.fromkeys(fields)
        rest = replace(wanted, page=1, sort=nothing.sort, **unasked)
        if rest == nothing and getattr(wanted, fields[0]) is not None:
            at: Any = measure.class_
            return select(func.coalesce(func.sum(measure), 0)).where(*in_scope(scope, at), *where(wanted))
    return None


def _days(since: date | None, until: date | None) -> list[ColumnElement[bool]]:
    return [*([DayTally.day >= since] if since else []), *([DayTally.day <= until] if until else [])]


def _spans(clock: DeadlineKind, days: tuple[int, int] | None, named: bool | None) -> list[ColumnElement[bool]]:
    low, high = days or (0, 0)
    where = [SpanTally.clock == clock, SpanTally.days.between(low, high)]
    if named is not None:
        where.append(SpanTally.is_named == named)
    return where


_Where = Callable[[WorklistFilter], list[ColumnElement[bool]]]
# The first field must be asked for, the others may.
_SUMS: Sequence[tuple[tuple[str, ...], Any, _Where]] = (
    (("since", "until"), DayTally.received, lambda w: _days(w.since, w.until)),
    (
        ("concluded_since", "concluded_until"),
        DayTally.concluded,
        lambda w: _days(w.concluded_since, w.concluded_until),
    ),
    (
        ("answered_in", "named"),
        SpanTally.cases,
        lambda w: _spans(DeadlineKind.ACCEPTANCE_NOTICE, w.answered_in, w.named),
    ),
    (("told_in", "named"), SpanTally.cases, lambda w: _spans(DeadlineKind.FEEDBACK, w.told_in, w.named)),
)
