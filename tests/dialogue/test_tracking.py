"""Citizen says, bot says: how a case stands, adding to it, withdrawing it, rating the outcome."""

import pytest

from bot.dialogue.effects import LookUpCase, RecordSatisfaction, Supplement, Withdraw
from bot.dialogue.events import CaseNotFound, CasesFound, Done, DoneKind, Failed, TextReceived, Throttled
from bot.dialogue.machine import step
from bot.dialogue.states import StateName
from domain.terms import CaseStatus, Satisfaction
from tests.dialogue.conversing import CODE, FINE, NUMBER, Chat, case, context, reviewing, suggested, told

OTHER = "SA20261101-ACDEFG"
STORY = "今天又来了一拨人，说我的灭火器摆得不对要罚款"
FED_BACK = case(status=CaseStatus.FED_BACK, can_withdraw=False, needs_satisfaction=True, feedback="罚款已退还。")


def viewing(**changes: object) -> Chat:
    return Chat(cases=[case(**changes)]).says("查询")


def by_code() -> Chat:
    """Somebody who changed his telephone and has number and code."""
    return Chat(cases=[case()], own=False).says("查询", f"{NUMBER} {CODE}")


# ── finding ──────────────────────────────────────────────────────────────────────────────────────
def test_the_only_case_of_an_account_is_shown_at_once() -> None:
    chat = viewing()
    assert (chat.letters, chat.said[0].values) == (
        ["case_view", "case_actions"],
        {"case_number": NUMBER, "status": "已收到", "received_on": "2026-11-23", "declined_to": ""},
    )


def test_a_question_of_the_staff_is_shown_with_the_case() -> None:
    chat = viewing(questions=("是哪一天的事？",))
    assert (chat.letters, "是哪一天的事？" in chat.reply) == (["case_view", "case_questions", "case_actions"], True)


@pytest.mark.parametrize("word", ["查询", "查进度", "5"])
def test_it_is_found_by_command_and_by_menu(word: str) -> None:
    assert Chat(cases=[case()]).citizen(word) == ["case_view", "case_actions"]


def test_several_cases_are_offered_by_number() -> None:
    chat = Chat(cases=[case(), case(OTHER, status=CaseStatus.IN_HANDLING)]).says("查询")
    assert (chat.letters, chat.values["choices"]) == (
        ["choose_case"],
        (f"{NUMBER} 已收到", f"{OTHER} 办理中", "查别的事项"),
    )


def test_the_chosen_case_is_looked_up_afresh() -> None:
    chat = Chat(cases=[case(), case(OTHER)]).says("查询")
    assert (chat.citizen("2"), chat.did(LookUpCase)) == (["case_view", "case_actions"], [LookUpCase(OTHER)])


def test_a_long_result_is_read_to_its_end_in_parts() -> None:
    result = "".join(chr(0x4E00 + n) for n in range(1_000))
    chat = viewing(status=CaseStatus.FED_BACK, can_withdraw=False, feedback=result)
    parts = [chat.said[1].values["feedback"]]
    while "read_on" in chat.state.choices:
        chat.says("接着看")
        assert chat.letters[0] == "case_feedback"
        parts.append(chat.said[0].values["feedback"])

    assert ("".join(parts).replace("…", ""), len(parts)) == (result, 3)


def test_a_result_of_which_a_part_was_read_begins_anew_when_it_is_looked_up_again() -> None:
    chat = viewing(feedback="字" * 500).says("返回")
    assert chat.citizen("查询") == ["case_view", "case_feedback", "case_actions"]


def test_a_case_of_another_account_can_be_looked_up_from_the_list() -> None:
    assert Chat(cases=[case(), case(OTHER)]).says("查询").citizen("3") == ["ask_number"]


def test_a_number_under_the_list_is_looked_up() -> None:
    assert Chat(cases=[case(), case(OTHER)]).says("查询").citizen("SA20251201-9WXYTA") == ["ask_code"]


