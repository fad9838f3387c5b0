"""The journal: who, when, from, to, why. The database refuses to change or remove a line, and a chain of digests shows if it did."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from domain.terms import CaseEventKind, CaseStatus
from models.base import Base, Word
from models.sealing import SealedBytes, SealedText


class CaseEvent(Base):
    """One line. `actor` is a role, `citizen` or `system`; `staff_id` only where a member of staff acted.

    `case_id` is None for what concerns the installation: keys, retention, accounts.
    """

    __tablename__ = "case_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"), index=True)
    kind: Mapped[CaseEventKind] = mapped_column(Word(CaseEventKind))
    happened_at: Mapped[datetime]
    actor: Mapped[str]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    old_status: Mapped[CaseStatus | None] = mapped_column(Word(CaseStatus))
    new_status: Mapped[CaseStatus | None] = mapped_column(Word(CaseStatus))
    old_value: Mapped[str | None] = mapped_column(comment="a key or a day, never content")
    new_value: Mapped[str | None]
    # The one column that may be written again: under a new key, or emptied with the content of its case. The chain
    # holds a commitment to what it says.
    reason: Mapped[str | None] = mapped_column(SealedText("case_event.reason"))


class JournalLink(Base):
    """The place of a line in the chain. Its digest covers the line and the digest before it."""

    __tablename__ = "journal_link"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="1, 2, 3 … without a gap")
    event_id: Mapped[int] = mapped_column(ForeignKey("case_event.id"), unique=True)
    digest: Mapped[str] = mapped_column(comment="SHA-256, hexadecimal")
    salt: Mapped[bytes | None] = mapped_column(
        SealedBytes("journal_link.salt"), comment="of the reason's commitment, so that a dump cannot guess reasons"
    )
    commitment: Mapped[str | None] = mapped_column(comment="what is left of a reason that was destroyed")


class JournalHead(Base):
    """The end of the chain, one row. Locked by whoever appends; its seal needs a data key, which no dump holds."""

    __tablename__ = "journal_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int]
    digest: Mapped[str]
    seal: Mapped[str] = mapped_column(comment="keyed digest of position and digest")


class JournalAnchor(Base):
    """The end of the chain on one day, signed: printed or sent out, it shows later if everything was rewritten."""

    __tablename__ = "journal_anchor"

    day: Mapped[date] = mapped_column(primary_key=True)
    position: Mapped[int]
    digest: Mapped[str]
    public_key: Mapped[str] = mapped_column(comment="Ed25519, hexadecimal")
    signature: Mapped[str] = mapped_column(comment="Ed25519, hexadecimal")
