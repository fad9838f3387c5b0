"""Citizen says, bot says: the words that work everywhere, and conversations that were forgotten for a while."""

import pytest

from bot.dialogue.effects import AskForPerson, LookUpCases
from bot.dialogue.events import Followed, Throttled
from bot.dialogue.saving import from_json
from bot.dialogue.states import Draft, StateName, Topic
from tests.dialogue.conversing import FINE, NUMBER, Chat, case, lodged, reviewing, suggested, told


# ── help and people ──────────────────────────────────────────────────────────────────────────────
def test_help_repeats_the_question() -> None:
    assert told().citizen("帮助") == ["help", "ask_when"]


def test_a_person_can_be_asked_for_and_the_draft_stays() -> None:
    chat = told()
    assert (chat.citizen("人工"), chat.did(AskForPerson)) == (["person", "ask_when"], [AskForPerson(None)])


def test_a_person_can_be_asked_for_about_a_case() -> None:
    chat = Chat(cases=[case()]).says("查询", "人工")
    assert chat.did(AskForPerson) == [AskForPerson(NUMBER)]


def test_a_person_can_be_asked_for_before_anything_else() -> None:
    assert Chat().citizen("人工") == ["person"]


# ── submit ───────────────────────────────────────────────────────────────────────────────────────
def test_submit_before_the_summary_leads_to_the_summary() -> None:
    assert Chat().says(FINE).citizen("提交") == ["review"]


def test_submit_without_anything_says_what_is_missing() -> None:
    assert Chat().citizen("提交") == ["nothing_to_submit", "menu"]


def test_submit_with_pictures_only_asks_for_words() -> None:
    chat = Chat()
    chat.picture()
    assert chat.citizen("提交") == ["words_missing", "tell_after_media"]


def test_submit_an_hour_after_lodging_is_about_something_new() -> None:
    assert lodged().later(minutes=40).citizen("提交") == ["nothing_to_submit", "menu"]


def test_submit_answers_for_what_waits_for_a_side_question() -> None:
    chat = lodged()
    chat.picture(9)
    chat.says("这是另外一家店的收据")
    assert chat.citizen("提交") == ["review"]


# ── cancel and back ──────────────────────────────────────────────────────────────────────────────
def test_cancel_puts_the_draft_aside() -> None:
    chat = told()
    assert (chat.citizen("取消"), chat.state.draft, chat.state.name) == (["cancelled"], Draft(), StateName.IDLE)


def test_back_right_after_it_restores_the_draft() -> None:
    chat = told().says("取消")
    assert (chat.citizen("返回"), chat.state.draft.text) == (["restored", "ask_when"], FINE)


def test_anything_else_after_it_forgets_the_draft() -> None:
    chat = told().says("取消", "你好")
    assert (chat.citizen("返回"), chat.state.undo) == (["menu"], None)


def test_cancel_without_anything_is_no_harm() -> None:
    assert Chat().citizen("取消") == ["left"]


def test_back_asks_the_question_before_again() -> None:
    chat = told().says("上周三", "姓张的")
    assert [chat.citizen("返回") for _ in range(4)] == [["ask_person"], ["ask_when"], ["choose_kind"], ["tell_more"]]


def test_an_answer_that_was_taken_back_is_gone() -> None:
    chat = told().says("上周三", "返回")
    assert chat.state.draft.said_of("when") == ""


def test_back_from_the_summary_is_the_signing() -> None:
    chat = told().says("跳过", "跳过", "跳过", "跳过", "1")
    assert [chat.citizen("返回") for _ in range(2)] == [["sign"], ["ask_evidence"]]


def test_back_from_a_summary_that_was_hurried_to_is_the_telling() -> None:
    chat = reviewing()
    assert (chat.citizen("返回"), chat.citizen("跳过")) == (["tell_more"], ["ask_when"])


def test_back_from_the_unit_is_the_kind() -> None:
    chat = Chat().says(FINE, "1")
    assert (chat.letters, chat.citizen("返回")) == (["ask_unit"], ["choose_kind"])


def test_back_from_the_unit_of_a_plea_for_help_is_the_telling() -> None:
    chat = Chat(hears={"路": suggested("nk_help_request")}).says("2", "厂门口的路坏了半年货车进不来")
    assert (chat.letters, chat.citizen("返回")) == (["ask_unit"], ["tell_more"])


def test_back_from_the_first_fact_is_the_unit_that_was_asked() -> None:
    chat = Chat().says(FINE, "1", "城东那个站")
    assert (chat.letters, chat.citizen("返回")) == (["ask_when"], ["ask_unit"])


@pytest.mark.parametrize(("before", "letter"), [(("2",), "sign"), (("2", "张三"), "ask_name")])
def test_back_from_name_and_telephone(before: tuple[str, ...], letter: str) -> None:
    assert told().says("跳过", "跳过", "跳过", "跳过", *before).citizen("返回") == [letter]


def test_back_at_the_beginning_of_the_telling_is_the_end() -> None:
    assert Chat().says("反映问题").citizen("返回") == ["left"]


def test_back_where_nothing_is_before_goes_on() -> None:
    assert Chat().says(FINE, "返回").citizen("返回") == ["nothing_before", "tell_more"]


@pytest.mark.parametrize("text", ["他们坏", "饭店老板欠了我三个月工资"])
def test_back_from_a_question_about_the_telling_is_the_telling(text: str) -> None:
    chat = Chat(hears={"工资": suggested("nk_labour")}).says(text)
    assert chat.citizen("返回") == ["tell_more"]


