"""The summary before lodging: what was understood, corrections by number, then the word that lodges it."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.dialogue.commands import shorten
from bot.dialogue.context import Context
from bot.dialogue.effects import LodgeReport, Value, say
from bot.dialogue.events import LodgeRefused, ReportLodged
from bot.dialogue.flow import offered, step_back
from bot.dialogue.node import Node, Question, Turn
from bot.dialogue.states import SLOTS, Draft, JustLodged, State, StateName, Topic
from bot.dialogue.steps.choices import fixed
from bot.dialogue.steps.statement import keep, more, more_heard
from bot.dialogue.steps.upward import refer

ADD, CHANGE_KIND, CHANGE_UNIT, CHANGE_SIGNING = "add", "change_kind", "change_unit", "change_signing"
_QUESTION_OF = {
    ADD: StateName.TELLING,
    CHANGE_KIND: StateName.CHOOSING_KIND,
    CHANGE_UNIT: StateName.ASKING_UNIT,
    CHANGE_SIGNING: StateName.SIGNING,
}
_BEGINNING = 60
_ANSWER = 40


def lodge(state: State) -> Turn:
    """Asks for the case to be opened; nothing is said before it is."""
    return Turn(state, (LodgeReport(state.draft),), asks=False)


def lodged(state: State, event: ReportLodged, context: Context) -> Turn:
    """Tells number and code, once, and forgets the draft."""
    draft = state.draft
    after = State(
        lodged=JustLodged(event.case_number, context.now),
        last_active_at=state.last_active_at,
    )
    told = [say("lodged", case_number=event.case_number, query_code=event.query_code)]
    if draft.topic is not Topic.REPORT:
        told.append(say("lodged_help"))
    elif draft.is_named:
        told.append(say("lodged_named"))
    if draft.in_danger:
        told.append(say("lodged_in_danger"))
    return Turn(after, tuple(told), asks=False)


def lodge_refused(state: State, event: LodgeRefused) -> Turn:
    """Not this level's to hear after all, or a fault: then the draft stays."""
    if event.rule is not None:
        return refer(state, event.rule)
    return Turn(state, (say("lodge_failed"),), asks=False)


def beginning(draft: Draft) -> str:
    """The first words of the statement, to recognise it by."""
    return shorten(draft.text, _BEGINNING)


def _ask(state: State, context: Context) -> Question:
    draft = state.draft
    unit = context.directory.units.get(draft.unit or "")
    values: dict[str, Value] = {
        "beginning": beginning(draft),
        "kind": _kind_words(draft, context),
        "unit": unit.name if unit else shorten(draft.unit_words, _ANSWER),
        "count": len(draft.attachments) or "",
        "name": shorten(draft.name, _ANSWER) if draft.is_named else "",
        "contact": draft.contact if draft.is_named else "",
        "anonymous": "" if draft.is_named else context.phrases.choices["anonymous"][0],
        "amount": dict(draft.found).get("amount", ""),
        **{str(slot): shorten(draft.said_of(slot), _ANSWER) for slot in SLOTS},
    }
    return Question("review", tuple(fixed(key, context) for key in _QUESTION_OF), MappingProxyType(values))


def _kind_words(draft: Draft, context: Context) -> str:
    if draft.label is not None:
        return context.phrases.kinds.get(draft.label, "")
    return context.phrases.choices["by_staff" if draft.topic is Topic.REPORT else draft.topic][0]


def _correct(state: State, key: str, context: Context) -> Turn:
    """To the question again. What was settled stays so until it is answered anew, and 'back' returns here."""
    if key == CHANGE_KIND and not offered(state.draft, context):
        return Turn(state, (say("kind_by_staff"),))
    return Turn(replace(state.at(_QUESTION_OF[key]), origin=StateName.REVIEWING))


def _nothing_to_skip(state: State, context: Context) -> Turn:
    return Turn(state, (say("nothing_to_skip"),))


NODES: Mapping[StateName, Node] = {
    StateName.REVIEWING: Node(
        meaning="is this right?",
        ask=_ask,
        leads_to=(
            StateName.TELLING,
            StateName.CHOOSING_KIND,
            StateName.ASKING_UNIT,
            StateName.SIGNING,
        ),
        chosen=_correct,
        said=more,
        heard=more_heard,
        shown=keep,
        skipped=_nothing_to_skip,
        returned=step_back,
    ),
}
