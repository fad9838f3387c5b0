"""The shape of a state in the table: its question, what it does with each kind of answer, and where that can lead."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from bot.dialogue.commands import Choice
from bot.dialogue.context import Context
from bot.dialogue.effects import Effect, Value
from bot.dialogue.events import MediaReceived, Suggested
from bot.dialogue.states import State, StateName


@dataclass(frozen=True, slots=True)
class Question:
    """What a state asks: a letter, its values, the numbered choices under it."""

    letter: str
    choices: tuple[Choice, ...] = ()
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}), hash=False)


class Turn(NamedTuple):
    """What a step made of an event: the next state, what to do, and whether the next state's question is then asked."""

    state: State
    effects: tuple[Effect, ...] = ()
    asks: bool = True


@dataclass(frozen=True, slots=True)
class Node:
    """One state of the table. `leads_to` lists every state its own answers lead to; the machine adds what works everywhere.

    `ask` gives None where there is nothing to ask, then the conversation moves on by itself. `chosen` is missing where
    nothing is offered. `heard` gets the suggestion for
    the text in `state.heard` (None when the classifier failed); it is missing where no text is ever kept.
    """

    meaning: str
    ask: Callable[[State, Context], Question | None]
    leads_to: tuple[StateName, ...]
    chosen: Callable[[State, str, Context], Turn] | None
    said: Callable[[State, str, Context], Turn]
    heard: Callable[[State, Suggested | None, Context], Turn] | None
    shown: Callable[[State, MediaReceived, Context], Turn]
    skipped: Callable[[State, Context], Turn]
    returned: Callable[[State, Context], Turn]
