"""Numbers that lead to a list: the address that the framework would build, within what the page shows."""

from datetime import date
from urllib.parse import urlencode

from markupsafe import escape

from admin.linked_numbers import LinkedNumbers

WITHIN = {"from": date(2026, 11, 1), "to": date(2026, 11, 30)}


def address(**fields):
    return escape(f"/admin/cases?{urlencode(fields)}")


def test_a_number_leads_to_what_it_counts_within_the_days_of_the_page():
    n = LinkedNumbers("/admin/cases", WITHIN)

    assert n(7, unit="market_regulation", open=1) == (
        f'<a href="{address(**WITHIN, unit="market_regulation", open=1)}">7</a>'
    )


def test_nothing_counted_leads_nowhere():
    assert LinkedNumbers("/admin/cases", WITHIN)(0, label="-") == '<span class="none">0</span>'


def test_what_a_number_asks_itself_goes_before_what_the_page_asks():
    n = LinkedNumbers("/admin/cases", WITHIN)

    assert n.to(label="-", to=date(2026, 11, 7)) == address(**{**WITHIN, "to": "2026-11-07"}, label="-")


def test_without_days_only_what_is_counted_is_asked():
    assert LinkedNumbers("/admin/cases", {}).to(body="-", told="0-0") == address(body="-", told="0-0")


def test_no_sign_of_a_value_ends_the_address_or_the_attribute():
    wanted = {"unit": "a\"b&c=d <e>'市场"}

    assert LinkedNumbers("/admin/cases", {}).to(**wanted) == address(**wanted)
    assert '"' not in LinkedNumbers("/admin/cases", wanted).to(named=1)


def test_one_and_true_are_written_as_they_are():
    n = LinkedNumbers("/admin/cases", {})

    assert [str(n.to(named=value)).partition("=")[2] for value in (1, True, "1", 0, False)] == [
        "1", "True", "1", "0", "False",
    ]  # fmt: skip
