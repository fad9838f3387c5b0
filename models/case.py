"""The staff file: case, its reports, deadlines, feedback and conflicts of interest."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Computed, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.terms import (
    CaseStatus,
    DeadlineKind,
    Disposition,
    IdentityClaim,
    ProposalStatus,
    ReportKind,
    ReportPart,
    RouteRule,
    Satisfaction,
    Source,
    Track,
)
from models.base import Base, Word, only
from models.sealing import SealedJson, SealedText


class Case(Base):
    """One matter, opened from a report. Content that could identify anybody is in sealed columns only."""

    __tablename__ = "case"
    __table_args__ = (
        Index("ix_case_worklist", "status", "received_at"),
        Index("ix_case_received", "received_at", "id"),
        Index("ix_case_of_body", "assigned_body", "received_at"),
        Index("ix_case_of_kind", "label", "received_at"),
        Index("ix_case_of_unit", "unit", "received_at"),
        Index("ix_case_of_unit_and_kind", "unit", "label"),
        Index("ix_case_of_source", "source", "received_at"),
        Index("ix_case_of_track", "track", "received_at"),
        Index("ix_case_satisfaction", "satisfaction", "received_at", **only("satisfaction IS NOT NULL")),
        Index("ix_case_acceptance_days", "acceptance_days", **only("acceptance_days IS NOT NULL")),
        Index("ix_case_feedback_days", "feedback_days", **only("feedback_days IS NOT NULL")),
        Index("ix_case_number_end", "number_end"),
        Index("ix_case_in_danger", "in_danger", "status"),
        # With all that a scope asks for, so that a month of it is counted without a look at its cases.
        Index(
            "ix_case_accepted",
            "accepted_at",
            "route_rule",
            "status",
            "assigned_body",
            **only("accepted_at IS NOT NULL"),
        ),
        Index("ix_case_concluded", "concluded_at"),
        Index("ix_case_sending", "sending", unique=True, **only("sending IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_number: Mapped[str] = mapped_column(unique=True)
    # What people type who look for a case; the database cuts it off. Never loaded.
    number_end: Mapped[str | None] = mapped_column(Computed("substr(case_number, 15)", persisted=True), deferred=True)
    query_code_hash: Mapped[str]
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("reporter.id"), index=True)
    source: Mapped[Source] = mapped_column(Word(Source))
    sending: Mapped[str | None] = mapped_column(comment="keyed digest of the form it came by: twice sent is one case")
    scene_code: Mapped[str | None]
    track: Mapped[Track] = mapped_column(Word(Track))
    report_kind: Mapped[ReportKind] = mapped_column(Word(ReportKind))
    status: Mapped[CaseStatus] = mapped_column(Word(CaseStatus))
    identity_claim: Mapped[IdentityClaim] = mapped_column(Word(IdentityClaim))
    in_danger: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1, comment="two people never overwrite each other")

    suggested_label: Mapped[str | None]
    suggested_confidence: Mapped[float | None]
    abstained: Mapped[bool | None] = mapped_column(
        comment="the classifier was not sure enough of its first label to offer it; None: it said nothing"
    )
    suggestion: Mapped[dict[str, Any] | None] = mapped_column(
        SealedJson("case.suggestion"), comment="scores and the words that speak for them"
    )
    model_version: Mapped[str | None]
    citizen_label: Mapped[str | None] = mapped_column(comment="what the citizen picked in the conversation")
    label: Mapped[str | None] = mapped_column(comment="what staff decided; the suggestion until then")
    labelled_at: Mapped[datetime | None] = mapped_column(comment="None until a member of staff decided")
    unit: Mapped[str | None]
    slots: Mapped[dict[str, Any] | None] = mapped_column(SealedJson("case.slots"))
    struck_facts: Mapped[str] = mapped_column(
        default="", server_default="", comment="names of slots that staff found wrong, separated by spaces"
    )

    route_rule: Mapped[RouteRule] = mapped_column(Word(RouteRule))
    owner: Mapped[str] = mapped_column(comment="who should take it by rule; a person assigns")
    via: Mapped[str | None]
    overlays: Mapped[str] = mapped_column(default="", comment="ids of the x rules of groups.yaml, separated by spaces")
    assigned_body: Mapped[str | None]

    received_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    acceptance_days: Mapped[int | None] = mapped_column(
        comment="working days until the answer; written when it was given"
    )
    declined_to: Mapped[str | None] = mapped_column(
        "redirection", SealedText("case.redirection"), comment="where the citizen was told to go"
    )
    disposition: Mapped[Disposition | None] = mapped_column(Word(Disposition))
    supervised_until: Mapped[date | None]
    urging_count: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str | None] = mapped_column(SealedText("case.outcome"))
    concluded_at: Mapped[datetime | None]
    feedback_days: Mapped[int | None] = mapped_column(
        comment="working days until the feedback; written when it was given"
    )
    contact_requested_at: Mapped[datetime | None] = mapped_column(comment="the citizen asked to speak to a person")
    satisfaction: Mapped[Satisfaction | None] = mapped_column(Word(Satisfaction))
    satisfaction_comment: Mapped[str | None] = mapped_column(SealedText("case.satisfaction_comment"))
    content_destroyed_at: Mapped[datetime | None] = mapped_column(comment="kept long enough: only the frame is left")

    reports: Mapped[list["Report"]] = relationship(back_populates="case", order_by="Report.id")
    deadlines: Mapped[list["CaseDeadline"]] = relationship(back_populates="case", order_by="CaseDeadline.due_on")
    feedbacks: Mapped[list["Feedback"]] = relationship(back_populates="case", order_by="Feedback.id")
    conflicts: Mapped[list["ConflictOfInterest"]] = relationship(back_populates="case")


class CaseTally(Base):
    """How many cases there are of each combination; triggers of the database keep it, nobody else writes it.

    Counting a million rows anew for each page would take seconds. Empty text stands for no value.
    """

    __tablename__ = "case_tally"
    __table_args__ = (
        Index("ix_case_tally_label", "label"),
        Index("ix_case_tally_unit", "unit", "label"),
        Index("ix_case_tally_body", "assigned_body"),
    )

    route_rule: Mapped[RouteRule] = mapped_column(Word(RouteRule), primary_key=True)
    status: Mapped[CaseStatus] = mapped_column(Word(CaseStatus), primary_key=True)
    assigned_body: Mapped[str] = mapped_column(primary_key=True)
    track: Mapped[Track] = mapped_column(Word(Track), primary_key=True)
    label: Mapped[str] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(primary_key=True)
    cases: Mapped[int]


class Report(Base):
    """What a citizen sent, unchanged for ever: the original, or a supplement to it."""

    __tablename__ = "report"
    __table_args__ = (Index("ix_report_words_key", "words_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    part: Mapped[ReportPart] = mapped_column(Word(ReportPart))
    source: Mapped[Source] = mapped_column(Word(Source))
    statement: Mapped[str] = mapped_column(SealedText("report.statement"))
    received_at: Mapped[datetime]
    words_key: Mapped[bytes | None] = mapped_column(comment="key id its words are digested under; None: not yet")
    read_failures: Mapped[int | None] = mapped_column(comment="how often it could not be read, one time after another")
    read_again_at: Mapped[datetime | None] = mapped_column(comment="set aside until then")

    case: Mapped[Case] = relationship(back_populates="reports")


class CaseWord(Base):
    """A word of a case's statements as a keyed digest: enough to find the case by it, not to read it."""

    __tablename__ = "case_word"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012  (SQLAlchemy's way)

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True, index=True)


