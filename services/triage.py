"""What is next with a new case, in one step: the kind confirmed and what follows from it. Each part is a step of `casework`,
each on record, all of them taken back together."""

from dataclasses import replace

from sqlalchemy import select

from domain.errors import Conflict
from domain.permissions import StaffFacts, may
from domain.terms import Action, CaseEventKind, Fact, TriageStep
from domain.triage import Proposal, TriageFacts, propose
from models import Case, Inquiry
from services.base import Service

# Whoever was asked for something has said what happened, however little else.
_WHAT_WAS_WANTED = frozenset({Fact.AMOUNT, Fact.GOODS, Fact.DEMAND})
_ACTIONS = {
    TriageStep.TAKE_IN: (Action.CLASSIFY, Action.ACCEPT, Action.ASSIGN),
    TriageStep.ACCEPT: (Action.CLASSIFY, Action.ACCEPT),
    TriageStep.DECLINE: (Action.CLASSIFY, Action.DECLINE),
    TriageStep.ASK: (Action.CLASSIFY, Action.ASK_REPORTER),
}


class Triage(Service):
    """Proposes the one step and takes it."""

    def proposed(self, staff: StaffFacts, case: Case) -> Proposal | None:
        """What is next with a new case; None where it is not new, or not for this member of staff."""
        facts = self.facts_of(case)
        found = self._propose(case)
        if found is None or not may(staff, Action.CLASSIFY, facts):
            return None
        if found.step is TriageStep.TAKE_IN and not may(staff, Action.ASSIGN, facts):
            # County-managed cadres: the clue office hands on what others have taken in (e09).
            found = replace(found, step=TriageStep.ACCEPT, body=None)
        return found if all(may(staff, action, facts) for action in _ACTIONS.get(found.step, ())) else None

    def take_in(self, staff: StaffFacts, case_number: str, *, version: int, label: str, body: str = "") -> Case:
        """Confirms the kind, accepts and assigns, or leaves assigning to whom it belongs: all of it or nothing.

        `label` and `body` are what the page showed. Raises Conflict when they are not what is proposed, or when the rules
        name another body once the kind is confirmed.
        """
        shown = Proposal(TriageStep.TAKE_IN if body else TriageStep.ACCEPT, label, body or None)
        case, before, taken = self._begin(staff, case_number, shown, version)
        self.services.casework.accept(staff, case_number, version=case.version)
        taken.append(CaseEventKind.ACCEPTED)
        if body:
            self.services.casework.assign(staff, case_number, version=case.version, body=body)
            taken.append(CaseEventKind.ASSIGNED)
        self.services.undoing.remember(case, staff, before, *taken)
        return case

    def turn_away(
        self, staff: StaffFacts, case_number: str, *, version: int, label: str, destination: str, reason: str
    ) -> Case:
        """Confirms the kind and does not take the matter in. Raises Conflict as above, InvalidInput without both texts."""
        case, before, taken = self._begin(staff, case_number, Proposal(TriageStep.DECLINE, label), version)
        self.services.casework.decline(staff, case_number, version=case.version, destination=destination, reason=reason)
        self.services.undoing.remember(case, staff, before, *taken, CaseEventKind.DECLINED)
        return case

    def ask_first(self, staff: StaffFacts, case_number: str, *, version: int, label: str, text: str) -> Case:
        """Confirms the kind and asks the reporter for what is missing. Raises Conflict as above, InvalidInput without a text."""
        case, before, taken = self._begin(staff, case_number, Proposal(TriageStep.ASK, label), version)
        self.services.inquiries.ask(staff, case_number, version=case.version, text=text)
        self.services.undoing.remember(case, staff, before, *taken, CaseEventKind.ASKED)
        return case

    def _begin(
        self, staff: StaffFacts, case_number: str, shown: Proposal, version: int
    ) -> tuple[Case, dict[str, object], list[CaseEventKind]]:
        """The case with its kind confirmed, how it stood before, and the steps that took. Raises Conflict where `shown` is
        not what is proposed, before the kind is confirmed and after."""
        case = self.case_as_seen(staff, case_number, Action.CLASSIFY, version)
        if self.proposed(staff, case) != shown:
            raise Conflict(case_number)
        before = self.services.undoing.snapshot(case)
        if case.labelled_at is not None:
            return case, before, []
        self.services.casework.classify(staff, case_number, label=shown.label or "", unit=case.unit, version=version)
        if self.proposed(staff, case) != shown:
            raise Conflict(case_number)
        return case, before, [CaseEventKind.CLASSIFIED]

    def _propose(self, case: Case) -> Proposal | None:
        asked = self.session.scalars(select(Inquiry.answered_at).where(Inquiry.case_id == case.id)).all()
        facts = TriageFacts(
            status=case.status,
            is_confirmed=case.labelled_at is not None,
            suggested=case.suggested_label,
            abstained=case.abstained is not False,
            label=case.label,
            unit=case.unit,
            rule=case.route_rule,
            owner=case.owner,
            overlays=tuple(case.overlays.split()),
            waits_for_answer=None in asked,
            was_asked=bool(asked),
            awaits_contact=self.services.inquiries.awaits_contact(case),
            names_facts=any(f.fact in _WHAT_WAS_WANTED and not f.is_struck for f in self.services.facts.of(case)),
        )
        return propose(facts, self.parts.directory, self.parts.taxonomy)
