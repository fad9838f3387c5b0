"""A tiny driver in memory: carries out effects the way the real one does, with a scripted suggester and one drawer of cases."""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import yaml

from bot.dialogue.context import Context
from bot.dialogue.effects import (
    Classify,
    Effect,
    LodgeReport,
    LookUpCase,
    LookUpCases,
    RecordSatisfaction,
    RenewCode,
    Say,
    Supplement,
    Withdraw,
)
from bot.dialogue.events import (
    CaseNotFound,
    CasesFound,
    CaseView,
    CodeRenewed,
    Done,
    DoneKind,
    Event,
    LocationReceived,
    LodgeRefused,
    MediaReceived,
    MenuClicked,
    ReportLodged,
    Suggested,
    TextReceived,
)
from bot.dialogue.machine import step
from bot.dialogue.saving import from_json, to_json
from bot.dialogue.states import Draft, State
from bot.words import Words, load_words
from domain.directory import Directory
from domain.routing import route
from domain.taxonomy import Taxonomy
from domain.terms import AttachmentKind, CaseStatus, Rank, Satisfaction
from domain.values import Mentions, Position, RoutingFacts, Slots, Suggestion

PROJECT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
NUMBER, CODE, NEW_CODE = "SA20261123-7KQ4XM", "123456789012", "987654321098"
_UPWARD = {Rank.COMMISSION_HEAD, Rank.COUNTY_LEADER}


@functools.cache
def words() -> Words:
    return load_words(PROJECT / "words")


@functools.cache
def taxonomy() -> Taxonomy:
    return Taxonomy.from_mapping(yaml.safe_load((PROJECT / "data/taxonomy.yaml").read_text(encoding="utf-8")))


@functools.cache
def directory() -> Directory:
    return Directory.from_mapping(yaml.safe_load((PROJECT / "data/groups.yaml").read_text(encoding="utf-8")))


def context(now: datetime = NOW) -> Context:
    return words().context(now=now, taxonomy=taxonomy(), directory=directory(), report_url="https://example.org/report")


def suggested(
    label: str = "arbitrary_fine",
    *runners_up: str,
    unsure: bool = False,
    units: tuple[str, ...] = (),
    ambiguous: str | None = None,
    positions: tuple[Position, ...] = (),
    in_danger: bool = False,
    slots: Slots | None = None,
) -> Suggested:
    """What the classifier and the rules would say of a text."""
    others = runners_up or ("illegal_fee", "excessive_inspection")
    scores = ((label, 0.4 if unsure else 0.8), *((other, 0.1) for other in others))
    mention = directory().ambiguous[ambiguous] if ambiguous else None
    mentions = Mentions(units=units, ambiguous=(mention,) if mention else (), positions=positions)
    suggestion = Suggestion(label, scores, unsure, mentions, slots or Slots(), "test")
    facts = RoutingFacts(None if unsure else label, mentions, in_danger)
    doubtful = tuple(p for p in positions if not p.accused and p.rank in _UPWARD)
    return Suggested(suggestion, route(facts, directory(), taxonomy()), doubtful)


COUNTY_HEAD = Position("县长", Rank.COUNTY_LEADER)
OWN_HEAD = Position("县纪委书记", Rank.COMMISSION_HEAD)
MENTIONED_HEAD = Position("县长", Rank.COUNTY_LEADER, accused=False)
FINE = "城管来店里说招牌歪了就罚两千块钱"
WAGES = "饭店老板欠了我三个月工资一直不给"
LABOUR = {"工资": suggested("nk_labour", "contract_arrears", "broken_promise")}
HELP = {"路": suggested("nk_help_request", "nk_city_service")}


