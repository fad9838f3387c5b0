"""What happened, in the person's own words: in one or many messages, with pictures and voice before or after.

Every free text is checked before it is kept: it waits in `state.heard` until its suggestion came.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from types import MappingProxyType

from bot.dialogue.commands import plain
from bot.dialogue.context import Context
from bot.dialogue.effects import Classify, say
from bot.dialogue.events import MediaReceived, Suggested
from bot.dialogue.flow import mark_tried, onward, put_aside
from bot.dialogue.node import Node, Question, Turn
from bot.dialogue.states import Draft, Item, State, StateName
from domain.routing import EMERGENCY, X3_DANGER
from domain.terms import AttachmentKind, RouteRule

# Below the limit of a lodged statement (`services/intake.py`), so that the answers fit in as well.
MAX_STATEMENT = 16_000
MAX_ATTACHMENTS = 20
# Shorter than this, under numbered choices, is a slip and no more of the story.
MIN_MORE = 4
SPAM = "nk_spam"

_ELSEWHERE_RULES = frozenset({RouteRule.OUT_OF_SCOPE, RouteRule.PRIVATE_PARTY})
# Questions that are asked only so often: telling more instead of answering counts as an answer.
_COUNTED = frozenset(
    {
        StateName.WARNED,
        StateName.NEEDING_FACTS,
        StateName.REDIRECTED,
        StateName.CHOOSING_TRACK,
        StateName.DISTINGUISHING,
        StateName.REPHRASING,
    }
)


def start(state: State, draft: Draft) -> State:
    """A new draft, ready to be told."""
    return replace(state.at(StateName.TELLING), draft=draft, wanted=None, rule=None, focus=None)


def more(state: State, text: str, context: Context) -> Turn:
    """Takes free text as more of the statement, in whatever state it comes."""
    if state.choices and len(plain(text)) < MIN_MORE:
        return Turn(state, (say("not_a_choice"),))
    if is_too_long((*state.draft.told, text)):
        return Turn(state, (say("statement_full"),))
    return Turn(replace(state, heard=text), (Classify("\n".join((*state.draft.statement, text))),), asks=False)


def is_too_long(pieces: Sequence[str]) -> bool:
    """Whether so much cannot be kept as one report, whichever question it answers."""
    return len("\n".join(pieces)) > MAX_STATEMENT


def more_heard(state: State, suggested: Suggested | None, context: Context) -> Turn:
    """Keeps the text that was checked, and goes on with what the classifier makes of the whole."""
    draft = absorb(state.draft, state.heard, suggested, context)
    state = state.with_draft(draft)
    if _is_spam(draft, suggested):
        return put_aside(state, say("spam"))
    if state.name in _COUNTED:
        state = mark_tried(state, state.name)
    noted = (say("noted"),) if Item.KIND in draft.settled else ()
    return onward(state, context, *noted)


def absorb(draft: Draft, text: str, suggested: Suggested | None, context: Context) -> Draft:
    """The draft with one more piece of statement and what the classifier says of the whole; None leaves it unsure."""
    tried = tuple(name for name in draft.tried if name is not StateName.CHOOSING_KIND)
    draft = replace(draft, statement=(*draft.statement, text), rounds=draft.rounds + 1, tried=tried)
    if suggested is None:
        return replace(draft, is_sure=False)
    suggestion, route = suggested.suggestion, suggested.route
    is_sure = not suggestion.abstained
    draft = replace(
        draft,
        scores=suggestion.scores,
        is_sure=is_sure,
        is_elsewhere=is_sure and route.rule in _ELSEWHERE_RULES and suggestion.label in context.phrases.redirects,
        in_danger=draft.in_danger or is_dangerous(suggested),
        found=tuple((dict(draft.found) | _found(suggested)).items()),
    )
    if Item.UNIT in draft.settled:
        return draft
    named = (route.unit, *suggestion.mentions.units, draft.unit)
    unit = next((key for key in named if key in context.directory.units), None)
    asked_about = next((m.alias for m in suggestion.mentions.ambiguous if m.alias in context.directory.ambiguous), None)
    return replace(draft, unit=unit, ambiguous=None if unit else asked_about)


def is_dangerous(suggested: Suggested) -> bool:
    """Whether somebody is in danger now (`groups.yaml` x3)."""
    suggestion = suggested.suggestion
    return X3_DANGER in suggested.route.overlays or (not suggestion.abstained and suggestion.label == EMERGENCY)


def keep(state: State, media: MediaReceived, context: Context) -> Turn:
    """Takes a picture, voice or video into the draft. The question on the screen stays; it is not repeated for each picture."""
    draft = state.draft
    if len(draft.attachments) >= MAX_ATTACHMENTS:
        return Turn(state, (say("attachments_full"),), asks=False)
    draft = draft.attach(media.attachment_id)
    state = state.with_draft(draft)
    if media.kind is AttachmentKind.VOICE and not media.recognition:
        return Turn(state, (say("voice_kept"),), asks=False)
    if not draft.statement:
        return Turn(state)
    return Turn(state, (say("media_kept", count=len(draft.attachments)),), asks=False)


def _found(suggested: Suggested) -> dict[str, str]:
    """What the whole statement says of each slot, in its own words; a sum of money in yuan."""
    slots = asdict(suggested.suggestion.slots)
    amount = slots.pop("amount_cny")
    found = {slot: str(text) for slot, text in slots.items() if text}
    return found | ({"amount": f"{amount:.15g}"} if amount else {})


def _is_spam(draft: Draft, suggested: Suggested | None) -> bool:
    """Only a first message, without anybody accused and without a picture, is put aside as no report at all."""
    return (
        suggested is not None
        and draft.is_sure
        and draft.best == SPAM
        and len(draft.statement) == 1
        and not draft.attachments
        and not any(p.accused for p in suggested.suggestion.mentions.positions)
    )


def ask_telling(state: State, context: Context) -> Question:
    """What a person is asked who is free to tell."""
    draft = state.draft
    if draft.statement:
        return Question("tell_more")
    if draft.attachments:
        return Question("tell_after_media", values=MappingProxyType({"count": len(draft.attachments)}))
    return Question(f"tell_{draft.topic}")


def _skip_telling(state: State, context: Context) -> Turn:
    return onward(state, context) if state.draft.statement else put_aside(state, say("left"))


def _back_from_telling(state: State, context: Context) -> Turn:
    if not state.draft.statement:
        return put_aside(state, say("left"))
    if Item.KIND in state.draft.settled or state.draft.is_hurried:
        return onward(state, context)
    return Turn(state, (say("nothing_before"),))


def _ask_facts(state: State, context: Context) -> Question:
    is_first = StateName.NEEDING_FACTS not in state.draft.tried
    return Question("need_facts" if is_first else "need_facts_again")


def _skip_facts(state: State, context: Context) -> Turn:
    return onward(state.with_draft(state.draft.settle(Item.KIND)), context)


def skip_once(state: State, context: Context) -> Turn:
    """Skips a question that is asked only so often."""
    return onward(mark_tried(state, state.name), context)


def back_to_telling(state: State, context: Context) -> Turn:
    """Back to the telling, from a question about it."""
    return Turn(state.at(StateName.TELLING))


# Where a piece of statement can lead while its kind is open.
AFTER_TELLING = (
    StateName.WARNED,
    StateName.NEEDING_FACTS,
    StateName.REDIRECTED,
    StateName.CHOOSING_TRACK,
    StateName.CHOOSING_KIND,
    StateName.DISTINGUISHING,
    StateName.REPHRASING,
)
# Who reports misconduct is not asked any more whether he does.
IF_REPORTED = tuple(name for name in AFTER_TELLING if name is not StateName.CHOOSING_TRACK)
# Where the conversation goes on once the kind is settled.
AFTER_KIND = (
    StateName.CHOOSING_UNIT,
    StateName.ASKING_UNIT,
    StateName.ANSWERING,
    StateName.SIGNING,
    StateName.REVIEWING,
)

NODES: Mapping[StateName, Node] = {
    StateName.TELLING: Node(
        meaning="what happened?",
        ask=ask_telling,
        leads_to=(StateName.IDLE, *AFTER_TELLING, *AFTER_KIND),
        chosen=None,
        said=more,
        heard=more_heard,
        shown=keep,
        skipped=_skip_telling,
        returned=_back_from_telling,
    ),
    StateName.WARNED: Node(
        meaning="first call 110",
        ask=lambda state, context: Question("danger"),
        leads_to=(StateName.TELLING, *AFTER_TELLING, *AFTER_KIND),
        chosen=None,
        said=more,
        heard=more_heard,
        shown=keep,
        skipped=skip_once,
        returned=back_to_telling,
    ),
    StateName.NEEDING_FACTS: Node(
        meaning="who did what, when?",
        ask=_ask_facts,
        leads_to=(StateName.TELLING, *AFTER_TELLING, *AFTER_KIND),
        chosen=None,
        said=more,
        heard=more_heard,
        shown=keep,
        skipped=_skip_facts,
        returned=back_to_telling,
    ),
    StateName.REPHRASING: Node(
        meaning="in other words?",
        ask=lambda state, context: Question("rephrase"),
        leads_to=(StateName.TELLING, *IF_REPORTED, *AFTER_KIND),
        chosen=None,
        said=more,
        heard=more_heard,
        shown=keep,
        skipped=skip_once,
        returned=back_to_telling,
    ),
}
