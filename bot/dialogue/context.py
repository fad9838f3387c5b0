"""What a step may look up: reference data, the words people use, the moment. Frozen; built by `bot/words.py`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.directory import Directory
from domain.taxonomy import Taxonomy


class Command(StrEnum):
    """Words understood in every state (contract, section 4)."""

    HELP = "help"
    CANCEL = "cancel"
    SKIP = "skip"
    BACK = "back"
    TRACK = "track"
    PERSON = "person"
    SUBMIT = "submit"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Distinction:
    """The separating rule between a kind and its neighbour as a question with two answers."""

    question: str
    this: str
    neighbour: str


@dataclass(frozen=True, slots=True)
class Redirect:
    """Where a matter belongs that is not the commission's: what to do, whom to call, when they answer."""

    advice: str
    where: str
    phone: str
    hours: str


@dataclass(frozen=True, slots=True)
class Phrases:
    """What people say and what is said to them in a few words. All words are in the plain form of `commands.plain`.

    `choices` gives for a choice the words that stand on the screen, then other words for it; `kinds` one plain line for a
    label; `fillers` are words around a number ("I choose 1").
    """

    commands: Mapping[str, Command]
    menu: Mapping[str, str]
    greetings: frozenset[str]
    courtesies: frozenset[str]
    fillers: tuple[str, ...]
    choices: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, str]
    distinctions: Mapping[str, Distinction]
    redirects: Mapping[str, Redirect]
    statuses: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a step may know besides state and event. `now` is aware UTC."""

    now: datetime
    taxonomy: Taxonomy
    directory: Directory
    phrases: Phrases
    report_url: str
