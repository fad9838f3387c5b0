"""The pictures: counts within the reader's scope, from tallies that triggers keep. What each number counts can be listed."""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import func, select

from domain.deadlines import LIMITS, add_months
from domain.lifecycle import OPEN
from domain.permissions import StaffFacts, scope_of
from domain.terms import CaseStatus, DeadlineKind, Satisfaction, Source, Track
from domain.times import local_day
from models import Case, DayTally, FlowTally
from services.base import Service
from services.counted_days import CountedDays, Waits
from services.counted_ever import CountedEver
from services.scope import conflicts_of, in_scope
from services.views import WorklistFilter

K = TypeVar("K", bound=tuple[Any, ...])
MONTHS, WEEKS = 12, 13
# Looked up: asking the enum takes ten times as long.
_WORDS: Mapping[str, Mapping[str, Any]] = {
    name: {word.value: word for word in of}
    for name, of in {"source": Source, "track": Track, "status": CaseStatus}.items()
}
# The last bar of a distribution takes all that is longer.
SPANS = (*((n, n) for n in range(16)), (16, 20), (21, 30), (31, 9_999))
_LONGEST = [high for _, high in SPANS]


@dataclass(frozen=True, slots=True)
class Period:
    """A week or a month with what came in and what was concluded in it, both days included."""

    since: date
    until: date
    received: int
    concluded: int


class Band(NamedTuple):
    """How many cases lead from one stage of the flow to the next: door, track, body, state. Two neighbours are given.

    `body` is empty for what nobody has yet. There are hundreds.
    """

    cases: int
    source: Source | None = None
    track: Track | None = None
    body: str | None = None
    status: CaseStatus | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Cases whose answer took `low` to `high` working days."""

    low: int
    high: int
    named: int
    anonymous: int


@dataclass(frozen=True, slots=True)
class Spans:
    """How long an answer took, against the limit that holds for whoever gave a name. Medians are None without cases."""

    clock: DeadlineKind
    limit: int
    bars: tuple[Span, ...]
    named: int
    beyond: int
    median: int | None


@dataclass(frozen=True, slots=True)
class BodyRow:
    """One group, office or township commission. `body` is empty for what nobody has yet."""

    body: str
    total: int
    open: int
    late: int
    median_answer: int | None
    median_feedback: int | None
    said: Mapping[Satisfaction, int]


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit that was complained of."""

    unit: str
    total: int
    open: int
    by_aspect: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Pictures:
    """All pictures of one reader."""

    total: int
    kinds: Mapping[str, int]
    unlabelled: int
    weeks: tuple[Period, ...]
    months: tuple[Period, ...]
    bands: tuple[Band, ...]
    spans: tuple[Spans, ...]
    bodies: tuple[BodyRow, ...]
    units: tuple[UnitRow, ...]
    said: Mapping[Satisfaction, int]


