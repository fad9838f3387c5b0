"""Accounts of the console: passwords, throttled sign-in, sessions that can be ended."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import select, update

from domain.errors import InvalidInput, NotAllowed, Throttled
from domain.permissions import StaffFacts
from domain.terms import Role
from models import Staff, StaffSession
from services.base import Service

_HASHER = PasswordHasher()  # RFC 9106, low-memory profile
_LOCK_AFTER = 5
_LOCK_FOR = timedelta(minutes=10)
IDLE_LIMIT = timedelta(minutes=30)
ABSOLUTE_LIMIT = timedelta(hours=12)

# Verified against when there is no such account: a stranger cannot tell by the time it takes who exists.
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The member of staff behind a session."""

    facts: StaffFacts
    username: str
    display_name: str


class StaffAccounts(Service):
    """Creates accounts and signs staff in."""

    def create(self, *, username: str, display_name: str, role: Role, body: str | None, password: str) -> int:
        """A new account. Raises InvalidInput for a taken name, an unknown body or a short password."""
        if self.session.scalar(select(Staff.id).where(Staff.username == username)) is not None:
            raise InvalidInput("username", "taken")
        if body is not None and body not in self.parts.directory.bodies:
            raise InvalidInput("body", "unknown")
        if len(password) < 8:
            raise InvalidInput("password", "too_short")
        staff = Staff(
            username=username,
            display_name=display_name,
            role=role,
            body=body,
            password_hash=_HASHER.hash(password),
            created_at=self.now(),
        )
        self.session.add(staff)
        self.session.flush()
        return staff.id

    def sign_in(self, username: str, password: str) -> str:
        """A fresh session token for the right password; former sessions of the account end.

        Raises NotAllowed for any wrong pair, Throttled while the account is locked. The caller must commit even
        when this raises: failed tries are counted.
        """
        now = self.now()
        staff = self.session.scalar(select(Staff).where(Staff.username == username).with_for_update())
        if staff is not None and staff.locked_until is not None and staff.locked_until > now:
            raise Throttled(username)
        try:
            _HASHER.verify(staff.password_hash if staff else _NOBODY, password)
        except VerifyMismatchError:
            if staff is not None:
                staff.failed_count += 1
                if staff.failed_count >= _LOCK_AFTER:
                    staff.locked_until, staff.failed_count = now + _LOCK_FOR, 0
            raise NotAllowed("sign_in") from None
        if staff is None or not staff.is_active:
            raise NotAllowed("sign_in")
        if _HASHER.check_needs_rehash(staff.password_hash):
            staff.password_hash = _HASHER.hash(password)
        staff.failed_count, staff.locked_until, staff.last_signed_in_at = 0, None, now
        self._end_sessions(staff.id)
        token = secrets.token_urlsafe(32)
        self.session.add(StaffSession(token_digest=_digest(token), staff_id=staff.id, created_at=now, last_seen_at=now))
        return token

    def signed_in(self, token: str) -> SignedIn | None:
        """Who is behind a token; None when it was ended, is idle too long or too old."""
        now = self.now()
        row = self.session.execute(
            select(StaffSession, Staff)
            .join(Staff, Staff.id == StaffSession.staff_id)
            .where(StaffSession.token_digest == _digest(token), StaffSession.revoked_at.is_(None))
        ).first()
        if row is None:
            return None
        session, staff = row
        if not staff.is_active or now - session.last_seen_at > IDLE_LIMIT or now - session.created_at > ABSOLUTE_LIMIT:
            return None
        if now - session.last_seen_at > timedelta(minutes=1):
            session.last_seen_at = now
        return SignedIn(StaffFacts(staff.id, staff.role, staff.body), staff.username, staff.display_name)

    def sign_out(self, token: str) -> None:
        """Ends the session of a token."""
        self.session.execute(
            update(StaffSession)
            .where(StaffSession.token_digest == _digest(token))
            .values(revoked_at=self.now())
            .execution_options(synchronize_session=False)
        )

    def any_exists(self) -> bool:
        """Whether there is an account at all."""
        return self.session.scalar(select(Staff.id).limit(1)) is not None

    def _end_sessions(self, staff_id: int) -> None:
        self.session.execute(
            update(StaffSession)
            .where(StaffSession.staff_id == staff_id, StaffSession.revoked_at.is_(None))
            .values(revoked_at=self.now())
            .execution_options(synchronize_session=False)
        )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
