"""What the page of a new case says."""

from types import SimpleNamespace

import pytest

from domain.terms import CaseStatus, RouteRule, TriageStep
from domain.triage import Proposal
from tests.fakes import A_MONDAY


def case(
    label=None, *, unit=None, owner="g_market", rule=RouteRule.DEFAULT_GROUP, status=CaseStatus.RECEIVED, decided=True
):
    """As much of a case's page as these ask for."""
    return SimpleNamespace(
        label=label, labelled_at=A_MONDAY if decided else None, unit=unit, owner=owner, route_rule=rule, status=status,
        proposal=None,
    )  # fmt: skip


def test_the_body_the_rules_name_is_offered_first(show):
    assert show.natural_body("g_market", "market_regulation") == "g_market"


def test_a_township_s_case_is_offered_to_its_own_commission(show):
    township = show.directory.townships[0]

    assert show.natural_body("township_commission", township) == township


@pytest.mark.parametrize("owner", ["clarify", "superior_of_unit", "township_commission"])
def test_nobody_is_offered_where_the_rules_name_no_body(show, owner):
    assert show.natural_body(owner, "market_regulation") == ""


def test_every_body_can_be_chosen_once(show):
    keys = [key for choices in show.bodies().values() for key, _ in choices]

    assert sorted(keys) == sorted(show.directory.bodies)


def test_usual_destinations_say_where_to_go(show):
    told = {key: words for key, _, words in show.destinations()}

    assert "12333" in told["nk_labour"]


@pytest.mark.parametrize(
    ("page", "for_others"),
    [
        (case("nk_civil"), True),
        (case("nk_civil", decided=False), False),
        (case("nk_other_discipline"), False),
        (case("approval_payoff"), False),
        (case("approval_payoff", status=CaseStatus.DECLINED), True),
        (case("unit_levy", owner="superior_of_unit", rule=RouteRule.VERTICAL), True),
        (case("unit_levy", owner="superior_of_unit", rule=RouteRule.EMBEDDED_STATION), True),
        (case("unit_levy", owner="superior_of_unit", rule=RouteRule.VERTICAL, decided=False), False),
        (case("nk_no_substance"), False),
    ],
)
def test_a_case_is_for_others_when_somebody_decided_so(show, page, for_others):
    assert show.is_for_others(page) is for_others


def test_a_declined_reporter_is_told_where_his_matter_belongs(show):
    assert "12348" in show.where_to(case("nk_civil"))
    vertical = case("unit_levy", unit="tax_bureau", owner="superior_of_unit", rule=RouteRule.VERTICAL)
    assert show.where_to(vertical) == (
        "这个单位由上级垂直管理，请向市税务局党委纪检组反映；不知道怎么找的，拨打 12388（网站 www.12388.gov.cn），说清是哪个单位。"
        "这个单位的服务电话是 12366。"
    )
    assert "12345" in show.where_to(case("unit_levy"))


def test_a_unit_without_a_national_line_gets_no_number_of_its_own_and_one_that_is_told_already_is_not_told_twice(show):
    bureau = case("unit_levy", unit="weather_bureau", owner="superior_of_unit", rule=RouteRule.VERTICAL)

    assert not any(sign.isdigit() for sign in show.where_to(bureau).replace("12388", ""))
    assert show.where_to(case("nk_labour", unit="human_resources")).count("12333") == 1


def test_what_is_proposed_has_its_texts_written_before_anybody_confirmed_the_kind(show):
    new = case("nk_civil", owner="reply_only", rule=RouteRule.OUT_OF_SCOPE, decided=False)
    proposed = SimpleNamespace(**vars(new) | {"proposal": Proposal(TriageStep.DECLINE, "nk_civil")})

    assert (show.why_not(new), show.why_not(proposed)) == ("", "民事债务邻里纠纷，不属受理范围。")


def test_what_is_declined_by_its_kind_is_called_no_accusation_once_somebody_decided(show):
    other = {"owner": "reply_only", "rule": RouteRule.OUT_OF_SCOPE}

    assert show.is_no_accusation(case("nk_consumer", **other))
    assert not show.is_no_accusation(case("nk_consumer", **other, decided=False))
    assert not show.is_no_accusation(case("nk_no_substance", **other))
    assert not show.is_no_accusation(case("unit_levy", owner="superior_of_unit", rule=RouteRule.VERTICAL))


def test_a_reason_for_declining_follows_from_what_was_decided_and_from_nothing_else(show):
    assert show.why_not(case("nk_civil")) == "民事债务邻里纠纷，不属受理范围。"
    assert show.why_not(case("nk_civil", decided=False)) == show.why_not(case("approval_payoff")) == ""


def test_a_unit_is_missing_where_the_rules_cannot_name_a_body_without_it(show):
    nobody = case("unit_levy", owner="clarify", rule=RouteRule.CLARIFY)
    assert show.lacks_unit(nobody)
    assert show.lacks_unit(case("unit_levy", owner="township", rule=RouteRule.TOWNSHIP_OR_VILLAGE))
    assert not show.lacks_unit(case("approval_payoff", unit="market_regulation"))


def test_a_report_that_says_too_little_is_asked_about_and_sent_nowhere(show):
    says_nothing = case("nk_no_substance", owner="reply_only", rule=RouteRule.OUT_OF_SCOPE)

    assert show.says_too_little(says_nothing)
    assert show.question_for(says_nothing).startswith("请补充几句")
    assert show.where_to(says_nothing) == ""
    assert not show.says_too_little(case("nk_no_substance", decided=False))


def test_the_reporter_is_asked_whom_it_is_about_where_the_unit_is_missing(show):
    assert show.question_for(case("unit_levy", owner="clarify", rule=RouteRule.CLARIFY)).startswith("请问是哪个单位")
    village = case("unit_levy", owner="township", rule=RouteRule.TOWNSHIP_OR_VILLAGE)
    assert show.question_for(village) == "请问是哪个乡镇、哪个村或者社区？"
    assert show.question_for(case("approval_payoff", unit="market_regulation")) == ""
