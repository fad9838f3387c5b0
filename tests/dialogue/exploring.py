"""Walks the whole machine breadth-first with a fixed alphabet of events, to learn which state leads to which."""

import functools
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bot.dialogue.effects import Effect, Say
from bot.dialogue.events import (
    CaseNotFound,
    CasesFound,
    CodeRenewed,
    Done,
    DoneKind,
    Event,
    Failed,
    Followed,
    LocationReceived,
    LodgeRefused,
    MediaReceived,
    MenuClicked,
    OtherKind,
    OtherReceived,
    ReportLodged,
    ScannedCard,
    TextReceived,
    Throttled,
)
from bot.dialogue.flow import MIN_TELLING, lacks_facts, onward
from bot.dialogue.machine import NODES, step
from bot.dialogue.questions import next_slot
from bot.dialogue.states import FOLLOWING_UP, Item, State, StateName, Topic
from domain.terms import AttachmentKind, CaseStatus, RouteRule
from domain.values import Slots
from tests.dialogue.conversing import (
    CODE,
    COUNTY_HEAD,
    FINE,
    MENTIONED_HEAD,
    NOW,
    NUMBER,
    Chat,
    case,
    context,
    suggested,
)

_KNOWN = Slots(person="中队长", when="上周", where="店里", demand="两千元", evidence="收据")
SUGGESTIONS = (
    suggested(),
    suggested("approval_overdue", units=("admin_approval",), slots=_KNOWN),
    suggested("contract_arrears", "policy_fund_withheld", unsure=True, ambiguous="执法队"),
    suggested("judicial_misconduct", "nk_litigation", unsure=True),
    suggested("nk_labour", "contract_arrears", "broken_promise"),
    suggested("nk_labour", "nk_consumer"),
    suggested(ambiguous="领导"),
    suggested("nk_no_substance"),
    suggested("nk_help_request"),
    suggested("unfair_tender", "forced_trade", unsure=True, units=("city_investment",)),
    suggested("nk_spam"),
    suggested("nk_emergency", in_danger=True),
)
UPWARD = (suggested(positions=(COUNTY_HEAD,)), suggested(positions=(MENTIONED_HEAD,)))
# What a person answers to the question on the screen.
ANSWERS: tuple[Event, ...] = (
    *(TextReceived(text) for text in ("1", "2", "3", "4", FINE, "嗯哼", "跳过", "返回")),
    MediaReceived(AttachmentKind.IMAGE, 1),
    MediaReceived(AttachmentKind.VOICE, 2, FINE),
)
_STORY = "今天上午去办证大厅排了三个小时的队，结果说系统坏了，让我下个星期再来一趟，来回路费都花了一百多块"
# Answers that mean something only there.
PARTICULAR: dict[StateName, tuple[str, ...]] = {
    StateName.IDLE: (NUMBER,),
    StateName.ASKING_UNIT: (_STORY,),
    StateName.GIVING_CONTACT: ("13800001111",),
    StateName.FINDING_CASE: (NUMBER, f"{NUMBER} {CODE}", _STORY),
    StateName.CHOOSING_CASE: (NUMBER, _STORY),
    StateName.VIEWING_CASE: (NUMBER, _STORY),
    StateName.RATING: ("不满意，拖太久",),
}
CASES: tuple[Event, ...] = (
    CasesFound(()),
    CasesFound((case(),)),
    CasesFound(
        (case(status=CaseStatus.FED_BACK, can_withdraw=False, needs_satisfaction=True, feedback="已退还。" * 200),)
    ),
    CasesFound((case(status=CaseStatus.DECLINED, can_supplement=False, can_withdraw=False, declined_to="县人社局"),)),
    CasesFound((case(), case("SA20261101-ACDEFG"))),
    CaseNotFound(),
    *(Done(kind) for kind in DoneKind),
)
LEADING_AWAY: tuple[Event, ...] = (
    *(TextReceived(text) for text in ("取消", "提交", "反映问题")),
    ReportLodged(NUMBER, CODE),
    LodgeRefused(RouteRule.COUNTY_LEADER),
)
# These change where the conversation stands no further, or not at all.
HARMLESS: tuple[Event, ...] = (
    *(
        TextReceived(text)
        for text in ("帮助", "查询", "人工", "查询码", "谢谢", "你好", "", "我的身份证11010119900307123X")
    ),
    *(MenuClicked(key) for key in ("policy", "track", "unknown")),
    Followed("card"),
    ScannedCard("card"),
    LocationReceived("县城人民路"),
    LocationReceived(""),
    *(OtherReceived(kind) for kind in OtherKind),
    LodgeRefused(),
    CodeRenewed(NUMBER, CODE),
    Throttled(),
    Failed(),
)
# Which state asked for what these events answer.
_ANSWERED_BY = {
    "one": (StateName.FINDING_CASE, StateName.CHOOSING_CASE),
    "none": (StateName.FINDING_CASE, StateName.SUPPLEMENTING, StateName.WITHDRAWING, StateName.RATING),
    DoneKind.SUPPLEMENTED: (StateName.SUPPLEMENTING,),
    DoneKind.WITHDRAWN: (StateName.WITHDRAWING,),
    DoneKind.WITHDRAWAL_NOTED: (StateName.WITHDRAWING,),
    DoneKind.RATED: (StateName.RATING, StateName.EXPLAINING_RATING),
    DoneKind.OBJECTED: (StateName.EXPLAINING_RATING,),
}
_KIND_IS_SETTLED = frozenset(
    {
        StateName.CHOOSING_UNIT,
        StateName.ASKING_UNIT,
        StateName.ANSWERING,
        StateName.SIGNING,
        StateName.GIVING_NAME,
        StateName.GIVING_CONTACT,
        StateName.REVIEWING,
    }
)


