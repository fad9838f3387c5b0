"""One step of a conversation: what works everywhere stands here, what each state does with an answer in the table `NODES`.

Pure and total: no event in any state raises. Storage, classifier and services are the driver's business.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from bot.dialogue.commands import Choice, has_identity_card, plain, read_choice, read_command, read_number
from bot.dialogue.context import Command, Context
from bot.dialogue.effects import AskForPerson, Effect, RenewCode, Say, Value, say
from bot.dialogue.events import (
    CaseNotFound,
    CasesFound,
    CodeRenewed,
    Done,
    Event,
    Failed,
    Followed,
    LocationReceived,
    LodgeRefused,
    MediaReceived,
    MenuClicked,
    OtherReceived,
    ReportLodged,
    ScannedCard,
    Suggested,
    TextReceived,
    Throttled,
)
from bot.dialogue.flow import gathered, onward, put_aside
from bot.dialogue.node import Node, Turn
from bot.dialogue.states import FOLLOWING_UP, Draft, State, StateName
from bot.dialogue.steps import (
    casework,
    facts,
    greeting,
    identity,
    kinds,
    places,
    resuming,
    review,
    statement,
    tracking,
    units,
    upward,
)
from bot.dialogue.waking import wake

NODES: Mapping[StateName, Node] = {
    **greeting.NODES,
    **statement.NODES,
    **kinds.NODES,
    **units.NODES,
    **facts.NODES,
    **identity.NODES,
    **review.NODES,
    **resuming.NODES,
    **upward.NODES,
    **tracking.NODES,
    **casework.NODES,
}

_RESULTS = (Suggested, ReportLodged, CodeRenewed, LodgeRefused, CasesFound, CaseNotFound, Throttled, Done, Failed)


def step(state: State, event: Event, context: Context) -> tuple[State, tuple[Effect, ...]]:
    """The next state and what to do, after one event."""
    if isinstance(event, _RESULTS):
        return _finish(_settle(state, event, context), context)
    woken, told = wake(state, context)
    turn = _hear(replace(woken, undo=None), event, woken.undo, context)
    active = replace(turn.state, last_active_at=context.now)
    return _finish(Turn(active, (*told, *turn.effects), turn.asks), context)


def _finish(turn: Turn, context: Context) -> tuple[State, tuple[Effect, ...]]:
    """Puts the question of the state arrived at on the screen; a state with nothing to ask is passed by."""
    state, effects, asks = turn
    question = NODES[state.name].ask(state, context)
    if question is None:
        state, effects, _ = onward(gathered(state), context, *effects)
        question, asks = NODES[state.name].ask(state, context), True
    if question is None:
        state = state.at(StateName.TELLING)
        question = statement.ask_telling(state, context)
    state = replace(state, choices=tuple(choice.key for choice in question.choices))
    if not asks:
        return state, effects
    values: dict[str, Value] = dict(question.values)
    if question.choices:
        values["choices"] = tuple(choice.words[0] for choice in question.choices)
    return state, (*effects, say(question.letter, **values))


# ── results of effects ───────────────────────────────────────────────────────────────────────────
def _settle(
    state: State,
    event: Suggested
    | ReportLodged
    | CodeRenewed
    | LodgeRefused
    | CasesFound
    | CaseNotFound
    | Throttled
    | Done
    | Failed,
    context: Context,
) -> Turn:
    heard = NODES[state.name].heard if state.heard else None
    match event:
        case Suggested():
            if heard is None:
                return Turn(state, asks=False)
            return upward.screen(state, event) or heard(state, event, context)
        case Failed():
            return heard(state, None, context) if heard else Turn(state, (say("failed"),), asks=False)
        case ReportLodged():
            return review.lodged(state, event, context)
        case CodeRenewed(number, code):
            return Turn(state, (say("code_renewed", case_number=number, query_code=code),), asks=False)
        case LodgeRefused():
            return review.lodge_refused(state, event)
        case CasesFound():
            return tracking.found(state, event, context)
        case CaseNotFound():
            return tracking.not_found(state, context)
        case Done():
            return casework.done(state, event, context)
        case Throttled():
            return Turn(state, (say("throttled"),), asks=False)
        case _:
            assert_never(event)


# ── what a person does ───────────────────────────────────────────────────────────────────────────
def _hear(
    state: State,
    event: TextReceived | MediaReceived | MenuClicked | Followed | ScannedCard | LocationReceived | OtherReceived,
    undo: State | None,
    context: Context,
) -> Turn:
    match event:
        case TextReceived(text):
            return _hear_text(state, text, undo, context)
        case MediaReceived():
            return _see(state, event, undo, context)
        case MenuClicked(key):
            return greeting.open_menu(state, key, context)
        case Followed():
            return greeting.followed(state, event, context)
        case ScannedCard():
            return greeting.scanned(state, event, context)
        case LocationReceived():
            return places.received(state, event, context)
        case OtherReceived(kind):
            return Turn(state, (say(f"{kind}_received"),))
        case _:
            assert_never(event)


def _hear_text(state: State, text: str, undo: State | None, context: Context) -> Turn:
    phrases = context.phrases
    node = NODES[state.name]
    offered = _on_screen(state, context)
    key = read_choice(text, offered, phrases)
    if key is not None and node.chosen is not None:
        return node.chosen(state, key, context)
    command = read_command(text, phrases)
    if command is not None:
        return _obey(state, command, undo, context)
    word = plain(text)
    if word in phrases.menu:
        return greeting.open_menu(state, phrases.menu[word], context)
    if not word or word in phrases.greetings:
        return Turn(state)
    if word in phrases.courtesies:
        is_idle = state.name is StateName.IDLE
        return Turn(state, (say("courtesy"),) if is_idle else (), asks=not is_idle)
    if offered and read_number(text, phrases) is not None:
        return Turn(state, (say("not_a_choice"),))
    turn = node.said(state, text, context)
    if has_identity_card(text):
        return turn._replace(effects=(say("no_identity_card"), *turn.effects))
    return turn


def _on_screen(state: State, context: Context) -> list[Choice]:
    """The choices as the person saw them. The menu counts as seen: it is known by heart and stands on the service card."""
    question = NODES[state.name].ask(state, context)
    by_key = {choice.key: choice for choice in question.choices} if question else {}
    shown = by_key if state.name is StateName.IDLE else state.choices
    return [by_key[key] for key in shown if key in by_key]


def _see(state: State, media: MediaReceived, undo: State | None, context: Context) -> Turn:
    """A recording with its words counts as the words, too; then only their answer is given."""
    turn = NODES[state.name].shown(state, media, context)
    if not media.recognition:
        return turn
    kept = tuple(effect for effect in turn.effects if not isinstance(effect, Say))
    answer = _hear_text(turn.state, media.recognition, undo, context)
    return answer._replace(effects=(*kept, *answer.effects))


def _obey(state: State, command: Command, undo: State | None, context: Context) -> Turn:
    match command:
        case Command.HELP:
            return Turn(state, (say("help"),))
        case Command.PERSON:
            case_number = state.focus.case_number if state.focus else None
            return Turn(state, (AskForPerson(case_number), say("person")), asks=state.name is not StateName.IDLE)
        case Command.TRACK:
            return greeting.track(state)
        case Command.SUBMIT:
            return _submit(state, context)
        case Command.CODE:
            return _renew_code(state, context)
        case Command.SKIP:
            return NODES[state.name].skipped(state, context)
        case Command.CANCEL:
            return _cancel(state, context)
        case Command.BACK if undo is not None:
            return Turn(undo, (say("restored"),))
        case Command.BACK:
            return NODES[state.name].returned(state, context)
        case _:
            assert_never(command)


def _submit(state: State, context: Context) -> Turn:
    """Lodges once the summary was shown; before that it leads straight to it, or says what is missing."""
    if state.name is StateName.REVIEWING:
        return review.lodge(state)
    if state.name is StateName.REFERRED_UPWARD:
        return Turn(state)
    if state.name is StateName.SUPPLEMENTING:
        return tracking.leave(state.at(state.name), context)
    state = gathered(state)
    if state.draft.statement:
        hurried = replace(state.draft, is_hurried=True)
        return onward(state.with_draft(hurried), context)
    if state.draft.attachments:
        return onward(state, context, say("words_missing"))
    if state.lodged and greeting.was_lodged_just_now(state, context):
        return Turn(state, (say("already_lodged", case_number=state.lodged.case_number),), asks=False)
    return Turn(state, (say("nothing_to_submit"),))


def _renew_code(state: State, context: Context) -> Turn:
    """The answer that told the code can be lost on its way: soon after it, its receiver is given another code."""
    if state.lodged and greeting.was_lodged_just_now(state, context):
        return Turn(state, (RenewCode(state.lodged.case_number),), asks=False)
    return Turn(state, (say("code_not_renewed"),))


def _cancel(state: State, context: Context) -> Turn:
    """Leaves whatever goes on. A draft is put aside, for 'back' to restore as the very next word."""
    if state.name in FOLLOWING_UP:
        return tracking.leave(state.at(state.name), context)
    if state.draft.has_content or state.heard or state.loose:
        return put_aside(state, say("cancelled"))
    idle = replace(state.at(StateName.IDLE), draft=Draft(), rule=None)
    return Turn(idle, (say("left"),), asks=False)
