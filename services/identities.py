"""The sealed identity of a named reporter: confirmed by one clerk, opened with a stated reason, each opening on record."""

from dataclasses import dataclass

from sqlalchemy import select

from domain.errors import InvalidInput, NotAllowed, NotFound
from domain.permissions import StaffFacts
from domain.terms import Action, CaseEventKind, IdentityClaim, Role
from models import Case, CaseEvent, ReporterIdentity
from services.base import Service


@dataclass(frozen=True, slots=True)
class OpenedIdentity:
    """Shown once on a page, never stored anywhere else."""

    name: str
    contact: str


class Identities(Service):
    """Opens and confirms identities (`groups.yaml`, visibility)."""

    def open_identity(self, staff: StaffFacts, case_number: str, *, reason: str) -> OpenedIdentity:
        """Name and contact. The petition office's clerk needs a reason; a handler also the head's approval.

        Raises NotFound without an identity, NotAllowed without approval, InvalidInput without a reason.
        """
        case = self.case_for(staff, case_number, Action.OPEN_IDENTITY)
        reason = reason.strip()
        if not reason:
            raise InvalidInput("reason", "empty")
        identity = self.session.scalar(select(ReporterIdentity).where(ReporterIdentity.case_id == case.id))
        if identity is None:
            raise NotFound(case_number)
        if staff.role is not Role.PETITION and not self._approved(case, staff):
            raise NotAllowed("approval")
        self.record(case, CaseEventKind.IDENTITY_OPENED, actor=staff, reason=reason)
        return OpenedIdentity(identity.name, identity.contact)

    def approve_opening(self, staff: StaffFacts, case_number: str, *, reason: str) -> None:
        """The head allows the body that handles the case to open the identity."""
        case = self.case_for(staff, case_number, Action.APPROVE_IDENTITY)
        if case.assigned_body is None:
            raise InvalidInput("body", "nobody_assigned")
        if not reason.strip():
            raise InvalidInput("reason", "empty")
        self.record(
            case, CaseEventKind.IDENTITY_APPROVED, actor=staff, new_value=case.assigned_body, reason=reason.strip()
        )

    def verify(self, staff: StaffFacts, case_number: str, *, is_confirmed: bool, reason: str) -> None:
        """After a telephone call or a meeting: the name is confirmed, or the report is treated as anonymous."""
        case = self.case_for(staff, case_number, Action.VERIFY_IDENTITY)
        if case.identity_claim is IdentityClaim.ANONYMOUS:
            raise NotFound(case_number)
        old = case.identity_claim
        case.identity_claim = IdentityClaim.VERIFIED if is_confirmed else IdentityClaim.NOT_VERIFIED
        self.record(
            case,
            CaseEventKind.IDENTITY_VERIFIED,
            actor=staff,
            old_value=old,
            new_value=case.identity_claim,
            reason=reason.strip() or None,
        )

    def _approved(self, case: Case, staff: StaffFacts) -> bool:
        """Whether the head approved for the body that has the case now."""
        return (
            self.session.scalar(
                select(CaseEvent.id).where(
                    CaseEvent.case_id == case.id,
                    CaseEvent.kind == CaseEventKind.IDENTITY_APPROVED,
                    CaseEvent.new_value == case.assigned_body,
                )
            )
            is not None
            and case.assigned_body == staff.body
        )
