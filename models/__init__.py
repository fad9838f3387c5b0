"""Persistence, nothing else. Exports every mapped class, so that migrations see them all."""

from models.attachment import Attachment
from models.base import Base
from models.case import (
    AssignmentProposal,
    Case,
    CaseDeadline,
    CaseTally,
    CaseWord,
    ConflictOfInterest,
    Feedback,
    Inquiry,
    Report,
)
from models.classifier import ClassifierSwitch, ClassifierTraining, ClassifierVersion
from models.conversation import Conversation, InboundMessage, SeenSignature
from models.desk import StaffDraft, UndoableStep
from models.journal import CaseEvent, JournalAnchor, JournalHead, JournalLink
from models.outbox import OutboxMessage, ScheduledJob
from models.paper import LedgerDraft
from models.people import AccountReset, Reporter, ReporterIdentity, SavedView, Staff, StaffSession
from models.reference import ReferenceVersion
from models.similar import CaseMerge, CasePerson, Clue, ReportKey, ReportSketch, SimilarCase
from models.supervision import LetterAnswer, SupervisionLetter
from models.tallies import CountedCase, CountedValue, DayTally, FlowTally, SpanTally, UnitTally

__all__ = [
    "AccountReset",
    "AssignmentProposal",
    "Attachment",
    "Base",
    "Case",
    "CaseDeadline",
    "CaseEvent",
    "CaseMerge",
    "CasePerson",
    "CaseTally",
    "CaseWord",
    "ClassifierSwitch",
    "ClassifierTraining",
    "ClassifierVersion",
    "Clue",
    "ConflictOfInterest",
    "Conversation",
    "CountedCase",
    "CountedValue",
    "DayTally",
    "Feedback",
    "FlowTally",
    "InboundMessage",
    "Inquiry",
    "JournalAnchor",
    "JournalHead",
    "JournalLink",
    "LedgerDraft",
    "LetterAnswer",
    "OutboxMessage",
    "ReferenceVersion",
    "Report",
    "ReportKey",
    "ReportSketch",
    "Reporter",
    "ReporterIdentity",
    "SavedView",
    "ScheduledJob",
    "SeenSignature",
    "SimilarCase",
    "SpanTally",
    "Staff",
    "StaffDraft",
    "StaffSession",
    "SupervisionLetter",
    "UndoableStep",
    "UnitTally",
]
