"""Everything that can happen to a conversation: what a person does, and what became of the effects it asked for."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.terms import AttachmentKind, CaseStatus, RouteRule
from domain.values import Position, Route, Suggestion


@dataclass(frozen=True, slots=True)
class TextReceived:
    """The person wrote."""

    text: str


@dataclass(frozen=True, slots=True)
class MediaReceived:
    """The person sent a picture, voice or video, already stored. `recognition` is the platform's reading of a voice, if any."""

    kind: AttachmentKind
    attachment_id: int
    recognition: str | None = None


@dataclass(frozen=True, slots=True)
class MenuClicked:
    """The person tapped the account's menu. Known keys: the topics and `track`."""

    key: str


@dataclass(frozen=True, slots=True)
class Followed:
    """The person followed the account, perhaps by scanning a card or box."""

    scene: str | None = None


@dataclass(frozen=True, slots=True)
class ScannedCard:
    """A follower scanned a card or box."""

    scene: str


@dataclass(frozen=True, slots=True)
class LocationReceived:
    """The person sent a place; `label` is its address in words, empty if the platform has none."""

    label: str


class OtherKind(StrEnum):
    """What a person can send that cannot be taken."""

    LINK = "link"
    FILE = "file"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class OtherReceived:
    """The person sent something that cannot be taken."""

    kind: OtherKind


CitizenEvent = TextReceived | MediaReceived | MenuClicked | Followed | ScannedCard | LocationReceived | OtherReceived


@dataclass(frozen=True, slots=True)
class Suggested:
    """The answer to `Classify`. `doubtful_upward` are leaders who are named without being clearly accused."""

    suggestion: Suggestion
    route: Route
    doubtful_upward: tuple[Position, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportLodged:
    """The answer to `LodgeReport`. The code exists in clear only here."""

    case_number: str
    query_code: str


@dataclass(frozen=True, slots=True)
class CodeRenewed:
    """The answer to `RenewCode`. The code exists in clear only here; the one before is void."""

    case_number: str
    query_code: str


@dataclass(frozen=True, slots=True)
class LodgeRefused:
    """The report was not taken: by a rule (not this level's to hear) or for another reason, then `rule` is None."""

    rule: RouteRule | None = None


@dataclass(frozen=True, slots=True)
class CaseView:
    """What a citizen may see of a case."""

    case_number: str
    status: CaseStatus
    received_on: date
    can_supplement: bool = False
    can_withdraw: bool = False
    needs_satisfaction: bool = False
    feedback: str | None = None
    declined_to: str | None = None
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CasesFound:
    """The answer to `LookUpCases` and `LookUpCase`, newest first."""

    cases: tuple[CaseView, ...]


@dataclass(frozen=True, slots=True)
class CaseNotFound:
    """No such case, or the wrong code: the two look the same on purpose."""


@dataclass(frozen=True, slots=True)
class Throttled:
    """Too many tries."""


class DoneKind(StrEnum):
    """What was done. Each has a letter `done_<kind>`."""

    SUPPLEMENTED = "supplemented"
    WITHDRAWN = "withdrawn"
    WITHDRAWAL_NOTED = "withdrawal_noted"  # somebody works on the case already: the wish is on record
    RATED = "rated"
    OBJECTED = "objected"


@dataclass(frozen=True, slots=True)
class Done:
    """An effect on a case succeeded."""

    kind: DoneKind


@dataclass(frozen=True, slots=True)
class Failed:
    """An effect could not be carried out; what it was about is unchanged. Also the answer to a `Classify` that broke."""


Event = (
    CitizenEvent
    | Suggested
    | ReportLodged
    | CodeRenewed
    | LodgeRefused
    | CasesFound
    | CaseNotFound
    | Throttled
    | Done
    | Failed
)
