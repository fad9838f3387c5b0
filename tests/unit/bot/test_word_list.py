"""What the bot says, edited: placeholders stay right, and what the contract fixes stays."""

import pytest

from app.reference import load_lists
from domain.errors import UnfitRows

LIST = load_lists().words


def faults(sheet, **row):
    with pytest.raises(UnfitRows) as refused:
        LIST.read({sheet: [row]}, LIST.shipped)
    return [fault.code for fault in refused.value.faults]


def test_what_is_shipped_comes_back_from_its_sheets_as_it_was():
    assert LIST.read(LIST.tables(LIST.shipped), LIST.shipped) == LIST.shipped


def test_a_letter_and_a_choice_say_something_else():
    rows = {
        "letters": [{"key": "help", "text": "有事您说话。", "fields": ""}],
        "choices": [{"key": "yes", "choice_words": "是这样，有人要好处\n是"}],
    }
    words = LIST.built(LIST.read(rows, LIST.shipped))

    assert words.letter("help") == "有事您说话。"
    assert words.phrases.choices["yes"] == ("是这样，有人要好处", "是")


def test_a_letter_that_came_with_an_update_is_said_though_the_version_does_not_have_it():
    older = {**LIST.shipped, "letters": {k: t for k, t in LIST.shipped["letters"].items() if k != "help"}}

    assert LIST.built(older).letter("help") == LIST.shipped["letters"]["help"]


@pytest.mark.parametrize(
    ("letter", "text", "code"),
    [
        ("menu", "{choices}\n{password}", "letter_unknown_field"),
        ("sign", "留不留姓名？", "letter_field_must_stay"),
        ("lodged", "编号 {case_number}，查询码 {query_code}", "letter_line_must_stay"),
        ("help", "长" * 501, "letter_too_long"),
        ("help", "", "row_cell_empty"),
        ("notice_progress", "您举报的事有进展", "row_unknown_code"),
    ],
)
def test_a_letter_that_would_lead_nowhere_is_refused(letter, text, code):
    assert code in faults("letters", key=letter, text=text)


def test_commands_notices_and_the_word_for_a_failed_database_are_not_in_the_sheets():
    tables = LIST.tables(LIST.shipped)
    letters = {row["key"] for row in tables["letters"]}

    assert set(tables) == {"letters", "choices", "statuses", "redirects"}
    assert letters.isdisjoint({"notice_progress", "notice_keyword", "storage_failure"})