class Statistics(Service):
    """Reads the tallies."""

    def pictures(self, staff: StaffFacts, received: WorklistFilter | None = None) -> Pictures:
        """Every picture of the overview. With `received`, which holds days, all but the trend count the cases of those days.

        Counts of everything come from the tallies; the tallies know no day, so those of a period are counted from the signs of
        the cases received in it.
        """
        hidden = self._hidden(staff)
        weeks, months = self._periods(staff, hidden)
        if received:
            counted: CountedDays | CountedEver = self._of_days(staff, received, hidden)
        else:
            counted = CountedEver(self.session.connection(), scope_of(staff), hidden)
        labels, standing = counted.by("label"), counted.by("assigned_body", "status", "satisfaction")
        waits = counted.waits()
        return Pictures(
            total=labels.total(),
            kinds={label: cases for (label,), cases in labels.items() if label},
            unlabelled=labels[("",)],
            weeks=weeks,
            months=months,
            bands=(
                *_bands(("source", "track"), counted.by("source", "track")),
                *_bands(("track", "body"), counted.by("track", "assigned_body")),
                *_bands(("body", "status"), _by(standing, lambda key: key[:2])),
            ),
            spans=tuple(_distribution(clock, waits[clock][True], waits[clock][False]) for clock in waits),
            bodies=self._bodies(staff, standing, counted.waits(each_body=True), received),
            units=self._units(counted),
            said=_said(_by(standing, lambda key: key[2])),
        )

    def of_days(self, staff: StaffFacts, received: WorklistFilter) -> CountedDays:
        """The cases that one may see of those that came in on the days of `received`, to be counted."""
        return self._of_days(staff, received, self._hidden(staff))

    def _of_days(self, staff: StaffFacts, received: WorklistFilter, hidden: list[Case]) -> CountedDays:
        low, high = received.since or date.min, received.until or date.max
        of_these = [case for case in hidden if low <= local_day(case.received_at) <= high]
        return CountedDays(self.session.connection(), scope_of(staff), low, high, of_these)

    # ── one table each ───────────────────────────────────────────────────────────────────────────
    def _periods(self, staff: StaffFacts, hidden: list[Case]) -> tuple[tuple[Period, ...], tuple[Period, ...]]:
        """The last weeks and months, the running ones included."""
        today = self.today()
        monday = today - timedelta(days=today.weekday())
        first = today.replace(day=1)
        weeks = [(monday - timedelta(weeks=n), monday - timedelta(weeks=n) + timedelta(days=6)) for n in range(WEEKS)]
        months = [(add_months(first, -n), add_months(first, 1 - n) - timedelta(days=1)) for n in range(MONTHS)]
        since = min(weeks[-1][0], months[-1][0])
        rows = (
            select(DayTally.day, func.sum(DayTally.received), func.sum(DayTally.concluded))
            .where(DayTally.day >= since)
            .group_by(DayTally.day)
            .order_by(DayTally.day)
        )
        counted = self._within(staff, rows, DayTally)
        days = [row[0] for row in counted]
        came, went = ([0, *accumulate(int(row[place]) for row in counted)] for place in (1, 2))
        hidden_came = [local_day(case.received_at) for case in hidden]
        hidden_went = [local_day(case.concluded_at) for case in hidden if case.concluded_at is not None]

        def period(low: date, high: date) -> Period:
            first, end = bisect_left(days, low), bisect_right(days, high)
            received = came[end] - came[first] - sum(low <= day <= high for day in hidden_came)
            concluded = went[end] - went[first] - sum(low <= day <= high for day in hidden_went)
            return Period(low, high, received, concluded)

        return tuple(period(*of) for of in reversed(weeks)), tuple(period(*of) for of in reversed(months))

    def today_in_and_out(self, staff: StaffFacts) -> tuple[int, int]:
        """Cases that came in today, and that were concluded today."""
        today = self.today()
        rows = select(func.sum(DayTally.received), func.sum(DayTally.concluded)).where(DayTally.day == today)
        [(received, concluded)] = list(self._within(staff, rows, DayTally)) or [(0, 0)]
        hidden = self._hidden(staff)
        return (
            int(received or 0) - sum(local_day(case.received_at) == today for case in hidden),
            int(concluded or 0)
            - sum(case.concluded_at is not None and local_day(case.concluded_at) == today for case in hidden),
        )

    def in_hand_by_body(self, staff: StaffFacts) -> Counter[str]:
        """Cases that somebody still works on, by who has them."""
        body = FlowTally.assigned_body
        rows = select(body, func.sum(FlowTally.cases)).where(FlowTally.status.in_(OPEN)).group_by(body)
        counts = Counter({of: int(cases) for of, cases in self._within(staff, rows, FlowTally)})
        for case in self._hidden(staff):
            counts[case.assigned_body or ""] -= case.status in OPEN
        return counts

    def _bodies(
        self,
        staff: StaffFacts,
        standing: Counter[tuple[str, CaseStatus, str]],
        waits: Waits,
        received: WorklistFilter | None,
    ) -> tuple[BodyRow, ...]:
        late = self.services.calendar_of_due.late_by_body(staff, received)
        answered, told = waits[DeadlineKind.ACCEPTANCE_NOTICE], waits[DeadlineKind.FEEDBACK]
        by_body: defaultdict[str, Counter[tuple[CaseStatus, str]]] = defaultdict(Counter)
        for (body, status, said), cases in standing.items():
            by_body[body][status, said] += cases
        rows = [
            BodyRow(
                body=body,
                total=counts.total(),
                open=sum(n for (status, _), n in counts.items() if status in OPEN),
                late=late[body],
                median_answer=_median(answered[body]),
                median_feedback=_median(told[body]),
                said=_said(_by(counts, lambda key: key[1])),
            )
            for body, counts in by_body.items()
            if counts.total()
        ]
        return tuple(sorted(rows, key=lambda row: (not row.body, -row.open, -row.total, row.body)))

    def _units(self, counted: CountedDays | CountedEver) -> tuple[UnitRow, ...]:
        """The twenty that are complained of most."""
        total, in_hand = counted.by("unit"), counted.by("unit", status=OPEN)
        first = [unit for (unit,), _ in sorted(total.items(), key=lambda item: (-item[1], item[0])) if unit][:20]
        aspects: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for (unit, label), cases in counted.by("unit", "label", unit=first).items():
            aspects[unit][self.parts.taxonomy.aspect_of(label or None) or ""] += cases
        return tuple(UnitRow(unit, total[unit,], in_hand[unit,], dict(aspects[unit])) for unit in first)

    # ── scope ────────────────────────────────────────────────────────────────────────────────────
    def _within(self, staff: StaffFacts, rows: Any, at: Any) -> Any:
        scope = scope_of(staff)
        # On the connection and all at once: of many rows the mapper would take longer than the database.
        return [] if scope is None else self.session.connection().execute(rows.where(*in_scope(scope, at))).all()

    def _hidden(self, staff: StaffFacts) -> list[Case]:
        """Cases in scope but for a conflict of interest: few, so they are read and taken off the counts one by one."""
        scope = scope_of(staff)
        if scope is None:
            return []
        ids = self.session.scalars(conflicts_of(scope)).all()
        return list(self.session.scalars(select(Case).where(Case.id.in_(ids), *in_scope(scope, Case)))) if ids else []