def test_a_number_of_the_list_chooses_it() -> None:
    assert Chat(cases=[case(), case(OTHER)]).says("查询").citizen(NUMBER) == ["case_view", "case_actions"]


def test_a_story_under_the_list_is_heard() -> None:
    assert Chat(cases=[case(), case(OTHER)]).says("查询").citizen(STORY) == ["choose_kind"]


def test_something_short_under_the_list_is_no_choice() -> None:
    assert Chat(cases=[case(), case(OTHER)]).says("查询").citizen("那个") == ["not_a_choice", "choose_case"]


def test_an_account_without_cases_is_asked_for_number_and_code() -> None:
    assert Chat(own=False).citizen("查询") == ["ask_number"]


def test_number_and_code_in_one_message_find_the_case() -> None:
    chat = Chat(cases=[case()], own=False)
    assert chat.citizen(f"受理编号：{NUMBER}\n查询码：{CODE}") == ["case_view", "case_actions"]


def test_number_and_code_one_after_the_other_find_it_too() -> None:
    chat = Chat(cases=[case()], own=False)
    assert [chat.citizen(text) for text in ("查询", NUMBER, CODE)] == [
        ["ask_number"],
        ["ask_code"],
        ["case_view", "case_actions"],
    ]


def test_a_wrong_code_and_an_unknown_number_look_the_same() -> None:
    wrong, unknown = Chat(cases=[case()], own=False).says("查询"), Chat(own=False).says("查询")
    assert wrong.citizen(f"{NUMBER} 999999999999") == unknown.citizen(f"{OTHER} {CODE}")


def test_after_three_misses_it_ends_politely() -> None:
    chat = Chat(own=False).says("查询")
    answers = [chat.citizen(f"{NUMBER} 999999999999") for _ in range(3)]
    assert answers == [["case_not_found", "ask_number"]] * 2 + [["case_not_found", "menu"]]


def test_a_code_without_a_number_asks_for_the_number() -> None:
    assert Chat(own=False).says("查询").citizen(CODE) == ["not_a_number", "ask_number"]


def test_something_else_three_times_ends_politely() -> None:
    chat = Chat(own=False).says("查询")
    assert [chat.citizen("找不到") for _ in range(3)] == [["not_a_number", "ask_number"]] * 2 + [["left", "menu"]]


def test_a_story_instead_of_a_number_is_heard() -> None:
    assert Chat(own=False).says("查询").citizen(STORY) == ["choose_kind"]


def test_a_statement_that_mentions_a_number_is_no_query() -> None:
    text = f"我上次反映过，编号是{NUMBER}，现在城管又到我店里来，说招牌不合格，要再罚我两千块钱"
    assert Chat().citizen(text) == ["choose_kind"]


def test_too_many_tries_are_told_to_wait() -> None:
    assert Chat(own=False).says("查询").happens(Throttled()) == ["throttled"]


# ── what is shown ────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("status", CaseStatus)
def test_every_status_is_shown_in_neutral_words(status: CaseStatus) -> None:
    assert viewing(status=status).said[0].values["status"]


def test_a_declined_case_says_where_to_go() -> None:
    chat = viewing(status=CaseStatus.DECLINED, declined_to="县人社局")
    assert "可以找：县人社局" in chat.reply


def test_a_feedback_is_shown() -> None:
    chat = Chat(cases=[FED_BACK]).says("查询")
    assert (chat.letters, "罚款已退还。" in chat.reply) == (["case_view", "case_feedback", "case_actions"], True)


def test_a_long_feedback_fits_a_message() -> None:
    chat = viewing(status=CaseStatus.FED_BACK, feedback="经核查，" * 400)
    assert len(chat.reply.encode()) <= 2047


def test_only_what_is_possible_is_offered() -> None:
    assert viewing(can_supplement=False, can_withdraw=False).values["choices"] == ("查别的事项", "返回")


def test_leaving_goes_to_the_menu() -> None:
    assert viewing().citizen("4") == ["menu"]


def test_another_case_is_asked_for_by_number() -> None:
    assert viewing().citizen("3") == ["ask_number"]


