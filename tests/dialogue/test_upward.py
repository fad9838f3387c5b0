"""Citizen says, bot says: reports this level may not hear (reports rule, art. 15)."""

import pytest

from bot.dialogue.effects import ForgetDraft, LodgeReport, Supplement
from bot.dialogue.events import LocationReceived, LodgeRefused
from bot.dialogue.states import Draft
from domain.terms import CaseStatus, Rank, RouteRule
from domain.values import Position
from tests.dialogue.conversing import (
    COUNTY_HEAD,
    FINE,
    MENTIONED_HEAD,
    NUMBER,
    OWN_HEAD,
    Chat,
    case,
    lodged,
    reviewing,
    suggested,
    told,
)

ABOUT_THE_HEAD = "县长收了开发商的钱把地批给他"
HEARS = {"县长": suggested(positions=(COUNTY_HEAD,)), "纪委书记": suggested(positions=(OWN_HEAD,))}
DOUBTFUL = {"县长": suggested(positions=(MENTIONED_HEAD,))}
MENTIONS = "我打了县长热线，城管还是罚了我两千"


@pytest.mark.parametrize(
    ("text", "rule"),
    [(ABOUT_THE_HEAD, RouteRule.COUNTY_LEADER), ("县纪委书记包庇他的亲戚不查", RouteRule.OWN_PRINCIPAL)],
)
def test_a_leader_accused_stops_the_collecting_at_once(text: str, rule: RouteRule) -> None:
    chat = Chat(hears=HEARS)
    assert (chat.citizen(text), chat.did(ForgetDraft)) == (["referred_upward"], [ForgetDraft(rule)])


def test_the_superior_channel_is_told() -> None:
    chat = Chat(hears=HEARS).says(ABOUT_THE_HEAD)
    assert all(piece in chat.reply for piece in ("市纪委监委", "12388", "www.12388.gov.cn"))


def test_nothing_of_what_was_told_stays() -> None:
    chat = Chat(hears=HEARS).says(FINE)
    chat.picture()
    chat.says(ABOUT_THE_HEAD)
    assert (chat.state.draft, chat.state.heard, chat.state.undo) == (Draft(), "", None)


@pytest.mark.parametrize(
    "before",
    [
        (FINE,),  # choosing the kind
        (FINE, "1"),  # naming the unit
        (FINE, "1", "跳过"),  # answering
        (FINE, "1", "跳过", "跳过"),
        (FINE, "提交"),  # at the summary
        ("他们坏",),  # asked for facts
    ],
)
def test_a_leader_named_later_stops_it_as_well(before: tuple[str, ...]) -> None:
    assert Chat(hears=HEARS).says(*before).citizen("其实就是县长让他们干的") == ["referred_upward"]


def test_a_leader_named_as_the_person_stops_it() -> None:
    chat = told().says("跳过")
    chat.hears["县长"] = HEARS["县长"]
    assert (chat.letters, chat.citizen("县长")) == (["ask_person"], ["referred_upward"])


def test_a_bare_title_as_the_person_is_asked_about() -> None:
    chat = told().says("跳过")
    chat.hears["县长"] = DOUBTFUL["县长"]
    assert (chat.citizen("县长"), chat.citizen("1")) == (["confirm_upward"], ["referred_upward"])


def test_a_leader_spoken_of_stops_it() -> None:
    assert Chat(hears=HEARS).voice(ABOUT_THE_HEAD) == ["referred_upward"]


def test_a_leader_in_a_supplement_stops_it() -> None:
    chat = Chat(hears=HEARS, cases=[case()]).says("查询", "1")
    assert (chat.citizen("后来县长也来找我谈话"), chat.did(Supplement)) == (["referred_upward"], [])


def test_a_leader_in_an_objection_stops_it() -> None:
    view = case(status=CaseStatus.FED_BACK, needs_satisfaction=True, can_withdraw=False)
    chat = Chat(hears=HEARS, cases=[view]).says("查询", "2", "3")
    assert (chat.letters, chat.citizen("县长包庇他们")) == (["ask_why"], ["referred_upward"])


def test_the_rules_have_the_last_word_when_it_is_lodged() -> None:
    chat = reviewing()
    chat.refusal = LodgeRefused(RouteRule.COUNTY_LEADER)
    assert (chat.citizen("提交"), chat.did(LodgeReport) != [], chat.did(ForgetDraft)) == (
        ["referred_upward"],
        True,
        [ForgetDraft(RouteRule.COUNTY_LEADER)],
    )


def test_what_is_written_on_is_not_collected() -> None:
    chat = Chat(hears=HEARS).says(ABOUT_THE_HEAD)
    assert (chat.citizen("他还拿了我两万块钱"), chat.did(ForgetDraft), chat.state.draft) == (
        ["upward_again"],
        [ForgetDraft(RouteRule.COUNTY_LEADER)],
        Draft(),
    )


def test_what_is_sent_on_is_not_collected() -> None:
    chat = Chat(hears=HEARS).says(ABOUT_THE_HEAD)
    assert (chat.picture(), chat.did(ForgetDraft) != []) == (["upward_again"], True)


def test_what_is_spoken_on_is_not_collected() -> None:
    chat = Chat(hears=HEARS).says(ABOUT_THE_HEAD)
    assert (chat.voice("他还拿了我两万块钱"), chat.state.draft) == (["upward_again"], Draft())


