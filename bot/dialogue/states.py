"""Where a conversation stands and what a person has told so far. Frozen values; nothing here decides what comes next."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from domain.terms import RouteRule, Satisfaction


class StateName(StrEnum):
    """The states. What each asks stands in `bot/dialogue/steps`."""

    IDLE = "idle"
    # telling
    TELLING = "telling"
    WARNED = "warned"
    NEEDING_FACTS = "needing_facts"
    REDIRECTED = "redirected"
    CHOOSING_TRACK = "choosing_track"
    CHOOSING_KIND = "choosing_kind"
    DISTINGUISHING = "distinguishing"
    REPHRASING = "rephrasing"
    CHOOSING_UNIT = "choosing_unit"
    ASKING_UNIT = "asking_unit"
    ANSWERING = "answering"
    SIGNING = "signing"
    GIVING_NAME = "giving_name"
    GIVING_CONTACT = "giving_contact"
    REVIEWING = "reviewing"
    # side questions
    RESUMING = "resuming"
    PLACING = "placing"
    CONFIRMING_UPWARD = "confirming_upward"
    REFERRED_UPWARD = "referred_upward"
    # following up
    FINDING_CASE = "finding_case"
    CHOOSING_CASE = "choosing_case"
    VIEWING_CASE = "viewing_case"
    SUPPLEMENTING = "supplementing"
    WITHDRAWING = "withdrawing"
    RATING = "rating"
    EXPLAINING_RATING = "explaining_rating"


FOLLOWING_UP = frozenset(
    {
        StateName.FINDING_CASE,
        StateName.CHOOSING_CASE,
        StateName.VIEWING_CASE,
        StateName.SUPPLEMENTING,
        StateName.WITHDRAWING,
        StateName.RATING,
        StateName.EXPLAINING_RATING,
    }
)


class Topic(StrEnum):
    """The four things a person can come with; also the keys of the menu."""

    POLICY = "policy"
    HELP = "help"
    BLOCKED = "blocked"
    REPORT = "report"


class Item(StrEnum):
    """What can be settled about a draft, in the order in which it is asked."""

    KIND = "kind"
    UNIT = "unit"
    WHEN = "when"
    WHERE = "where"
    PERSON = "person"
    DEMAND = "demand"
    EVIDENCE = "evidence"
    SIGNING = "signing"


SLOTS = (Item.WHEN, Item.WHERE, Item.PERSON, Item.DEMAND, Item.EVIDENCE)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person has told and has not lodged yet.

    `scores` and `is_sure` are the classifier's last word on the whole statement, `label` is what the person confirmed
    (None leaves it to staff, or to the topic of a plea for help).
    `is_elsewhere` says that the matter belongs to another body. `found` holds what the statement itself says of a slot,
    `answers` what was answered when asked. `settled` lists what was asked or chosen; `tried` the questions
    that are asked only so often; `cleared` the leaders of whom the person said that they are only mentioned.
    """

    topic: Topic = Topic.REPORT
    statement: tuple[str, ...] = ()
    attachments: tuple[int, ...] = ()
    scores: tuple[tuple[str, float], ...] = ()
    is_sure: bool = False
    is_elsewhere: bool = False
    in_danger: bool = False
    label: str | None = None
    unit: str | None = None
    unit_words: str = ""
    ambiguous: str | None = None
    found: tuple[tuple[str, str], ...] = ()
    answers: tuple[tuple[Item, str], ...] = ()
    settled: tuple[Item, ...] = ()
    tried: tuple[StateName, ...] = ()
    cleared: tuple[str, ...] = ()
    rounds: int = 0
    is_hurried: bool = False
    is_named: bool = False
    name: str = ""
    contact: str = ""

    @property
    def text(self) -> str:
        """The statement as one text."""
        return "\n".join(self.statement)

    @property
    def told(self) -> tuple[str, ...]:
        """Statement and answers, piece by piece."""
        return (*self.statement, *filter(None, (self.unit_words,)), *(text for _, text in self.answers))

    @property
    def everything(self) -> str:
        """The same as one text: what routing must look at, because a position is often named only when asked."""
        return "\n".join(self.told)

    @property
    def has_content(self) -> bool:
        """Whether there is anything that would be a pity to lose."""
        return bool(self.statement or self.attachments)

    @property
    def questions_asked(self) -> int:
        """How many questions about facts were put to the person."""
        return sum(item in (Item.UNIT, *SLOTS) for item in self.settled) + self.tried.count(StateName.ASKING_UNIT)

    @property
    def best(self) -> str | None:
        """The label the classifier puts first."""
        return self.scores[0][0] if self.scores else None

    def said_of(self, slot: str) -> str:
        """What is known of a slot: the answer before what the statement itself says."""
        return (dict(self.found) | {str(item): text for item, text in self.answers}).get(slot, "")

    def settle(self, item: Item) -> "Draft":
        """The draft with `item` settled."""
        return replace(self, settled=tuple(i for i in Item if i is item or i in self.settled))

    def reopen(self, item: Item) -> "Draft":
        """The draft with `item` to be asked again."""
        return replace(
            self,
            settled=tuple(i for i in self.settled if i is not item),
            answers=tuple((i, text) for i, text in self.answers if i is not item),
        )

    def answer(self, slot: Item, text: str) -> "Draft":
        """The draft with an answer to a slot."""
        return replace(self, answers=(*((i, old) for i, old in self.answers if i is not slot), (slot, text)))

    def attach(self, *attachment_ids: int) -> "Draft":
        """The draft with more attachments."""
        return replace(self, attachments=(*self.attachments, *attachment_ids))


@dataclass(frozen=True, slots=True)
class Focus:
    """The case a person looks at. `query_code` only while it is looked at by number and code; `actions` fit its status.

    `told` is how many characters of a long result were shown, while more of it follows.
    """

    case_number: str
    query_code: str | None = None
    actions: tuple[str, ...] = ()
    told: int = 0


@dataclass(frozen=True, slots=True)
class JustLodged:
    """The case this person lodged last in this conversation."""

    case_number: str
    at: datetime


@dataclass(frozen=True, slots=True)
class State:
    """A conversation between two messages.

    `choices` are the keys of the numbered choices on the person's screen. `heard` is a text that waits for its suggestion
    or for a side question to be answered, `loose` are attachments that wait for the same, `origin` is the state a side
    question or a correction came from. `undo` is the state that 'cancel' left. `was_lost` says that what was kept could not be read.
    """

    name: StateName = StateName.IDLE
    draft: Draft = field(default_factory=Draft)
    choices: tuple[str, ...] = ()
    heard: str = ""
    loose: tuple[int, ...] = ()
    origin: StateName | None = None
    doubtful: tuple[str, ...] = ()
    wanted: Topic | None = None
    focus: Focus | None = None
    listed: tuple[tuple[str, str], ...] = ()
    rating: Satisfaction | None = None
    rule: RouteRule | None = None
    lodged: JustLodged | None = None
    tries: int = 0
    last_active_at: datetime | None = None
    undo: "State | None" = None
    was_lost: bool = False

    def at(self, name: StateName) -> "State":
        """This conversation in another state, with nothing waiting any more."""
        return replace(self, name=name, heard="", loose=(), origin=None, doubtful=(), tries=0)

    def with_draft(self, draft: Draft) -> "State":
        """This conversation with another draft."""
        return replace(self, draft=draft)