# ── skip ─────────────────────────────────────────────────────────────────────────────────────────
def test_skip_with_nothing_to_skip() -> None:
    assert Chat().citizen("跳过") == ["nothing_to_skip", "menu"]


def test_skip_before_anything_was_told_is_the_end() -> None:
    chat = Chat().says("反映问题")
    assert (chat.citizen("跳过"), chat.state.name) == (["left"], StateName.IDLE)


def test_skip_after_something_was_told_goes_on() -> None:
    assert Chat().says(FINE, "返回").citizen("跳过") == ["choose_kind"]


# ── a draft and the menu ─────────────────────────────────────────────────────────────────────────
def test_the_menu_never_throws_a_statement_away() -> None:
    chat = told()
    assert (chat.taps("help"), chat.values["beginning"]) == (["resume"], FINE)


def test_going_on_is_where_it_was() -> None:
    chat = told()
    chat.taps("help")
    assert chat.citizen("1") == ["ask_when"]


def test_starting_anew_is_what_was_tapped() -> None:
    chat = told()
    chat.taps("help")
    assert (chat.citizen("2"), chat.state.draft) == (["tell_help"], Draft(topic=Topic.HELP))


def test_pictures_before_the_menu_go_along() -> None:
    chat = Chat()
    chat.picture(3)
    chat.taps("help")
    assert (chat.state.draft.topic, chat.state.draft.attachments) == (Topic.HELP, (3,))


def test_following_again_goes_on_with_the_draft() -> None:
    assert told().happens(Followed()) == ["welcome", "ask_when"]


def test_a_query_that_is_throttled_leaves_the_draft() -> None:
    chat = told()
    assert (chat.happens(Throttled()), chat.citizen("上周三")) == (["throttled"], ["ask_person"])


def test_a_query_from_the_middle_asks_for_the_cases() -> None:
    chat = told().says("查询")
    assert chat.did(LookUpCases) == [LookUpCases()]


# ── forgotten conversations ──────────────────────────────────────────────────────────────────────
def test_within_a_day_it_just_goes_on() -> None:
    assert told().later(hours=23).citizen("上周三") == ["ask_person"]


def test_after_a_day_what_was_kept_is_told() -> None:
    chat = told().later(hours=25)
    assert (chat.citizen("你好"), chat.values["beginning"]) == (["resume"], FINE)


def test_an_old_number_means_nothing_after_a_day() -> None:
    chat = reviewing().later(hours=25)
    assert (chat.citizen("2"), chat.state.draft.text) == (["resume"], FINE)


@pytest.mark.parametrize("word", ["1", "接着说", "跳过"])
def test_it_can_be_gone_on_with(word: str) -> None:
    assert told().later(hours=25).says("你好").citizen(word) == ["ask_when"]


def test_or_begun_anew() -> None:
    chat = told().later(hours=25).says("你好")
    assert (chat.citizen("2"), chat.state.draft) == (["tell_report"], Draft())


def test_what_woke_it_is_not_lost_when_it_goes_on() -> None:
    chat = told().later(hours=25).says("他们昨天又来罚了一次")
    assert (chat.letters, chat.citizen("1"), chat.state.draft.statement) == (
        ["resume"],
        ["noted", "ask_when"],
        (FINE, "他们昨天又来罚了一次"),
    )


def test_what_woke_it_is_not_lost_when_it_begins_anew() -> None:
    chat = told().later(hours=25).says("税务所也让我请他们吃饭")
    assert (chat.citizen("2"), chat.state.draft.statement) == (["choose_kind"], ("税务所也让我请他们吃饭",))


def test_a_picture_that_woke_it_is_kept_either_way() -> None:
    chat = told().later(hours=25)
    chat.picture(5)
    assert (chat.letters, chat.says("1").state.draft.attachments) == (["resume"], (5,))


def test_who_goes_on_telling_goes_on() -> None:
    chat = told().later(hours=25).says("他们昨天又来罚了一次", "前天也来了")
    assert chat.citizen("大前天也来了") == ["noted", "ask_when"]


def test_there_is_nothing_before_the_question_whether_to_go_on() -> None:
    assert told().later(hours=25).says("你好").citizen("返回") == ["nothing_before", "resume"]


def test_a_draft_of_a_day_can_be_submitted() -> None:
    assert told().later(hours=25).citizen("提交") == ["review"]


def test_pictures_of_a_day_wait_for_words() -> None:
    chat = Chat()
    chat.picture(5)
    assert chat.later(hours=25).citizen("你好") == ["tell_after_media"]


def test_after_a_week_it_is_politely_gone() -> None:
    chat = told().later(days=8)
    assert (chat.citizen("你好"), chat.state.draft) == (["expired", "menu"], Draft())


def test_after_a_week_a_new_text_is_a_new_statement() -> None:
    chat = told().later(days=8)
    assert (chat.citizen("税务所也让我请他们吃饭"), chat.state.draft.statement) == (
        ["expired", "choose_kind"],
        ("税务所也让我请他们吃饭",),
    )


def test_after_a_week_without_a_draft_nothing_is_said_of_it() -> None:
    assert Chat().says("你好").later(days=8).citizen("你好") == ["menu"]


def test_the_menu_is_known_by_heart_after_a_day() -> None:
    assert Chat().says("你好").later(days=2).citizen("4") == ["tell_report"]


def test_what_an_older_version_left_is_apologised_for_once() -> None:
    chat = Chat(state=from_json({"name": "gone"}))
    assert (chat.citizen("你好"), chat.citizen("你好")) == (["forgotten", "menu"], ["menu"])
