import re

import pytest
from sqlalchemy import func, select

from domain.errors import InvalidInput, NotOurs
from domain.terms import CaseStatus, DeadlineKind, ReportKind, RouteRule, Track
from models import Case, CaseEvent, Report
from services.intake import Identity, query_code_fits
from tests.fakes import COUNTY_HEAD, suggestion


def one_case(services):
    return services.session.scalars(select(Case)).one()


def test_a_report_becomes_a_case_with_a_number_and_a_code(services, lodge):
    lodged = lodge()

    assert re.fullmatch(r"SA20261123-[A-Z0-9]{6}", lodged.case_number)
    assert re.fullmatch(r"\d{12}", lodged.query_code)
    assert one_case(services).status is CaseStatus.RECEIVED


def test_the_query_code_is_stored_only_as_a_hash_that_fits(services, lodge):
    lodged = lodge()
    case = one_case(services)

    assert lodged.query_code not in case.query_code_hash
    assert query_code_fits(case, lodged.query_code)
    assert not query_code_fits(case, "000000000000")


def test_the_rules_name_the_group_but_nobody_is_assigned_yet(services, lodge):
    lodge()
    case = one_case(services)

    assert (case.route_rule, case.owner, case.assigned_body) == (RouteRule.DEFAULT_GROUP, "g_market", None)


def test_what_the_citizen_confirmed_goes_before_the_suggestion(services, lodge):
    lodge(label="arbitrary_fine", unit="urban_management")
    case = one_case(services)

    assert (case.label, case.suggested_label, case.unit) == ("arbitrary_fine", "enforcement_payoff", "urban_management")
    assert case.owner == "g_housing"


def test_an_abstained_suggestion_leaves_the_label_to_staff(services, lodge):
    lodge(suggestion=suggestion(abstained=True))

    assert one_case(services).label is None


def test_a_named_report_starts_the_fifteen_working_day_clock(services, lodge):
    lodge(identity=Identity("甲", "13800000000"))
    clocks = one_case(services).deadlines

    assert [(c.kind, c.due_on.isoformat()) for c in clocks] == [(DeadlineKind.ACCEPTANCE_NOTICE, "2026-12-14")]


def test_an_anonymous_report_has_no_acceptance_clock(services, lodge):
    lodge()

    assert one_case(services).deadlines == []


def test_a_help_request_goes_on_its_own_track(services, lodge):
    lodge(suggestion=suggestion("nk_help_request", units=()))
    case = one_case(services)

    assert (case.track, case.report_kind, case.owner) == (
        Track.SERVICE_REQUEST,
        ReportKind.SERVICE_REQUEST,
        "petition_office",
    )


def test_a_report_about_a_county_leader_is_refused_and_nothing_is_kept(services, lodge):
    with pytest.raises(NotOurs):
        lodge(suggestion=suggestion(positions=(COUNTY_HEAD,)))

    assert services.session.scalar(select(func.count(Report.id))) == 0


@pytest.mark.parametrize(("statement", "reason"), [("", "empty"), ("   \n ", "empty"), ("长" * 20_001, "too_long")])
def test_a_statement_that_cannot_be_used_is_refused_with_its_reason(lodge, statement, reason):
    with pytest.raises(InvalidInput) as refused:
        lodge(statement=statement)

    assert (refused.value.field, refused.value.reason) == ("statement", reason)


def test_lodging_leaves_one_line_in_the_journal(services, lodge):
    lodge()

    event = services.session.scalars(select(CaseEvent)).one()
    assert (event.kind, event.actor, event.new_value) == ("lodged", "citizen", "e12_default_group")


def test_a_dump_of_the_database_does_not_hold_the_statement_or_the_name(services, lodge, sqlite_url):
    lodge(statement="这句话不能在硬盘上读到 unreadable-on-disk", identity=Identity("不能读到的名字", "13800000000"))
    services.session.commit()

    from pathlib import Path

    folder = Path(sqlite_url.removeprefix("sqlite:///")).parent
    dump = b"".join(path.read_bytes() for path in folder.glob("qiaomen.sqlite3*"))
    assert b"unreadable-on-disk" not in dump
    assert "不能读到的名字".encode() not in dump
    assert b"13800000000" not in dump
