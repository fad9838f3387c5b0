"""Whoever writes or sends whatever: nothing breaks, nothing is lost unsaid, and the end is always near."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.effects import LodgeReport
from bot.dialogue.events import (
    CaseNotFound,
    Event,
    Failed,
    Followed,
    LocationReceived,
    MediaReceived,
    MenuClicked,
    OtherKind,
    OtherReceived,
    ScannedCard,
    TextReceived,
    Throttled,
)
from bot.dialogue.machine import step
from bot.dialogue.states import Draft, Focus, Item, JustLodged, State, StateName, Topic
from domain.terms import AttachmentKind, CaseStatus, Rank, RouteRule, Satisfaction
from domain.values import Position
from tests.dialogue.conversing import CODE, FINE, NOW, NUMBER, Chat, case, context, suggested, taxonomy
from tests.dialogue.exploring import CASES, HARMLESS, LEADING_AWAY, SUGGESTIONS, UPWARD

# The longest way out: a side question, a query, the summary, the word that lodges.
ENOUGH = 6

_words = st.one_of(
    st.sampled_from(
        ["1", "2", "3", "4", "5", "8", "是", "没有", "帮助", "取消", "跳过", "返回", "查询", "人工", "提交"]
    ),
    st.sampled_from(
        [FINE, "反映问题", "谢谢", "你好", NUMBER, f"{NUMBER} {CODE}", "不满意，拖", "13800001111", "张三"]
    ),
    st.sampled_from(["县长热线说让我等着", "县长收了两万块钱", "11010119900307123X"]),
    st.text(max_size=80),
)
_letters = st.text(st.characters(categories=["L"]), min_size=8, max_size=30)
_labels = st.sampled_from(taxonomy().labels)
_positions = st.builds(
    Position, st.sampled_from(["县长", "局长", "书记"]), st.sampled_from(Rank), accused=st.booleans()
)


@st.composite
def suggestions(draw: st.DrawFn) -> Event:
    units = draw(st.lists(st.sampled_from(["tax_bureau", "court", "villages"]), max_size=2, unique=True))
    return suggested(
        draw(_labels),
        *draw(st.lists(_labels, max_size=4)),
        unsure=draw(st.booleans()),
        units=tuple(units),
        ambiguous=draw(st.sampled_from([None, "执法队", "领导"])),
        positions=tuple(draw(st.lists(_positions, max_size=2))),
        in_danger=draw(st.booleans()),
    )


_kinds = st.sampled_from(AttachmentKind)
_person = st.one_of(
    st.builds(TextReceived, _words),
    st.builds(MediaReceived, _kinds, st.integers(1, 99), st.none() | _words),
    st.builds(MenuClicked, st.sampled_from(["policy", "help", "blocked", "report", "track", "x"])),
    st.builds(LocationReceived, st.text(max_size=9)),
    st.builds(OtherReceived, st.sampled_from(OtherKind)),
    st.just(Followed()),
    st.just(ScannedCard("x")),
)
_names = st.sampled_from(StateName)
_texts = st.lists(st.text(max_size=20), max_size=3).map(tuple)
_drafts = st.builds(
    Draft,
    topic=st.sampled_from(Topic),
    statement=_texts,
    attachments=st.lists(st.integers(1, 9), max_size=2).map(tuple),
    scores=st.lists(st.tuples(_labels | st.text(max_size=5), st.floats(0, 1)), max_size=5).map(tuple),
    is_sure=st.booleans(),
    is_elsewhere=st.booleans(),
    in_danger=st.booleans(),
    label=st.none() | _labels | st.text(max_size=5),
    unit=st.none() | st.sampled_from(["tax_bureau", "gone_unit"]),
    ambiguous=st.none() | st.sampled_from(["执法队", "领导", "gone_alias"]),
    answers=st.lists(st.tuples(st.sampled_from(Item), st.text(max_size=9)), max_size=3).map(tuple),
    settled=st.lists(st.sampled_from(Item), max_size=8, unique=True).map(tuple),
    tried=st.lists(_names, max_size=4).map(tuple),
    rounds=st.integers(0, 9),
    is_hurried=st.booleans(),
    is_named=st.booleans(),
)
_states = st.builds(
    State,
    name=_names,
    draft=_drafts,
    choices=st.lists(st.sampled_from(["yes", "no", "none", "report", "leave", "gone", "fair"]), max_size=4).map(tuple),
    heard=st.sampled_from(["", "等着的话"]),
    loose=st.sampled_from([(), (1,)]),
    origin=st.none() | _names,
    doubtful=st.sampled_from([(), ("县长",)]),
    wanted=st.none() | st.sampled_from(Topic),
    focus=st.none() | st.builds(Focus, st.just(NUMBER), st.none() | st.just(CODE), st.sampled_from([(), ("leave",)])),
    listed=st.sampled_from([(), ((NUMBER, "received"), (NUMBER, "gone_status"))]),
    rating=st.none() | st.sampled_from(Satisfaction),
    rule=st.none() | st.sampled_from(RouteRule),
    lodged=st.none() | st.just(JustLodged(NUMBER, NOW)),
    tries=st.integers(0, 4),
    last_active_at=st.none() | st.just(NOW),
    was_lost=st.booleans(),
)
_events = st.one_of(
    _person,
    suggestions(),
    st.sampled_from((*HARMLESS, *CASES, *SUGGESTIONS, *UPWARD, *LEADING_AWAY, Throttled(), CaseNotFound(), Failed())),
)


@settings(max_examples=300, deadline=None)
@given(state=_states, event=_events)
def test_no_event_in_any_state_breaks_anything(state: State, event: Event) -> None:
    after, effects = step(state, event, context())
    assert (type(after), type(effects)) == (State, tuple)


def ended(chat: Chat) -> bool:
    return chat.state.name is StateName.IDLE and not chat.state.draft.has_content


@settings(max_examples=120, deadline=None)
@given(events=st.lists(_person, max_size=10), heard=suggestions(), way_out=st.sampled_from(["提交", "跳过"]))
def test_after_anything_the_end_is_near(events: list[Event], heard: Event, way_out: str) -> None:
    """Whatever came before, a few times 'skip' and 'submit' lodge the report or end without one."""
    chat = Chat(hears={"": heard}, cases=[case(status=CaseStatus.FED_BACK, needs_satisfaction=True)])  # type: ignore[dict-item]
    for event in events:
        chat.happens(event)
    for _ in range(ENOUGH):
        if ended(chat):
            break
        chat.citizen(way_out)
        way_out = {"提交": "跳过", "跳过": "提交"}[way_out]
    assert ended(chat), chat.state.name


@settings(max_examples=80, deadline=None)
@given(texts=st.lists(_letters, min_size=1, max_size=8), heard=suggestions())
def test_what_is_told_is_in_the_report_or_was_said_to_be_forgotten(texts: list[str], heard: Event) -> None:
    chat = Chat(hears={"": heard})  # type: ignore[dict-item]
    said: list[str] = []
    for text in texts:
        said += chat.citizen(f"经过：{text}")
    if {"referred_upward", "spam"} & set(said):
        return
    said += [letter for word in ("提交", "提交", "提交") for letter in chat.citizen(word)]
    (lodging,) = [effect for effect in chat.everything if isinstance(effect, LodgeReport)]
    kept = f"{lodging.draft.everything}\n{lodging.draft.name}"
    assert all(f"经过：{text}".strip() in kept for text in texts)


@settings(max_examples=80, deadline=None)
@given(events=st.lists(_person, max_size=12), heard=suggestions())
def test_every_answer_fits_one_message(events: list[Event], heard: Event) -> None:
    chat = Chat(hears={"": heard}, cases=[case(feedback="经核查，" * 300)])  # type: ignore[dict-item]
    for event in events:
        chat.happens(event)
        assert len(chat.reply.encode()) <= 2047