def test_a_place_sent_on_is_not_collected() -> None:
    chat = Chat(hears=HEARS).says(ABOUT_THE_HEAD)
    assert (chat.happens(LocationReceived("县政府")), chat.state.draft) == (
        ["location_unclear", "upward_again"],
        Draft(),
    )


def test_there_is_nothing_to_submit() -> None:
    assert Chat(hears=HEARS).says(ABOUT_THE_HEAD).citizen("提交") == ["upward_again"]


@pytest.mark.parametrize("words", ["反映问题", "4"])
def test_something_else_begins_anew(words: str) -> None:
    assert Chat(hears=HEARS).says(ABOUT_THE_HEAD).citizen(words) == ["tell_report"]


@pytest.mark.parametrize("word", ["跳过", "返回"])
def test_the_menu_is_near(word: str) -> None:
    assert Chat(hears=HEARS).says(ABOUT_THE_HEAD).citizen(word) == ["menu"]


def test_cancelling_has_nothing_to_restore() -> None:
    chat = Chat(hears=HEARS).says(ABOUT_THE_HEAD)
    assert (chat.citizen("取消"), chat.citizen("返回")) == (["left"], ["menu"])


def test_own_cases_can_be_looked_up_from_there() -> None:
    chat = Chat(hears=HEARS, cases=[case()]).says(ABOUT_THE_HEAD)
    assert chat.citizen("查询") == ["case_view", "case_actions"]


def test_the_case_lodged_before_is_not_forgotten() -> None:
    chat = lodged()
    chat.hears |= HEARS
    chat.citizen(ABOUT_THE_HEAD)
    assert chat.state.lodged is not None


def test_the_way_upward_ends_with_a_day() -> None:
    chat = Chat(hears=HEARS).says(ABOUT_THE_HEAD).later(hours=25)
    assert chat.citizen(FINE) == ["choose_kind"]


# ── in doubt ─────────────────────────────────────────────────────────────────────────────────────
def test_a_leader_only_mentioned_is_asked_about() -> None:
    chat = Chat(hears=DOUBTFUL)
    assert (chat.citizen(MENTIONS), chat.values["title"]) == (["confirm_upward"], "县长")


def test_yes_stops_the_collecting() -> None:
    chat = Chat(hears=DOUBTFUL).says(MENTIONS)
    assert (chat.citizen("是"), chat.did(ForgetDraft)) == (
        ["referred_upward"],
        [ForgetDraft(RouteRule.COUNTY_LEADER)],
    )


def test_yes_about_the_own_head_names_his_rule() -> None:
    head = Position("县纪委书记", Rank.COMMISSION_HEAD, accused=False)
    chat = Chat(hears={"书记": suggested(positions=(head,))}).says("我给县纪委书记写过信没有回音").says("1")
    assert chat.did(ForgetDraft) == [ForgetDraft(RouteRule.OWN_PRINCIPAL)]


def test_no_goes_on_with_what_was_told() -> None:
    chat = Chat(hears=DOUBTFUL).says(MENTIONS)
    assert (chat.citizen("2"), chat.state.draft.text) == (["choose_kind"], MENTIONS)


def test_the_same_leader_is_asked_about_once() -> None:
    chat = Chat(hears=DOUBTFUL).says(MENTIONS, "2")
    assert chat.citizen("县长热线的人说让我等着") == ["choose_kind"]


def test_skipping_counts_as_no() -> None:
    assert Chat(hears=DOUBTFUL).says(MENTIONS).citizen("跳过") == ["choose_kind"]


def test_an_answer_in_words_is_heard_with_the_rest() -> None:
    chat = Chat(hears=DOUBTFUL).says(MENTIONS)
    assert (chat.citizen("我说的是罚我的城管"), chat.state.draft.text) == (
        ["choose_kind"],
        f"{MENTIONS}\n我说的是罚我的城管",
    )


def test_an_answer_in_words_that_accuses_stops_the_collecting() -> None:
    chat = Chat(hears=DOUBTFUL | {"收了钱": HEARS["县长"]}).says(MENTIONS)
    assert chat.citizen("我说的就是县长他收了钱") == ["referred_upward"]


def test_back_takes_the_sentence_back() -> None:
    chat = Chat(hears=DOUBTFUL).says(FINE).says(MENTIONS)
    assert (chat.citizen("返回"), chat.state.draft.text) == (["choose_kind"], FINE)


def test_a_picture_meanwhile_is_kept() -> None:
    chat = Chat(hears=DOUBTFUL).says(MENTIONS)
    chat.picture()
    chat.citizen("2")
    assert chat.state.draft.attachments == (7,)


def test_a_doubt_in_a_supplement_is_asked_about_and_then_added() -> None:
    chat = Chat(hears=DOUBTFUL, cases=[case()]).says("查询", "1")
    assert (chat.citizen("我打了县长热线"), chat.citizen("2"), chat.did(Supplement)) == (
        ["confirm_upward"],
        ["done_supplemented"],
        [Supplement(NUMBER, "我打了县长热线")],
    )


def test_looking_up_a_case_meanwhile_loses_nothing() -> None:
    chat = Chat(hears=DOUBTFUL, cases=[case()]).says(MENTIONS).says("查询")
    assert (chat.citizen("返回"), chat.state.draft.text) == (["rephrase"], MENTIONS)
