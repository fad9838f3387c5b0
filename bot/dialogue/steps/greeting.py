"""The beginning: welcome, menu, the first words of somebody who comes with something."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.dialogue.commands import Choice, plain, read_case
from bot.dialogue.context import Context
from bot.dialogue.effects import LookUpCases, say
from bot.dialogue.events import Followed, MediaReceived, ScannedCard
from bot.dialogue.flow import gathered, onward, resting
from bot.dialogue.node import Node, Question, Turn
from bot.dialogue.states import Draft, State, StateName, Topic
from bot.dialogue.steps.choices import fixed
from bot.dialogue.steps.statement import keep, more, start
from bot.dialogue.steps.tracking import look_up

TRACK = "track"
MENU = (*Topic, TRACK)
# A picture within this time may belong to what was just lodged.
JUST_NOW = timedelta(minutes=30)
# A message that is little more than a case number asks how the case stands; a longer one tells something.
_AROUND_A_NUMBER = 30


def menu(context: Context) -> tuple[Choice, ...]:
    """What the service card promises, and the way to a case."""
    return tuple(fixed(key, context) for key in MENU)


def open_menu(state: State, key: str, context: Context) -> Turn:
    """What a menu entry starts. A draft that holds a statement is never thrown away without asking."""
    if key == TRACK:
        return track(state)
    topic = next((topic for topic in Topic if topic == key), None)
    if topic is None:
        return Turn(state)
    state = gathered(state)
    if state.draft.statement:
        return Turn(replace(state.at(StateName.RESUMING), wanted=topic))
    return Turn(start(state, replace(state.draft, topic=topic)))


def track(state: State) -> Turn:
    """Looks for the cases of this account. A draft waits meanwhile."""
    state = gathered(state)
    if state.name in {StateName.CONFIRMING_UPWARD, StateName.REFERRED_UPWARD, StateName.PLACING}:
        state = replace(state.at(resting(state.draft)), rule=None)
    return Turn(replace(state, focus=None), (LookUpCases(),), asks=False)


def followed(state: State, event: Followed, context: Context) -> Turn:
    """Welcome, with what the platform can see and the way with more distance; a draft goes on after it."""
    return onward(gathered(state), context, say("welcome", report_url=context.report_url))


def scanned(state: State, event: ScannedCard, context: Context) -> Turn:
    """A follower scanned a card or box: a short welcome; a draft goes on after it."""
    return onward(gathered(state), context, say("card_scanned"))


def was_lodged_just_now(state: State, context: Context) -> bool:
    """Whether the last case is so fresh that a picture may belong to it."""
    return state.lodged is not None and context.now - state.lodged.at <= JUST_NOW


def _said(state: State, text: str, context: Context) -> Turn:
    number, _ = read_case(text)
    if number and len(plain(text)) - len(number) <= _AROUND_A_NUMBER:
        return look_up(state.at(StateName.FINDING_CASE), text)
    return more(replace(start(state, Draft()), choices=()), text, context)


def _shown(state: State, media: MediaReceived, context: Context) -> Turn:
    if was_lodged_just_now(state, context):
        return Turn(replace(state.at(StateName.PLACING), loose=(media.attachment_id,)))
    return keep(start(state, Draft()), media, context)


def _skip(state: State, context: Context) -> Turn:
    return Turn(state, (say("nothing_to_skip"),))


def _back(state: State, context: Context) -> Turn:
    return onward(state, context)


NODES: Mapping[StateName, Node] = {
    StateName.IDLE: Node(
        meaning="the menu",
        ask=lambda state, context: Question("menu", menu(context)),
        leads_to=(StateName.TELLING, StateName.PLACING, StateName.FINDING_CASE),
        chosen=open_menu,
        said=_said,
        heard=None,
        shown=_shown,
        skipped=_skip,
        returned=_back,
    ),
}
