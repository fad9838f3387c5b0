"""The pictures: counts within the reader's scope, from tallies that triggers keep. What each number counts can be listed."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Text, false, func, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute

from domain.deadlines import LIMITS, NAMED, add_months
from domain.lifecycle import OPEN
from domain.permissions import StaffFacts, scope_of
from domain.terms import CaseStatus, DeadlineKind, IdentityClaim, Satisfaction, Source, Track
from domain.times import local_day
from models import Case, DayTally, FlowTally, SpanTally, UnitTally
from models.base import Word
from services.base import Service
from services.picture_filters import picture_filters
from services.scope import conflicts_of, in_scope, visible_to
from services.views import WorklistFilter

K = TypeVar("K", bound=tuple[Any, ...])
# By the names of some columns: how many cases there are of each combination of their values.
Counts = Mapping[tuple[str, ...], Counter[tuple[Any, ...]]]

MONTHS, WEEKS = 12, 13
_DAYS = {DeadlineKind.ACCEPTANCE_NOTICE: "acceptance_days", DeadlineKind.FEEDBACK: "feedback_days"}
# What the pictures of some days are made of, as `Statistics._counted` is asked for it.
_OF_A_PERIOD = (
    ("label",),
    ("unit", "label"),
    ("unit", "status"),
    ("source", "track"),
    ("track", "assigned_body"),
    ("assigned_body", "status", "satisfaction"),
    *(("assigned_body", "identity_claim", days) for days in _DAYS.values()),
)
_WORDS: Mapping[str, Callable[[str], Any]] = {"source": Source, "track": Track, "status": CaseStatus}
_AT_ONCE = 1_000  # cases of a period in memory
# The last bar of a distribution takes all that is longer.
SPANS = (*((n, n) for n in range(16)), (16, 20), (21, 30), (31, 9_999))


@dataclass(frozen=True, slots=True)
class Period:
    """A week or a month with what came in and what was concluded in it, both days included."""

    since: date
    until: date
    received: int
    concluded: int


@dataclass(frozen=True, slots=True)
class Band:
    """How many cases lead from one stage of the flow to the next: door, track, body, state. Two neighbours are given.

    `body` is empty for what nobody has yet.
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

        Counts of everything come from the tallies; the tallies know no day, so a period is counted by the database from
        the cases received in it, off their index.
        """
        hidden = self._hidden(staff)
        weeks, months = self._periods(staff, hidden)
        period = self.of_days(staff, received, _OF_A_PERIOD) if received else None
        hidden = hidden if period is None else []
        labels = self._counted(staff, UnitTally, ("label",), hidden, period)
        standing = self._counted(staff, FlowTally, ("assigned_body", "status", "satisfaction"), hidden, period)
        spans = self._spans(staff, hidden, period)
        waits = self._spans(staff, hidden, period, each_body=True)
        return Pictures(
            total=labels.total(),
            kinds={label: cases for (label,), cases in labels.items() if label},
            unlabelled=labels[("",)],
            weeks=weeks,
            months=months,
            bands=(
                *self._bands(staff, ("source", "track"), hidden, period),
                *self._bands(staff, ("track", "assigned_body"), hidden, period),
                *_bands(("assigned_body", "status"), _by(standing, lambda key: key[:2])),
            ),
            spans=tuple(_distribution(clock, spans) for clock in _DAYS),
            bodies=self._bodies(staff, standing, waits, received),
            units=self._units(staff, hidden, period),
            said=_said(_by(standing, lambda key: key[2])),
        )

    def of_days(self, staff: StaffFacts, received: WorklistFilter, wanted: Iterable[tuple[str, ...]]) -> Counts:
        """How many of the cases that one may see and that `received` holds there are of each combination of `wanted` columns.

        They are read once and counted here: of the cases of a month hardly two have the same in all columns, so grouping
        them in the database, once for each picture, costs more than reading them.
        """
        counts: dict[tuple[str, ...], Counter[tuple[Any, ...]]] = {of: Counter() for of in wanted}
        names = sorted(set().union(*counts))
        rows = select(*(_without_null(getattr(Case, name)) for name in names))
        read = self._rows(rows.where(visible_to(staff), *picture_filters(received)))
        for part in read.partitions(_AT_ONCE):
            columns = dict(zip(names, zip(*part, strict=True), strict=True))
            for of, count in counts.items():
                count.update(zip(*(columns[name] for name in of), strict=True))
        return counts

    # ── one table each ───────────────────────────────────────────────────────────────────────────
    def _bands(
        self, staff: StaffFacts, stages: tuple[str, str], hidden: list[Case], period: Counts | None
    ) -> tuple[Band, ...]:
        return _bands(stages, self._counted(staff, FlowTally, stages, hidden, period))

    def _spans(
        self, staff: StaffFacts, hidden: list[Case], period: Counts | None, *, each_body: bool = False
    ) -> Counter[tuple[DeadlineKind, str | bool, int]]:
        """Cases by clock, whether a name was given (or with `each_body` who has them), and working days."""
        counts: Counter[tuple[DeadlineKind, str | bool, int]] = Counter()

        def whose(body: str | None, claim: IdentityClaim) -> str | bool:
            return (body or "") if each_body else claim in NAMED

        if period is None:
            by = (SpanTally.clock, SpanTally.assigned_body if each_body else SpanTally.is_named, SpanTally.days)
            sums = select(*by, func.sum(SpanTally.cases)).group_by(*by)
            for clock, of, days, cases in self._within(staff, sums, SpanTally, each_body=each_body):
                counts[clock, of, days] += int(cases)
        for clock, column in _DAYS.items():
            if period is not None:
                for (body, claim, days), cases in period["assigned_body", "identity_claim", column].items():
                    if days is not None:
                        counts[clock, whose(body, claim), days] += cases
            for case in hidden:
                if getattr(case, column) is not None:
                    counts[clock, whose(case.assigned_body, case.identity_claim), getattr(case, column)] -= 1
        return counts

    def _periods(self, staff: StaffFacts, hidden: list[Case]) -> tuple[tuple[Period, ...], tuple[Period, ...]]:
        """The last weeks and months, the running ones included."""
        today = self.today()
        monday = today - timedelta(days=today.weekday())
        first = today.replace(day=1)
        weeks = [(monday - timedelta(weeks=n), monday - timedelta(weeks=n) + timedelta(days=6)) for n in range(WEEKS)]
        months = [(add_months(first, -n), add_months(first, 1 - n) - timedelta(days=1)) for n in range(MONTHS)]
        since = min(weeks[-1][0], months[-1][0])
        received: Counter[date] = Counter()
        concluded: Counter[date] = Counter()
        rows = (
            select(DayTally.day, func.sum(DayTally.received), func.sum(DayTally.concluded))
            .where(DayTally.day >= since)
            .group_by(DayTally.day)
        )
        for day, came, went in self._within(staff, rows, DayTally):
            received[day] += int(came)
            concluded[day] += int(went)
        for case in hidden:
            received[local_day(case.received_at)] -= 1
            if case.concluded_at is not None:
                concluded[local_day(case.concluded_at)] -= 1

        def sums(periods: Iterable[tuple[date, date]]) -> tuple[Period, ...]:
            return tuple(
                Period(
                    low, high, *(sum(n for day, n in of.items() if low <= day <= high) for of in (received, concluded))
                )
                for low, high in reversed(list(periods))
            )

        return sums(weeks), sums(months)

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
        waits: Counter[tuple[DeadlineKind, str | bool, int]],
        received: WorklistFilter | None,
    ) -> tuple[BodyRow, ...]:
        late = self.services.calendar_of_due.late_by_body(staff, received)
        waited: defaultdict[tuple[DeadlineKind, str | bool], Counter[int]] = defaultdict(Counter)
        for (clock, body, days), cases in waits.items():
            waited[clock, body][days] += cases
        by_body: defaultdict[str, Counter[tuple[CaseStatus, str]]] = defaultdict(Counter)
        for (body, status, said), cases in standing.items():
            by_body[body][status, said] += cases
        rows = [
            BodyRow(
                body=body,
                total=counts.total(),
                open=sum(n for (status, _), n in counts.items() if status in OPEN),
                late=late[body],
                median_answer=_median(waited[DeadlineKind.ACCEPTANCE_NOTICE, body]),
                median_feedback=_median(waited[DeadlineKind.FEEDBACK, body]),
                said=_said(_by(counts, lambda key: key[1])),
            )
            for body, counts in by_body.items()
            if counts.total()
        ]
        return tuple(sorted(rows, key=lambda row: (not row.body, -row.open, -row.total, row.body)))

    def _units(self, staff: StaffFacts, hidden: list[Case], period: Counts | None) -> tuple[UnitRow, ...]:
        """The twenty that are complained of most."""
        total, in_hand = self._of_units(staff, hidden, period)
        first = sorted((unit for unit in total if unit and total[unit]), key=lambda unit: (-total[unit], unit))[:20]
        of_first = [case for case in hidden if case.unit in first]
        by_label = self._counted(staff, UnitTally, ("unit", "label"), of_first, period, UnitTally.unit.in_(first))
        aspects: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for (unit, label), cases in by_label.items():
            aspects[unit][self.parts.taxonomy.aspect_of(label or None) or ""] += cases
        return tuple(
            UnitRow(unit, total[unit], in_hand[unit], {aspect: n for aspect, n in aspects[unit].items() if n})
            for unit in first
        )

    def _of_units(
        self, staff: StaffFacts, hidden: list[Case], period: Counts | None
    ) -> tuple[Counter[str], Counter[str]]:
        """Cases by unit, and of these what somebody still works on."""
        total: Counter[str] = Counter()
        in_hand: Counter[str] = Counter()
        if period is None:
            sums = select(UnitTally.unit, func.sum(UnitTally.cases), func.sum(UnitTally.in_hand))
            for unit, cases, of_these in self._within(staff, sums.group_by(UnitTally.unit), UnitTally):
                total[unit], in_hand[unit] = int(cases), int(of_these)
        else:
            for (unit, status), cases in period["unit", "status"].items():
                total[unit] += cases
                in_hand[unit] += cases if status in OPEN else 0
        for case in hidden:
            total[case.unit or ""] -= 1
            in_hand[case.unit or ""] -= case.status in OPEN
        return total, in_hand

    # ── scope ────────────────────────────────────────────────────────────────────────────────────
    def _counted(
        self,
        staff: StaffFacts,
        tally: Any,
        names: tuple[str, ...],
        hidden: list[Case],
        period: Counts | None,
        *where: ColumnElement[bool],
    ) -> Counter[tuple[Any, ...]]:
        """How many cases there are of each combination of these columns, without the hidden ones: from the tally, and of it
        only `where`, or from the cases of a period."""
        counts: Counter[tuple[Any, ...]] = Counter()
        if period is None:
            columns = [getattr(tally, name) for name in names]
            sums = select(*columns, func.sum(tally.cases)).where(*where).group_by(*columns)
            for *values, cases in self._within(staff, sums, tally):
                counts[tuple(values)] += int(cases)
        else:
            counts.update(period[names])
        for case in hidden:
            counts[tuple((getattr(case, name) or "") for name in names)] -= 1
        return counts

    def _within(self, staff: StaffFacts, rows: Any, at: Any, *, each_body: bool = False) -> Any:
        scope = scope_of(staff)
        return self._rows(
            rows.where(false()) if scope is None else rows.where(*in_scope(scope, at, each_body=each_body))
        )

    def _rows(self, rows: Any) -> Any:
        # On the connection: of thousands of rows the mapper would take longer than the database.
        return self.session.connection().execute(rows)

    def _hidden(self, staff: StaffFacts) -> list[Case]:
        """Cases in scope but for a conflict of interest: few, so they are read and taken off the counts one by one."""
        scope = scope_of(staff)
        if scope is None:
            return []
        ids = self.session.scalars(conflicts_of(scope)).all()
        return list(self.session.scalars(select(Case).where(Case.id.in_(ids), *in_scope(scope, Case)))) if ids else []


def _without_null(column: InstrumentedAttribute[Any]) -> Any:
    """A column as the tallies write it: empty text for no value. A number of days stays what it is."""
    if column.key in {"label", "unit", "assigned_body", "satisfaction"}:
        return func.coalesce(type_coerce(column, Text), "")
    return type_coerce(column, Text) if isinstance(column.type, Word) else column


def _bands(stages: tuple[str, str], counts: Mapping[tuple[Any, ...], int]) -> tuple[Band, ...]:
    """The bands between two stages, the widest first."""
    names = [stage.removeprefix("assigned_") for stage in stages]
    return tuple(
        Band(cases, **{name: _WORDS.get(name, str)(value) for name, value in zip(names, key, strict=True)})
        for key, cases in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        if cases
    )


def _by(counts: Mapping[K, int], key: Callable[[K], Any]) -> Counter[Any]:
    sums: Counter[Any] = Counter()
    for full, cases in counts.items():
        sums[key(full)] += cases
    return sums


def _said(counts: Mapping[str, int]) -> dict[Satisfaction, int]:
    return {word: counts.get(word, 0) for word in Satisfaction}


def _distribution(clock: DeadlineKind, spans: Mapping[tuple[DeadlineKind, str | bool, int], int]) -> Spans:
    of_clock = {(is_named, days): cases for (of, is_named, days), cases in spans.items() if of is clock}
    limit = LIMITS[clock].working_days or 0
    bars = tuple(
        Span(
            low,
            high,
            *(
                sum(n for (is_named, days), n in of_clock.items() if is_named is named and low <= days <= high)
                for named in (True, False)
            ),
        )
        for low, high in SPANS
    )
    named = Counter({days: n for (is_named, days), n in of_clock.items() if is_named})
    beyond = sum(n for days, n in named.items() if days > limit)
    return Spans(clock, limit, bars, named.total(), beyond, _median(named))


def _median(days: Mapping[int, int]) -> int | None:
    """The lower median: a number of days that somebody waited."""
    half = (sum(days.values()) + 1) // 2
    for value in sorted(days):
        half -= days[value]
        if half <= 0 and days[value]:
            return value
    return None
