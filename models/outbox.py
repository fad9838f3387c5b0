"""What must leave: written in the transaction of the case, sent by a worker that holds a lease."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from domain.terms import NoticeKind, OutboxChannel, OutboxStatus
from models.base import Base, Word, only
from models.sealing import SealedJson


class OutboxMessage(Base):
    """One message to one reporter."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index("ix_outbox_message_claim", "status", "not_before"),
        Index("ix_outbox_message_leased", "lease_token", **only("lease_token IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reporter_id: Mapped[int] = mapped_column(ForeignKey("reporter.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    kind: Mapped[NoticeKind] = mapped_column(Word(NoticeKind))
    letter: Mapped[str] = mapped_column(comment="name of the text under words/letters")
    values: Mapped[dict[str, Any]] = mapped_column(SealedJson("outbox_message.values"))
    status: Mapped[OutboxStatus] = mapped_column(Word(OutboxStatus))
    channel: Mapped[OutboxChannel | None] = mapped_column(Word(OutboxChannel), comment="the way it left by")
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    error_code: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    platform_msg_id: Mapped[str | None] = mapped_column(index=True, comment="matches the delivery report that follows")
    delivery: Mapped[str | None] = mapped_column(comment="what the platform reported: success, or why not")


class ScheduledJob(Base):
    """A job that runs again and again. The claim of the row elects the runner; no leader is needed."""

    __tablename__ = "scheduled_job"

    name: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime]
    last_ran_at: Mapped[datetime | None]
    failures: Mapped[int | None] = mapped_column(comment="how often it ended in an error since it last ran to its end")
