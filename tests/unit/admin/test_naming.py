"""What things are called."""

import pytest


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\u200f", "\u061c"])
def test_marks_that_turn_the_writing_are_made_visible(show, mark):
    assert show.plain(f"收了{mark}000,5元") == "收了\ufffd000,5元"


def test_a_unit_is_found_by_its_names_and_its_initials(show):
    found = show.found_by("market_regulation", "县市场监督管理局")

    assert all(typed in found for typed in ("县市场监督管理局", "xscjdglj", "市监局", "sjj"))


@pytest.mark.parametrize("owner", ["clarify", "reply_only", "superior_of_unit", "township_commission"])
def test_an_owner_that_is_no_body_has_a_name_all_the_same(show, owner):
    assert show.body(owner) not in {"", owner}


def test_the_superior_of_a_vertical_unit_is_named(show):
    vertical = next(unit for unit in show.directory.units.values() if unit.superior)

    assert show.body("superior_of_unit", vertical.key) == vertical.superior


def test_every_label_can_be_chosen_once(show):
    keys = [key for choices in show.labels().values() for key, _ in choices]

    assert sorted(keys) == sorted(show.taxonomy.labels)


def test_every_unit_can_be_chosen_once(show):
    keys = [key for choices in show.units().values() for key, _ in choices]

    assert sorted(keys) == sorted(show.directory.units)


def test_a_kind_says_what_it_stands_for_and_another_label_what_is_done_with_it(show):
    assert show.meaning("approval_payoff").startswith("在办理许可")
    assert show.meaning("nk_city_service").startswith("不属于三十种，不立办件：")


def test_every_line_belongs_to_a_unit_of_the_county(show):
    assert set(show.words.labels["Hotline"]) <= set(show.directory.units)


def test_a_rule_speaks_of_kinds_by_their_names(show):
    told = show.named("被上门检查的归 enforcement_payoff；no_such_kind 不变。")

    assert told == f"被上门检查的归“{show.kind('enforcement_payoff')}”；no_such_kind 不变。"
