"""Citizen says, bot says: which kind of matter, or which other door."""

import pytest

from bot.dialogue.states import StateName
from domain.terms import Rank
from domain.values import Position
from tests.dialogue.conversing import (
    FINE,
    LABOUR,
    WAGES,
    Chat,
    suggested,
)


# ── kind ──────────────────────────────────────────────────────────────────────────────────────────
def test_the_three_best_kinds_are_put_in_plain_words() -> None:
    chat = Chat(hears={"城管": suggested(units=("urban_management",))})
    chat.citizen(FINE)
    assert chat.values == {
        "unit": "县城市管理综合执法局",
        "choices": (
            "罚款太重、没票据，或者像在完成任务",
            "乱收费、搭车收费，保证金不退",
            "检查太多太密，或者没证没文书来查",
            "都不是",
        ),
    }


def test_a_kind_is_chosen_by_number() -> None:
    assert Chat().says(FINE, "2").state.draft.label == "illegal_fee"


def test_a_kind_is_chosen_by_its_name() -> None:
    assert Chat().says(FINE, "违规收费搭车收费").state.draft.label == "illegal_fee"


def test_none_of_them_asks_to_say_it_otherwise_once() -> None:
    assert Chat().says(FINE).citizen("都不是") == ["rephrase"]


def test_none_of_them_twice_leaves_it_to_staff() -> None:
    chat = Chat().says(FINE, "都不是", "他们来了就罚，也没给我看什么文件")
    assert (chat.citizen("4"), chat.state.draft.label) == (["ask_unit"], None)


def test_a_slip_under_the_choices_is_no_more_of_the_story() -> None:
    chat = Chat().says(FINE)
    assert (chat.citizen("呃呃"), chat.state.draft.text) == (["not_a_choice", "choose_kind"], FINE)


def test_who_goes_on_telling_is_not_asked_about_the_kind_for_ever() -> None:
    chat = Chat().says(*(f"第{n}天他们又来店里检查了一遍" for n in "一二三四五六"))
    assert chat.citizen("第七天他们又来店里检查了一遍") == ["ask_unit"]


def test_the_kind_can_be_skipped() -> None:
    chat = Chat().says(FINE)
    assert (chat.citizen("跳过"), chat.state.draft.label) == (["ask_unit"], None)


UNSURE = {"钱": suggested("contract_arrears", "policy_fund_withheld", "broken_promise", unsure=True)}
OWED = "该给我家的那笔钱拖了两年还没给"


def test_low_confidence_asks_the_question_that_separates_the_two() -> None:
    chat = Chat(hears=UNSURE)
    assert (chat.citizen(OWED), chat.values) == (
        ["distinguish"],
        {
            "question": "这笔钱凭什么该给您？",
            "choices": ("凭合同，活干完了、货交了", "凭政策，该给的奖补", "都不是"),
        },
    )


@pytest.mark.parametrize(("answer", "label"), [("1", "contract_arrears"), ("2", "policy_fund_withheld")])
def test_its_answer_is_the_kind(answer: str, label: str) -> None:
    assert Chat(hears=UNSURE).says(OWED, answer).state.draft.label == label


def test_the_rule_is_found_from_the_neighbour_too() -> None:
    chat = Chat(hears={"钱": suggested("credit_kickback", "policy_fund_withheld", unsure=True)})
    reverse = Chat(hears={"钱": suggested("policy_fund_withheld", "credit_kickback", unsure=True)})
    assert (chat.citizen(OWED), reverse.citizen(OWED), chat.values) == (
        ["distinguish"],
        ["distinguish"],
        reverse.values,
    )


def test_two_kinds_without_a_rule_are_put_side_by_side() -> None:
    chat = Chat(hears={"钱": suggested("contract_arrears", "arbitrary_fine", unsure=True)})
    assert chat.citizen(OWED) == ["choose_between"]


def test_still_unclear_asks_to_say_it_otherwise_and_then_leaves_it_to_staff() -> None:
    chat = Chat(hears=UNSURE).says(OWED)
    assert [chat.citizen("3"), chat.citizen("反正这笔钱一直拖着不给"), chat.state.draft.label] == [
        ["rephrase"],
        ["ask_unit"],
        None,
    ]


def test_other_words_that_are_clear_lead_to_the_choices() -> None:
    chat = Chat(hears=UNSURE | {"合同": suggested("contract_arrears")}).says(OWED, "跳过")
    assert chat.citizen("就是合同上的工程款，干完两年了") == ["choose_kind"]


def test_without_two_kinds_to_separate_it_is_asked_in_other_words_at_once() -> None:
    chat = Chat(hears={"钱": suggested("nk_spam", "nk_no_substance", unsure=True)})
    assert chat.citizen(OWED) == ["rephrase"]


# ── not ours ──────────────────────────────────────────────────────────────────────────────────────


def test_what_is_not_ours_is_sent_to_the_right_door_with_its_number() -> None:
    chat = Chat(hears=LABOUR)
    assert (chat.citizen(WAGES), "12333" in chat.reply) == (["redirect"], True)


def test_no_official_involved_is_a_polite_end_and_lodges_nothing() -> None:
    chat = Chat(hears=LABOUR).says(WAGES)
    assert (chat.citizen("没有"), chat.state.name, chat.state.draft.has_content) == (
        ["redirect_end"],
        StateName.IDLE,
        False,
    )


def test_an_official_involved_leads_on_with_what_is_ours() -> None:
    chat = Chat(hears=LABOUR).says(WAGES)
    assert (chat.citizen("1"), chat.values["choices"][0]) == (
        ["choose_kind"],
        "单位欠您货款、工程款，拖着不结",
    )


def test_the_question_about_officials_is_asked_once() -> None:
    chat = Chat(hears=LABOUR).says(WAGES)
    assert chat.citizen("老板就是不给工资，劳动局我也去过了") == ["ask_unit"]


def test_nobody_is_sent_away_who_accuses_an_official() -> None:
    officer = Position("劳动监察大队长", Rank.UNIT_MANAGED, unit="human_resources")
    chat = Chat(hears={"工资": suggested("nk_labour", "buck_passing", positions=(officer,))})
    assert chat.citizen("老板欠工资，劳动监察大队长收了他的礼不管") == ["choose_kind"]


def test_who_is_unsure_whether_an_official_is_involved_is_taken_all_the_same() -> None:
    assert Chat(hears=LABOUR).says(WAGES).citizen("不知道") == ["ask_unit"]


def test_a_separating_question_can_lead_to_another_door() -> None:
    chat = Chat(hears={"判": suggested("judicial_misconduct", "nk_litigation", unsure=True)})
    assert chat.says("法院判了我输我觉得不公平").citizen("2") == ["redirect"]
