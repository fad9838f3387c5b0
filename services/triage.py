"""A plain case in one step: kind confirmed, taken in, handed on. The three steps are those of `casework`, each on record."""

from domain.errors import Conflict
from domain.permissions import StaffFacts, may
from domain.terms import Action, CaseEventKind
from domain.triage import TriageFacts, body_for, body_in_one_step
from models import Case
from services.base import Service

_ACTIONS = (Action.CLASSIFY, Action.ACCEPT, Action.ASSIGN)
_STEPS = (CaseEventKind.CLASSIFIED, CaseEventKind.ACCEPTED, CaseEventKind.ASSIGNED)


class Triage(Service):
    """Offers the one step and takes it."""

    def offered(self, staff: StaffFacts, case: Case) -> str | None:
        """The body that this member of staff may hand a plain case to in one step; None where it is not plain or not his."""
        facts = self.facts_of(case)
        if not all(may(staff, action, facts) for action in _ACTIONS):
            return None
        return body_in_one_step(
            TriageFacts(
                status=case.status,
                is_confirmed=case.labelled_at is not None,
                suggested=case.suggested_label,
                confidence=case.suggested_confidence,
                abstained=bool((case.suggestion or {}).get("abstained", True)),
                label=case.label,
                unit=case.unit,
                owner=case.owner,
                overlays=tuple(case.overlays.split()),
                waits_for_answer=bool(self.services.inquiries.open_of(case)),
            ),
            self.parts.directory,
            self.parts.taxonomy,
        )

    def take_in(self, staff: StaffFacts, case_number: str, *, version: int, label: str, body: str) -> Case:
        """Confirms what was suggested, accepts and assigns: all three or none, taken back together.

        `label` and `body` are what the page showed. Raises Conflict when they are not what is offered, or when the rules
        name another body once the kind is confirmed.
        """
        case = self.case_for(staff, case_number, Action.CLASSIFY)
        if (label, body) != (case.suggested_label, self.offered(staff, case)):
            raise Conflict(case_number)
        before = self.services.undoing.snapshot(case)
        casework = self.services.casework
        casework.classify(staff, case_number, label=label, unit=case.unit, version=version)
        if case.overlays or body_for(case.owner, case.unit, self.parts.directory) != body:
            raise Conflict(case_number)
        casework.accept(staff, case_number, version=case.version)
        casework.assign(staff, case_number, version=case.version, body=body)
        self.services.undoing.remember(case, staff, before, *_STEPS)
        return case
