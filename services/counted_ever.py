"""Counts of all cases ever, from the tallies: what `services/counted_days.py` is for some days, asked in the same words."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Text, func, select, type_coerce

from domain.deadlines import NAMED
from domain.lifecycle import OPEN
from domain.permissions import Scope
from models import Case, FlowTally, SpanTally, UnitTally
from services.counted_days import DAYS_OF_CLOCK, Waits
from services.scope import in_scope

# Of the flow these are read at once, in the order of the tally's key, where the database adds up what lies side by side. Not of
# kinds and units: to fetch all pairs of them takes longer than to have them added up three times.
_AT_ONCE = ("assigned_body", "source", "track")


class CountedEver:
    """All cases that a scope holds. `hidden` are those of them that shall not be counted."""

    def __init__(self, connection: Connection, scope: Scope | None, hidden: Sequence[Case]) -> None:
        self._connection, self._scope, self._hidden = connection, scope, hidden
        self._read: dict[Any, list[tuple[tuple[Any, ...], int, int]]] = {}

    def by(self, *names: str, **only: Collection[str]) -> Counter[tuple[Any, ...]]:
        """How many cases there are of each combination of these columns, of one tally. `only`: with these words in a column.

        Of kinds and units the one state that can be asked for is whether somebody still works on it.
        """
        read = _AT_ONCE if set(names) <= set(_AT_ONCE) else names
        places = [read.index(name) for name in names]
        is_open = only.get("status") == OPEN
        counts: Counter[tuple[Any, ...]] = Counter()
        for key, cases, in_hand in self._rows(read, {name: words for name, words in only.items() if name in names}):
            counts[tuple([key[place] for place in places])] += in_hand if is_open else cases
        for case in self._hidden:
            if all((getattr(case, name) or "") in words for name, words in only.items()):
                counts[tuple((getattr(case, name) or "") for name in names)] -= 1
        return +counts

    def waits(self, *, each_body: bool = False) -> Waits:
        """Cases by the working days that an answer took: whether a name was given, or with `each_body` who has them."""
        waits: Waits = {clock: defaultdict(Counter) for clock in DAYS_OF_CLOCK}
        by = [SpanTally.clock, SpanTally.assigned_body if each_body else SpanTally.is_named, SpanTally.days]
        for clock, of, days, cases in self._sums(SpanTally, by, SpanTally.cases, each_body=each_body):
            waits[clock][of][days] += cases
        for clock, column in DAYS_OF_CLOCK.items():
            for case in self._hidden:
                days = getattr(case, column)
                if days is not None:
                    waits[clock][(case.assigned_body or "") if each_body else case.identity_claim in NAMED][days] -= 1
        return waits

    def _rows(self, names: tuple[str, ...], only: dict[str, Collection[str]]) -> list[tuple[tuple[Any, ...], int, int]]:
        """Words of these columns, how many cases have them, and how many of these are open if the tally knows. Read once."""
        asked = names, *(frozenset(words) for words in only.values())
        if asked not in self._read:
            tally: Any = UnitTally if names[0] in {"unit", "label"} else FlowTally
            # As text: of thousands of rows the enums would take longer than the database.
            by = [type_coerce(getattr(tally, name), Text) for name in names]
            where = [getattr(tally, name).in_(words) for name, words in only.items()]
            of_open = tally.in_hand if tally is UnitTally else tally.cases
            rows = self._sums(tally, by, tally.cases, of_open, where=where)
            self._read[asked] = [(tuple(words), cases, in_hand) for *words, cases, in_hand in rows]
        return self._read[asked]

    def _sums(
        self, tally: Any, by: Sequence[Any], *measures: Any, where: Sequence[Any] = (), each_body: bool = False
    ) -> Sequence[Any]:
        """On the connection and all at once: the mapper would take longer than the database, too."""
        if self._scope is None:
            return []
        sums = select(*by, *(func.sum(measure) for measure in measures)).where(*where).group_by(*by)
        return self._connection.execute(sums.where(*in_scope(self._scope, tally, each_body=each_body))).all()
