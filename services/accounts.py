"""What administrators do with accounts. Nobody alone makes one or gets into another's: both take two people.

A new account cannot be signed in to until a second person approves: else one administrator could give himself the eyes
of any desk. The first ones are made at the command line.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import aliased

from domain.errors import InvalidInput, NotAllowed, NotFound
from domain.permissions import StaffFacts, may
from domain.terms import Action, CaseEventKind, Role
from models import AccountReset, Staff
from services.base import Service
from services.staff import hash_password

RESET_LAPSES = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account as the administrator sees it."""

    id: int
    username: str
    display_name: str
    role: Role
    body: str | None
    is_active: bool
    has_second_factor: bool
    locked_until: datetime | None
    last_signed_in_at: datetime | None


@dataclass(frozen=True, slots=True)
class ResetRequest:
    """A reset that waits for a second person, or the first password of a new account.

    `may_decide`: not whoever asked, and not whom it is about.
    """

    id: int
    username: str
    display_name: str
    role: Role
    body: str | None
    is_new: bool
    asked_by: str
    asked_at: datetime
    may_decide: bool


class Accounts(Service):
    """Lists, makes, closes, reopens and resets accounts."""

    def all(self, staff: StaffFacts) -> list[AccountRow]:
        """All accounts by name. Raises NotAllowed."""
        self._check(staff, Action.MANAGE_STAFF)
        now = self.now()
        return [
            AccountRow(
                id=row.id,
                username=row.username,
                display_name=row.display_name,
                role=row.role,
                body=row.body,
                is_active=row.is_active,
                has_second_factor=row.totp_secret is not None,
                locked_until=row.locked_until if row.locked_until and row.locked_until > now else None,
                last_signed_in_at=row.last_signed_in_at,
            )
            for row in self.session.scalars(select(Staff).order_by(Staff.username))
        ]

    def create(self, staff: StaffFacts, *, username: str, display_name: str, role: Role, body: str | None) -> None:
        """A new account that nobody can sign in to before a second person gives it a password, as for a reset."""
        self._check(staff, Action.MANAGE_STAFF)
        account_id = self.services.staff.create(
            username=username,
            display_name=display_name,
            role=role,
            body=body,
            password=secrets.token_urlsafe(32),  # told to nobody
            must_change_password=True,
            by=staff,
        )
        self.request_reset(staff, account_id)

    def set_active(self, staff: StaffFacts, account_id: int, *, is_active: bool) -> None:
        """Closes an account at once, sessions included, or opens it again. Raises InvalidInput for one's own."""
        self._check(staff, Action.MANAGE_STAFF)
        account = self._account(account_id)
        if account.id == staff.staff_id:
            raise InvalidInput("account", "own_account")
        account.is_active = is_active
        if not is_active:
            self.services.staff.end_sessions(account.id)
        kind = CaseEventKind.ACCOUNT_REOPENED if is_active else CaseEventKind.ACCOUNT_CLOSED
        self.services.journal.write(kind, actor=staff, new_value=account.username)

    def request_reset(self, staff: StaffFacts, account_id: int) -> None:
        """Asks for a new password and a new second factor. Raises InvalidInput when it was asked already."""
        self._check(staff, Action.MANAGE_STAFF)
        account = self._account(account_id)
        if any(request.username == account.username for request in self.resets(staff)):
            raise InvalidInput("account", "reset_waits")
        self.session.add(AccountReset(staff_id=account.id, asked_by=staff.staff_id, asked_at=self.now()))
        self.services.journal.write(CaseEventKind.RESET_REQUESTED, actor=staff, new_value=account.username)

    def resets(self, staff: StaffFacts) -> list[ResetRequest]:
        """Resets that wait, oldest first. Raises NotAllowed."""
        self._check(staff, Action.APPROVE_RESET)
        asker = aliased(Staff)
        rows = self.session.execute(
            select(AccountReset, Staff, asker.display_name)
            .join(Staff, Staff.id == AccountReset.staff_id)
            .join(asker, asker.id == AccountReset.asked_by)
            .where(AccountReset.decided_at.is_(None), AccountReset.asked_at > self.now() - RESET_LAPSES)
            .order_by(AccountReset.id)
        )
        return [
            ResetRequest(
                id=reset.id,
                username=account.username,
                display_name=account.display_name,
                role=account.role,
                body=account.body,
                is_new=account.last_signed_in_at is None,
                asked_by=asked_by,
                asked_at=reset.asked_at,
                may_decide=staff.staff_id not in {reset.asked_by, reset.staff_id},
            )
            for reset, account, asked_by in rows
        ]

    def decide_reset(self, staff: StaffFacts, reset_id: int, *, is_approved: bool) -> str | None:
        """The second person answers. Approved, the account has a new password, given back once; else None.

        Raises NotFound when it was answered or has lapsed, NotAllowed for whoever asked or is the one.
        """
        self._check(staff, Action.APPROVE_RESET)
        reset = self.session.get(AccountReset, reset_id, with_for_update=True)
        if reset is None or reset.decided_at is not None or self.now() - reset.asked_at > RESET_LAPSES:
            raise NotFound(str(reset_id))
        if staff.staff_id in {reset.asked_by, reset.staff_id}:
            raise NotAllowed("approval")
        reset.decided_by, reset.decided_at, reset.is_approved = staff.staff_id, self.now(), is_approved
        account = self._account(reset.staff_id)
        kind = CaseEventKind.RESET_APPROVED if is_approved else CaseEventKind.RESET_REFUSED
        self.services.journal.write(kind, actor=staff, new_value=account.username)
        if not is_approved:
            return None
        password = secrets.token_urlsafe(12)
        account.password_hash, account.must_change_password = hash_password(password), True
        account.totp_secret = account.totp_draft = account.totp_counter = None
        account.failed_count, account.locked_until = 0, None
        self.services.staff.end_sessions(account.id)
        return password

    def _account(self, account_id: int) -> Staff:
        account = self.session.get(Staff, account_id, with_for_update=True)
        if account is None:
            raise NotFound(str(account_id))
        return account

    @staticmethod
    def _check(staff: StaffFacts, action: Action) -> None:
        if not may(staff, action):
            raise NotAllowed(action)