@dataclass
class Chat:
    """One person's conversation. `hears` maps a piece of text to what is suggested for a text that holds it; the last
    that fits decides. `reply` and `letters` are the bot's last answer."""

    hears: dict[str, Suggested] = field(default_factory=dict)
    cases: list[CaseView] = field(default_factory=list)
    own: bool = True
    refusal: LodgeRefused | None = None
    works_on_it: bool = False
    now: datetime = NOW
    state: State = field(default_factory=State)
    said: list[Say] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    everything: list[Effect] = field(default_factory=list)

    # ── what the citizen does ────────────────────────────────────────────────────────────────────
    def citizen(self, text: str) -> list[str]:
        """The citizen writes; gives the names of the letters that answer."""
        return self.happens(TextReceived(text))

    def says(self, *texts: str) -> "Chat":
        """Several messages, of which only the last answer matters."""
        for text in texts:
            self.citizen(text)
        return self

    def picture(self, number: int = 7) -> list[str]:
        return self.happens(MediaReceived(AttachmentKind.IMAGE, number))

    def voice(self, recognition: str | None = None, number: int = 8) -> list[str]:
        return self.happens(MediaReceived(AttachmentKind.VOICE, number, recognition))

    def taps(self, key: str) -> list[str]:
        return self.happens(MenuClicked(key))

    def place(self, label: str) -> list[str]:
        return self.happens(LocationReceived(label))

    def later(self, **delta: float) -> "Chat":
        self.now += timedelta(**delta)
        return self

    # ── what the bot does ────────────────────────────────────────────────────────────────────────
    def happens(self, event: Event) -> list[str]:
        self.said, self.effects = [], []
        # Through JSON every time: what is not saved must not be needed.
        self.state = from_json(json.loads(json.dumps(to_json(self.state), ensure_ascii=False)))
        self._feed(event)
        self.everything += self.effects
        return self.letters

    def _feed(self, event: Event) -> None:
        self.state, effects = step(self.state, event, context(self.now))
        for effect in effects:
            self.effects.append(effect)
            if isinstance(effect, Say):
                self.said.append(effect)
                continue
            result = self._result(effect)
            if result is not None:
                self._feed(result)

    def _result(self, effect: Effect) -> Event | None:
        match effect:
            case Classify(text):
                fitting = [answer for piece, answer in self.hears.items() if piece in text]
                return fitting[-1] if fitting else suggested()
            case LodgeReport():
                return self.refusal or ReportLodged(NUMBER, CODE)
            case RenewCode(number):
                return CodeRenewed(number, NEW_CODE)
            case LookUpCases():
                return CasesFound(tuple(self.cases) if self.own else ())
            case LookUpCase(number, code):
                fitting_cases = [c for c in self.cases if c.case_number == number and code in (None, CODE)]
                return CasesFound(tuple(fitting_cases)) if fitting_cases else CaseNotFound()
            case Supplement():
                return Done(DoneKind.SUPPLEMENTED)
            case Withdraw():
                return Done(DoneKind.WITHDRAWAL_NOTED if self.works_on_it else DoneKind.WITHDRAWN)
            case RecordSatisfaction(value=Satisfaction.DISSATISFIED):
                return Done(DoneKind.OBJECTED)
            case RecordSatisfaction():
                return Done(DoneKind.RATED)
            case _:
                return None

    @property
    def letters(self) -> list[str]:
        return [say.letter for say in self.said]

    @property
    def reply(self) -> str:
        return words().reply(self.said)

    @property
    def values(self) -> Mapping[str, object]:
        return self.said[-1].values

    def did(self, kind: type[Effect]) -> list[Effect]:
        """The effects of this kind in the last turn."""
        return [effect for effect in self.effects if isinstance(effect, kind)]


def draft_of(chat: Chat) -> Draft:
    """What was lodged."""
    (lodging,) = [effect for effect in chat.everything if isinstance(effect, LodgeReport)]
    return lodging.draft


def signing() -> Chat:
    """Somebody who told enough and is asked whether he signs."""
    return told().says("跳过", "跳过", "跳过", "跳过")


def case(number: str = NUMBER, **changes: object) -> CaseView:
    values: dict[str, object] = {
        "case_number": number,
        "status": CaseStatus.RECEIVED,
        "received_on": date(2026, 11, 23),
        "can_supplement": True,
        "can_withdraw": True,
    }
    return CaseView(**(values | changes))  # type: ignore[arg-type]


def told() -> Chat:
    """Somebody whose statement, kind and unit are settled and who is asked for the first fact."""
    chat = Chat(hears={"城管": suggested(units=("urban_management",))})
    return chat.says("4", FINE, "1")


def reviewing() -> Chat:
    """Somebody who sees the summary of an anonymous report."""
    return told().says("提交")


def lodged() -> Chat:
    """Somebody whose report was just lodged."""
    chat = reviewing().says("提交")
    chat.cases = [case()]
    return chat