def test_another_number_is_looked_up() -> None:
    assert viewing().citizen(OTHER) == ["ask_code"]


@pytest.mark.parametrize("word", ["返回", "跳过", "取消"])
def test_a_draft_that_waited_goes_on(word: str) -> None:
    chat = told()
    chat.cases = [case()]
    assert (chat.citizen("查询"), chat.citizen(word)) == (["case_view", "case_actions"], ["ask_when"])


def test_a_draft_that_waited_can_be_submitted() -> None:
    chat = told()
    chat.cases = [case()]
    assert chat.says("查询").citizen("提交") == ["review"]


def test_after_half_an_hour_a_text_is_not_about_the_case() -> None:
    chat = viewing().later(minutes=31)
    assert chat.citizen(STORY) == ["choose_kind"]


def test_after_half_an_hour_the_code_is_gone() -> None:
    chat = by_code().later(minutes=31).says("你好")
    assert CODE not in repr(chat.state)


def test_after_half_an_hour_the_draft_that_waited_is_offered() -> None:
    chat = told()
    chat.cases = [case()]
    assert chat.says("查询").later(minutes=31).citizen("你好") == ["resume"]


# ── adding ───────────────────────────────────────────────────────────────────────────────────────
def test_a_case_is_added_to() -> None:
    chat = viewing()
    assert (chat.citizen("1"), chat.citizen("他们昨天又来了"), chat.did(Supplement)) == (
        ["supplement"],
        ["done_supplemented"],
        [Supplement(NUMBER, "他们昨天又来了")],
    )


def test_a_case_found_by_code_is_added_to_by_code() -> None:
    assert by_code().says("1", "他们昨天又来了").did(Supplement) == [Supplement(NUMBER, "他们昨天又来了", (), CODE)]


def test_pictures_are_added_one_by_one() -> None:
    chat = viewing().says("1")
    assert (chat.picture(3), chat.did(Supplement)) == (["done_supplemented"], [Supplement(NUMBER, "", (3,))])


def test_a_voice_is_added_with_its_words() -> None:
    chat = viewing().says("1")
    assert (chat.voice("他们昨天又来了"), chat.did(Supplement)) == (
        ["done_supplemented"],
        [Supplement(NUMBER, "他们昨天又来了", (8,))],
    )


def test_a_danger_in_a_supplement_is_told_110() -> None:
    chat = viewing().says("1")
    chat.hears["打"] = suggested(in_danger=True)
    assert chat.citizen("他们正在打人") == ["danger", "done_supplemented"]


def test_a_supplement_is_kept_even_if_the_classifier_fails() -> None:
    waiting, _ = step(viewing().says("1").state, TextReceived("他们昨天又来了"), context())
    assert Supplement(NUMBER, "他们昨天又来了") in step(waiting, Failed(), context())[1]


@pytest.mark.parametrize("word", ["返回", "跳过"])
def test_back_from_adding_is_the_case(word: str) -> None:
    assert viewing().says("1").citizen(word) == ["case_actions"]


def test_submit_ends_the_adding() -> None:
    assert viewing().says("1", "他们昨天又来了").citizen("提交") == ["menu"]


def test_free_text_while_a_case_is_shown_may_belong_to_it() -> None:
    chat = viewing()
    assert (chat.citizen(STORY), chat.citizen("1"), chat.did(Supplement)) == (
        ["place"],
        ["done_supplemented"],
        [Supplement(NUMBER, STORY)],
    )


def test_or_be_something_new() -> None:
    assert viewing().says(STORY).citizen("2") == ["choose_kind"]


def test_a_picture_while_a_case_is_shown_may_belong_to_it() -> None:
    assert (viewing().picture(), viewing().says("2").picture()) == (["place"], ["place"])


def test_a_picture_to_a_case_that_takes_nothing_more_begins_something_new() -> None:
    assert viewing(can_supplement=False).picture() == ["tell_after_media"]


def test_a_slip_while_a_case_is_shown_is_no_choice() -> None:
    assert viewing().citizen("嗯哼") == ["not_a_choice", "case_actions"]


