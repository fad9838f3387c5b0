"""Pictures, voice, video and documents of citizens. The bytes lie sealed in the instance folder; here is what is known of them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from domain.terms import AttachmentKind, AttachmentStatus, CopyStatus
from models.base import Base, Word, only
from models.sealing import SealedText


class Attachment(Base):
    """One file. Pending until the worker fetched it from the platform, which keeps it three days.

    `next_try_at`, `tries` and `lease_token` are of the fetch, and afterwards of the conversion.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        Index("ix_attachment_fetch", "status", "next_try_at"),
        Index("ix_attachment_loose", "reporter_id", **only("case_id IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("reporter.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"), index=True)
    kind: Mapped[AttachmentKind] = mapped_column(Word(AttachmentKind))
    status: Mapped[AttachmentStatus] = mapped_column(Word(AttachmentStatus))
    media_id: Mapped[str | None] = mapped_column(SealedText("attachment.media_id"))
    received_at: Mapped[datetime]
    next_try_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[str | None]
    original_name: Mapped[str | None] = mapped_column(index=True, comment="file of the sealed original under INSTANCE")
    clean_name: Mapped[str | None] = mapped_column(index=True, comment="file of the sealed copy without metadata")
    copy_status: Mapped[CopyStatus | None] = mapped_column(Word(CopyStatus), comment="of a recording or a document")
    content_type: Mapped[str | None]
    size_bytes: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(comment="of the original bytes")
    refusal: Mapped[str | None] = mapped_column(comment="code of the reason why it was refused, or has no copy")
    pages: Mapped[int | None] = mapped_column(comment="of a document with a copy: how many it has")
    pages_shown: Mapped[int | None] = mapped_column(comment="of how many of them the copy holds pictures")
