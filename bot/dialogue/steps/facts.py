"""The facts a first reader needs: when, where, who, what was demanded, what shows it. One at a time, each can be skipped."""

from collections.abc import Mapping
from dataclasses import replace

from bot.dialogue.context import Context
from bot.dialogue.effects import Classify, say
from bot.dialogue.events import MediaReceived, Suggested
from bot.dialogue.flow import onward, step_back
from bot.dialogue.node import Node, Question, Turn
from bot.dialogue.questions import next_slot
from bot.dialogue.states import Item, State, StateName
from bot.dialogue.steps.statement import is_too_long, keep


def _ask(state: State, context: Context) -> Question | None:
    slot = next_slot(state.draft)
    return Question(f"ask_{slot}") if slot else None


def _said(state: State, text: str, context: Context) -> Turn:
    if is_too_long((*state.draft.told, text)):
        return Turn(state, (say("statement_full"),))
    # An answer is checked like a statement: a leader this level may not hear about is often named only here.
    return Turn(replace(state, heard=text), (Classify(text),), asks=False)


def _heard(state: State, suggested: Suggested | None, context: Context) -> Turn:
    slot = next_slot(state.draft)
    draft = state.draft
    return onward(state.with_draft(draft.settle(slot).answer(slot, state.heard) if slot else draft), context)


def _shown(state: State, media: MediaReceived, context: Context) -> Turn:
    if next_slot(state.draft) is not Item.EVIDENCE or media.recognition:
        return keep(state, media, context)
    draft = state.draft.attach(media.attachment_id).settle(Item.EVIDENCE)
    return onward(state.with_draft(draft), context, say("evidence_kept"))


def _skip(state: State, context: Context) -> Turn:
    slot = next_slot(state.draft)
    return onward(state.with_draft(state.draft.settle(slot)) if slot else state, context)


NODES: Mapping[StateName, Node] = {
    StateName.ANSWERING: Node(
        meaning="when, where, who, what was demanded, what shows it?",
        ask=_ask,
        leads_to=(
            StateName.TELLING,
            StateName.CHOOSING_KIND,
            StateName.ASKING_UNIT,
            StateName.SIGNING,
            StateName.REVIEWING,
        ),
        chosen=None,
        said=_said,
        heard=_heard,
        shown=_shown,
        skipped=_skip,
        returned=step_back,
    ),
}
