"""Watching the clocks: the leader's supervision, urging, and the sweep that urges and escalates what is late."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from domain.deadlines import LIMITS, Deadline, deadline, urged_until
from domain.errors import InvalidInput
from domain.permissions import StaffFacts
from domain.terms import Action, CaseEventKind, DeadlineKind
from models import Case, CaseDeadline
from services.base import SYSTEM, Service

RECOMPUTE_DEADLINES = "recompute-deadlines"  # the periodic job, hurried when another calendar comes in force
_IN_WORKING_DAYS = tuple(kind for kind, limit in LIMITS.items() if limit.working_days)


@dataclass(frozen=True, slots=True)
class SweepResult:
    """One clock the sweep acted on. `action` is `urged` (due soon or today) or `escalated` (late)."""

    case_number: str
    kind: DeadlineKind
    due_on: date
    body: str | None
    action: str
    provisional: bool


class Supervision(Service):
    """Urges and supervises."""

    def supervise(self, staff: StaffFacts, case_number: str, *, until: date, reason: str) -> Case:
        """The head marks a case to be watched to a date; the sweep reminds of it."""
        case = self.case_for(staff, case_number, Action.SUPERVISE)
        if until < self.today():
            raise InvalidInput("until", "in_the_past")
        old = case.supervised_until
        case.supervised_until = until
        self.record(
            case,
            CaseEventKind.SUPERVISED,
            actor=staff,
            old_value=old.isoformat() if old else None,
            new_value=until.isoformat(),
            reason=reason or None,
        )
        return case

    def urge(self, staff: StaffFacts, case_number: str, *, reason: str) -> Case:
        """A recorded nudge to the body that has the case."""
        case = self.case_for(staff, case_number, Action.URGE)
        case.urging_count += 1
        self.record(case, CaseEventKind.URGED, actor=staff, new_value=case.assigned_body, reason=reason or None)
        return case

    def sweep(self, day: date | None = None) -> list[SweepResult]:
        """Urges what is due within two working days, escalates to the head what is late; each clock once each way.

        `day` is a day of the county; today by default. Safe to run again: what was done is not done twice.
        """
        day = day or self.today()
        rows = self.session.execute(
            select(CaseDeadline, Case)
            .join(Case, Case.id == CaseDeadline.case_id)
            .where(CaseDeadline.met_at.is_(None), CaseDeadline.due_on <= urged_until(day, self.parts.calendar))
            .order_by(CaseDeadline.due_on, CaseDeadline.id)
            .with_for_update(skip_locked=True)
        ).all()
        results = []
        for clock, case in rows:
            late = clock.due_on < day
            if late and clock.escalated_at is None:
                clock.escalated_at = self.now()
                clock.urged_at = clock.urged_at or clock.escalated_at
                kind, action = CaseEventKind.ESCALATED, "escalated"
            elif not late and clock.urged_at is None:
                clock.urged_at = self.now()
                kind, action = CaseEventKind.URGED, "urged"
            else:
                continue
            case.urging_count += 1
            self.record(case, kind, actor=SYSTEM, old_value=clock.due_on.isoformat(), new_value=clock.kind)
            results.append(
                SweepResult(case.case_number, clock.kind, clock.due_on, case.assigned_body, action, clock.provisional)
            )
        return results

    def recompute(self) -> int:
        """Counts every running clock anew by the calendar in force. Gives the number of dates that moved or became sure.

        Clocks that were met stay as they were: nobody becomes late, or in time, afterwards.
        """
        running = self.session.execute(
            select(
                CaseDeadline.id,
                CaseDeadline.kind,
                CaseDeadline.counted_from,
                CaseDeadline.due_on,
                CaseDeadline.provisional,
            ).where(CaseDeadline.met_at.is_(None), CaseDeadline.kind.in_(_IN_WORKING_DAYS))
        ).all()
        moved = {}
        for number, kind, counted_from, due_on, provisional in running:
            due = deadline(kind, counted_from, self.parts.calendar)
            if (due.due_on, due.provisional) != (due_on, provisional):
                moved[number] = due
        rows = self.session.execute(
            select(CaseDeadline, Case).join(Case, Case.id == CaseDeadline.case_id).where(CaseDeadline.id.in_(moved))
        ).all()
        for clock, case in rows:
            self._move(clock, case, moved[clock.id])
        return len(rows)

    def _move(self, clock: CaseDeadline, case: Case, due: Deadline) -> None:
        if due.due_on != clock.due_on:
            self.record(
                case,
                CaseEventKind.DEADLINE_RECOMPUTED,
                actor=SYSTEM,
                old_value=clock.due_on.isoformat(),
                new_value=due.due_on.isoformat(),
            )
            if due.due_on >= self.today():
                # Who was urged for a day that is no longer the day is urged again for the new one.
                clock.urged_at = clock.escalated_at = None
        clock.due_on, clock.provisional = due.due_on, due.provisional
