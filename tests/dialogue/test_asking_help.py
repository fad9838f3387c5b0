"""Citizen says, bot says: policy, help, a blocked project."""

import pytest

from bot.dialogue.states import Topic
from tests.dialogue.conversing import (
    FINE,
    HELP,
    LABOUR,
    WAGES,
    Chat,
    draft_of,
)

# ── policy, help, blocked project ─────────────────────────────────────────────────────────────────


def test_a_help_request_is_short() -> None:
    chat = Chat(hears=HELP)
    assert [chat.citizen(text) for text in ("2", "厂门口的路坏了半年货车进不来", "乡政府", "1", "提交")] == [
        ["tell_help"],
        ["ask_unit"],
        ["leave_contact"],
        ["review"],
        ["lodged", "lodged_help"],
    ]


@pytest.mark.parametrize(
    ("number", "topic", "name"),
    [("1", Topic.POLICY, "优惠政策咨询"), ("2", Topic.HELP, "涉企诉求"), ("3", Topic.BLOCKED, "项目受阻")],
)
def test_each_topic_is_shown_and_lodged_as_what_it_is(number: str, topic: Topic, name: str) -> None:
    chat = Chat(hears=HELP).says(number, "厂门口的路坏了半年货车进不来", "跳过", "1")
    shown = chat.values["kind"]
    chat.citizen("提交")
    assert (shown, draft_of(chat).topic, draft_of(chat).label) == (name, topic, None)


def test_misconduct_in_a_help_request_may_be_reported() -> None:
    chat = Chat()
    assert [chat.citizen(text) for text in ("2", FINE, "1")] == [["tell_help"], ["choose_track"], ["choose_kind"]]


def test_who_only_wants_help_gets_only_help() -> None:
    chat = Chat()
    assert ([chat.citizen(text) for text in ("2", FINE, "2")][-1], chat.state.draft.topic) == (
        ["ask_unit"],
        Topic.HELP,
    )


def test_who_tells_more_instead_of_choosing_gets_help() -> None:
    chat = Chat().says("2", FINE)
    assert chat.citizen("主要是想问问能不能少罚一点") == ["ask_unit"]


def test_who_does_not_choose_gets_help() -> None:
    chat = Chat().says("2", FINE, "跳过")
    assert (chat.letters, chat.state.draft.topic) == (["ask_unit"], Topic.HELP)


def test_a_report_that_turns_out_a_plea_for_help_becomes_one() -> None:
    chat = Chat(hears=HELP).says("厂门口的路坏了半年货车进不来", "1")
    assert chat.state.draft.topic is Topic.HELP


def test_a_plea_for_wages_is_sent_to_the_right_door_too() -> None:
    assert Chat(hears=LABOUR).says("2").citizen(WAGES) == ["redirect"]
