"""What kind of matter it is, put to the person in plain words: choices, a separating question, or another door."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.dialogue.commands import Choice
from bot.dialogue.context import Context
from bot.dialogue.effects import say
from bot.dialogue.flow import (
    alternatives,
    mark_tried,
    offered,
    onward,
    put_aside,
    step_back,
)
from bot.dialogue.node import Node, Question, Turn
from bot.dialogue.states import Item, State, StateName, Topic
from bot.dialogue.steps.choices import NO, NONE, YES, fixed
from bot.dialogue.steps.statement import (
    AFTER_KIND,
    AFTER_TELLING,
    IF_REPORTED,
    back_to_telling,
    keep,
    more,
    more_heard,
    skip_once,
)

HELP_REQUEST = "nk_help_request"
MISCONDUCT, ONLY_HELP = "misconduct", "only_help"


def _ask_kind(state: State, context: Context) -> Question | None:
    labels = offered(state.draft, context)
    if not labels:
        return None
    unit = context.directory.units.get(state.draft.unit or "")
    return Question(
        "choose_kind",
        (*(_kind_choice(label, context) for label in labels), fixed(NONE, context)),
        MappingProxyType({"unit": unit.name if unit else ""}),
    )


def _choose_kind(state: State, key: str, context: Context) -> Turn:
    if key == NONE:
        unlabelled = state.with_draft(replace(state.draft, label=None))
        return onward(mark_tried(unlabelled, StateName.CHOOSING_KIND), context)
    return onward(_with_label(state, key), context)


def _leave_kind(state: State, context: Context) -> Turn:
    return onward(state.with_draft(state.draft.settle(Item.KIND)), context)


def _back_from_kind(state: State, context: Context) -> Turn:
    return step_back(state, context) if state.origin else back_to_telling(state, context)


def _ask_distinction(state: State, context: Context) -> Question | None:
    pair = alternatives(state.draft, context)
    if pair is None:
        return None
    this, other, rule = pair
    if rule is None:
        return Question(
            "choose_between",
            (_kind_choice(this, context), _kind_choice(other, context), fixed(NONE, context)),
        )
    return Question(
        "distinguish",
        (Choice(this, (rule.this,)), Choice(other, (rule.neighbour,)), fixed(NONE, context)),
        MappingProxyType({"question": rule.question}),
    )


def _choose_side(state: State, key: str, context: Context) -> Turn:
    state = mark_tried(state, StateName.DISTINGUISHING)
    if key == NONE:
        return onward(state, context)
    if key in context.phrases.redirects:
        draft = replace(state.draft, scores=((key, 1.0), *state.draft.scores), is_sure=True, is_elsewhere=True)
        return onward(state.with_draft(draft), context)
    return onward(_with_label(state, key), context)


def _ask_redirect(state: State, context: Context) -> Question | None:
    redirect = context.phrases.redirects.get(state.draft.best or "")
    if redirect is None:
        return None
    return Question(
        "redirect",
        (fixed(YES, context), fixed(NO, context)),
        MappingProxyType(
            {
                "advice": redirect.advice,
                "where": redirect.where,
                "phone": redirect.phone,
                "hours": redirect.hours,
            }
        ),
    )


def _choose_redirect(state: State, key: str, context: Context) -> Turn:
    if key == NO:
        return put_aside(state, say("redirect_end"))
    # An official is involved after all: what is not ours falls away, the best of what is ours is offered.
    draft = replace(state.draft, topic=Topic.REPORT, is_elsewhere=False, label=None)
    draft = replace(draft, scores=tuple(pair for pair in draft.scores if pair[0] not in context.phrases.redirects))
    return onward(mark_tried(state.with_draft(draft), StateName.REDIRECTED), context)


def _ask_track(state: State, context: Context) -> Question:
    return Question("choose_track", (fixed(MISCONDUCT, context), fixed(ONLY_HELP, context)))


def _choose_track(state: State, key: str, context: Context) -> Turn:
    state = mark_tried(state, StateName.CHOOSING_TRACK)
    if key == MISCONDUCT:
        return onward(state.with_draft(replace(state.draft, topic=Topic.REPORT)), context)
    return onward(state.with_draft(state.draft.settle(Item.KIND)), context)


def _with_label(state: State, label: str) -> State:
    """The conversation with the label the person confirmed. Who only wants help is not asked like a witness."""
    draft = replace(state.draft.settle(Item.KIND), label=label)
    return state.with_draft(replace(draft, topic=Topic.HELP) if label == HELP_REQUEST else draft)


def _kind_choice(label: str, context: Context) -> Choice:
    words = (context.phrases.kinds.get(label), context.taxonomy.name_of(label))
    return Choice(label, tuple(word for word in words if word))


NODES: Mapping[StateName, Node] = {
    StateName.CHOOSING_KIND: Node(
        meaning="which kind?",
        ask=_ask_kind,
        leads_to=(StateName.TELLING, *IF_REPORTED, *AFTER_KIND),
        chosen=_choose_kind,
        said=more,
        heard=more_heard,
        shown=keep,
        skipped=_leave_kind,
        returned=_back_from_kind,
    ),
    StateName.DISTINGUISHING: Node(
        meaning="this or its neighbour?",
        ask=_ask_distinction,
        leads_to=(StateName.TELLING, *IF_REPORTED, *AFTER_KIND),
        chosen=_choose_side,
        said=more,
        heard=more_heard,
        shown=keep,
        skipped=skip_once,
        returned=back_to_telling,
    ),
    StateName.REDIRECTED: Node(
        meaning="another door; an official involved?",
        ask=_ask_redirect,
        leads_to=(StateName.IDLE, StateName.TELLING, *AFTER_TELLING, *AFTER_KIND),
        chosen=_choose_redirect,
        said=more,
        heard=more_heard,
        shown=keep,
        skipped=skip_once,
        returned=back_to_telling,
    ),
    StateName.CHOOSING_TRACK: Node(
        meaning="report misconduct, or only ask for help?",
        ask=_ask_track,
        leads_to=(
            StateName.TELLING,
            StateName.WARNED,
            StateName.NEEDING_FACTS,
            StateName.REDIRECTED,
            StateName.CHOOSING_KIND,
            StateName.CHOOSING_UNIT,
            StateName.ASKING_UNIT,
            StateName.SIGNING,
        ),
        chosen=_choose_track,
        said=more,
        heard=more_heard,
        shown=keep,
        skipped=_leave_kind,
        returned=back_to_telling,
    ),
}
