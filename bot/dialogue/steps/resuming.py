"""Two side questions about what came unasked: a draft of yesterday, and a message that may belong to the case just lodged."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.dialogue.commands import plain, read_number
from bot.dialogue.context import Context
from bot.dialogue.effects import Classify, Supplement, say
from bot.dialogue.events import MediaReceived
from bot.dialogue.flow import onward, put_aside
from bot.dialogue.node import Node, Question, Turn
from bot.dialogue.states import Draft, Focus, State, StateName, Topic
from bot.dialogue.steps.choices import fixed
from bot.dialogue.steps.review import beginning
from bot.dialogue.steps.statement import AFTER_KIND, AFTER_TELLING, more, start

CONTINUE, ANEW = "continue", "anew"
SUPPLEMENT_IT, NEW_MATTER = "supplement_it", "new_matter"
_MAX_TRIES = 2


def target(state: State) -> Focus | None:
    """The case a message may belong to: the one looked at, else the one lodged last."""
    if state.focus is not None:
        return state.focus
    return Focus(state.lodged.case_number) if state.lodged else None


def hold(state: State, text: str) -> State:
    """Keeps a text until the side question is answered."""
    return replace(state, heard="\n".join(filter(None, (state.heard, text))), tries=state.tries + 1)


def _hold_media(state: State, media: MediaReceived, context: Context) -> Turn:
    return Turn(replace(state, loose=(*state.loose, media.attachment_id)))


# ── a draft of yesterday ─────────────────────────────────────────────────────────────────────────
def _ask_resume(state: State, context: Context) -> Question | None:
    draft = state.draft
    if not draft.statement:
        return None
    return Question(
        "resume",
        (fixed(CONTINUE, context), fixed(ANEW, context)),
        MappingProxyType({"beginning": beginning(draft), "count": len(draft.attachments) or ""}),
    )


def _choose_resume(state: State, key: str, context: Context) -> Turn:
    if key == CONTINUE:
        return _continue(state, context)
    fresh = Draft(topic=state.wanted or Topic.REPORT, attachments=state.loose)
    return _tell(start(state, fresh), state.heard, context)


def _continue(state: State, context: Context) -> Turn:
    state, heard = replace(state, draft=state.draft.attach(*state.loose), wanted=None), state.heard
    return _tell(state.at(StateName.TELLING), heard, context) if heard else onward(state, context)


def _tell(state: State, heard: str, context: Context) -> Turn:
    return more(replace(state, choices=()), heard, context) if heard else Turn(state)


def _said_resuming(state: State, text: str, context: Context) -> Turn:
    if read_number(text, context.phrases) is not None or not plain(text):
        return Turn(state)
    state = hold(state, text)
    return _continue(state, context) if state.tries > _MAX_TRIES else Turn(state)


# ── a message after lodging ──────────────────────────────────────────────────────────────────────
def _ask_place(state: State, context: Context) -> Question | None:
    case = target(state)
    if case is None or not (state.loose or state.heard):
        return None
    choices = (fixed(SUPPLEMENT_IT, context), fixed(NEW_MATTER, context))
    return Question("place", choices, MappingProxyType({"case_number": case.case_number}))


def _choose_place(state: State, key: str, context: Context) -> Turn:
    case = target(state)
    if key != SUPPLEMENT_IT or case is None:
        return _as_new(state, context)
    adding = replace(state.at(StateName.SUPPLEMENTING), focus=case, loose=state.loose, heard=state.heard)
    if state.heard:
        return Turn(adding, (Classify(state.heard),), asks=False)
    sent = Supplement(case.case_number, "", state.loose, case.query_code)
    return Turn(replace(adding, loose=()), (sent,), asks=False)


def _as_new(state: State, context: Context) -> Turn:
    draft, heard = state.draft.attach(*state.loose), state.heard
    return _tell(start(state, draft), heard, context)


def _said_placing(state: State, text: str, context: Context) -> Turn:
    state = hold(state, text)
    return _as_new(state, context) if state.tries > _MAX_TRIES else Turn(state)


def _back_from_placing(state: State, context: Context) -> Turn:
    return put_aside(state, say("left"))


NODES: Mapping[StateName, Node] = {
    StateName.RESUMING: Node(
        meaning="go on with what was told, or start anew?",
        ask=_ask_resume,
        leads_to=(StateName.TELLING, *AFTER_TELLING, *AFTER_KIND),
        chosen=_choose_resume,
        said=_said_resuming,
        heard=None,
        shown=_hold_media,
        skipped=_continue,
        returned=lambda state, context: Turn(state, (say("nothing_before"),)),
    ),
    StateName.PLACING: Node(
        meaning="more on the case, or a new matter?",
        ask=_ask_place,
        leads_to=(StateName.IDLE, StateName.TELLING, StateName.SUPPLEMENTING),
        chosen=_choose_place,
        said=_said_placing,
        heard=None,
        shown=_hold_media,
        skipped=_as_new,
        returned=_back_from_placing,
    ),
}
