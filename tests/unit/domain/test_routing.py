"""What the golden table cannot say: conflicts of interest, the parts of a report, and the corners of the rules."""

import pytest

from app.reference import load_directory, load_taxonomy
from domain.errors import UnknownUnit
from domain.routing import in_conflict, must_not_collect, route, split_subjects
from domain.terms import Rank, RouteRule
from domain.values import Mentions, Position, Route, RoutingFacts

DIRECTORY, TAXONOMY = load_directory(), load_taxonomy()

COUNTY_HEAD = Position("县长", Rank.COUNTY_LEADER)
PRINCIPAL = Position("县纪委书记", Rank.COMMISSION_HEAD)
BUREAU_HEAD = Position("局长", Rank.COUNTY_MANAGED, unit="housing_construction")
CLERK = Position("科员", Rank.UNIT_MANAGED, unit="housing_construction")
BOSS = Position("老板", Rank.PRIVATE_PERSON)
GROUP_LEADER = Position("组长", Rank.DISCIPLINE_STAFF, unit="g_housing", name="王组长")


def facts(*units, label="enforcement_payoff", positions=(), in_danger=False, **mentions):
    return RoutingFacts(label, Mentions(units=units, positions=positions, **mentions), in_danger)


def decided(*units, **more):
    return route(facts(*units, **more), DIRECTORY, TAXONOMY)


# ── who may hear it at all ───────────────────────────────────────────────────────────────────────
def test_the_head_of_the_commission_goes_before_a_county_leader():
    assert must_not_collect([COUNTY_HEAD, PRINCIPAL]) is RouteRule.OWN_PRINCIPAL


def test_a_county_leader_must_not_be_collected():
    assert must_not_collect([CLERK, COUNTY_HEAD]) is RouteRule.COUNTY_LEADER


@pytest.mark.parametrize(
    "positions",
    [
        [],
        [BUREAU_HEAD, CLERK, BOSS, GROUP_LEADER],
        [Position("县长", Rank.COUNTY_LEADER, accused=False)],
        [Position("县纪委书记", Rank.COMMISSION_HEAD, accused=False)],
    ],
)
def test_everybody_else_may_be_collected(positions):
    assert must_not_collect(positions) is None


def test_a_route_upward_says_nothing_of_the_unit():
    assert decided("housing_construction", positions=(COUNTY_HEAD,)).unit is None


# ── conflicts of interest (x1) ───────────────────────────────────────────────────────────────────
def test_a_declared_tie_is_a_conflict():
    assert in_conflict(facts("court"), body="g_political_legal", declared=True)


def test_being_named_in_the_report_is_a_conflict_even_without_an_accusation():
    named = Position("工作人员", Rank.UNIT_MANAGED, name="王建国", accused=False)

    assert in_conflict(facts("court", positions=(named,)), body="petition_office", name="王建国")


def test_a_colleague_accused_is_a_conflict():
    assert in_conflict(facts(positions=(GROUP_LEADER,)), body="g_housing")


def test_a_colleague_only_mentioned_is_none():
    mentioned = Position("组长", Rank.DISCIPLINE_STAFF, unit="g_housing", accused=False)

    assert not in_conflict(facts(positions=(mentioned,)), body="g_housing")


def test_somebody_of_another_body_is_in_no_conflict():
    assert not in_conflict(facts(positions=(GROUP_LEADER,)), body="g_market", name="李四")


def test_a_township_cadre_accused_is_no_conflict_for_the_townships_commission():
    mayor = Position("镇长", Rank.COUNTY_MANAGED, unit="t_liulin")

    assert not in_conflict(facts("t_liulin", positions=(mayor,)), body="t_liulin")


def test_staff_without_body_or_name_are_in_no_conflict():
    assert not in_conflict(facts(positions=(Position("纪委的人", Rank.DISCIPLINE_STAFF),)), body=None)


# ── several subjects (x2) ────────────────────────────────────────────────────────────────────────
def test_a_report_with_one_subject_is_not_split():
    one = facts("housing_construction", positions=(CLERK,))

    assert split_subjects(one, DIRECTORY) == (one,)


def test_a_report_about_nobody_is_not_split():
    assert split_subjects(facts(), DIRECTORY) == (facts(),)


def test_the_item_for_a_lower_body_carries_nothing_of_the_leader():
    upward, lower = split_subjects(
        facts("housing_construction", positions=(COUNTY_HEAD, CLERK), township="t_liulin"), DIRECTORY
    )

    assert upward.mentions == Mentions(positions=(COUNTY_HEAD,))
    assert lower.mentions == Mentions(units=("housing_construction",), positions=(CLERK,))


def test_a_leader_only_mentioned_is_left_out_of_the_items():
    mentioned = Position("县长", Rank.COUNTY_LEADER, accused=False)
    items = split_subjects(facts("housing_construction", "court", positions=(mentioned,)), DIRECTORY)

    assert [item.mentions.positions for item in items] == [(), ()]


def test_every_item_is_routed_by_itself():
    items = split_subjects(facts("market_regulation", "tax_bureau", positions=(BUREAU_HEAD,)), DIRECTORY)

    assert [route(item, DIRECTORY, TAXONOMY).owner for item in items] == [
        "inspection_2",
        "g_market",
        "superior_of_unit",
    ]
    assert all(route(item, DIRECTORY, TAXONOMY).overlays == () for item in items)


