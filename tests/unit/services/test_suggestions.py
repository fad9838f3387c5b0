"""Which unit a suggestion complains of."""

import pytest

from domain.terms import RouteRule
from domain.values import Mentions, Route

BY_UNIT = Route(RouteRule.DEFAULT_GROUP, "g_market", unit="market_regulation")
BY_RANK = Route(RouteRule.COUNTY_LEADER, "superior_commission_petition_office")
UNDECIDED = Route(RouteRule.CLARIFY, "clarify")
PRIVATE = Route(RouteRule.PRIVATE_PARTY, "reply_only", unit="property_company")


def unit(services, label, route, *named):
    return services.suggestions.unit_of(label, Mentions(units=named), route)


def test_it_is_the_one_that_decided(services):
    assert unit(services, "illegal_fee", BY_UNIT, "finance_bureau", "market_regulation") == "market_regulation"


def test_where_a_rank_decided_it_is_the_first_one_named(services):
    assert unit(services, "illegal_fee", BY_RANK, "finance_bureau") == "finance_bureau"


def test_a_private_agency_is_not_it_where_an_office_stands_behind(services):
    assert unit(services, "insider_scalper", UNDECIDED, "private_agency") is None


def test_a_private_party_is_it_where_it_is_the_one_reported(services):
    assert unit(services, "nk_private_party", PRIVATE, "property_company") == "property_company"


@pytest.mark.parametrize("label", ["nk_help_request", "nk_consumer", "nk_city_service", "nk_labour"])
def test_a_message_that_complains_of_nobody_has_none(services, label):
    assert unit(services, label, UNDECIDED, "human_resources") is None


def test_what_nobody_has_classified_keeps_its_unit(services):
    assert unit(services, None, UNDECIDED, "human_resources") == "human_resources"
