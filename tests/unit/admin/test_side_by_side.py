"""Two cases that may be the same story: what is the same, what differs, which wording they share."""

from dataclasses import replace

from admin.side_by_side import rows, shared
from domain.terms import Fact
from services.similar import Counterpart
from services.views import FactView
from tests.unit.admin.conftest import MONDAY, PAGE

OTHER = Counterpart("SA20261120-7KQ4XM", MONDAY, "arbitrary_fine", "market_regulation", "要罚五千块", ())


def test_what_both_say_is_the_same_or_differs_and_what_one_is_silent_about_is_neither():
    same, other, silent = rows({"sum": "5,000", "unit": "A"}, {"sum": "5,000", "unit": "B", "time": "May"})

    assert (same.is_same, same.differs) == (True, False)
    assert (other.is_same, other.differs) == (False, True)
    assert (silent.is_same, silent.differs) == (False, False)


def test_what_neither_says_is_no_row():
    assert rows({"unit": ""}, {"unit": ""}) == ()


def test_wording_in_common_is_cut_out_and_few_characters_in_a_row_are_chance():
    assert shared("他说要罚五千块钱", "上次要罚五千块") == [(False, "他说"), (True, "要罚五千块"), (False, "钱")]
    assert shared("要罚五百", "要罚五千") == [(False, "要罚五百")]


def test_units_kinds_days_and_facts_are_compared_by_name_without_those_that_were_struck(show):
    page = replace(
        PAGE,
        unit="market_regulation",
        label="enforcement_payoff",
        facts=(FactView(Fact.AMOUNT, 5000.0), FactView(Fact.WHERE, "店里", is_struck=True)),
    )
    told = {row.name: row for row in show.compared(page, replace(OTHER, facts=(FactView(Fact.AMOUNT, 5000.0),)))}

    assert list(told) == ["单位", "种类", "收到", "金额（元）"]
    assert told["单位"].is_same
    assert told["金额（元）"].is_same
    assert told["种类"].differs


def test_hiding_characters_of_the_other_statement_are_made_visible(show):
    assert show.shared(PAGE, replace(OTHER, statement="收\u202e钱")) == [(False, "收\ufffd钱")]
