"""Reports this level may not hear (reports rule, art. 15): nothing is collected, the superior's channel is told."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.dialogue.context import Context
from bot.dialogue.effects import Classify, ForgetDraft, say
from bot.dialogue.events import MediaReceived, Suggested
from bot.dialogue.node import Node, Question, Turn
from bot.dialogue.states import State, StateName
from bot.dialogue.steps.choices import fixed
from bot.dialogue.steps.greeting import menu, open_menu
from bot.dialogue.steps.statement import keep
from domain.routing import must_not_collect
from domain.terms import RouteRule
from domain.values import Position

IS_ACCUSED, ONLY_MENTIONED = "is_accused", "only_mentioned"
# Every state whose free text is checked before it is kept.
_ORIGINS = (
    StateName.TELLING,
    StateName.WARNED,
    StateName.NEEDING_FACTS,
    StateName.REDIRECTED,
    StateName.CHOOSING_TRACK,
    StateName.CHOOSING_KIND,
    StateName.DISTINGUISHING,
    StateName.REPHRASING,
    StateName.CHOOSING_UNIT,
    StateName.ASKING_UNIT,
    StateName.ANSWERING,
    StateName.SIGNING,
    StateName.REVIEWING,
    StateName.SUPPLEMENTING,
    StateName.EXPLAINING_RATING,
)


def screen(state: State, suggested: Suggested) -> Turn | None:
    """Stops when a text accuses somebody this level may not hear about, asks when that is in doubt; None when it may go on."""
    rule = must_not_collect(suggested.suggestion.mentions.positions)
    if rule is not None:
        return refer(state, rule)
    doubtful = [p for p in suggested.doubtful_upward if p.title not in state.draft.cleared]
    if not doubtful:
        return None
    asked = replace(
        state,
        name=StateName.CONFIRMING_UPWARD,
        origin=state.name,
        doubtful=tuple(p.title for p in doubtful),
        rule=_rule_if_accused(doubtful),
    )
    return Turn(asked)


def refer(state: State, rule: RouteRule) -> Turn:
    """Forgets what was told and says who may hear it. Only the case lodged before is remembered."""
    after = State(name=StateName.REFERRED_UPWARD, rule=rule, lodged=state.lodged, last_active_at=state.last_active_at)
    return Turn(after, (ForgetDraft(rule), say("referred_upward")), asks=False)


def _rule_if_accused(positions: list[Position]) -> RouteRule:
    return must_not_collect(replace(p, accused=True) for p in positions) or RouteRule.COUNTY_LEADER


def _ask_accused(state: State, context: Context) -> Question | None:
    if state.origin is None:
        return None
    return Question(
        "confirm_upward",
        (fixed(IS_ACCUSED, context), fixed(ONLY_MENTIONED, context)),
        MappingProxyType({"title": next(iter(state.doubtful), "")}),
    )


def _choose(state: State, key: str, context: Context) -> Turn:
    if key == IS_ACCUSED:
        return refer(state, state.rule or RouteRule.COUNTY_LEADER)
    return _go_on(state, context)


def _said(state: State, text: str, context: Context) -> Turn:
    return _go_on(replace(state, heard=f"{state.heard}\n{text}"), context)


def _go_on(state: State, context: Context) -> Turn:
    """Has the text that waited checked once more, these leaders no longer in doubt."""
    draft = replace(state.draft, cleared=(*state.draft.cleared, *state.doubtful))
    cleared = replace(state.at(_origin(state)), draft=draft, heard=state.heard, rule=None)
    return Turn(cleared, (Classify("\n".join((*draft.statement, state.heard))),), asks=False)


def _take_back(state: State, context: Context) -> Turn:
    return Turn(replace(state.at(_origin(state)), rule=None))


def _origin(state: State) -> StateName:
    return state.origin or StateName.TELLING


def _again(state: State) -> Turn:
    # The message itself was stored before anybody could know: it goes as well.
    return Turn(state, (ForgetDraft(state.rule or RouteRule.COUNTY_LEADER),))


def _leave(state: State, context: Context) -> Turn:
    return Turn(replace(state.at(StateName.IDLE), rule=None))


def _shown_again(state: State, media: MediaReceived, context: Context) -> Turn:
    return _again(state)


def _said_again(state: State, text: str, context: Context) -> Turn:
    return _again(state)


NODES: Mapping[StateName, Node] = {
    StateName.CONFIRMING_UPWARD: Node(
        meaning="is this leader the one reported?",
        ask=_ask_accused,
        leads_to=(StateName.REFERRED_UPWARD, *_ORIGINS),
        chosen=_choose,
        said=_said,
        heard=None,
        shown=keep,
        skipped=_go_on,
        returned=_take_back,
    ),
    StateName.REFERRED_UPWARD: Node(
        meaning="the superior commission hears this",
        ask=lambda state, context: Question("upward_again", menu(context)),
        leads_to=(StateName.IDLE, StateName.TELLING),
        chosen=open_menu,
        said=_said_again,
        heard=None,
        shown=_shown_again,
        skipped=_leave,
        returned=_leave,
    ),
}
