"""What the bot says, as files that staff edit."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.dialogue.effects import say
from bot.dialogue.letters import LETTERS
from bot.words import Words, load_words
from domain.terms import CaseStatus, Role
from tests.dialogue.conversing import PROJECT, directory, taxonomy, words

EXCEPT = {"nk_spam", "nk_no_substance"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the words to spoil."""
    return Path(shutil.copytree(PROJECT / "words", tmp_path / "words"))


def test_every_kind_has_a_plain_line() -> None:
    assert set(words().phrases.kinds) == set(taxonomy().labels) - EXCEPT


def test_a_plain_line_fits_a_telephone() -> None:
    assert max(map(len, words().phrases.kinds.values())) <= 24


def test_every_kind_has_a_question_that_tells_it_from_its_neighbour() -> None:
    assert set(words().phrases.distinctions) == set(taxonomy().kinds)


def test_every_matter_that_is_not_ours_has_a_door() -> None:
    not_ours = {n.key for n in taxonomy().non_kinds.values() if not n.accepted}
    assert set(words().phrases.redirects) == not_ours - EXCEPT


@pytest.mark.parametrize(
    ("label", "phone"),
    [
        ("nk_labour", "12333"),
        ("nk_consumer", "12315"),
        ("nk_city_service", "12345"),
        ("nk_emergency", "110"),
        ("nk_litigation", "12368"),
        ("nk_civil", "12348"),
    ],
)
def test_a_door_has_a_number_to_call(label: str, phone: str) -> None:
    assert phone in (words().redirect(label) or "")


def test_a_matter_that_is_ours_has_no_other_door() -> None:
    assert words().redirect("arbitrary_fine") is None


def test_a_case_stands_in_neutral_words() -> None:
    assert not any(word in "".join(words().phrases.statuses.values()) for word in ("举报", "违纪", "线索", "调查"))


def test_a_notice_does_not_say_that_there_is_a_report() -> None:
    assert not any(word in words().letters["notice_progress"] for word in ("举报", "反映", "编号", "纪委"))


def test_the_letter_that_lodges_has_number_and_code_on_lines_of_their_own() -> None:
    lines = words().render("lodged", {"case_number": "SA20261123-7KQ4XM", "query_code": "123456789012"}).splitlines()
    assert {"受理编号：SA20261123-7KQ4XM", "查询码：123456789012"} <= set(lines)


def test_the_welcome_tells_what_the_platform_knows_and_the_way_with_more_distance() -> None:
    welcome = words().render("welcome", {"report_url": "https://example.org/report"})
    assert all(piece in welcome for piece in ("微信平台知道", "不留姓名", "https://example.org/report"))


def test_a_line_without_anything_to_fill_in_is_left_out() -> None:
    values = dict.fromkeys(LETTERS["review"], "") | {"kind": "乱罚款", "choices": ("补充", "改")}
    assert words().render("review", values).splitlines() == [
        "请您核对一下：",
        "类别：乱罚款",
        "",
        "没问题请回复“提交”。要改请回复数字，不想交了回复“取消”：",
        "1. 补充",
        "2. 改",
    ]


def test_what_a_person_wrote_is_never_taken_for_a_field() -> None:
    assert words().render("late_reply", {"text": "{choices} {0} %s"}) == "{choices} {0} %s"


def test_what_is_said_in_one_turn_is_one_message() -> None:
    assert words().reply([say("noted"), say("rephrase")]).count("\n\n") == 1


def test_nothing_said_is_no_message() -> None:
    assert words().reply([]) == ""


def test_a_refusal_is_explained_by_its_code() -> None:
    assert words().error("too_long") == "内容太长了，请精简后再提交。"


def test_a_refusal_without_words_is_explained_by_its_status() -> None:
    assert words().error("no_such_code", 404) == words().errors["http_404"]


def test_a_refusal_nobody_thought_of_is_explained_all_the_same() -> None:
    assert words().error("no_such_code", 418) == words().errors["domain_error"]


def test_an_enum_member_has_its_label() -> None:
    assert words().label(Role.PETITION) == "信访室"


def test_a_context_holds_the_words() -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    made = words().context(now=now, taxonomy=taxonomy(), directory=directory(), report_url="https://example.org")
    assert made.phrases is words().phrases


def spoil(folder: Path, name: str, change: Callable[[str], str]) -> Words:
    path = folder / name
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    return load_words(folder)


def test_a_field_that_nobody_fills_is_refused_by_name(folder: Path) -> None:
    with pytest.raises(ValueError, match=r"letters/menu\.txt: \{unti\} is not known there"):
        spoil(folder, "letters/menu.txt", lambda text: text + "{unti}")


def test_a_letter_without_the_choices_is_refused_by_name(folder: Path) -> None:
    with pytest.raises(ValueError, match=r"letters/sign\.txt: \{choices\} must stay"):
        spoil(folder, "letters/sign.txt", lambda text: text.replace("{choices}", ""))


def test_an_empty_letter_is_refused_by_name(folder: Path) -> None:
    with pytest.raises(ValueError, match=r"letters/help\.txt is missing or empty"):
        spoil(folder, "letters/help.txt", lambda text: "")


def test_a_command_without_words_is_refused_by_name(folder: Path) -> None:
    with pytest.raises(ValueError, match=r"commands\.yaml: submit is missing"):
        spoil(folder, "commands.yaml", lambda text: text.replace("submit:", "sumbit:"))


def test_a_choice_without_words_is_refused_by_name(folder: Path) -> None:
    with pytest.raises(ValueError, match=r"choices\.yaml: none is missing"):
        spoil(folder, "choices.yaml", lambda text: text.replace("\nnone:", "\nneither:"))


def test_a_status_without_words_is_refused_by_name(folder: Path) -> None:
    with pytest.raises(ValueError, match=r"statuses\.yaml: declined is missing"):
        spoil(folder, "statuses.yaml", lambda text: text.replace("declined:", "refused:"))


def test_every_status_has_words_for_citizens() -> None:
    assert set(words().phrases.statuses) == set(CaseStatus)


def test_no_ready_made_sentence_about_another_door_has_two_full_stops():
    sentences = [words().redirect(key) or "" for key in taxonomy().non_kinds]

    assert [sentence for sentence in sentences if "。。" in sentence] == []
    assert any(sentences)
