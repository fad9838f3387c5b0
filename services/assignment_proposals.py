"""Whom a county-managed cadre's case goes to: proposed by the clue office, approved or sent back by the head (groups.yaml e09).

Until he approves nobody has the case by it, and the body that is proposed does not see it.
"""

from collections.abc import Collection

from sqlalchemy import Select, select

from domain.errors import IllegalTransition, InvalidInput
from domain.permissions import StaffFacts
from domain.terms import Action, CaseEventKind, ProposalStatus
from models import AssignmentProposal, Case, Staff
from services.base import SYSTEM, Service
from services.views import ProposedBody
from services.written import needed


class AssignmentProposals(Service):
    """Keeps the one proposal that a case can have. Who may assign without one, `domain.permissions.needs_approval` says."""

    def propose(self, case: Case, staff: StaffFacts, body: str, reason: str) -> None:
        """Asks the head. The caller has checked that `staff` may hand the case on, and to this body.

        Raises InvalidInput while an earlier proposal waits.
        """
        kept = self.session.get(AssignmentProposal, case.id)
        if kept is not None and kept.status is ProposalStatus.WAITING:
            raise InvalidInput("body", "proposal_waits")
        self.session.merge(
            AssignmentProposal(
                case_id=case.id,
                body=body,
                reason=reason,
                staff_id=staff.staff_id,
                proposed_at=self.now(),
                status=ProposalStatus.WAITING,
                decided_by=None,
                decided_at=None,
                remark=None,
            )
        )
        self.record(case, CaseEventKind.ASSIGNMENT_PROPOSED, actor=staff, new_value=body, reason=reason or None)
        self.session.flush()

    def approve(self, staff: StaffFacts, case_number: str, *, version: int) -> Case:
        """The head hands the case on as it was proposed. Raises IllegalTransition when nothing waits."""
        case = self.case_as_seen(staff, case_number, Action.APPROVE_ASSIGNMENT, version)
        proposal = self._waiting(case)
        casework = self.services.casework
        if case.assigned_body is None:
            return casework.assign(staff, case_number, version=version, body=proposal.body)
        return casework.transfer(staff, case_number, version=version, body=proposal.body, reason=proposal.reason)

    def send_back(self, staff: StaffFacts, case_number: str, *, version: int, reason: str) -> Case:
        """The head does not approve; the clue office reads why and may propose again. Raises IllegalTransition as above."""
        case = self.case_as_seen(staff, case_number, Action.APPROVE_ASSIGNMENT, version)
        proposal = self._waiting(case)
        reason = needed("reason", reason)
        self._decide(proposal, staff, ProposalStatus.SENT_BACK)
        proposal.remark = reason
        self.record(
            case, CaseEventKind.ASSIGNMENT_SENT_BACK, actor=staff, new_value=proposal.body, reason=proposal.remark
        )
        return case

    def withdraw(self, staff: StaffFacts, case_number: str, *, version: int) -> Case:
        """The clue office takes its proposal back. Raises IllegalTransition when the head has answered."""
        case = self.case_as_seen(staff, case_number, Action.WITHDRAW_ASSIGNMENT, version)
        proposal = self._waiting(case)
        self.record(case, CaseEventKind.ASSIGNMENT_WITHDRAWN, actor=staff, new_value=proposal.body)
        self.session.delete(proposal)
        return case

    # ── what other steps do to it ────────────────────────────────────────────────────────────────
    def settle(self, case: Case, staff: StaffFacts, body: str) -> None:
        """Somebody who needs no approval hands the case on: what waited for this body is approved by that."""
        proposal = self.session.get(AssignmentProposal, case.id)
        if proposal is None or proposal.status is not ProposalStatus.WAITING or proposal.body != body:
            self.lapse(case)
            return
        self._decide(proposal, staff, ProposalStatus.APPROVED)
        self.record(case, CaseEventKind.ASSIGNMENT_APPROVED, actor=staff, new_value=body)

    def lapse(self, case: Case) -> None:
        """The case is another one by now, or goes another way: nothing is left to approve."""
        proposal = self.session.get(AssignmentProposal, case.id)
        if proposal is None:
            return
        if proposal.status is ProposalStatus.WAITING:
            self.record(case, CaseEventKind.ASSIGNMENT_LAPSED, actor=SYSTEM, new_value=proposal.body)
        self.session.delete(proposal)

    def wait_again(self, case: Case) -> None:
        """The head took his assignment back: what he approved by it waits for him as before."""
        proposal = self.session.get(AssignmentProposal, case.id)
        if proposal is not None and proposal.status is ProposalStatus.APPROVED:
            proposal.status = ProposalStatus.WAITING
            proposal.decided_by = proposal.decided_at = None

    # ── reading ──────────────────────────────────────────────────────────────────────────────────
    def of(self, case: Case, *, with_reasons: bool) -> ProposedBody | None:
        """What is proposed or was sent back, for a reader of the case; None once it is done."""
        found = self.session.execute(
            select(AssignmentProposal, Staff.display_name)
            .join(Staff, Staff.id == AssignmentProposal.staff_id)
            .where(AssignmentProposal.case_id == case.id, AssignmentProposal.status != ProposalStatus.APPROVED)
        ).one_or_none()
        if found is None:
            return None
        proposal, name = found
        return ProposedBody(
            body=proposal.body,
            status=proposal.status,
            staff_name=name,
            proposed_at=proposal.proposed_at,
            reason=proposal.reason if with_reasons else None,
            decided_at=proposal.decided_at,
            remark=proposal.remark if with_reasons else None,
        )

    def waiting_among(self, numbers: Collection[str]) -> frozenset[str]:
        """Which of these cases wait for the head."""
        found = select(Case.case_number).where(
            Case.case_number.in_(numbers), Case.id.in_(proposed_in(ProposalStatus.WAITING))
        )
        return frozenset(self.session.scalars(found))

    def bodies_waiting(self, case_ids: Collection[int]) -> dict[int, str]:
        """Of these cases, by id, those that wait for the head, with the body that is proposed."""
        found = select(AssignmentProposal.case_id, AssignmentProposal.body).where(
            AssignmentProposal.case_id.in_(case_ids), AssignmentProposal.status == ProposalStatus.WAITING
        )
        return {row.case_id: row.body for row in self.session.execute(found)}

    def _waiting(self, case: Case) -> AssignmentProposal:
        proposal = self.session.get(AssignmentProposal, case.id)
        if proposal is None or proposal.status is not ProposalStatus.WAITING:
            raise IllegalTransition(case.status)
        return proposal

    def _decide(self, proposal: AssignmentProposal, staff: StaffFacts, status: ProposalStatus) -> None:
        proposal.status, proposal.decided_by, proposal.decided_at = status, staff.staff_id, self.now()


def proposed_in(status: ProposalStatus) -> Select[int]:
    """The cases whose proposal stands there. By index: those that were approved stay and pile up with the years."""
    return select(AssignmentProposal.case_id).where(AssignmentProposal.status == status)
