"""Counts of the cases that were received on some days, read as one text of signs (`models/tallies.py`): exact for any days.

Knows how the signs are written, not which of them a picture wants.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from domain.deadlines import NAMED
from domain.permissions import Scope
from domain.terms import DeadlineKind
from models import Case, CountedCase, CountedValue
from models.tallies import COUNTED, COUNTED_DAYS, NO_SIGN
from services.scope import in_scope

_DAYS_AT_ONCE = 366  # in memory
_BIG = 2**32


# By clock, by whether a name was given or by body: how many cases there are of each number of working days.
Waits = Mapping[DeadlineKind, defaultdict[str | bool, Counter[int]]]
DAYS_OF_CLOCK = {DeadlineKind.ACCEPTANCE_NOTICE: "acceptance_days", DeadlineKind.FEEDBACK: "feedback_days"}


class CountedDays:
    """The cases that a scope holds of some days, both included. `hidden` are those of them that shall not be counted."""

    def __init__(
        self,
        connection: Connection,
        scope: Scope | None,
        since: date,
        until: date,
        hidden: Sequence[Case] = (),
    ) -> None:
        parts = list(_read(connection, scope, since, until)) if scope is not None else []
        nothing = np.empty((len(COUNTED), 0), np.uint32)
        self._signs = dict(zip(COUNTED, np.concatenate([nothing, *parts], axis=1), strict=True))
        words = connection.execute(select(CountedValue.id, CountedValue.value)).all() if parts else []
        self._words: Mapping[int, str] = {NO_SIGN + number: word for number, word in words}
        self._hidden = hidden

    def by(self, *names: str, **only: Collection[str]) -> Counter[tuple[Any, ...]]:
        """How many cases there are of each combination of these columns of `COUNTED`. `only`: with these words in a column.

        Empty text stands for no value, as in the tallies; a number of days that nobody counted is None.
        """
        # The signs of a case as one number: each in a place of its own.
        widths = [int(self._signs[name].max(initial=0)) + 1 for name in names]
        together = self._signs[names[0]].astype(np.uint32 if prod(widths) < _BIG else np.uint64, copy=False)
        for name, width in zip(names[1:], widths[1:], strict=True):
            together = together * together.dtype.type(width) + self._signs[name]
        if only:
            together = together[np.logical_and.reduce([self._has(name, words) for name, words in only.items()])]
        found, cases = np.unique(together, return_counts=True)
        columns: list[Sequence[Any]] = []
        for name, width in zip(reversed(names), reversed(widths), strict=True):
            found, signs = np.divmod(found, found.dtype.type(width))
            columns.append(self._said(name, signs.tolist()))
        counts = Counter(dict(zip(zip(*reversed(columns), strict=True), cases.tolist(), strict=True)))
        for case in self._hidden:
            if all(_value(case, name) in words for name, words in only.items()):
                counts[tuple(_value(case, name) for name in names)] -= 1
        # What nobody may see is not there at all, neither with none.
        return +counts if self._hidden else counts

    def waits(self, *, each_body: bool = False) -> Waits:
        """Cases by the working days that an answer took: whether a name was given, or with `each_body` who has them."""
        waits: Waits = {clock: defaultdict(Counter) for clock in DAYS_OF_CLOCK}
        for clock, column in DAYS_OF_CLOCK.items():
            for (of, days), cases in self.by("assigned_body" if each_body else "identity_claim", column).items():
                if days is not None:
                    waits[clock][of if each_body else of in NAMED][days] += cases
        return waits

    def _has(self, name: str, words: Collection[str]) -> NDArray[np.bool_]:
        return np.isin(self._signs[name], [sign for sign, word in self._words.items() if word in words])

    def _said(self, name: str, signs: Iterable[int]) -> Sequence[Any]:
        if name in COUNTED_DAYS:
            return [None if sign == NO_SIGN else sign - NO_SIGN - 1 for sign in signs]
        return [self._words[sign] for sign in signs]


def _value(case: Case, name: str) -> Any:
    value = getattr(case, name)
    return value if name in COUNTED_DAYS else value or ""


def _read(connection: Connection, scope: Scope, since: date, until: date) -> Iterator[NDArray[np.uint32]]:
    """A row for each of `COUNTED`, a column for each case."""
    # Two looks: asked for both at once, the database would read all days.
    least, most = (select(of(CountedCase.day)).scalar_subquery() for of in (func.min, func.max))
    first, last = connection.execute(select(least, most)).one()
    if first is None:
        return
    since, until = max(since, first), min(until, last)
    signs = select(func.aggregate_strings(CountedCase.signs, "")).where(*in_scope(scope, CountedCase))
    for n in range(0, (until - since).days + 1, _DAYS_AT_ONCE):
        begin = since + timedelta(days=n)
        end = min(until, begin + timedelta(days=_DAYS_AT_ONCE - 1))
        text = connection.scalar(signs.where(CountedCase.day.between(begin, end)))
        if text:
            signs_of_cases = np.frombuffer(text.encode("utf-32-le"), np.dtype("<u4")).reshape(-1, len(COUNTED))
            yield np.ascontiguousarray(signs_of_cases.T)
