"""Reading short messages."""

import pytest

from bot.dialogue.commands import (
    Choice,
    has_identity_card,
    plain,
    read_case,
    read_choice,
    read_command,
    read_leading_choice,
    read_number,
    read_phone,
    shorten,
)
from bot.dialogue.context import Command
from tests.dialogue.conversing import CODE, NUMBER, words

PHRASES = words().phrases
CHOICES = (Choice("a", ("罚款", "乱罚款")), Choice("b", ("收费",)))
RATINGS = tuple(Choice(key, PHRASES.choices[key]) for key in ("satisfied", "fair", "dissatisfied"))


@pytest.mark.parametrize("text", ["帮助", " 帮助 ", "“帮助”", "帮助！", "帮 助", "\u3000帮助。\n"])
def test_a_command_is_understood_with_anything_around_it(text: str) -> None:
    assert read_command(text, PHRASES) is Command.HELP


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("取消", Command.CANCEL),
        ("跳过", Command.SKIP),
        ("返回", Command.BACK),
        ("查询", Command.TRACK),
        ("人工", Command.PERSON),
        ("提交", Command.SUBMIT),
    ],
)
def test_the_words_of_the_contract_are_commands(text: str, command: Command) -> None:
    assert read_command(text, PHRASES) is command


@pytest.mark.parametrize("text", ["我想取消那个合同", "", "提交材料三个月了"])
def test_a_sentence_is_no_command(text: str) -> None:
    assert read_command(text, PHRASES) is None


@pytest.mark.parametrize("text", ["2", "２", "②", "⑵", "二", "2.", "2、", "选2", "我选2", "第二个", "2号", "2️⃣", " 2 "])
def test_a_number_is_understood_in_any_width(text: str) -> None:
    assert read_number(text, PHRASES) == 2


@pytest.mark.parametrize("text", ["", "罚了2000", "123", "半", "½", "a", "第", "一二"])
def test_other_texts_are_no_number(text: str) -> None:
    assert read_number(text, PHRASES) is None


@pytest.mark.parametrize(("text", "key"), [("1", "a"), ("二", "b"), ("乱罚款", "a"), ("收费。", "b")])
def test_a_choice_is_made_by_number_or_words(text: str, key: str) -> None:
    assert read_choice(text, CHOICES, PHRASES) == key


@pytest.mark.parametrize("text", ["3", "0", "罚", "1和2"])
def test_what_was_not_offered_is_no_choice(text: str) -> None:
    assert read_choice(text, CHOICES, PHRASES) is None


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("不满意，拖太久", ("dissatisfied", "拖太久")),
        ("基本满意", ("fair", "")),
        ("1 谢谢你们", ("satisfied", "谢谢你们")),
        ("３、没人管", ("dissatisfied", "没人管")),
    ],
)
def test_a_remark_may_follow_a_choice(text: str, read: tuple[str, str]) -> None:
    assert read_leading_choice(text, RATINGS) == read


@pytest.mark.parametrize("text", ["2000块没退", "拖太久", ""])
def test_a_text_that_begins_otherwise_makes_no_choice(text: str) -> None:
    assert read_leading_choice(text, RATINGS) is None


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (f"{NUMBER} {CODE}", (NUMBER, CODE)),
        (f"受理编号：{NUMBER.lower()}\n查询码：1234 5678-9012", (NUMBER, CODE)),
        (NUMBER, (NUMBER, None)),
        (CODE, (None, CODE)),
        ("我的编号丢了", (None, None)),
    ],
)
def test_number_and_code_are_found(text: str, read: tuple[str | None, str | None]) -> None:
    assert read_case(text) == read


@pytest.mark.parametrize("text", ["11010119900307123X", "我是１１０１０１１９９００３０７１２３４"])
def test_the_number_of_an_identity_card_is_noticed(text: str) -> None:
    assert has_identity_card(text)


@pytest.mark.parametrize("text", ["13800001111", f"{CODE}", "6217000000000000001234"])
def test_other_numbers_are_no_identity_card(text: str) -> None:
    assert not has_identity_card(text)


@pytest.mark.parametrize(
    "text", ["13800001111", "138 0000 1111", "(0350) 3022118", "+8613800001111", "１３８００００１１１１"]
)
def test_a_telephone_number_is_read(text: str) -> None:
    assert read_phone(text)


@pytest.mark.parametrize("text", ["123", "张三", "138000011112222223", "打我电话13800001111"])
def test_what_nobody_can_dial_is_no_telephone_number(text: str) -> None:
    assert read_phone(text) is None


def test_a_text_is_cut_with_an_ellipsis() -> None:
    assert (shorten("一二\n三", 9), shorten("一二三四五", 4)) == ("一二 三", "一二三…")


def test_only_the_edges_of_a_text_lose_their_punctuation() -> None:
    assert plain("（张三、李四）！") == "张三、李四"
