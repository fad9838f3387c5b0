import re
from datetime import date

import pytest

from domain.values import Mentions, Slots, Suggestion, find_case_number, is_blank, new_case_number, new_query_code


def test_a_case_number_has_letters_a_day_and_six_plain_characters():
    assert re.fullmatch(r"SA20261123-[34679ACDEFGHJKMNPQRTWXY]{6}", new_case_number(date(2026, 11, 23)))


def test_case_numbers_do_not_repeat_in_a_day():
    assert len({new_case_number(date(2026, 11, 23)) for _ in range(500)}) == 500


def test_a_query_code_has_twelve_digits():
    assert re.fullmatch(r"\d{12}", new_query_code())


@pytest.mark.parametrize(
    "text",
    [
        "SA20261123-7KQ4XM",
        "sa20261123-7kq4xm",
        "ＳＡ２０２６１１２３－７ＫＱ４ＸＭ",
        "我的编号是 SA20261123-7KQ4XM，查一下",
        "SA 20261123 -7KQ4XM",
    ],
)
def test_a_case_number_is_found_however_it_is_typed(text):
    assert find_case_number(text) == "SA20261123-7KQ4XM"


@pytest.mark.parametrize("text", ["", "查询", "SA2026-7KQ4XM", "SA20261123-7KQ4X"])
def test_what_is_no_case_number_is_not_taken_for_one(text):
    assert find_case_number(text) is None


def test_a_suggestion_without_scores_has_no_confidence():
    empty = Suggestion("nk_spam", (), abstained=True, mentions=Mentions(), slots=Slots(), model_version="-")

    assert empty.confidence == 0.0


@pytest.mark.parametrize("text", ["", "  \u3000", "\u200b" * 20, "\r\n\t\0", "\u3164\u2800"])
def test_what_cannot_be_seen_is_blank(text):
    assert is_blank(text)


@pytest.mark.parametrize("text", ["收", "\u200b收", "…", "\U0001f622"])
def test_what_can_be_seen_is_not_blank(text):
    assert not is_blank(text)
