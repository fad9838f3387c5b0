"""Units as sheets: out and back without loss, renamed, added, and every row that will not do is named."""

import pytest

from app.reference import load_directory, load_lists
from domain.edited_lists import differences
from domain.errors import UnfitRows

LIST = load_lists().directory
SHIPPED = LIST.tables(LIST.shipped)


def sheet(name, **change):
    """A sheet with some cells changed: `key={column: text}`; None takes the row out."""
    return [
        {**row, **(change.get(row["key"]) or {})}
        for row in SHIPPED[name]
        if row["key"] not in change or change[row["key"]] is not None
    ]


def read(**sheets):
    return LIST.read(sheets, LIST.shipped)


def faults(**sheets):
    with pytest.raises(UnfitRows) as refused:
        read(**sheets)
    return [(fault.code, fault.column, fault.detail) for fault in refused.value.faults]


def new_unit(**cells):
    empty = dict.fromkeys(("key", "aliases", "group", "office", "superior", "regulator"), "")
    return {**empty, "name": "县数据局", "unit_kind": "政府部门", "group": "驻县财政局纪检监察组", **cells}


def test_what_is_shipped_comes_back_from_its_sheets_as_it_was():
    directory, shipped = LIST.built(read(**SHIPPED)), load_directory()

    assert (directory.units, directory.offices, directory.ambiguous, directory.group_by_unit) == (
        shipped.units, shipped.offices, shipped.ambiguous, shipped.group_by_unit,
    )  # fmt: skip
    assert differences(SHIPPED, LIST.tables(read(**SHIPPED))) == ()


def test_sheets_that_are_not_there_stay_as_they_were():
    assert differences(SHIPPED, LIST.tables(read())) == ()


def test_a_unit_is_renamed_and_has_another_alias():
    changed = read(units=sheet("units", market_regulation={"name": "县市场监管局", "aliases": "市监局、红盾办"}))

    assert LIST.built(changed).names_of_unit("market_regulation") == ("县市场监管局", "市监局", "红盾办")


def test_aliases_are_parted_by_any_sign_that_people_use():
    changed = read(units=sheet("units", tax_bureau={"aliases": "税务局，国税, 地税\n办税厅；税务所"}))

    assert LIST.built(changed).units["tax_bureau"].aliases == ("税务局", "国税", "地税", "办税厅", "税务所")


def test_a_new_unit_gets_a_code_and_its_group_watches_over_it():
    directory = LIST.built(read(units=[*SHIPPED["units"], new_unit()]))

    assert directory.units["unit_1"].name == "县数据局"
    assert directory.group_of("unit_1") == "g_finance"


def test_a_unit_moves_to_another_group():
    changed = read(units=sheet("units", water_resources={"group": "驻县自然资源局纪检监察组"}))

    assert LIST.built(changed).group_of("water_resources") == "g_natural_resources"


def test_a_group_renamed_in_one_place_keeps_its_units():
    changed = read(groups=sheet("groups", g_market={"name": "驻县市监局纪检监察组"}), units=SHIPPED["units"])
    directory = LIST.built(changed)

    assert (directory.groups["g_market"].name, directory.group_of("market_regulation")) == (
        "驻县市监局纪检监察组", "g_market",
    )  # fmt: skip


def test_an_office_is_renamed_and_none_is_added():
    changed = LIST.built(read(offices=sheet("offices", trial_office={"name": "审理室"})))
    added = {"key": "office_9", "name": "第九室", "role": "x"}

    assert changed.offices["trial_office"].name == "审理室"
    assert faults(offices=[added]) == [("row_unknown_code", "key", "office_9")]


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({"group": "驻某局纪检监察组"}, [("row_unknown_name", "group", "驻某局纪检监察组")]),
        ({"group": ""}, [("row_cell_empty", "group", "")]),
        ({"unit_kind": "机关"}, [("row_unknown_name", "unit_kind", "机关")]),
        ({"unit_kind": "乡镇"}, [("row_cell_not_for_kind", "group", "乡镇"), ("row_cell_empty", "office", "")]),
        ({"unit_kind": "银行", "group": ""}, [("row_cell_empty", "superior", "")]),
        ({"name": ""}, [("row_cell_empty", "name", "")]),
        ({"name": "局"}, [("row_name_too_short", "aliases", "局")]),
        ({"aliases": "大厅"}, [("row_name_asked_about", "aliases", "大厅")]),
        (
            {"office": "第十室"},
            [("row_cell_not_for_kind", "office", "政府部门"), ("row_unknown_name", "office", "第十室")],
        ),
    ],
)
def test_a_row_that_will_not_do_is_refused_cell_by_cell(cells, found):
    assert faults(units=[*SHIPPED["units"], new_unit(**cells)]) == found


def test_a_name_belongs_to_one_unit():
    found = faults(units=[*SHIPPED["units"], new_unit(aliases="城管")])

    assert found == [("row_name_of_two", "aliases", "城管")] * 2


def test_what_rules_name_cannot_be_taken_out():
    assert faults(units=sheet("units", public_security=None)) == [("row_must_stay", "key", "县公安局")]
    assert ("row_must_stay", "key", "驻县公安局纪检监察组") in faults(groups=sheet("groups", g_political_legal=None))


def test_a_fault_names_the_row_of_the_spreadsheet():
    with pytest.raises(UnfitRows) as refused:
        read(units=[*SHIPPED["units"], {**new_unit(group="没有"), "#": "93"}])

    assert [fault.row for fault in refused.value.faults] == [93]


def test_a_word_to_ask_about_is_added_with_its_candidates():
    asked = {"key": "城建", "candidates": "县住房和城乡建设局、舜安城市建设投资有限公司", "ask": "是局里还是公司？"}
    directory = LIST.built(read(asked=[*SHIPPED["asked"], asked]))

    assert directory.ambiguous["城建"].candidates == ("housing_construction", "city_investment")


def test_a_version_without_a_unit_that_rules_name_is_none():
    data = {**LIST.shipped, "units": [u for u in LIST.shipped["units"] if u["key"] != "villages"]}

    with pytest.raises(ValueError, match="villages"):
        LIST.check(data)


def test_a_new_name_is_one_row_that_changed_and_not_every_row_that_points_at_it():
    changed = read(units=sheet("units", market_regulation={"name": "县市场监管局"}))

    [change] = differences(LIST.tables(LIST.shipped, named_by=changed), LIST.tables(changed))
    assert (change.sheet, change.columns) == ("units", ("name",))
