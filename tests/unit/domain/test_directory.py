"""The table of units, groups and offices: what can be asked of it, and which contradictions it refuses."""

import copy

import pytest

from app.reference import load_directory, read_data
from domain.directory import Directory
from domain.errors import UnknownUnit
from domain.terms import Rank, UnitKind

DIRECTORY = load_directory()
DATA = read_data("groups.yaml")


def entry(data, part, key):
    return next(row for row in data[part] if row["key"] == key)


@pytest.fixture
def data():
    return copy.deepcopy(DATA)


def test_the_county_has_twelve_groups_eleven_offices_and_nine_townships():
    assert (len(DIRECTORY.groups), len(DIRECTORY.offices), len(DIRECTORY.townships)) == (12, 11, 9)


def test_a_unit_is_supervised_by_its_group():
    assert DIRECTORY.group_of("court") == "g_political_legal"


@pytest.mark.parametrize("unit", ["tax_bureau", "gas_company", "t_liulin", "villages"])
def test_a_unit_of_another_kind_has_no_group(unit):
    assert DIRECTORY.group_of(unit) is None


def test_the_linked_office_of_a_unit_is_its_groups():
    assert DIRECTORY.linked_office_of("housing_construction") == "inspection_2"


def test_a_township_has_a_linked_office_of_its_own():
    assert DIRECTORY.linked_office_of("t_nanping") == "inspection_4"


def test_a_vertical_unit_has_no_linked_office():
    assert DIRECTORY.linked_office_of("tax_bureau") is None


def test_a_case_can_be_handed_to_offices_groups_and_townships_but_not_to_units():
    assert {"petition_office", "principal", "g_market", "t_liulin"} <= DIRECTORY.bodies
    assert not {"market_regulation", "villages", "clarify"} & DIRECTORY.bodies


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("petition_office", "信访室"),
        ("g_market", "驻县市场监督管理局纪检监察组"),
        ("t_liulin", "柳泉镇"),
        ("court", "舜安县人民法院"),
    ],
)
def test_bodies_and_units_have_names(key, name):
    assert DIRECTORY.name_of(key) == name


def test_the_superior_of_a_vertical_unit_has_a_name():
    assert DIRECTORY.name_of("superior_of_unit", "tax_bureau") == "市税务局党委纪检组"


@pytest.mark.parametrize(
    ("key", "unit"),
    [
        ("clarify", None),
        ("superior_of_unit", None),
        ("superior_of_unit", "court"),
        ("superior_of_unit", "nowhere"),
        ("reply_only", "tax_bureau"),
    ],
)
def test_what_is_no_body_has_no_name(key, unit):
    with pytest.raises(UnknownUnit):
        DIRECTORY.name_of(key, unit)


@pytest.mark.parametrize("question", ["unit", "group_of", "linked_office_of", "names_of_unit"])
def test_a_unit_nobody_knows_is_refused(question):
    with pytest.raises(UnknownUnit):
        getattr(DIRECTORY, question)("nowhere")


def test_the_names_of_a_unit_begin_with_the_full_one():
    assert DIRECTORY.names_of_unit("trade_union") == ("县总工会", "工会", "总工会")


def test_a_private_class_has_a_regulator():
    assert DIRECTORY.unit("gas_company").regulator == "housing_construction"


def test_titles_are_listed_by_rank():
    assert "县长" in DIRECTORY.titles[Rank.COUNTY_LEADER]


def test_a_doubtful_word_has_candidates_and_a_question():
    mention = DIRECTORY.ambiguous["交警"]

    assert mention.candidates == ("public_security", "expressway_police")
    assert mention.ask.endswith("？")


def test_every_unit_has_somebody_who_takes_a_report_about_it():
    for unit in DIRECTORY.units.values():
        by_kind = unit.kind in {UnitKind.ENTERPRISE_PRIVATE, UnitKind.TOWNSHIP, UnitKind.GRASSROOTS}
        assert DIRECTORY.group_of(unit.key) or unit.superior or by_kind


FAULTS = {
    "listed twice: court": lambda d: d["units"].append({"key": "court", "name": "x", "kind": "court_procuratorate"}),
    "covered but unknown: nowhere": lambda d: entry(d, "groups", "g_market")["covers"].append("nowhere"),
    "covered twice: court": lambda d: entry(d, "groups", "g_market")["covers"].append("court"),
    "covered by nobody: market_regulation": lambda d: entry(d, "groups", "g_market")["covers"].clear(),
    "covered though not supervised: tax_bureau": lambda d: entry(d, "groups", "g_market")["covers"].append(
        "tax_bureau"
    ),
    "candidate but unknown: nowhere": lambda d: d["ambiguous_aliases"][0]["candidates"].append("nowhere"),
    "linked office unknown: nobody": lambda d: entry(d, "groups", "g_market").update(linked_office="nobody"),
    "regulator unknown: nowhere": lambda d: entry(d, "units", "gas_company").update(regulator="nowhere"),
    "without a superior: tax_bureau": lambda d: entry(d, "units", "tax_bureau").pop("superior"),
    "without a linked office: t_liulin": lambda d: entry(d, "units", "t_liulin").pop("linked_office"),
    "name of two units: 工会": lambda d: entry(d, "units", "court")["aliases"].append("工会"),
}


@pytest.mark.parametrize("message", FAULTS)
def test_a_file_that_contradicts_itself_is_refused(message, data):
    FAULTS[message](data)

    with pytest.raises(ValueError, match=message):
        Directory.from_mapping(data)


def test_a_file_without_units_is_refused(data):
    del data["units"]

    with pytest.raises(KeyError):
        Directory.from_mapping(data)
