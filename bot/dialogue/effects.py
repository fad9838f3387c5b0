"""Everything a conversation can ask for. The driver carries it out and brings the result back as an event."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from bot.dialogue.states import Draft
from domain.terms import RouteRule, Satisfaction

Value = str | int | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Say:
    """Say `words/letters/<letter>.txt` with these values; `choices` are numbered when rendered."""

    letter: str
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}), hash=False)


def say(letter: str, **values: Value) -> Say:
    """A letter with its values."""
    return Say(letter, MappingProxyType(values))


@dataclass(frozen=True, slots=True)
class Classify:
    """Suggest label, units, persons and slots for a text. Answered by `Suggested` or `Failed`."""

    text: str


@dataclass(frozen=True, slots=True)
class LodgeReport:
    """Open a case. Answered by `ReportLodged` or `LodgeRefused`."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class RenewCode:
    """A new code for a case of this account, in place of the one whose answer was lost. Answered by `CodeRenewed` or `CaseNotFound`."""

    case_number: str


@dataclass(frozen=True, slots=True)
class LookUpCases:
    """The cases of this account. Answered by `CasesFound` (perhaps empty) or `Throttled`."""


@dataclass(frozen=True, slots=True)
class LookUpCase:
    """One case, by its code or, with `query_code` None, by this account. Answered by `CasesFound`, `CaseNotFound`, `Throttled`."""

    case_number: str
    query_code: str | None = None


@dataclass(frozen=True, slots=True)
class Supplement:
    """Add to a case. Answered by `Done`, `CaseNotFound` or `Failed`."""

    case_number: str
    text: str
    attachments: tuple[int, ...] = ()
    query_code: str | None = None


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Withdraw a case. Answered by `Done`, `CaseNotFound` or `Failed`."""

    case_number: str
    query_code: str | None = None


@dataclass(frozen=True, slots=True)
class RecordSatisfaction:
    """What the person thinks of the outcome. Answered by `Done`, `CaseNotFound` or `Failed`."""

    case_number: str
    value: Satisfaction
    comment: str = ""
    query_code: str | None = None


@dataclass(frozen=True, slots=True)
class AskForPerson:
    """The person would like to speak to somebody, about this case if there is one. No answer."""

    case_number: str | None


@dataclass(frozen=True, slots=True)
class ForgetDraft:
    """Remove everything the person wrote and sent towards this statement: not this level's to hear (art. 15). No answer."""

    rule: RouteRule


Effect = (
    Say
    | Classify
    | LodgeReport
    | RenewCode
    | LookUpCases
    | LookUpCase
    | Supplement
    | Withdraw
    | RecordSatisfaction
    | AskForPerson
    | ForgetDraft
)
