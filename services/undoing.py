"""Taking back a slip: for ten minutes, by whoever made it, as long as nothing else was done to the case. On record, both ways."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select

from domain.errors import IllegalTransition
from domain.permissions import StaffFacts
from domain.terms import Action, CaseEventKind, RouteRule
from models import Case, CaseDeadline, CaseEvent, UndoableStep
from services.base import Service

UNDO_WITHIN = timedelta(minutes=10)

# What may happen after a step without getting in the way of taking it back: somebody looked, the citizen spoke.
_HARMLESS = (
    CaseEventKind.CASE_OPENED,
    CaseEventKind.ATTACHMENT_OPENED,
    CaseEventKind.IDENTITY_REQUESTED,
    CaseEventKind.IDENTITY_REFUSED,
    CaseEventKind.IDENTITY_APPROVED,
    CaseEventKind.IDENTITY_OPENED,
    CaseEventKind.SUPPLEMENTED,
    CaseEventKind.CONTACT_REQUESTED,
    CaseEventKind.CODE_RENEWED,
)
_CLASSIFIED_FIELDS = ("label", "unit", "route_rule", "owner", "via", "overlays")


@dataclass(frozen=True, slots=True)
class Undoable:
    """What can be taken back, and until when."""

    kind: CaseEventKind
    until: datetime


class Undoing(Service):
    """Remembers how a case stood, and brings it back there."""

    def snapshot(self, case: Case) -> dict[str, Any]:
        """How a case stands before a step."""
        clocks = self.session.scalars(select(CaseDeadline).where(CaseDeadline.case_id == case.id))
        return {
            **{name: getattr(case, name) for name in _CLASSIFIED_FIELDS},
            "labelled_at": case.labelled_at.isoformat() if case.labelled_at else None,
            "clocks": {str(clock.id): clock.met_at.isoformat() if clock.met_at else None for clock in clocks},
        }

    def remember(self, case: Case, staff: StaffFacts, kind: CaseEventKind, before: dict[str, Any]) -> None:
        """Keeps what the last step can be taken back to; an older one of the case is forgotten."""
        self.session.merge(
            UndoableStep(case_id=case.id, staff_id=staff.staff_id, kind=kind, before=before, taken_at=self.now())
        )

    def offered(self, staff: StaffFacts, case: Case) -> Undoable | None:
        """What this member of staff may take back now, if anything."""
        step = self.session.get(UndoableStep, case.id)
        if step is None or step.staff_id != staff.staff_id or step.taken_at + UNDO_WITHIN <= self.now():
            return None
        last = self.session.scalar(
            select(CaseEvent.kind)
            .where(CaseEvent.case_id == case.id, CaseEvent.kind.not_in(_HARMLESS))
            .order_by(CaseEvent.id.desc())
            .limit(1)
        )
        return Undoable(step.kind, step.taken_at + UNDO_WITHIN) if last == step.kind else None

    def undo(self, staff: StaffFacts, case_number: str) -> Case:
        """Takes the last step back. Raises IllegalTransition when it is too late or something else was done meanwhile."""
        case = self.case_for(staff, case_number, Action.VIEW_CASE)
        offered = self.offered(staff, case)
        step = self.session.get(UndoableStep, case.id)
        if offered is None or step is None:
            raise IllegalTransition(case.status)
        old_status, old_value, new_value = None, f"{case.label or '-'}/{case.unit or '-'}", None
        if offered.kind is CaseEventKind.ASSIGNED:
            old_value = case.assigned_body or "-"
            old_status = self.services.casework.move(case, CaseEventKind.UNDONE)
            case.assigned_body = None
            self._bring_back_clocks(case, step.before["clocks"])
        else:
            for name in _CLASSIFIED_FIELDS:
                value = step.before[name]
                setattr(case, name, RouteRule(value) if name == "route_rule" else value)
            labelled_at = step.before["labelled_at"]
            case.labelled_at = datetime.fromisoformat(labelled_at) if labelled_at else None
            case.version += 1
            new_value = f"{case.label or '-'}/{case.unit or '-'}"
        self.session.delete(step)
        self.record(
            case,
            CaseEventKind.UNDONE,
            actor=staff,
            old_status=old_status,
            old_value=f"{offered.kind}:{old_value}",
            new_value=new_value,
        )
        self.session.flush()
        return case

    def forget_old(self) -> int:
        """Removes what can be taken back no more. Gives back how many."""
        old = UndoableStep.taken_at <= self.now() - UNDO_WITHIN
        count = self.session.scalar(select(func.count()).select_from(UndoableStep).where(old)) or 0
        self.session.execute(delete(UndoableStep).where(old), execution_options={"synchronize_session": False})
        return count

    def _bring_back_clocks(self, case: Case, before: dict[str, str | None]) -> None:
        """Clocks that the step started are gone, clocks that it stopped run again."""
        for clock in self.session.scalars(select(CaseDeadline).where(CaseDeadline.case_id == case.id)):
            if str(clock.id) not in before:
                self.session.delete(clock)
            elif clock.met_at is not None and before[str(clock.id)] is None:
                clock.met_at = None
