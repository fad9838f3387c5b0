"""Persistence, nothing else. Exports every mapped class, so that migrations see them all."""

from models.attachment import Attachment
from models.base import Base
from models.case import Case, CaseDeadline, ConflictOfInterest, Feedback, Report
from models.conversation import Conversation, InboundMessage
from models.journal import CaseEvent
from models.outbox import OutboxMessage, ScheduledJob
from models.people import Reporter, ReporterIdentity, Staff, StaffSession

__all__ = [
    "Attachment",
    "Base",
    "Case",
    "CaseDeadline",
    "CaseEvent",
    "ConflictOfInterest",
    "Conversation",
    "Feedback",
    "InboundMessage",
    "OutboxMessage",
    "Report",
    "Reporter",
    "ReporterIdentity",
    "ScheduledJob",
    "Staff",
    "StaffSession",
]
