"""Fakes, not mocks: small working stand-ins that tests hand in instead of the real parts."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from domain.directory import Directory
from domain.terms import Rank
from domain.values import Mentions, Position, Slots, Suggestion
from outbox.indexing import index_reports
from services import Services

A_MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # ten in the morning in the county

# A picture of one pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8ffff3f0005fe02fea72d"
    "99ca0000000049454e44ae426082"
)


class FixedClock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, moment: datetime = A_MONDAY) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **amount: float) -> None:
        self.moment += timedelta(**amount)


def suggestion(
    label: str = "enforcement_payoff",
    *,
    units: tuple[str, ...] = ("market_regulation",),
    positions: tuple[Position, ...] = (),
    abstained: bool = False,
    confidence: float = 0.9,
) -> Suggestion:
    """A valid suggestion with little in it."""
    return Suggestion(
        label=label,
        scores=((label, confidence), ("approval_payoff", 0.06), ("arbitrary_fine", 0.04)),
        abstained=abstained,
        mentions=Mentions(units=units, positions=positions),
        slots=Slots(),
        model_version="test",
    )


COUNTY_HEAD = Position(title="县长", rank=Rank.COUNTY_LEADER)


@dataclass
class ScriptedSuggester:
    """Suggests what it was told for texts that hold a given word, else a fixed answer."""

    by_word: Mapping[str, Suggestion] = field(default_factory=dict)
    otherwise: Suggestion = field(default_factory=suggestion)

    def knowing(self, directory: Directory) -> "ScriptedSuggester":
        return self

    def words_for(self, unit: str, text: str) -> tuple[str, ...]:
        return ()

    def suggest(self, text: str, reported_on: date) -> Suggestion:
        return next((answer for word, answer in self.by_word.items() if word in text), self.otherwise)


def index_in_one(services: Services) -> int:
    """Reads the reports that wait, all steps of it in a test's one transaction. Gives back how many there were."""
    read = 0
    while some := index_reports(lambda *, read_only=False: nullcontext(services)):
        read += some
    return read
