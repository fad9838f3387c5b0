"""Citizen says, bot says: signing, summary, lodging, and what comes right after it."""

import pytest

from bot.dialogue.effects import LodgeReport, RenewCode, Supplement
from bot.dialogue.events import LodgeRefused
from bot.dialogue.states import StateName
from tests.dialogue.conversing import (
    CODE,
    FINE,
    NEW_CODE,
    NUMBER,
    WAGES,
    Chat,
    lodged,
    reviewing,
    signing,
    suggested,
    told,
)


# ── signing ───────────────────────────────────────────────────────────────────────────────────────
def test_anonymous_leads_to_the_summary() -> None:
    chat = signing()
    assert (chat.citizen("匿名"), chat.state.draft.is_named) == (["review"], False)


def test_who_does_not_say_stays_anonymous() -> None:
    assert signing().citizen("跳过") == ["review"]


def test_named_asks_for_name_and_telephone() -> None:
    chat = signing()
    assert [chat.citizen(text) for text in ("2", "张三", "138-0000-1111")] == [
        ["ask_name"],
        ["ask_contact"],
        ["review"],
    ]


def test_a_telephone_nobody_can_dial_is_asked_for_again() -> None:
    assert signing().says("2", "张三").citizen("加我微信吧") == ["bad_contact", "ask_contact"]


def test_a_name_that_is_none_is_asked_for_again() -> None:
    assert signing().says("2").citizen("我" * 31) == ["bad_name", "ask_name"]


@pytest.mark.parametrize("before", [("2",), ("2", "张三")])
def test_the_number_of_an_identity_card_is_declined_and_not_kept(before: tuple[str, ...]) -> None:
    chat = signing().says(*before)
    asked = chat.letters
    assert (chat.citizen("11010119900307123X"), "110101" in repr(chat.state)) == (["no_identity_card", *asked], False)


@pytest.mark.parametrize("before", [("2",), ("2", "张三")])
def test_who_thinks_better_of_it_stays_anonymous(before: tuple[str, ...]) -> None:
    chat = signing().says(*before)
    assert (chat.citizen("跳过"), chat.state.draft.name) == (["review"], "")


def test_more_of_the_story_under_the_signing_is_kept() -> None:
    chat = signing()
    assert (chat.citizen("还有一件事忘了说，他们还扣了我的秤"), len(chat.state.draft.statement)) == (
        ["noted", "sign"],
        2,
    )


# ── summary and lodging ───────────────────────────────────────────────────────────────────────────
def test_the_summary_shows_what_was_understood() -> None:
    chat = told().says("上周三", "姓张的", "跳过", "跳过", "1")
    shown = {name: value for name, value in chat.values.items() if value and name != "choices"}
    assert shown == {
        "beginning": FINE,
        "kind": "罚款太重、没票据，或者像在完成任务",
        "unit": "县城市管理综合执法局",
        "when": "上周三",
        "person": "姓张的",
        "anonymous": "不留姓名",
    }


def test_the_summary_says_when_staff_will_classify() -> None:
    chat = Chat().says(FINE, "提交")
    assert chat.values["kind"] == "由工作人员分类"


def test_the_summary_of_a_named_report_shows_name_and_telephone() -> None:
    chat = signing().says("2", "张三", "13800001111")
    assert (chat.values["name"], chat.values["contact"], chat.values["anonymous"]) == ("张三", "13800001111", "")


def test_submitting_lodges_and_tells_number_and_code() -> None:
    chat = reviewing()
    assert (chat.citizen("提交"), chat.values) == (["lodged"], {"case_number": NUMBER, "query_code": CODE})


def test_nothing_of_the_draft_stays_after_lodging() -> None:
    assert (lodged().state.draft.has_content, lodged().state.name) == (False, StateName.IDLE)


def test_the_code_is_not_kept() -> None:
    assert CODE not in repr(lodged().state)


def test_a_named_report_is_told_the_fifteen_days() -> None:
    assert signing().says("2", "张三", "13800001111").citizen("提交") == ["lodged", "lodged_named"]


def test_submitting_a_second_time_lodges_nothing_twice() -> None:
    chat = lodged()
    assert (chat.citizen("提交"), chat.did(LodgeReport)) == (["already_lodged"], [])


def test_who_never_saw_the_code_is_offered_another() -> None:
    chat = lodged().says("提交")
    assert "回复“查询码”" in chat.reply
    assert (chat.citizen("查询码"), chat.values) == (["code_renewed"], {"case_number": NUMBER, "query_code": NEW_CODE})


def test_half_an_hour_later_no_other_code_is_given() -> None:
    chat = lodged().later(minutes=31)
    assert (chat.citizen("查询码"), chat.did(RenewCode)) == (["code_not_renewed", "menu"], [])


