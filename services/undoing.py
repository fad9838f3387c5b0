"""Taking back a slip: for ten minutes, by whoever made it, as long as nothing else was done to the case. On record, both ways."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from domain.errors import IllegalTransition, NotFound
from domain.lifecycle import LEAVES_AS_IT_WAS, STEPS, UNDO_WITHIN, status_before
from domain.permissions import StaffFacts
from domain.terms import Action, CaseEventKind, CaseStatus, ReportKind, RouteRule, Track
from models import Case, CaseDeadline, CaseEvent, UndoableStep
from services.base import Service

# What each step writes on the case itself, beside its status.
_FIELDS: Mapping[CaseEventKind, tuple[str, ...]] = {
    CaseEventKind.CLASSIFIED: (
        "label",
        "unit",
        "report_kind",
        "track",
        "route_rule",
        "owner",
        "via",
        "overlays",
        "labelled_at",
    ),
    CaseEventKind.ACCEPTED: ("accepted_at", "acceptance_days"),
    CaseEventKind.DECLINED: ("declined_to", "acceptance_days"),
    CaseEventKind.ASSIGNED: ("assigned_body",),
    CaseEventKind.ASKED: (),
    CaseEventKind.FACT_STRUCK: ("struck_facts",),
    CaseEventKind.FACT_RESTORED: ("struck_facts",),
}
# What the reporter hears of when it cannot be taken back any more.
_TOLD_LATER = frozenset({CaseEventKind.DECLINED, CaseEventKind.ASKED})
_ALL_FIELDS = dict.fromkeys(name for names in _FIELDS.values() for name in names)
# How a field that JSON does not know is read again.
_READ: Mapping[str, Callable[[str], object]] = {
    "report_kind": ReportKind,
    "track": Track,
    "route_rule": RouteRule,
    "labelled_at": datetime.fromisoformat,
    "accepted_at": datetime.fromisoformat,
}


@dataclass(frozen=True, slots=True)
class Undoable:
    """Which steps can be taken back together, in the order they were taken, and until when."""

    steps: tuple[CaseEventKind, ...]
    until: datetime


@dataclass(frozen=True, slots=True)
class DoneBefore:
    """What somebody did to the case that he comes from, and may take back."""

    case_number: str
    version: int
    undoable: Undoable


class Undoing(Service):
    """Remembers how a case stood, and brings it back there."""

    def snapshot(self, case: Case) -> dict[str, Any]:
        """How a case stands before a step."""
        fields = {name: getattr(case, name) for name in _ALL_FIELDS}
        clocks = self.session.scalars(select(CaseDeadline).where(CaseDeadline.case_id == case.id))
        return {
            "status": case.status,
            "fields": {n: v.isoformat() if isinstance(v, datetime) else v for n, v in fields.items()},
            "clocks": {str(clock.id): clock.met_at.isoformat() if clock.met_at else None for clock in clocks},
        }

    def remember(self, case: Case, staff: StaffFacts, before: dict[str, Any], *steps: CaseEventKind) -> None:
        """Keeps what the last steps can be taken back to, together; what was kept for the case earlier is forgotten."""
        self.session.merge(
            UndoableStep(
                case_id=case.id,
                staff_id=staff.staff_id,
                kind=steps[-1],
                before={**before, "steps": list(steps)},
                taken_at=self.now(),
            )
        )

    def offered(self, staff: StaffFacts, case: Case) -> Undoable | None:
        """What this member of staff may take back now, if anything."""
        step = self._kept(case)
        if step is None or step.staff_id != staff.staff_id:
            return None
        last = self.session.scalar(
            select(CaseEvent.kind)
            .where(CaseEvent.case_id == case.id, CaseEvent.kind.not_in(LEAVES_AS_IT_WAS))
            .order_by(CaseEvent.id.desc())
            .limit(1)
        )
        return Undoable(_steps_of(step), step.taken_at + UNDO_WITHIN) if last == step.kind else None

    def done_before(self, staff: StaffFacts, case_number: str) -> DoneBefore | None:
        """The same on the page of another case; None where there is nothing to take back, or no such case for this reader."""
        try:
            case = self.case_for(staff, case_number, Action.VIEW_CASE)
        except NotFound:
            return None
        offered = self.offered(staff, case)
        return DoneBefore(case.case_number, case.version, offered) if offered else None

    def told_status(self, case: Case) -> CaseStatus:
        """Where the case stands for its reporter: he hears that it was declined when that cannot be taken back any more."""
        if case.status is not CaseStatus.DECLINED:
            return case.status
        step = self._kept(case)
        is_held = step is not None and step.kind is CaseEventKind.DECLINED
        return CaseStatus(step.before["status"]) if step is not None and is_held else case.status

    def undo(self, staff: StaffFacts, case_number: str) -> Case:
        """Takes the last steps back, the last one first, each on record.

        Raises IllegalTransition when it is too late or something else was done meanwhile.
        """
        case = self.case_for(staff, case_number, Action.VIEW_CASE)
        offered = self.offered(staff, case)
        kept = self.session.get(UndoableStep, case.id)
        if offered is None or kept is None:
            raise IllegalTransition(case.status)
        for taken in range(len(offered.steps), 0, -1):
            self._take_back(case, staff, offered.steps[:taken], kept.before)
        self._bring_back_clocks(case, kept.before["clocks"])
        self.session.delete(kept)
        if CaseEventKind.ASSIGNED in offered.steps:
            self.services.assignment_proposals.wait_again(case)
        if CaseEventKind.ASKED in offered.steps:
            self.services.inquiries.take_back(case)
        if _TOLD_LATER.intersection(offered.steps):
            self.services.notices.withdraw_held(case)
        self.session.flush()
        return case

    def forget_old(self) -> int:
        """Removes what can be taken back no more. Gives back how many."""
        old = UndoableStep.taken_at <= self.now() - UNDO_WITHIN
        count = self.session.scalar(select(func.count()).select_from(UndoableStep).where(old)) or 0
        self.session.execute(delete(UndoableStep).where(old), execution_options={"synchronize_session": False})
        return count

    def _kept(self, case: Case) -> UndoableStep | None:
        """What was done to the case within the minutes that count."""
        step = self.session.get(UndoableStep, case.id)
        return step if step is not None and step.taken_at + UNDO_WITHIN > self.now() else None

    def _take_back(
        self, case: Case, staff: StaffFacts, steps: tuple[CaseEventKind, ...], before: Mapping[str, Any]
    ) -> None:
        """Takes back the last of `steps`."""
        step = steps[-1]
        had = {name: getattr(case, name) for name in _FIELDS[step]}
        for name in had:
            value = before["fields"][name]
            setattr(case, name, _READ[name](value) if value is not None and name in _READ else value)
        old_status = None
        if step in STEPS:
            old_status, case.status = case.status, status_before(steps, CaseStatus(before["status"]))
        old_value: str = step
        new_value = None
        if step is CaseEventKind.ASSIGNED:
            old_value = f"{step}:{had['assigned_body'] or '-'}"
        elif step is CaseEventKind.CLASSIFIED:
            old_value = f"{step}:{had['label'] or '-'}/{had['unit'] or '-'}"
            new_value = f"{case.label or '-'}/{case.unit or '-'}"
        self.record(
            case, CaseEventKind.UNDONE, actor=staff, old_status=old_status, old_value=old_value, new_value=new_value
        )

    def _bring_back_clocks(self, case: Case, before: dict[str, str | None]) -> None:
        """Clocks that the step started are gone, clocks that it stopped run again."""
        for clock in self.session.scalars(select(CaseDeadline).where(CaseDeadline.case_id == case.id)):
            if str(clock.id) not in before:
                self.session.delete(clock)
            elif clock.met_at is not None and before[str(clock.id)] is None:
                clock.met_at = None


def _steps_of(step: UndoableStep) -> tuple[CaseEventKind, ...]:
    return tuple(CaseEventKind(kind) for kind in step.before["steps"])
