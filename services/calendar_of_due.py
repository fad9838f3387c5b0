"""What is due when, and which lights are on, within the reader's scope. Reads open clocks only: those are few."""

import calendar
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select, union

from domain.deadlines import add_months, soon_until
from domain.lifecycle import OPEN
from domain.permissions import StaffFacts
from domain.supervision import RunningClock, Signal, is_open, signal_of
from domain.terms import CaseStatus, DeadlineKind, LetterKind, LetterStatus, Light
from domain.times import local_day
from models import Case, CaseDeadline, SupervisionLetter
from services.base import Service
from services.case_lists import IN_WORK, open_clocks
from services.picture_filters import picture_filters
from services.query_plans import among, beside
from services.scope import visible_to
from services.views import WorklistFilter

_LISTED = 200


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the calendar: clocks that end on it, and letters to be answered by it."""

    day: date
    is_working: bool
    due: int
    letters: int


@dataclass(frozen=True, slots=True)
class DueRow:
    """One clock, or one letter, of a chosen day. `clock` is None for a letter."""

    case_number: str
    clock: DeadlineKind | None
    letter: LetterKind | None
    body: str | None
    status: CaseStatus
    received_on: date
    signal: Signal


@dataclass(frozen=True, slots=True)
class Calendar:
    """Whole weeks, Monday first; `shown` is the first day of the week or month that was asked for."""

    shown: date
    earlier: date
    later: date
    weeks: tuple[tuple[Day, ...], ...]


@dataclass(frozen=True, slots=True)
class BodyLight:
    """The light of one body: red and amber with the clock that is worst. `body` is empty for what nobody has yet."""

    body: str
    open: int
    late: int
    soon: int
    oldest_days: int | None
    signal: Signal


class CalendarOfDue(Service):
    """Reads clocks and letters."""

    def month(self, staff: StaffFacts, day: date) -> Calendar:
        """The weeks that hold the month of `day`."""
        first = day.replace(day=1)
        last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
        since, until = _monday(first), _monday(last) + timedelta(days=6)
        return Calendar(first, add_months(first, -1), add_months(first, 1), self._weeks(staff, since, until))

    def week(self, staff: StaffFacts, day: date) -> Calendar:
        """The week of `day`."""
        monday = _monday(day)
        week = timedelta(weeks=1)
        return Calendar(monday, monday - week, monday + week, self._weeks(staff, monday, monday + timedelta(days=6)))

    def on(self, staff: StaffFacts, day: date) -> tuple[DueRow, ...]:
        """Clocks that end on a day and letters to be answered by it, by case."""
        clocks = self.session.execute(
            select(Case, CaseDeadline)
            .join(CaseDeadline, CaseDeadline.case_id == Case.id)
            .where(beside(visible_to(staff)), CaseDeadline.met_at.is_(None), CaseDeadline.due_on == day)
            .order_by(Case.id, CaseDeadline.id)
            .limit(_LISTED)
        )
        rows = [
            self._row(case, clock.kind, None, RunningClock(clock.kind, clock.due_on, clock.provisional))
            for case, clock in clocks
        ]
        letters = self.session.execute(
            select(Case, SupervisionLetter)
            .join(SupervisionLetter, SupervisionLetter.case_id == Case.id)
            .where(beside(visible_to(staff)), SupervisionLetter.status.in_(_owed()), SupervisionLetter.answer_by == day)
            .order_by(Case.id, SupervisionLetter.id)
            .limit(_LISTED)
        )
        return (*rows, *(self._row(case, None, letter.kind, None) for case, letter in letters))

    def lights(self, staff: StaffFacts) -> tuple[BodyLight, ...]:
        """One light for each body that has open cases, red ones first, then the worst."""
        today = self.today()
        in_hand = self.services.statistics.in_hand_by_body(staff)
        late = self.late_by_body(staff)
        soon = self._cases_due(staff, today, soon_until(today, self.parts.calendar))
        oldest = self._oldest_by_body(staff)
        clocks = self._first_clocks(staff)
        rows = [
            BodyLight(
                body=body,
                open=in_hand[body],
                late=late[body],
                soon=soon[body],
                oldest_days=(today - oldest[body]).days if body in oldest else None,
                signal=signal_of(clocks[body], today, self.parts.calendar),
            )
            for body in {*(b for b, n in in_hand.items() if n), *late, *soon}
        ]
        rank = {Light.RED: 0, Light.AMBER: 1, Light.GREEN: 2}
        return tuple(sorted(rows, key=lambda row: (rank[row.signal.light], -row.late, -row.soon, -row.open, row.body)))

    def late_by_body(self, staff: StaffFacts, received: WorklistFilter | None = None) -> Counter[str]:
        """Cases with a clock that ran out, by who has them; of all, or of those received in some days."""
        return self._cases_due(staff, None, self.today() - timedelta(days=1), received)

    # ── parts of the answers ─────────────────────────────────────────────────────────────────────
    def _weeks(self, staff: StaffFacts, since: date, until: date) -> tuple[tuple[Day, ...], ...]:
        due = Counter(
            dict(
                self.session.execute(
                    select(CaseDeadline.due_on, func.count())
                    .join(Case, Case.id == CaseDeadline.case_id)
                    .where(
                        beside(visible_to(staff)),
                        CaseDeadline.met_at.is_(None),
                        CaseDeadline.due_on.between(since, until),
                    )
                    .group_by(CaseDeadline.due_on)
                ).all()
            )
        )
        letters = Counter(
            dict(
                self.session.execute(
                    select(SupervisionLetter.answer_by, func.count())
                    .join(Case, Case.id == SupervisionLetter.case_id)
                    .where(
                        beside(visible_to(staff)),
                        SupervisionLetter.status.in_(_owed()),
                        SupervisionLetter.answer_by.between(since, until),
                    )
                    .group_by(SupervisionLetter.answer_by)
                ).all()
            )
        )
        days = [since + timedelta(days=n) for n in range((until - since).days + 1)]
        found = [Day(day, self.parts.calendar.is_working_day(day), due[day], letters[day]) for day in days]
        return tuple(tuple(found[n : n + 7]) for n in range(0, len(found), 7))

    def _row(
        self, case: Case, clock: DeadlineKind | None, letter: LetterKind | None, running: RunningClock | None
    ) -> DueRow:
        signal = signal_of([running] if running else [], self.today(), self.parts.calendar)
        return DueRow(
            case.case_number, clock, letter, case.assigned_body, case.status, local_day(case.received_at), signal
        )

    def _cases_due(
        self, staff: StaffFacts, since: date | None, until: date, received: WorklistFilter | None = None
    ) -> Counter[str]:
        """Cases with a clock that ends in these days, by who has them: what the worklist calls late and soon."""
        query = (
            select(Case.assigned_body, func.count(Case.id.distinct()))
            .join(CaseDeadline, CaseDeadline.case_id == Case.id)
            .where(beside(visible_to(staff)), CaseDeadline.met_at.is_(None), CaseDeadline.due_on <= until)
            .group_by(Case.assigned_body)
        )
        if since is not None:
            query = query.where(CaseDeadline.due_on >= since)
        if received is not None:
            query = query.where(*map(beside, picture_filters(received)))
        return Counter({body or "": n for body, n in self.session.execute(query)})

    def _oldest_by_body(self, staff: StaffFacts) -> dict[str, date]:
        """Of what still waits for somebody. A concluded case whose reporter cannot be told waits for nobody, and the
        years pile those up."""
        waits = union(select(Case.id).where(Case.status.in_(IN_WORK)), open_clocks())
        rows = self.session.execute(
            select(Case.assigned_body, func.min(Case.received_at))
            .where(among(waits), beside(visible_to(staff)), beside(Case.status.in_(OPEN)))
            .group_by(Case.assigned_body)
        )
        return {body or "": local_day(moment) for body, moment in rows}

    def _first_clocks(self, staff: StaffFacts) -> defaultdict[str, list[RunningClock]]:
        """For each body and kind of clock the one that is due first: enough to know the worst."""
        rows = self.session.execute(
            select(Case.assigned_body, CaseDeadline.kind, func.min(CaseDeadline.due_on))
            .join(CaseDeadline, CaseDeadline.case_id == Case.id)
            .where(beside(visible_to(staff)), CaseDeadline.met_at.is_(None))
            .group_by(Case.assigned_body, CaseDeadline.kind)
        )
        clocks: defaultdict[str, list[RunningClock]] = defaultdict(list)
        for body, kind, due_on in rows:
            clocks[body or ""].append(RunningClock(kind, due_on))
        return clocks


def _owed() -> list[LetterStatus]:
    return [status for status in LetterStatus if is_open(status)]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
