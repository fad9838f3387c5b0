"""Which unit the matter is about: an ambiguous word is asked about and never guessed, a missing unit is asked for once."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.dialogue.commands import Choice
from bot.dialogue.context import Context
from bot.dialogue.effects import Classify, say
from bot.dialogue.events import Suggested
from bot.dialogue.flow import candidates, mark_tried, onward, step_back
from bot.dialogue.node import Node, Question, Turn
from bot.dialogue.states import Item, State, StateName
from bot.dialogue.steps.choices import fixed
from bot.dialogue.steps.statement import is_too_long, keep

UNSURE_UNIT = "unsure_unit"
# A longer answer tells a story, not the name of a unit.
_MAX_NAME = 40
_AFTER_UNIT = (StateName.ANSWERING, StateName.SIGNING, StateName.REVIEWING)
_BACK = (StateName.TELLING, StateName.CHOOSING_KIND)


def _ask_candidates(state: State, context: Context) -> Question | None:
    keys = [key for key in candidates(state.draft, context) if key in context.directory.units]
    if not keys:
        return None
    units = tuple(Choice(key, context.directory.names_of_unit(key)) for key in keys)
    ask = context.directory.ambiguous[state.draft.ambiguous or ""].ask
    return Question("choose_unit", (*units, fixed(UNSURE_UNIT, context)), MappingProxyType({"ask": ask}))


def _choose_unit(state: State, key: str, context: Context) -> Turn:
    draft = state.draft.settle(Item.UNIT)
    return onward(state.with_draft(replace(draft, unit=draft.unit if key == UNSURE_UNIT else key)), context)


def _ask_unit(state: State, context: Context) -> Question:
    mention = context.directory.ambiguous.get(state.draft.ambiguous or "")
    if mention is None or mention.candidates:
        return Question("ask_unit")
    return Question("ask_unit_as", values=MappingProxyType({"ask": mention.ask}))


def _said(state: State, text: str, context: Context) -> Turn:
    if is_too_long((*state.draft.told, text)):
        return Turn(state, (say("statement_full"),))
    return Turn(replace(state, heard=text), (Classify(text),), asks=False)


def _heard(state: State, suggested: Suggested | None, context: Context) -> Turn:
    text, draft = state.heard, state.draft
    mentions = suggested.suggestion.mentions if suggested else None
    unit = next((key for key in mentions.units if key in context.directory.units), None) if mentions else None
    if unit is None and len(text) > _MAX_NAME:
        # Asked for a name, the person went on telling: nothing of it is lost, and the question is not asked again.
        told = replace(draft.settle(Item.UNIT), statement=(*draft.statement, text))
        return onward(state.with_draft(told), context, say("noted"))
    unclear = next((m.alias for m in mentions.ambiguous), None) if mentions else None
    if unit is None and state.name is StateName.ASKING_UNIT and StateName.ASKING_UNIT not in draft.tried:
        asked = replace(draft, unit_words=text, ambiguous=unclear)
        if candidates(asked, context):
            choosing = mark_tried(state.with_draft(asked), state.name).at(StateName.CHOOSING_UNIT)
            return Turn(replace(choosing, origin=state.origin))
    if unit is None:
        return onward(state.with_draft(replace(draft.settle(Item.UNIT), unit=None, unit_words=text)), context)
    return onward(state.with_draft(replace(draft.settle(Item.UNIT), unit=unit, unit_words="")), context)


def _skip(state: State, context: Context) -> Turn:
    return onward(state.with_draft(state.draft.settle(Item.UNIT)), context)


NODES: Mapping[StateName, Node] = {
    StateName.CHOOSING_UNIT: Node(
        meaning="which of these units?",
        ask=_ask_candidates,
        leads_to=(*_AFTER_UNIT, *_BACK),
        chosen=_choose_unit,
        said=_said,
        heard=_heard,
        shown=keep,
        skipped=_skip,
        returned=step_back,
    ),
    StateName.ASKING_UNIT: Node(
        meaning="which unit?",
        ask=_ask_unit,
        leads_to=(StateName.CHOOSING_UNIT, *_AFTER_UNIT, *_BACK),
        chosen=None,
        said=_said,
        heard=_heard,
        shown=keep,
        skipped=_skip,
        returned=step_back,
    ),
}
