"""The triggers hold lists of rules, claims and states of their own: each is what the domain says today."""

import pytest
from sqlalchemy import select

from domain.deadlines import NAMED
from domain.lifecycle import OPEN
from domain.permissions import CLOSED_RULES
from domain.terms import CaseStatus, IdentityClaim, RouteRule, Source
from models import FlowTally, SpanTally, UnitTally
from models.tallies import EVERYBODY
from services.intake import NewReport
from tests.fakes import suggestion


@pytest.fixture
def case(services):
    report = NewReport(statement="来店里拿了两条烟。", source=Source.WEB, suggestion=suggestion())
    return services.casework.case_by_number(services.intake.lodge_report(report).case_number)


def counted(services, tally):
    services.session.flush()
    rows = services.session.scalars(select(tally).execution_options(populate_existing=True))
    return [row for row in rows if row.cases]


@pytest.mark.parametrize("rule", RouteRule)
def test_a_tally_knows_the_rules_that_close_a_case_and_no_other(services, case, rule):
    case.route_rule = rule

    assert [row.route_rule for row in counted(services, FlowTally)] == [rule if rule in CLOSED_RULES else ""]


@pytest.mark.parametrize("claim", IdentityClaim)
def test_a_tally_knows_who_gave_a_name(services, case, claim):
    case.identity_claim, case.acceptance_days = claim, 3

    assert {row.is_named for row in counted(services, SpanTally)} == {claim in NAMED}


@pytest.mark.parametrize("status", CaseStatus)
def test_a_tally_knows_what_somebody_still_works_on(services, case, status):
    case.status, case.assigned_body = status, "g_market"

    rows = counted(services, UnitTally)
    assert {row.assigned_body: row.in_hand for row in rows} == dict.fromkeys(("g_market", EVERYBODY), status in OPEN)
