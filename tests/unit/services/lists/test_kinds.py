"""The words of kinds as sheets: they change, the codes that the classifier knows do not."""

import pytest

from app.reference import load_lists, load_taxonomy
from domain.errors import UnfitRows

LIST = load_lists().kinds
SHIPPED = LIST.tables(LIST.shipped)


def kind(code, **cells):
    return {**next(row for row in SHIPPED["kinds"] if row["key"] == code), **cells}


def test_what_is_shipped_comes_back_from_its_sheets_as_it_was():
    data = LIST.read(SHIPPED, LIST.shipped)

    assert LIST.built(data) == load_taxonomy()
    assert data == LIST.shipped


def test_a_name_a_rule_and_a_card_change_and_everything_else_stays():
    row = kind("approval_payoff", name="办证要好处", rule="看谁上门", question="谁上的门？", plain="办证时要好处")
    data = LIST.read({"kinds": [row]}, LIST.shipped)
    changed, shipped = LIST.built(data), load_taxonomy()

    assert (changed.name_of("approval_payoff"), changed.kinds["approval_payoff"].separating_rule) == (
        "办证要好处", "看谁上门",
    )  # fmt: skip
    assert LIST.cards(data)["approval_payoff"]["question"] == "谁上的门？"
    assert LIST.plain(data)["approval_payoff"] == "办证时要好处"
    assert changed.labels == shipped.labels
    assert changed.kinds["approval_overdue"] == shipped.kinds["approval_overdue"]


def test_the_aspect_in_the_sheet_is_shown_and_not_read():
    data = LIST.read({"kinds": [kind("approval_payoff", aspect="监管执法", number="30")]}, LIST.shipped)

    assert LIST.built(data) == load_taxonomy()


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (kind("approval_payoff", key="approval_bribe"), "row_unknown_code"),
        (kind("approval_payoff", name=""), "row_cell_empty"),
        (kind("approval_payoff", name="审批超期拖着不办"), "row_name_of_two"),
    ],
)
def test_a_new_code_an_empty_name_and_the_name_of_another_are_refused(row, code):
    with pytest.raises(UnfitRows) as refused:
        LIST.read({"kinds": [row]}, LIST.shipped)

    assert [fault.code for fault in refused.value.faults] == [code]
