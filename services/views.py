"""What the read side answers: frozen values, so that a page can show and never change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from domain.terms import (
    Action,
    AttachmentKind,
    AttachmentStatus,
    CaseEventKind,
    CaseStatus,
    DeadlineKind,
    Disposition,
    IdentityClaim,
    ReportKind,
    ReportPart,
    RouteRule,
    Satisfaction,
    Source,
    Track,
)


@dataclass(frozen=True, slots=True)
class WorklistFilter:
    """What the reader of the worklist asked for. None means any."""

    status: CaseStatus | None = None
    track: Track | None = None
    aspect: str | None = None
    label: str | None = None
    unit: str | None = None
    body: str | None = None
    due: str | None = None  # "late", "soon" or None
    number: str | None = None
    open_only: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """One line of the worklist: no content."""

    case_number: str
    received_at: datetime
    status: CaseStatus
    track: Track
    label: str | None
    labelled: bool
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


@dataclass(frozen=True, slots=True)
class Worklist:
    """One page of the worklist with the counts of its tabs."""

    rows: tuple[WorklistRow, ...]
    total: int
    page: int
    pages: int
    by_status: Mapping[CaseStatus, int]
    late: int
    soon: int


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
    suggestion: Mapping[str, Any] | None
    model_version: str | None
    citizen_label: str | None
    label: str | None
    labelled_at: datetime | None
    unit: str | None
    slots: Mapping[str, Any]
    route_rule: RouteRule
    owner: str
    via: str | None
    overlays: tuple[str, ...]
    assigned_body: str | None
    disposition: Disposition | None
    outcome: str | None
    declined_to: str | None
    supervised_until: date | None
    urging_count: int
    contact_requested_at: datetime | None
    satisfaction: Satisfaction | None
    satisfaction_comment: str | None
    reports: tuple[ReportView, ...]
    attachments: tuple[AttachmentView, ...]
    deadlines: tuple[DeadlineView, ...]
    feedbacks: tuple[FeedbackView, ...]
    events: tuple[EventView, ...]
    allowed: frozenset[Action]


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts for the overview page, over the cases the reader may see. `matrix` counts by kind or `nk_` key."""

    total: int
    open: int
    received_today: int
    late: int
    soon: int
    concluded: int
    by_status: Mapping[CaseStatus, int]
    matrix: Mapping[str, int]
    unlabelled: int
    by_track: Mapping[Track, int]
    by_unit: tuple[tuple[str, int], ...]
    satisfied: int
    objected: int
    due: tuple[WorklistRow, ...]
    provisional: int