def test_another_code_does_not_touch_what_is_being_told() -> None:
    chat = lodged().says(FINE)
    before = chat.state.draft
    assert (chat.citizen("查询码"), chat.state.draft) == (["code_renewed"], before)


def test_a_fault_keeps_the_draft() -> None:
    chat = reviewing()
    chat.refusal = LodgeRefused()
    letters = chat.citizen("提交")
    chat.refusal = None
    assert (letters, chat.citizen("提交")) == (["lodge_failed"], ["lodged"])


@pytest.mark.parametrize(
    ("answer", "letter"), [("1", "tell_more"), ("2", "choose_kind"), ("3", "ask_unit"), ("4", "sign")]
)
def test_the_summary_is_corrected_by_number(answer: str, letter: str) -> None:
    assert reviewing().citizen(answer) == [letter]


@pytest.mark.parametrize("answer", ["1", "2", "3", "4"])
def test_back_from_a_correction_is_the_summary(answer: str) -> None:
    assert reviewing().says(answer).citizen("返回") == ["review"]


def test_what_is_added_goes_into_the_statement() -> None:
    chat = reviewing().says("1")
    assert (chat.citizen("他们还说不交钱就天天来"), len(chat.state.draft.statement)) == (["noted", "review"], 2)


def test_text_under_the_summary_is_added_too() -> None:
    assert reviewing().citizen("他们还说不交钱就天天来") == ["noted", "review"]


def test_the_kind_can_be_corrected() -> None:
    assert reviewing().says("2", "2").values["kind"] == "乱收费、搭车收费，保证金不退"


def test_the_kind_can_be_taken_back() -> None:
    assert reviewing().says("2", "都不是").values["kind"] == "由工作人员分类"


def test_the_unit_can_be_corrected() -> None:
    chat = reviewing()
    chat.hears["税务"] = suggested(units=("tax_bureau",))
    assert chat.says("3", "税务局").values["unit"] == "国家税务总局舜安县税务局"


def test_who_skips_the_correction_of_the_unit_keeps_it() -> None:
    assert reviewing().says("3", "跳过").values["unit"] == "县城市管理综合执法局"


def test_the_signing_can_be_corrected() -> None:
    assert reviewing().says("4", "2", "张三", "13800001111").values["name"] == "张三"


def test_without_kinds_to_offer_staff_will_classify() -> None:
    chat = Chat(hears={"": suggested("nk_labour", "nk_consumer")}).says(WAGES, "提交")
    assert chat.citizen("2") == ["kind_by_staff", "review"]


def test_there_is_nothing_to_skip_at_the_summary() -> None:
    assert reviewing().citizen("跳过") == ["nothing_to_skip", "review"]


# ── after lodging ─────────────────────────────────────────────────────────────────────────────────
def test_a_picture_just_after_lodging_may_belong_to_the_case() -> None:
    chat = lodged()
    assert (chat.picture(9), chat.values["case_number"]) == (["place"], NUMBER)


def test_it_is_added_to_the_case() -> None:
    chat = lodged()
    chat.picture(9)
    assert (chat.citizen("1"), chat.did(Supplement)) == (["done_supplemented"], [Supplement(NUMBER, "", (9,))])


def test_or_it_begins_something_new() -> None:
    chat = lodged()
    chat.picture(9)
    assert (chat.citizen("2"), chat.state.draft.attachments) == (["tell_after_media"], (9,))


def test_words_that_follow_the_picture_wait_for_the_same_answer() -> None:
    chat = lodged()
    chat.picture(9)
    chat.picture(10)
    letters = chat.citizen("这是当时的收据")
    chat.citizen("1")
    assert (letters, chat.did(Supplement)) == (["place"], [Supplement(NUMBER, "这是当时的收据", (9, 10))])


def test_who_never_answers_begins_something_new() -> None:
    chat = lodged()
    chat.picture(9)
    chat.says("这是另外一家店的收据", "那家也被罚了两千块钱")
    assert chat.citizen("他们家的招牌也说是歪的") == ["choose_kind"]


def test_who_skips_the_question_begins_something_new() -> None:
    chat = lodged()
    chat.picture(9)
    assert chat.citizen("跳过") == ["tell_after_media"]


def test_back_from_the_question_keeps_nothing_but_an_undo() -> None:
    chat = lodged()
    chat.picture(9)
    assert (chat.citizen("返回"), chat.citizen("返回")) == (["left"], ["restored", "place"])


def test_a_picture_an_hour_after_lodging_begins_something_new() -> None:
    assert lodged().later(minutes=31).picture() == ["tell_after_media"]


def test_a_text_after_lodging_begins_something_new() -> None:
    assert lodged().citizen("还有一家单位也来收了两次检测费") == ["choose_kind"]
