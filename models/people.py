"""Reporters, their sealed identities, and the staff."""

from datetime import datetime

from sqlalchemy import ForeignKey, false
from sqlalchemy.orm import Mapped, mapped_column

from domain.terms import Role
from models.base import Base, Word
from models.sealing import SealedText


class Reporter(Base):
    """One WeChat account that wrote to us. After an unfollow only the row's number is left (`separated_at`)."""

    __tablename__ = "reporter"

    id: Mapped[int] = mapped_column(primary_key=True)
    openid: Mapped[str | None] = mapped_column(SealedText("reporter.openid"))
    openid_digest: Mapped[str | None] = mapped_column(unique=True, comment="keyed digest, for look-ups only")
    scene_code: Mapped[str | None] = mapped_column(comment="card or box scanned last; says where, not who")
    created_at: Mapped[datetime]
    separated_at: Mapped[datetime | None]


class ReporterIdentity(Base):
    """Name and contact of a named report. Opened with a stated reason, every opening is in the journal."""

    __tablename__ = "reporter_identity"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), unique=True)
    name: Mapped[str] = mapped_column(SealedText("reporter_identity.name"))
    contact: Mapped[str] = mapped_column(SealedText("reporter_identity.contact"))


class Staff(Base):
    """An account of the console."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    role: Mapped[Role] = mapped_column(Word(Role))
    body: Mapped[str | None] = mapped_column(comment="group, office or township of groups.yaml this account acts for")
    password_hash: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)
    failed_count: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    last_signed_in_at: Mapped[datetime | None]
    must_change_password: Mapped[bool] = mapped_column(
        default=False, server_default=false(), comment="the password is one that others know"
    )
    totp_secret: Mapped[str | None] = mapped_column(SealedText("staff.totp_secret"))
    totp_draft: Mapped[str | None] = mapped_column(
        SealedText("staff.totp_draft"), comment="shown as a QR code, not confirmed with a code of it yet"
    )
    totp_counter: Mapped[int | None] = mapped_column(comment="of the last code taken: none is taken twice")


class StaffSession(Base):
    """One sign-in. Revoking the row ends it at once, whatever cookie is still about."""

    __tablename__ = "staff_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_digest: Mapped[str] = mapped_column(unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None] = mapped_column(comment="when the second factor was shown")
    revoked_at: Mapped[datetime | None]


class AccountReset(Base):
    """A forgotten password or a lost telephone: one administrator asks, another person approves."""

    __tablename__ = "account_reset"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    asked_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    is_approved: Mapped[bool | None]


class SavedView(Base):
    """A question of one member of staff to the worklist, under a name of his own: a filter as it stands in an address."""

    __tablename__ = "saved_view"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    name: Mapped[str] = mapped_column(SealedText("saved_view.name"), comment="his own words: sealed like all such")
    query: Mapped[str]
    created_at: Mapped[datetime]
