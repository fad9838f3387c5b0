"""Citizen says, bot says: which unit, and the facts that are missing."""

import pytest

from bot.dialogue.events import Failed, TextReceived
from bot.dialogue.machine import step
from bot.dialogue.states import StateName
from domain.values import Slots
from tests.dialogue.conversing import (
    FINE,
    Chat,
    context,
    suggested,
    told,
)

KNOWN = Slots(person="中队长", when="上周", where="店里", demand="两千元", evidence="收据", amount_cny=2000.0)


# ── unit ──────────────────────────────────────────────────────────────────────────────────────────
def test_an_ambiguous_word_is_asked_about_with_numbered_units() -> None:
    chat = Chat(hears={"执法队": suggested(ambiguous="消防")}).says("执法队来了就罚我两千块钱")
    assert (chat.citizen("1"), chat.values["choices"]) == (
        ["choose_unit"],
        ("舜安县消防救援大队", "县住房和城乡建设局", "县应急管理局", "都不是，或者不清楚"),
    )


def test_words_for_a_unit_that_are_too_long_are_refused_before_anything_reads_them() -> None:
    chat = Chat(hears={"执法队": suggested(ambiguous="执法队")}).says("执法队来了就罚我两千块钱", "1")
    assert "statement_full" in chat.citizen("一" * 60_000)


@pytest.mark.parametrize(("answer", "unit"), [("1", "fire_brigade"), ("住建局", "housing_construction"), ("4", None)])
def test_the_unit_is_chosen_by_number_or_a_usual_name(answer: str, unit: str | None) -> None:
    chat = Chat(hears={"执法队": suggested(ambiguous="消防")}).says("执法队来了就罚我两千块钱", "1", answer)
    assert (chat.state.draft.unit, chat.state.name) == (unit, StateName.ANSWERING)


def test_an_ambiguous_word_without_candidates_is_asked_about_in_its_own_words() -> None:
    chat = Chat(hears={"领导": suggested(ambiguous="领导")}).says("他们领导来了就罚我两千块钱")
    assert (chat.citizen("1"), chat.values["ask"]) == (
        ["ask_unit_as"],
        "是哪个单位、什么职务？不知道姓名可以写“局长”“所长”。",
    )


def test_a_unit_that_is_found_is_not_asked_for() -> None:
    assert told().letters == ["ask_when"]


def test_a_missing_unit_is_asked_for_and_found_in_the_answer() -> None:
    chat = Chat(hears={"税务": suggested(units=("tax_bureau",))}).says(FINE, "1")
    assert (chat.letters, chat.citizen("税务局"), chat.state.draft.unit) == (["ask_unit"], ["ask_when"], "tax_bureau")


def test_an_answer_that_is_no_known_unit_is_kept_as_written() -> None:
    assert Chat().says(FINE, "1", "城东那个站").state.draft.unit_words == "城东那个站"


def test_an_ambiguous_answer_is_asked_about_once() -> None:
    chat = Chat(hears={"交警": suggested(ambiguous="交警")}).says("他们拦车就要罚我两千", "1")
    assert [chat.citizen("交警"), chat.citizen("就是交警啊"), chat.state.draft.unit_words] == [
        ["choose_unit"],
        ["ask_when"],
        "就是交警啊",
    ]


def test_a_story_instead_of_a_unit_is_not_lost() -> None:
    chat = Chat().says(FINE, "1")
    story = "我也说不上来是哪个单位，反正就是那天上午来了四个人，两个穿制服两个没穿，进门就说我的招牌不合格"
    assert (chat.citizen(story), chat.state.draft.statement) == (["noted", "ask_when"], (FINE, story))


def test_the_unit_can_be_skipped() -> None:
    assert Chat().says(FINE, "1").citizen("不清楚") == ["ask_when"]


# ── facts ─────────────────────────────────────────────────────────────────────────────────────────
def test_only_what_is_missing_and_matters_is_asked_one_at_a_time() -> None:
    chat = told()
    asked = [chat.letters, *(chat.citizen(text) for text in ("上周三", "一个姓张的", "两千块", "没有"))]
    assert asked == [["ask_when"], ["ask_person"], ["ask_demand"], ["ask_evidence"], ["sign"]]


def test_what_the_statement_says_is_not_asked_for() -> None:
    chat = Chat(hears={"城管": suggested(units=("urban_management",), slots=KNOWN)})
    assert chat.says(FINE).citizen("1") == ["sign"]


def test_every_fact_can_be_skipped() -> None:
    chat = told()
    assert [chat.citizen("跳过") for _ in range(4)] == [["ask_person"], ["ask_demand"], ["ask_evidence"], ["sign"]]


def test_never_more_than_five_questions_even_if_the_unit_is_asked_too() -> None:
    chat = Chat(hears={"": suggested("forced_trade")}).says("他们逼着我用他家的砂石水泥", "1")
    asked = []
    while chat.letters != ["sign"]:
        asked += chat.letters
        chat.citizen("跳过")
    assert asked == ["ask_unit", "ask_when", "ask_where", "ask_person", "ask_demand"]


def test_a_picture_is_the_evidence_asked_for() -> None:
    chat = told().says("跳过", "跳过", "跳过")
    assert chat.picture() == ["evidence_kept", "sign"]


def test_a_picture_at_another_question_leaves_the_question() -> None:
    chat = told()
    assert (chat.picture(), chat.citizen("上周")) == (["media_kept"], ["ask_person"])


def test_a_spoken_answer_is_an_answer() -> None:
    chat = told()
    assert (chat.voice("上周三"), chat.state.draft.said_of("when")) == (["ask_person"], "上周三")


def test_an_answer_the_classifier_failed_on_is_kept_all_the_same() -> None:
    waiting, _ = step(told().state, TextReceived("上周三"), context())
    state, _ = step(waiting, Failed(), context())
    assert state.draft.said_of("when") == "上周三"


def test_an_answer_that_is_too_long_to_be_kept_is_refused_before_anything_reads_it() -> None:
    chat = told()
    assert (chat.citizen("一" * 60_000), chat.state.name) == (["statement_full", "ask_when"], StateName.ANSWERING)


def test_answers_count_together_with_what_was_told() -> None:
    chat = told()
    assert chat.citizen("上" * 9_000) == ["ask_person"]
    assert (chat.citizen("下" * 9_000), chat.state.name) == (["statement_full", "ask_person"], StateName.ANSWERING)
