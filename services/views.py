"""What the read side answers: frozen values, so that a page can show and never change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from domain.terms import (
    Action,
    AttachmentKind,
    AttachmentStatus,
    CaseEventKind,
    CaseStatus,
    CopyStatus,
    DeadlineKind,
    Disposition,
    Fact,
    IdentityClaim,
    ProposalStatus,
    ReportKind,
    ReportPart,
    Role,
    RouteRule,
    Satisfaction,
    Source,
    Track,
    WorklistSort,
    WorklistView,
)
from domain.triage import Proposal

if TYPE_CHECKING:
    from services.merging import Family
    from services.similar import Counterpart, SimilarView
    from services.undoing import Undoable


@dataclass(frozen=True, slots=True)
class WorklistFilter:
    """What the reader of the worklist asked for. None means any."""

    status: CaseStatus | None = None
    track: Track | None = None
    aspect: str | None = None  # "-" for what is none of the thirty kinds
    label: str | None = None
    unit: str | None = None
    body: str | None = None  # "-" for those that nobody has yet
    due: str | None = None  # "late", "soon" or None
    number: str | None = None
    open_only: bool = False
    source: Source | None = None
    satisfaction: Satisfaction | None = None
    since: date | None = None  # received on this day or later
    until: date | None = None
    received: str | None = None  # "today", "week": days that go on with the calendar
    concluded_since: date | None = None
    concluded_until: date | None = None
    named: bool | None = None
    answered_in: tuple[int, int] | None = None  # working days until it was taken in or declined, both included
    told_in: tuple[int, int] | None = None  # working days from the conclusion to the feedback
    view: WorklistView | None = None
    sort: WorklistSort = WorklistSort.URGENT
    page: int = 1

    @property
    def is_beyond_tally(self) -> bool:
        """Whether it asks for more than one of `CaseTally` and `FlowTally` knows, so that cases themselves must be counted."""
        of_flow = self.source or self.satisfaction
        of_kinds = self.aspect or self.label or self.unit
        return bool(of_flow and of_kinds) or any(
            asked is not None
            for asked in (
                self.due, self.number, self.received, self.since, self.until, self.concluded_since, self.concluded_until, self.named,
                self.answered_in, self.told_in, self.view,
            )
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """A question to the reporter that waits for his answer, or whose answer nobody has seen. He reads it from `leaves_at` on."""

    leaves_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """One line of the worklist: no content."""

    case_number: str
    version: int
    received_at: datetime
    status: CaseStatus
    track: Track
    label: str | None
    labelled: bool
    confidence: float | None
    unit: str | None
    owner: str
    assigned_body: str | None
    identity_claim: IdentityClaim
    in_danger: bool
    due_on: date | None
    due_kind: DeadlineKind | None
    provisional: bool
    urging_count: int
    supervised_until: date | None
    contact_requested: bool
    is_lead: bool = False
    is_merged: bool = False
    is_clue: bool = False
    question: Question | None = None
    due_from: date | None = None  # the day from which the clock counts
    proposed_body: str | None = None  # has it once the head approves


@dataclass(frozen=True, slots=True)
class Worklist:
    """One page of the worklist with the counts of its tabs. Of `total` cases the first `listed` stand on its pages."""

    rows: tuple[WorklistRow, ...]
    total: int
    listed: int
    page: int
    pages: int
    by_status: Mapping[CaseStatus, int]
    late: int
    soon: int
    views: Mapping[WorklistView, int]


@dataclass(frozen=True, slots=True)
class ReportView:
    """One report as it was sent."""

    part: ReportPart
    source: Source
    statement: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class AttachmentView:
    """What is known of an attachment."""

    id: int
    kind: AttachmentKind
    status: AttachmentStatus
    content_type: str | None
    size_bytes: int | None
    sha256: str | None
    refusal: str | None
    has_clean_copy: bool
    copy_status: CopyStatus | None
    pages: int | None
    pages_shown: int | None


@dataclass(frozen=True, slots=True)
class DeadlineView:
    """One clock."""

    kind: DeadlineKind
    counted_from: date
    due_on: date
    provisional: bool
    basis: str
    met_at: datetime | None
    urged_at: datetime | None
    escalated_at: datetime | None


@dataclass(frozen=True, slots=True)
class EventView:
    """One line of the journal."""

    kind: CaseEventKind
    happened_at: datetime
    actor: str
    staff_name: str | None
    old_status: CaseStatus | None
    new_status: CaseStatus | None
    old_value: str | None
    new_value: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class FeedbackView:
    """A feedback as it was told."""

    text: str
    given_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class InquiryView:
    """A question to the reporter and what became of it. He reads it from `leaves_at` on."""

    text: str
    asked_at: datetime
    leaves_at: datetime
    read_at: datetime | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class FactView:
    """A fact that was read out of a statement. `happened` is what a moment means, in figures, where it means a day."""

    fact: Fact
    value: str | float
    happened: str | None = None
    is_struck: bool = False


@dataclass(frozen=True, slots=True)
class UnitHistory:
    """How many cases about the same unit the reader may see, this one among them."""

    total: int
    open: int
    of_this_kind: int


@dataclass(frozen=True, slots=True)
class OpeningRequest:
    """Somebody asks to see who reported. `may_decide` says whether the reader of the page may answer."""

    id: int
    staff_name: str
    role: Role
    reason: str
    asked_at: datetime
    may_decide: bool


@dataclass(frozen=True, slots=True)
class IdentityState:
    """Where the opening of an identity stands for one reader. `open_until` is None without an approval in force."""

    requests: tuple[OpeningRequest, ...]
    has_asked: bool
    open_until: datetime | None


@dataclass(frozen=True, slots=True)
class ProposedBody:
    """Whom a case should go to once the head approves. `reason` and `remark` are None for whoever reads no statement.

    `remark` says why the head sent it back.
    """

    body: str
    status: ProposalStatus
    staff_name: str
    proposed_at: datetime
    reason: str | None
    decided_at: datetime | None
    remark: str | None


@dataclass(frozen=True, slots=True)
class SubjectView:
    """One of several that a case complains of: its unit, what its persons are called there, and whose it would be by itself."""

    unit: str | None
    titles: tuple[str, ...]
    owner: str


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case for one reader. Content fields are None or empty for readers who may not read the statement."""

    case_number: str
    version: int
    status: CaseStatus
    track: Track
    report_kind: ReportKind
    source: Source
    scene_code: str | None
    received_at: datetime
    identity_claim: IdentityClaim
    in_danger: bool
    suggested_label: str | None
    suggested_confidence: float | None
    abstained: bool
    suggestion: Mapping[str, Any] | None
    model_version: str | None
    citizen_label: str | None
    label: str | None
    labelled_at: datetime | None
    unit: str | None
    unit_words: tuple[str, ...]  # of the statements; what named the unit
    facts: tuple[FactView, ...]
    route_rule: RouteRule
    owner: str
    via: str | None
    overlays: tuple[str, ...]
    subjects: tuple[SubjectView, ...]  # where it complains of several, the one first that decides whose it is
    assigned_body: str | None
    disposition: Disposition | None
    outcome: str | None
    declined_to: str | None
    supervised_until: date | None
    urging_count: int
    contact_requested_at: datetime | None
    satisfaction: Satisfaction | None
    satisfaction_comment: str | None
    content_destroyed_at: datetime | None
    reports: tuple[ReportView, ...]
    attachments: tuple[AttachmentView, ...]
    deadlines: tuple[DeadlineView, ...]
    feedbacks: tuple[FeedbackView, ...]
    inquiries: tuple[InquiryView, ...]
    question: Question | None
    unit_history: UnitHistory | None
    similar: tuple["SimilarView", ...]
    counterpart: "Counterpart | None"
    proposal: Proposal | None
    proposed_body: ProposedBody | None
    needs_approval: bool  # what the reader assigns is proposed to the head
    undoable: "Undoable | None"
    drafts: Mapping[str, str]
    family: "Family"
    events: tuple[EventView, ...]
    identity: IdentityState
    allowed: frozenset[Action]


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts for the overview page, over the cases the reader may see."""

    total: int
    open: int
    received_today: int
    late: int
    soon: int
    by_status: Mapping[CaseStatus, int]
    due: tuple[WorklistRow, ...]
    provisional: int
