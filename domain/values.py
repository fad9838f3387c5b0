"""Frozen values that travel between the parts."""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import date

from domain.terms import Rank, RouteRule

# No 0/O, 1/I/L, U/V, 2/Z, 5/S, 8/B: a number read over the telephone stays right.
_CODE_ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
QUERY_CODE_DIGITS = 12
# Counted among letters, shown as nothing: of Hangul, and the empty Braille cell.
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_COUNTY_CODE = "SA"
_CASE_NUMBER = re.compile(rf"[A-Z]{{2}}\d{{8}}-[{_CODE_ALPHABET}]{{6}}")
_BEGINNING = re.compile(rf"([A-Z]{{2}})?(\d{{8}}(?:-[{_CODE_ALPHABET}]{{0,5}})?)")
# Fewer signs than these at the end are shared by too many numbers to find a case by.
LEAST_OF_CASE_NUMBER = 3


def new_case_number(received_on: date, *, county_code: str = _COUNTY_CODE) -> str:
    """A public case number such as `SA20261123-7KQ4XM`: two letters, the day, six random characters.

    Neither guessable nor sequential: 23**6 (148 million) values a day from the system's secure source.
    """
    tail = "".join(secrets.choice(_CODE_ALPHABET) for _ in range(6))
    return f"{county_code}{received_on:%Y%m%d}-{tail}"


def find_case_number(text: str) -> str | None:
    """The first case number in `text`, in any case and width of its letters; None if there is none."""
    match = _CASE_NUMBER.search(_as_in_a_number(text))
    return match.group(0) if match else None


def beginning_of_case_number(text: str) -> str | None:
    """The beginning of a case number that `text` is, with the whole day at least, with or without its letters; else None."""
    match = _BEGINNING.fullmatch(_as_in_a_number(text))
    return (match.group(1) or _COUNTY_CODE) + match.group(2) if match else None


def end_of_case_number(text: str) -> str | None:
    """The end of a case number that `text` may be; None when it is too short to find one by."""
    end = _as_in_a_number(text)
    return end if len(end) >= LEAST_OF_CASE_NUMBER else None


def _as_in_a_number(text: str) -> str:
    return unicodedata.normalize("NFKC", text).upper().replace(" ", "")


def is_blank(text: str) -> bool:
    """Whether nothing of the text can be seen: only spaces, control characters, signs without width and fillers."""
    return all(unicodedata.category(char)[0] in "ZC" or char in _FILLERS for char in text)


def new_query_code() -> str:
    """Twelve digits from the system's secure source. Shown once, stored hashed."""
    return "".join(secrets.choice("0123456789") for _ in range(QUERY_CODE_DIGITS))


@dataclass(frozen=True, slots=True)
class Position:
    """A person in a text, by position: `title` as written, `rank`, the unit it belongs to if the text says so.

    `accused` is False where the text only mentions the person (a telephone line named after an office, a visit).
    """

    title: str
    rank: Rank
    unit: str | None = None
    name: str | None = None
    accused: bool = True


@dataclass(frozen=True, slots=True)
class AmbiguousMention:
    """A word that may mean several units and must be asked about, never guessed."""

    alias: str
    candidates: tuple[str, ...]
    ask: str


@dataclass(frozen=True, slots=True)
class Slots:
    """What a statement already says. Amounts in yuan; `goods`, `when` and `where` as written.

    `happened` is what `when` means on the day of the report, in ISO 8601 with the precision it has: 2026, 2026-03, 2026-03-05.
    """

    person: str | None = None
    amount_cny: float | None = None
    goods: str | None = None
    when: str | None = None
    happened: str | None = None
    where: str | None = None
    demand: str | None = None
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Mentions:
    """Whom and what a text names: the finder's answer, before any rule is applied.

    `units` in the order of mention. `embedded` is True when a station that stands in a township was found (e08).
    """

    units: tuple[str, ...] = ()
    ambiguous: tuple[AmbiguousMention, ...] = ()
    positions: tuple[Position, ...] = ()
    township: str | None = None
    embedded: bool = False


@dataclass(frozen=True, slots=True)
class RoutingFacts:
    """All that routing may look at. `label` is a kind or `nk_` key, None when nobody has classified yet."""

    label: str | None
    mentions: Mentions
    in_danger: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """Who takes a case, by which rule.

    `owner` is a group, office or township-commission key, or one of `clarify`, `reply_only`,
    `superior_of_unit`, `superior_commission_petition_office`, `township_commission`. `via` is the office that hands it on.
    `unit` is the unit that decided; `overlays` are the ids of the x rules that apply on top.
    """

    rule: RouteRule
    owner: str
    via: str | None = None
    unit: str | None = None
    overlays: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the classifier offers: never a decision.

    `scores` are calibrated probabilities, best first, at least three. `abstained` says that the best is not
    sure enough to be shown as the answer. `evidence` and `counter_evidence` hold the words that speak for and against the
    first label, with their weight. `not_ruled_out` are the labels of which one is right in 95 of 100 messages, best first.
    `doubtful` are county leaders whom the text names without it being clear that they are the ones complained of.
    """

    label: str
    scores: tuple[tuple[str, float], ...]
    abstained: bool
    mentions: Mentions
    slots: Slots
    model_version: str
    evidence: tuple[tuple[str, float], ...] = ()
    counter_evidence: tuple[tuple[str, float], ...] = ()
    not_ruled_out: tuple[str, ...] = ()
    doubtful: tuple[Position, ...] = ()

    @property
    def confidence(self) -> float:
        """Probability of the first label, 0 to 1."""
        return self.scores[0][1] if self.scores else 0.0