class CaseDeadline(Base):
    """One clock of a case. `met_at` stops it; `urged_at` and `escalated_at` say what the sweep did."""

    __tablename__ = "case_deadline"
    __table_args__ = (
        UniqueConstraint("case_id", "kind", "round"),
        Index("ix_case_deadline_running", "due_on", "case_id", **only("met_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    kind: Mapped[DeadlineKind] = mapped_column(Word(DeadlineKind))
    round: Mapped[int] = mapped_column(default=1, server_default="1", comment="1, and one more each objection")
    counted_from: Mapped[date]
    due_on: Mapped[date]
    provisional: Mapped[bool] = mapped_column(default=False, comment="reaches a year without published make-up days")
    basis: Mapped[str]
    met_at: Mapped[datetime | None]
    urged_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship(back_populates="deadlines")


class Feedback(Base):
    """The result as it was told to the reporter."""

    __tablename__ = "feedback"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    text: Mapped[str] = mapped_column(SealedText("feedback.text"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    given_at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship(back_populates="feedbacks")


class Inquiry(Base):
    """A question to the reporter, read like a result: with account or code. The answer is a supplement to the case."""

    __tablename__ = "inquiry"
    __table_args__ = (
        Index("ix_inquiry_waiting", "case_id", **only("answered_at IS NULL")),
        Index("ix_inquiry_unseen", "case_id", **only("answered_at IS NOT NULL AND seen_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    text: Mapped[str] = mapped_column(SealedText("inquiry.text"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None] = mapped_column(comment="the reporter added something after it was asked")
    seen_at: Mapped[datetime | None] = mapped_column(comment="somebody of the staff opened the case after the answer")


class AssignmentProposal(Base):
    """The body that the clue office last proposed for a case, until the head approves (groups.yaml e09).

    One for a case: what was proposed before stands in the journal.
    """

    __tablename__ = "assignment_proposal"
    __table_args__ = (Index("ix_assignment_proposal_status", "status", "case_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    body: Mapped[str]
    reason: Mapped[str] = mapped_column(SealedText("assignment_proposal.reason"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    proposed_at: Mapped[datetime]
    status: Mapped[ProposalStatus] = mapped_column(Word(ProposalStatus))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    remark: Mapped[str | None] = mapped_column(SealedText("assignment_proposal.remark"), comment="why it was sent back")


class ConflictOfInterest(Base):
    """A member of staff who must not see this case any more (groups.yaml x1)."""

    __tablename__ = "conflict_of_interest"
    __table_args__ = (UniqueConstraint("case_id", "staff_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    reason: Mapped[str] = mapped_column(SealedText("conflict_of_interest.reason"))
    declared_at: Mapped[datetime]

    case: Mapped[Case] = relationship(back_populates="conflicts")
