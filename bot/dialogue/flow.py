"""Decides what a conversation needs next: the kind first, then the unit, the facts that are missing, the signing, the summary.

Knows no letter; each state's own question stands in `steps`.
"""

from dataclasses import replace

from bot.dialogue.commands import plain
from bot.dialogue.context import Context, Distinction
from bot.dialogue.effects import Effect
from bot.dialogue.node import Turn
from bot.dialogue.questions import next_slot
from bot.dialogue.states import Draft, Item, State, StateName, Topic
from domain.taxonomy import NO_SUBSTANCE

# Somebody who goes on telling instead of choosing is not asked about the kind for ever.
MAX_ROUNDS = 6
# Fewer characters than this cannot hold who did what.
MIN_TELLING = 8
MAX_FACT_REQUESTS = 2
OFFERED = 3


_ITEM_OF = {
    StateName.CHOOSING_UNIT: Item.UNIT,
    StateName.ASKING_UNIT: Item.UNIT,
    StateName.SIGNING: Item.SIGNING,
}


def onward(state: State, context: Context, *effects: Effect) -> Turn:
    """On to what is missing next, or to the menu when nothing was told."""
    draft = state.draft
    state = replace(state, focus=None, rating=None, rule=None)
    if not draft.has_content:
        return Turn(state.at(StateName.IDLE).with_draft(Draft()), effects)
    if _kind_is_open(draft):
        name = about_kind(draft, context)
        if name is not None:
            return Turn(state.at(name), effects)
        draft = draft.settle(Item.KIND)  # staff shall say it; for a plea for help the topic says enough
    return Turn(state.at(next_state(draft, context)).with_draft(draft), effects)


def next_state(draft: Draft, context: Context) -> StateName:
    """The state for what is missing once the kind is settled."""
    if not draft.statement:
        return StateName.TELLING
    if draft.is_hurried:
        return StateName.REVIEWING
    if Item.UNIT not in draft.settled and draft.unit is None:
        return StateName.CHOOSING_UNIT if candidates(draft, context) else StateName.ASKING_UNIT
    if next_slot(draft) is not None:
        return StateName.ANSWERING
    return StateName.REVIEWING if Item.SIGNING in draft.settled else StateName.SIGNING


def about_kind(draft: Draft, context: Context) -> StateName | None:
    """The next question about what kind of matter this is; None when staff shall say it. Never a loop: each is bounded."""
    tried = draft.tried
    if draft.in_danger and StateName.WARNED not in tried:
        return StateName.WARNED
    if lacks_facts(draft):
        return StateName.NEEDING_FACTS if tried.count(StateName.NEEDING_FACTS) < MAX_FACT_REQUESTS else None
    if draft.rounds > MAX_ROUNDS:
        return None
    if draft.is_elsewhere:
        return StateName.REDIRECTED if StateName.REDIRECTED not in tried else None
    if draft.topic is not Topic.REPORT:
        is_misconduct = draft.is_sure and draft.best in context.taxonomy.kinds
        return StateName.CHOOSING_TRACK if is_misconduct and StateName.CHOOSING_TRACK not in tried else None
    if draft.is_sure and StateName.CHOOSING_KIND not in tried and offered(draft, context):
        return StateName.CHOOSING_KIND
    if not draft.is_sure and StateName.DISTINGUISHING not in tried and alternatives(draft, context):
        return StateName.DISTINGUISHING
    return StateName.REPHRASING if StateName.REPHRASING not in tried else None


def lacks_facts(draft: Draft) -> bool:
    """Whether a first reader could do nothing with this yet."""
    return len(plain(draft.text)) < MIN_TELLING or (draft.is_sure and draft.best == NO_SUBSTANCE)


def offered(draft: Draft, context: Context) -> tuple[str, ...]:
    """The labels put to the person, best first: the thirty kinds and what else the commission takes."""
    taxonomy = context.taxonomy
    labels = [
        label
        for label, _ in draft.scores
        if label in taxonomy.kinds or (label in taxonomy.non_kinds and taxonomy.non_kinds[label].accepted)
    ]
    return tuple(labels[:OFFERED])


def alternatives(draft: Draft, context: Context) -> tuple[str, str, Distinction | None] | None:
    """The two best labels and, if the taxonomy has a rule that separates them, its question; None if there are no two.

    With a rule, the label the question is about comes first.
    """
    labels = [label for label, _ in draft.scores if label in context.phrases.kinds]
    if len(labels) < 2:
        return None
    for this, other in ((labels[0], labels[1]), (labels[1], labels[0])):
        kind = context.taxonomy.kinds.get(this)
        if kind is not None and kind.confusable_with == other and this in context.phrases.distinctions:
            return this, other, context.phrases.distinctions[this]
    return labels[0], labels[1], None


def candidates(draft: Draft, context: Context) -> tuple[str, ...]:
    """The units that an ambiguous word in the statement may mean."""
    mention = context.directory.ambiguous.get(draft.ambiguous or "")
    return mention.candidates if mention else ()


def mark_tried(state: State, name: StateName) -> State:
    """The conversation with one more try of a question that is asked only so often."""
    return state.with_draft(replace(state.draft, tried=(*state.draft.tried, name)))


def gathered(state: State) -> State:
    """The conversation with whatever waited for a side question taken into the draft, so that no turn loses it."""
    draft = state.draft.attach(*state.loose)
    if state.heard:
        draft = replace(draft, statement=(*draft.statement, state.heard))
    return state.at(state.name).with_draft(draft)


def resting(draft: Draft) -> StateName:
    """Where a conversation waits that was left for something else, or for a day."""
    if draft.statement:
        return StateName.RESUMING
    return StateName.TELLING if draft.attachments else StateName.IDLE


def put_aside(state: State, *effects: Effect) -> Turn:
    """Back to the beginning, without the draft; 'back' as the very next word restores it."""
    idle = replace(state.at(StateName.IDLE), draft=Draft(), focus=None, rating=None, wanted=None, choices=())
    return Turn(replace(idle, undo=replace(state, undo=None)), effects, asks=False)


def step_back(state: State, context: Context) -> Turn:
    """One question back: from a correction to the summary, else to what was asked last, else to the telling."""
    draft = state.draft
    if state.origin is StateName.REVIEWING:
        return Turn(state.at(StateName.REVIEWING))
    earlier = [item for item in draft.settled if _is_earlier(item, state)]
    if draft.is_hurried or not earlier:
        return Turn(state.at(StateName.TELLING).with_draft(replace(draft, is_hurried=False)))
    item = earlier[-1]
    state = state.with_draft(draft.reopen(item))
    if item is Item.KIND:
        can_choose = draft.topic is Topic.REPORT and offered(draft, context)
        return Turn(state.at(StateName.CHOOSING_KIND if can_choose else StateName.TELLING))
    if item is Item.UNIT:
        return Turn(state.at(StateName.ASKING_UNIT))
    return Turn(state.at(StateName.SIGNING if item is Item.SIGNING else StateName.ANSWERING))


def _kind_is_open(draft: Draft) -> bool:
    return bool(draft.statement) and not draft.is_hurried and Item.KIND not in draft.settled


def _is_earlier(item: Item, state: State) -> bool:
    """Whether a settled item was asked before what is asked now; a correction may have left later ones settled."""
    asked = next_slot(state.draft) if state.name is StateName.ANSWERING else _ITEM_OF.get(state.name)
    order = list(Item)
    return asked is None or order.index(item) < order.index(asked)