def _likeness(state: State) -> tuple[object, ...]:
    """States that differ in nothing that decides. Keeps the walk finite: how often and how much is cut at what matters."""
    draft, name = state.draft, state.name
    heard = state.heard and len(state.heard) >= MIN_TELLING
    if name is StateName.IDLE:
        return (name, state.lodged is None, state.undo is None)
    if name is StateName.CONFIRMING_UPWARD:
        return (name, state.origin)
    if name is StateName.PLACING:
        return (name, heard, state.tries, state.focus is None)
    if name in FOLLOWING_UP:
        focus = state.focus and (state.focus.actions, state.focus.query_code)
        return (name, draft.has_content, heard, state.tries, focus, state.rating, bool(state.listed))
    if name is StateName.RESUMING:
        return (name, heard, onward(state, context()).state.name)
    if name in _KIND_IS_SETTLED:
        telling = (draft.topic is Topic.REPORT, draft.is_hurried, bool(draft.scores), draft.unit is None)
        return (
            name,
            heard,
            state.origin,
            telling,
            draft.settled[-1:],
            next_slot(draft),
            name is StateName.REVIEWING and draft.label,
        )
    is_closed = Item.KIND in draft.settled or draft.is_hurried
    # While a text waits, what was thought of the statement so far does not count any more.
    thought = () if state.heard else (draft.best, draft.is_elsewhere, lacks_facts(draft))
    is_open = (thought, draft.unit is None, draft.tried[-1:])
    return (
        *(name, bool(draft.statement), heard, draft.topic is Topic.REPORT, is_closed or is_open),
        draft.tried.count(StateName.NEEDING_FACTS),
    )


@functools.cache
def walk() -> tuple[frozenset[tuple[StateName, StateName]], frozenset[tuple[str, tuple[str, ...]]], int]:
    """Which state its own answers lead to which; every letter said with the names of its values; how many steps it took."""
    arrows: set[tuple[StateName, StateName]] = set()
    letters: set[tuple[str, tuple[str, ...]]] = set()
    steps = 0
    # Somebody who corrects the kind may be asked for one more fact: too long a way for the walk to find by itself.
    corrected = Chat(hears={"城管": suggested(units=("urban_management",))})
    corrected.says("4", FINE, "3", "上周", "跳过", "没有", "1", "2", "1")
    starts = (State(), corrected.state)
    seen, waiting = {_likeness(start) for start in starts}, deque(starts)
    while waiting:
        state = waiting.popleft()
        for event, is_own, pause in _events(state):
            after, effects = step(state, event, context(NOW + pause))
            steps += 1
            letters.update(_letters(effects))
            if is_own:
                arrows.add((state.name, after.name))
            after = replace(after, last_active_at=NOW, lodged=after.lodged and replace(after.lodged, at=NOW))
            if (likeness := _likeness(after)) not in seen:
                seen.add(likeness)
                waiting.append(after)
    return frozenset(arrows), frozenset(letters), steps


def _events(state: State) -> Iterator[tuple[Event, bool, timedelta]]:
    """Every event with whether it is this state's own: what works everywhere is no arrow of the table."""
    restores = state.undo is not None  # 'back' restores what was cancelled just before
    returns = state.name in FOLLOWING_UP and state.draft.has_content  # on to the draft that waited meanwhile
    if state.heard and NODES[state.name].heard:
        # The driver brings the suggestion in the same turn: nothing else can happen between.
        yield from ((event, True, timedelta()) for event in (*SUGGESTIONS, Failed()))
        yield from ((event, False, timedelta()) for event in UPWARD)
        return
    for event in (*ANSWERS, *(TextReceived(text) for text in PARTICULAR.get(state.name, ()))):
        yield event, not (restores and event == TextReceived("返回")) and not returns, timedelta()
    if state.name is StateName.IDLE or state.name in FOLLOWING_UP:
        for event in CASES:
            yield event, state.name in _ANSWERED_BY.get(_kind_of(event), ()) and not returns, timedelta()
    for event in LEADING_AWAY:
        yield event, False, timedelta()
    yield TextReceived(FINE), False, timedelta(hours=25)


def _kind_of(event: Event) -> str:
    match event:
        case Done(kind):
            return kind
        case CasesFound((_,)):
            return "one"
        case _:
            return "none" if isinstance(event, CaseNotFound) else "many"


def _letters(effects: tuple[Effect, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for effect in effects:
        if isinstance(effect, Say):
            yield effect.letter, tuple(sorted(effect.values))