def _bands(stages: tuple[str, str], counts: Mapping[tuple[Any, ...], int]) -> tuple[Band, ...]:
    """The bands between two stages, the widest first."""
    first, second = stages
    words, others = _WORDS.get(first), _WORDS.get(second)
    return tuple(
        Band(cases, **{first: words[of] if words else of, second: others[to] if others else to})
        for (of, to), cases in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        if cases
    )


def _by(counts: Mapping[K, int], key: Callable[[K], Any]) -> Counter[Any]:
    sums: Counter[Any] = Counter()
    for full, cases in counts.items():
        sums[key(full)] += cases
    return sums


def _said(counts: Mapping[str, int]) -> dict[Satisfaction, int]:
    return {word: counts.get(word, 0) for word in Satisfaction}


def _distribution(clock: DeadlineKind, named: Mapping[int, int], anonymous: Mapping[int, int]) -> Spans:
    limit = LIMITS[clock].working_days or 0
    bars = tuple(
        Span(low, high, *cases) for (low, high), *cases in zip(SPANS, _heights(named), _heights(anonymous), strict=True)
    )
    beyond = sum(n for days, n in named.items() if days > limit)
    return Spans(clock, limit, bars, sum(named.values()), beyond, _median(named))


def _heights(counts: Mapping[int, int]) -> list[int]:
    heights = [0] * len(SPANS)
    for days, cases in counts.items():
        heights[bisect_left(_LONGEST, days)] += cases
    return heights


def _median(days: Mapping[int, int]) -> int | None:
    """The lower median: a number of days that somebody waited."""
    half = (sum(days.values()) + 1) // 2
    for value in sorted(days):
        half -= days[value]
        if half <= 0 and days[value]:
            return value
    return None