def test_a_case_that_is_gone_ends_politely() -> None:
    chat = viewing().says("1")
    assert chat.happens(CaseNotFound()) == ["case_not_found", "menu"]


def test_a_fault_leaves_everything_as_it_was() -> None:
    chat = viewing().says("1")
    assert (chat.happens(Failed()), chat.state.name) == (["failed"], StateName.SUPPLEMENTING)


# ── withdrawing ──────────────────────────────────────────────────────────────────────────────────
def test_withdrawing_is_asked_twice() -> None:
    chat = viewing()
    assert (chat.citizen("撤回"), chat.citizen("1"), chat.did(Withdraw)) == (
        ["withdraw"],
        ["done_withdrawn"],
        [Withdraw(NUMBER)],
    )


def test_a_case_somebody_works_on_is_told_so() -> None:
    chat = viewing()
    chat.works_on_it = True
    assert chat.says("2").citizen("1") == ["done_withdrawal_noted"]


@pytest.mark.parametrize("word", ["2", "返回", "跳过"])
def test_who_does_not_withdraw_is_back_at_the_case(word: str) -> None:
    chat = viewing().says("2")
    assert (chat.citizen(word), chat.did(Withdraw)) == (["case_actions"], [])


def test_withdrawing_needs_a_clear_word() -> None:
    assert viewing().says("2").citizen("看情况吧") == ["not_a_choice", "withdraw"]


# ── rating ───────────────────────────────────────────────────────────────────────────────────────
def rating() -> Chat:
    return Chat(cases=[FED_BACK]).says("查询", "2")


@pytest.mark.parametrize(("answer", "value"), [("1", Satisfaction.SATISFIED), ("基本满意", Satisfaction.FAIR)])
def test_an_outcome_is_rated(answer: str, value: Satisfaction) -> None:
    chat = rating()
    assert (chat.letters, chat.citizen(answer), chat.did(RecordSatisfaction)) == (
        ["rate"],
        ["done_rated"],
        [RecordSatisfaction(NUMBER, value)],
    )


def test_who_is_not_satisfied_is_asked_why_once() -> None:
    chat = rating()
    assert (chat.citizen("3"), chat.citizen("钱没退"), chat.did(RecordSatisfaction)) == (
        ["ask_why"],
        ["done_objected"],
        [RecordSatisfaction(NUMBER, Satisfaction.DISSATISFIED, "钱没退")],
    )


def test_who_does_not_say_why_objects_all_the_same() -> None:
    assert rating().says("3").citizen("跳过") == ["done_objected"]


def test_a_remark_may_come_with_the_rating() -> None:
    chat = rating().says("满意，谢谢你们")
    assert chat.did(RecordSatisfaction) == [RecordSatisfaction(NUMBER, Satisfaction.SATISFIED, "谢谢你们")]


def test_words_with_a_stop_are_a_rating() -> None:
    assert rating().citizen("不满意！！") == ["ask_why"]


def test_a_rating_needs_a_clear_word() -> None:
    assert rating().citizen("钱没退给我") == ["not_a_choice", "rate"]


def test_back_from_the_reason_is_the_rating_and_then_the_case() -> None:
    chat = rating().says("3")
    assert (chat.citizen("返回"), chat.citizen("返回")) == (["rate"], ["case_actions"])


def test_a_rating_ends_with_the_draft_that_waited() -> None:
    chat = told()
    chat.cases = [FED_BACK]
    assert chat.says("查询", "2").citizen("1") == ["done_rated", "ask_when"]


# ── results that come late ───────────────────────────────────────────────────────────────────────
def test_a_supplement_that_was_added_late_is_told_and_the_draft_goes_on() -> None:
    assert reviewing().happens(Done(DoneKind.SUPPLEMENTED)) == ["done_supplemented", "review"]


def test_cases_found_late_are_shown() -> None:
    assert Chat().says(FINE).happens(CasesFound((case(),))) == ["case_view", "case_actions"]
