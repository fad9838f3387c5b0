"""The table of `data/routing_expected.csv`, which the commission's own staff read and correct: one test a row."""

import csv

import pytest

from app.reference import DATA, load_directory, load_taxonomy
from domain.routing import route
from domain.terms import Rank
from domain.values import Mentions, Position, Route, RoutingFacts
from tests.finding import mentions_in

ROWS = list(csv.DictReader((DATA / "routing_expected.csv").read_text(encoding="utf-8").splitlines()))
FOUND_ROWS = [row for row in ROWS if row["核对识别"] == "是"]
DIRECTORY, TAXONOMY = load_directory(), load_taxonomy()

RANKS = {
    "本级主要负责人": Rank.COMMISSION_HEAD,
    "县级领导": Rank.COUNTY_LEADER,
    "纪委班子成员": Rank.COMMISSION_MEMBER,
    "纪检干部": Rank.DISCIPLINE_STAFF,
    "县管干部": Rank.COUNTY_MANAGED,
    "一般人员": Rank.UNIT_MANAGED,
    "村干部": Rank.VILLAGE_CADRE,
    "非公人员": Rank.PRIVATE_PERSON,
}
RULES_BY_WORD = {"追问": "clarify", "专岗": "non_kind_next"}
OWNERS_BY_WORD = {
    "追问": "clarify",
    "只答复告知": "reply_only",
    "上级主管单位纪检机构": "superior_of_unit",
    "上级纪委监委信访部门": "superior_commission_petition_office",
    "乡镇纪委和派出监察办公室": "township_commission",
}
KEYS = {name: unit for unit in DIRECTORY.units for name in DIRECTORY.names_of_unit(unit)}
KEYS |= {name.removeprefix("县"): unit for name, unit in KEYS.items()}
KEYS |= {body.name: key for table in (DIRECTORY.groups, DIRECTORY.offices) for key, body in table.items()}
LABELS = {TAXONOMY.name_of(label): label for label in TAXONOMY.labels}


def parts(cell: str, separator: str = "、") -> list[str]:
    return [part for part in cell.split(separator) if part]


def position_of(written: str) -> Position:
    """`title/rank[/unit][/mentioned only]`"""
    title, rank, *rest = written.split("/")
    unit = next((KEYS[word] for word in rest if word != "提及"), None)
    return Position(title, RANKS[rank], unit=unit, accused="提及" not in rest)


def facts_of(row: dict[str, str]) -> RoutingFacts:
    mentions = Mentions(
        units=tuple(KEYS[name] for name in parts(row["单位"])),
        ambiguous=tuple(DIRECTORY.ambiguous[alias] for alias in parts(row["歧义称呼"])),
        positions=tuple(position_of(written) for written in parts(row["职务"], "；")),
        township=KEYS[row["所在乡镇"]] if row["所在乡镇"] else None,
        embedded=row["派出机构"] == "是",
    )
    return RoutingFacts(LABELS.get(row["标签"]), mentions, in_danger=row["人身危险"] == "是")


def agrees(decided: Route, row: dict[str, str]) -> None:
    rule = row["预期规则"]
    assert str(decided.rule).startswith(RULES_BY_WORD.get(rule[:2], rule[:3]))
    assert decided.owner == OWNERS_BY_WORD.get(row["预期归属"], KEYS.get(row["预期归属"]))
    assert decided.via == (KEYS[row["经由"]] if row["经由"] else None)
    assert [overlay[:2] for overlay in decided.overlays] == parts(row["叠加"])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["编号"])
def test_the_rules_decide_as_the_table_says(row):
    agrees(route(facts_of(row), DIRECTORY, TAXONOMY), row)


@pytest.mark.parametrize("row", FOUND_ROWS, ids=lambda row: row["编号"])
def test_the_words_of_the_case_lead_to_the_same_decision(row):
    facts = RoutingFacts(LABELS.get(row["标签"]), mentions_in(row["情形"]), in_danger=row["人身危险"] == "是")

    agrees(route(facts, DIRECTORY, TAXONOMY), row)


@pytest.mark.parametrize(
    "part", ["e01", "e02", "e03", "e04", "e05", "e06", "e07", "e08", "e09", "e10", "e11", "e12", "追问", "专岗"]
)
def test_the_table_has_rows_for_every_rule(part):
    assert any(row["预期规则"].startswith(part) for row in ROWS)


def test_the_table_names_every_group_and_every_doubtful_word():
    assert {group.name for group in DIRECTORY.groups.values()} <= {row["预期归属"] for row in ROWS}
    assert set(DIRECTORY.ambiguous) == {alias for row in ROWS for alias in parts(row["歧义称呼"])}


def test_the_table_names_every_unit():
    named = {KEYS[name] for row in ROWS for name in parts(row["单位"])}

    assert set(DIRECTORY.units) - named == set()


def test_every_row_has_a_number_of_its_own():
    assert len({row["编号"] for row in ROWS}) == len(ROWS) >= 160
