"""The sealed identity of a named reporter: asked for by one person, approved by another, open for a day, all on record."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import aliased

from domain.errors import InvalidInput, NotAllowed, NotFound
from domain.permissions import StaffFacts, may, may_approve_identity
from domain.terms import Action, CaseEventKind, IdentityClaim, Role
from models import Case, CaseEvent, ReporterIdentity, Staff
from services.base import Service
from services.views import IdentityState, OpeningRequest

OPEN_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class OpenedIdentity:
    """Shown once on a page, never stored anywhere else."""

    name: str
    contact: str


class Identities(Service):
    """Two people for each opening: one asks with a reason, another approves; the approval holds for a day.

    Sources: `groups.yaml`, visibility; rules on reports and accusations art. 47 (confidentiality of reporters).
    """

    def request_opening(self, staff: StaffFacts, case_number: str, *, reason: str) -> None:
        """Asks. Raises NotFound without an identity, InvalidInput without a reason or when it was asked already."""
        case = self.case_for(staff, case_number, Action.OPEN_IDENTITY)
        self._identity(case)
        reason = self._needed(reason)
        if self._requests_of(case, staff.staff_id):
            raise InvalidInput("reason", "identity_request")
        self.record(case, CaseEventKind.IDENTITY_REQUESTED, actor=staff, reason=reason)

    def decide(
        self, staff: StaffFacts, case_number: str, *, request_id: int, is_approved: bool, reason: str = ""
    ) -> None:
        """Another person answers a request. Raises NotFound when there is none (any more), NotAllowed for one's own."""
        case = self.case_for(staff, case_number, Action.APPROVE_IDENTITY)
        asked = next((event for event, _ in self._open_requests(case) if event.id == request_id), None)
        if asked is None or asked.staff_id is None:
            raise NotFound(str(request_id))
        if not may_approve_identity(staff, asked.staff_id, Role(asked.actor)):
            raise NotAllowed("approval")
        kind = CaseEventKind.IDENTITY_APPROVED if is_approved else CaseEventKind.IDENTITY_REFUSED
        self.record(case, kind, actor=staff, new_value=str(asked.staff_id), reason=reason.strip() or None)

    def open_identity(self, staff: StaffFacts, case_number: str) -> OpenedIdentity:
        """Name and contact. Raises NotFound without an identity, NotAllowed without an approval in force."""
        case = self.case_for(staff, case_number, Action.OPEN_IDENTITY)
        identity = self._identity(case)
        if self._open_until(case, staff.staff_id) is None:
            raise NotAllowed("approval")
        self.record(case, CaseEventKind.IDENTITY_OPENED, actor=staff)
        return OpenedIdentity(identity.name, identity.contact)

    def state_for(self, staff: StaffFacts, case: Case) -> IdentityState:
        """What the page of the case shows; the caller has checked that it may be seen."""
        return IdentityState(
            requests=tuple(
                OpeningRequest(
                    id=event.id,
                    staff_name=name,
                    role=Role(event.actor),
                    reason=event.reason or "",
                    asked_at=event.happened_at,
                    may_decide=may(staff, Action.APPROVE_IDENTITY)
                    and may_approve_identity(staff, event.staff_id or 0, Role(event.actor)),
                )
                for event, name in self._open_requests(case)
            ),
            has_asked=bool(self._requests_of(case, staff.staff_id)),
            open_until=self._open_until(case, staff.staff_id),
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

    def _identity(self, case: Case) -> ReporterIdentity:
        identity = self.session.scalar(select(ReporterIdentity).where(ReporterIdentity.case_id == case.id))
        if identity is None:
            raise NotFound(case.case_number)
        return identity

    def _open_requests(self, case: Case) -> list[tuple[CaseEvent, str]]:
        """Requests that nobody answered since, with the asker's name; they lapse like approvals."""
        answered = aliased(CaseEvent)
        answers = select(answered.id).where(
            answered.case_id == case.id,
            answered.kind.in_([CaseEventKind.IDENTITY_APPROVED, CaseEventKind.IDENTITY_REFUSED]),
            answered.new_value == cast(CaseEvent.staff_id, Text),
            answered.id > CaseEvent.id,
        )
        rows = self.session.execute(
            select(CaseEvent, Staff.display_name)
            .join(Staff, Staff.id == CaseEvent.staff_id)
            .where(
                CaseEvent.case_id == case.id,
                CaseEvent.kind == CaseEventKind.IDENTITY_REQUESTED,
                CaseEvent.happened_at > self.now() - OPEN_FOR,
                ~answers.exists(),
            )
            .order_by(CaseEvent.id)
        )
        return [(row[0], row[1]) for row in rows]

    def _requests_of(self, case: Case, staff_id: int) -> list[CaseEvent]:
        return [event for event, _ in self._open_requests(case) if event.staff_id == staff_id]

    def _open_until(self, case: Case, staff_id: int) -> datetime | None:
        """When the approval for this person runs out; None without one. It ends early when the case is handed on."""
        last_move = select(func.max(CaseEvent.id)).where(
            CaseEvent.case_id == case.id,
            CaseEvent.kind.in_([CaseEventKind.ASSIGNED, CaseEventKind.TRANSFERRED, CaseEventKind.RETURNED]),
        )
        approved_at = self.session.scalar(
            select(func.max(CaseEvent.happened_at)).where(
                CaseEvent.case_id == case.id,
                CaseEvent.kind == CaseEventKind.IDENTITY_APPROVED,
                CaseEvent.new_value == str(staff_id),
                CaseEvent.happened_at > self.now() - OPEN_FOR,
                CaseEvent.id > func.coalesce(last_move.scalar_subquery(), 0),
            )
        )
        return approved_at + OPEN_FOR if approved_at else None

    @staticmethod
    def _needed(reason: str) -> str:
        reason = reason.strip()
        if not reason:
            raise InvalidInput("reason", "empty")
        return reason
