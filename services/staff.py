"""Signing in to the console: password, second factor, sessions that can be ended."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import select, update

from domain.errors import InvalidInput, NotAllowed, Throttled
from domain.permissions import StaffFacts
from domain.terms import CaseEventKind, Role, SignInStep
from models import Staff, StaffSession
from services.base import SYSTEM, Service

_HASHER = PasswordHasher()  # RFC 9106, low-memory profile
_LOCK_AFTER = 5
_LOCK_FOR = timedelta(minutes=10)
IDLE_LIMIT = timedelta(minutes=30)
ABSOLUTE_LIMIT = timedelta(hours=12)
SHORTEST_PASSWORD = 10
_ISSUER = "Qiaomen"
# A code is taken a step of thirty seconds early or late: telephones' clocks differ (RFC 6238, 5.2).
_CODE_WINDOW = 1

# Verified against when there is no such account: a stranger cannot tell by the time it takes who exists.
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The member of staff behind a session. `next_step` is None when the console is open to him."""

    facts: StaffFacts
    username: str
    display_name: str
    next_step: SignInStep | None = None
    has_second_factor: bool = False


class StaffAccounts(Service):
    """Creates accounts and signs staff in."""

    def create(
        self,
        *,
        username: str,
        display_name: str,
        role: Role,
        body: str | None,
        password: str,
        must_change_password: bool = False,
        by: StaffFacts | None = None,
    ) -> int:
        """A new account. Raises InvalidInput for a taken name, an unknown body or a short password."""
        if self.session.scalar(select(Staff.id).where(Staff.username == username)) is not None:
            raise InvalidInput("username", "taken")
        if body is not None and body not in self.parts.directory.bodies:
            raise InvalidInput("body", "unknown")
        check_password(password)
        staff = Staff(
            username=username,
            display_name=display_name,
            role=role,
            body=body,
            password_hash=_HASHER.hash(password),
            must_change_password=must_change_password,
            created_at=self.now(),
        )
        self.session.add(staff)
        self.session.flush()
        if by is not None:
            self.services.journal.write(CaseEventKind.ACCOUNT_CREATED, actor=by, new_value=username)
        return staff.id

    def sign_in(self, username: str, password: str) -> str:
        """A fresh session token for the right password; former sessions of the account end.

        Raises NotAllowed for any wrong pair, Throttled while the account is locked. The caller must commit even
        when this raises: failed tries are counted.
        """
        now = self.now()
        staff = self.session.scalar(select(Staff).where(Staff.username == username).with_for_update())
        # Before the lock is looked at: how long the answer takes must not tell which names exist.
        fits = _is_password(staff.password_hash if staff else _NOBODY, password)
        if staff is not None and staff.locked_until is not None and staff.locked_until > now:
            raise Throttled(username)
        if not fits:
            if staff is not None:
                self._count_failure(staff)
            raise NotAllowed("sign_in")
        if staff is None or not staff.is_active:
            raise NotAllowed("sign_in")
        if _HASHER.check_needs_rehash(staff.password_hash):
            staff.password_hash = _HASHER.hash(password)
        if staff.totp_secret is None:
            # With a second factor the count goes on until that was right too.
            staff.failed_count, staff.locked_until = 0, None
        staff.last_signed_in_at = now
        self.end_sessions(staff.id)
        token = secrets.token_urlsafe(32)
        self.session.add(StaffSession(token_digest=_digest(token), staff_id=staff.id, created_at=now, last_seen_at=now))
        return token

    def confirm(self, token: str, code: str) -> str:
        """The second factor of a sign-in that stands at `SignInStep.CODE`. Gives back the token to go on with.

        Raises NotAllowed for a wrong or used code, Throttled while the account is locked. The caller must commit even
        when this raises: failed tries are counted.
        """
        session, staff = self._session_of(token)
        if staff.locked_until is not None and staff.locked_until > self.now():
            raise Throttled(staff.username)
        counter = self._counter_of(staff.totp_secret or "", code)
        if counter is None or (staff.totp_counter is not None and counter <= staff.totp_counter):
            self._count_failure(staff)
            raise NotAllowed("code")
        staff.totp_counter = counter
        staff.failed_count, staff.locked_until = 0, None
        session.confirmed_at = self.now()
        # Whoever saw the first token must not own the second half of the sign-in.
        fresh = secrets.token_urlsafe(32)
        session.token_digest = _digest(fresh)
        return fresh

    def begin_enrolment(self, staff: StaffFacts) -> str:
        """The `otpauth://` address to show as a QR code; the same until it is confirmed."""
        row = self.session.get_one(Staff, staff.staff_id)
        if row.totp_draft is None:
            row.totp_draft = pyotp.random_base32()
        return pyotp.TOTP(row.totp_draft).provisioning_uri(name=row.username, issuer_name=_ISSUER)

    def enrol(self, token: str, code: str) -> None:
        """Confirms the enrolment with a code. Raises InvalidInput for a wrong one."""
        session, staff = self._session_of(token)
        counter = self._counter_of(staff.totp_draft or "", code)
        if counter is None:
            raise InvalidInput("code", "wrong_code")
        staff.totp_secret, staff.totp_draft, staff.totp_counter = staff.totp_draft, None, counter
        session.confirmed_at = self.now()
        self.services.journal.write(
            CaseEventKind.SECOND_FACTOR_SET,
            actor=StaffFacts(staff.id, staff.role, staff.body),
            new_value=staff.username,
        )

    def change_password(self, token: str, *, old: str, new: str) -> None:
        """Raises InvalidInput for a wrong old password, a short one, the same again, or one that holds the user name."""
        session, staff = self._session_of(token)
        if not _is_password(staff.password_hash, old):
            raise InvalidInput("old", "wrong_old_password")
        check_password(new)
        if new == old or staff.username.lower() in new.lower():
            raise InvalidInput("new", "password_too_easy")
        staff.password_hash, staff.must_change_password = _HASHER.hash(new), False
        self.end_sessions(staff.id, but=session.id)
        self.services.journal.write(
            CaseEventKind.PASSWORD_CHANGED, actor=StaffFacts(staff.id, staff.role, staff.body), new_value=staff.username
        )

    def signed_in(self, token: str, *, keeps_alive: bool = True) -> SignedIn | None:
        """Who is behind a token; None when it was ended, is idle too long or too old.

        `keeps_alive` False is for a page that renews itself: nobody sits there. Only a wall screen stays signed in by it.
        """
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
        if (keeps_alive or staff.role is Role.WALL) and now - session.last_seen_at > timedelta(minutes=1):
            session.last_seen_at = now
        return SignedIn(
            StaffFacts(staff.id, staff.role, staff.body),
            staff.username,
            staff.display_name,
            self._next_step(session, staff),
            staff.totp_secret is not None,
        )

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

    def end_sessions(self, staff_id: int, *, but: int | None = None) -> None:
        """Ends all sessions of an account, except one."""
        self.session.execute(
            update(StaffSession)
            .where(StaffSession.staff_id == staff_id, StaffSession.revoked_at.is_(None), StaffSession.id != (but or 0))
            .values(revoked_at=self.now())
            .execution_options(synchronize_session=False)
        )

    def _next_step(self, session: StaffSession, staff: Staff) -> SignInStep | None:
        if staff.totp_secret is not None and session.confirmed_at is None:
            return SignInStep.CODE
        if staff.must_change_password:
            return SignInStep.PASSWORD
        if self.parts.requires_second_factor and staff.totp_secret is None:
            return SignInStep.ENROL
        return None

    def _session_of(self, token: str) -> tuple[StaffSession, Staff]:
        row = self.session.execute(
            select(StaffSession, Staff)
            .join(Staff, Staff.id == StaffSession.staff_id)
            .where(StaffSession.token_digest == _digest(token), StaffSession.revoked_at.is_(None))
            .with_for_update()
        ).first()
        if row is None:
            raise NotAllowed("sign_in")
        return row[0], row[1]

    def _count_failure(self, staff: Staff) -> None:
        staff.failed_count += 1
        if staff.failed_count >= _LOCK_AFTER:
            staff.locked_until, staff.failed_count = self.now() + _LOCK_FOR, 0
            self.services.journal.write(CaseEventKind.ACCOUNT_LOCKED, actor=SYSTEM, new_value=staff.username)

    def _counter_of(self, secret: str, code: str) -> int | None:
        """The time step whose code this is; None for a wrong one."""
        if not secret:
            return None
        totp = pyotp.TOTP(secret)
        now = int(self.now().timestamp()) // totp.interval
        digits = "".join(code.split())
        return next(
            (
                step
                for step in range(now - _CODE_WINDOW, now + _CODE_WINDOW + 1)
                if pyotp.utils.strings_equal(digits, totp.generate_otp(step))
            ),
            None,
        )


def check_password(password: str) -> None:
    """Raises InvalidInput for one that is too short."""
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidInput("password", "password_too_short")


def hash_password(password: str) -> str:
    """Argon2id, with the parameters inside."""
    return _HASHER.hash(password)


def _is_password(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except VerifyMismatchError:
        return False


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