def test_danger_goes_with_every_item():
    items = split_subjects(facts("court", "market_regulation", in_danger=True), DIRECTORY)

    assert all(item.in_danger for item in items)


def test_only_the_station_keeps_its_township():
    station, other = split_subjects(
        facts("public_security", "urban_management", township="t_liulin", embedded=True), DIRECTORY
    )

    assert (station.mentions.township, station.mentions.embedded) == ("t_liulin", True)
    assert (other.mentions.township, other.mentions.embedded) == (None, False)


def test_a_village_keeps_its_township():
    village, _ = split_subjects(facts("villages", "court", township="t_liulin"), DIRECTORY)

    assert village.mentions.township == "t_liulin"


def test_persons_of_two_high_ranks_are_two_items():
    items = split_subjects(facts(positions=(COUNTY_HEAD, PRINCIPAL)), DIRECTORY)

    assert [item.mentions.positions for item in items] == [(PRINCIPAL,), (COUNTY_HEAD,)]


def test_a_private_party_beside_a_public_unit_is_no_subject():
    assert decided("private_agency", "admin_approval", positions=(BOSS,)) == Route(
        RouteRule.DEFAULT_GROUP, "g_development", via="petition_office", unit="admin_approval"
    )


def test_the_unit_of_somebody_whose_rank_decides_is_no_second_subject():
    chief = Position("局长", Rank.COUNTY_LEADER, unit="public_security")

    assert decided("public_security", positions=(chief,)).overlays == ()


def test_an_official_without_a_unit_belongs_to_the_first_public_unit():
    nobody = Position("科长", Rank.UNIT_MANAGED)

    assert decided("gas_company", "market_regulation", "court", positions=(nobody,)).unit == "market_regulation"


def test_an_official_whose_unit_is_not_among_the_named_ones_comes_last():
    stranger = Position("科长", Rank.UNIT_MANAGED, unit="court")

    assert decided("market_regulation", positions=(stranger,)).owner == "g_market"


# ── corners of the rules ─────────────────────────────────────────────────────────────────────────
def test_a_village_cadre_needs_no_unit():
    assert decided(positions=(Position("村主任", Rank.VILLAGE_CADRE),)).owner == "township_commission"


def test_a_bureau_head_beside_a_village_has_no_known_bureau():
    assert decided("villages", positions=(Position("局长", Rank.COUNTY_MANAGED),)).rule is RouteRule.CLARIFY


def test_a_clerk_of_an_unknown_unit_is_asked_about():
    assert decided(positions=(Position("科员", Rank.UNIT_MANAGED),)).rule is RouteRule.CLARIFY


def test_a_title_in_a_private_company_makes_nobody_an_official():
    reader = Position("抄表员", Rank.UNIT_MANAGED, unit="gas_company")

    assert decided(positions=(reader,)) == Route(RouteRule.PRIVATE_PARTY, "reply_only", unit="gas_company")


def test_a_private_person_alone_is_answered_only():
    assert decided(positions=(BOSS,)) == Route(RouteRule.PRIVATE_PARTY, "reply_only")


def test_a_private_party_label_without_anybody_is_answered_only():
    assert decided(label="nk_private_party") == Route(RouteRule.PRIVATE_PARTY, "reply_only")


def test_a_private_party_label_gives_way_to_an_official_accused():
    assert decided("gas_company", label="nk_private_party", positions=(CLERK,)).owner == "g_housing"


def test_an_official_accused_beside_another_unit_still_counts_against_e05():
    assert decided("court", label="nk_labour", positions=(CLERK,)).rule is not RouteRule.OUT_OF_SCOPE


@pytest.mark.parametrize("label", ["insider_scalper", "forced_intermediary"])
def test_a_kind_that_says_collusion_asks_for_the_official(label):
    assert decided("private_agency", label=label).rule is RouteRule.CLARIFY


def test_a_label_nobody_knows_is_treated_as_none():
    assert decided("court", label="unheard_of").owner == "g_political_legal"


def test_a_county_managed_title_in_a_village_without_township_goes_to_the_township():
    strange = Position("主任", Rank.COUNTY_MANAGED, unit="villages")

    assert decided("villages", positions=(strange,)).rule is RouteRule.TOWNSHIP_OR_VILLAGE


def test_a_station_is_not_read_into_a_unit_that_has_none():
    assert decided("urban_management", embedded=True).rule is RouteRule.DEFAULT_GROUP


def test_overlays_stand_in_their_order():
    both = facts(
        "market_regulation", label="nk_emergency", positions=(GROUP_LEADER, Position("科员", Rank.UNIT_MANAGED))
    )

    assert route(both, DIRECTORY, TAXONOMY).overlays == (
        "x1_conflict_of_interest",
        "x2_multi_subject",
        "x3_danger",
    )


def test_discipline_staff_of_an_unknown_body_bring_no_conflict_of_their_own():
    assert decided(positions=(Position("纪委的人", Rank.DISCIPLINE_STAFF),)).overlays == ()


def test_a_unit_the_directory_does_not_have_is_refused():
    with pytest.raises(UnknownUnit):
        decided("nowhere")
