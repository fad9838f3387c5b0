"""Numerals have a value up to the length that anybody writes; what is longer costs nothing and breaks nothing."""

from datetime import date

import pytest

from classifier.numerals import value_of
from classifier.slots import find_slots


@pytest.mark.parametrize(
    ("written", "value"), [("三千零五", 3005), ("两万零五十", 20050), ("1.5", 1.5), ("一亿三千万", 130_000_000)]
)
def test_a_numeral_has_its_value(written, value):
    assert value_of(written) == value


@pytest.mark.parametrize("written", ["", "万百", "他", "一" * 400, "9" * 400])
def test_what_is_no_numeral_or_longer_than_any_has_none(written):
    assert value_of(written) is None


@pytest.mark.parametrize("sign", ["一", "两", "二〇", "零", "9", "百", "一月"])
def test_a_run_of_numerals_in_a_statement_is_no_sum_and_no_error(sign):
    found = find_slots(f"城管队长收了水果摊{sign * 2000}元保护费", (), date(2026, 11, 28))

    assert found.amount_cny is None
