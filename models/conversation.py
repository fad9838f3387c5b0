"""What the platform pushed and where each conversation stands."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column

from domain.terms import InboundStatus
from models.base import Base, Word, only
from models.sealing import SealedBytes, SealedJson, SealedText


class Conversation(Base):
    """State of one person's conversation, who is taking its turn now, and how long the platform lets us write of ourselves."""

    __tablename__ = "conversation"
    __table_args__ = (Index("ix_conversation_telling", "reporter_id", **only("state IS NOT NULL")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reporter_id: Mapped[int] = mapped_column(ForeignKey("reporter.id"), unique=True)
    state: Mapped[dict[str, Any] | None] = mapped_column(SealedJson("conversation.state"))
    version: Mapped[int] = mapped_column(default=0)
    turn_token: Mapped[str | None] = mapped_column(comment="who takes the turn; nobody else may write until it expires")
    turn_expires_at: Mapped[datetime | None]
    last_spoke_at: Mapped[datetime | None] = mapped_column(comment="opens the 48-hour window of the platform")
    messages_left: Mapped[int] = mapped_column(
        default=0, server_default="0", comment="customer-service messages left in the window"
    )


class InboundMessage(Base):
    """One push, kept as it came. The unique key makes a redelivery visible, on any number of hosts."""

    __tablename__ = "inbound_message"
    __table_args__ = (
        Index("ix_inbound_message_turn", "reporter_id", "status", "id"),
        # What the worker asks every second must not read the messages of all years: these two hold a few rows each.
        Index("ix_inbound_message_left", "received_at", **only("handled_at IS NULL")),
        Index("ix_inbound_message_reply", "handled_at", **only("reply IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("reporter.id"))
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    msg_id: Mapped[str | None]
    msg_type: Mapped[str] = mapped_column(comment="text, image …, or event.<name>")
    create_time: Mapped[int] = mapped_column(comment="seconds, as the platform wrote it")
    received_at: Mapped[datetime]
    raw: Mapped[bytes | None] = mapped_column(SealedBytes("inbound_message.raw"))
    status: Mapped[InboundStatus] = mapped_column(Word(InboundStatus))
    reply: Mapped[str | None] = mapped_column(SealedText("inbound_message.reply"))
    handled_at: Mapped[datetime | None]
    is_left_to_outbox: Mapped[bool] = mapped_column(
        server_default=false(), comment="whoever waited for the reply gave up"
    )


class SeenSignature(Base):
    """A signature of a plaintext push with the body it came with; kept while it is fresh."""

    __tablename__ = "seen_signature"

    signature: Mapped[str] = mapped_column(primary_key=True)
    body_digest: Mapped[bytes]
    seen_at: Mapped[datetime] = mapped_column(index=True)
