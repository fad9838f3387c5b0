"""What a case is routed by after it was lodged: a step of staff never opens what the rules had closed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.errors import Conflict, IllegalTransition, InvalidInput, NotAllowed, NotFound
from domain.terms import CaseStatus, DeadlineKind, Fact, LetterKind, LetterStatus, Rank, ReportKind, RouteRule, Track
from domain.values import Position
from models import Case
from tests.fakes import suggestion

OF_OURS = Position("纪委的人", Rank.DISCIPLINE_STAFF)
OF_CADRE_OFFICE = Position("干部监督室副主任", Rank.DISCIPLINE_STAFF, "cadre_office")
CHIEF = Position("局长", Rank.COUNTY_MANAGED, "market_regulation")


@pytest.fixture
def petition(desk):
    return desk("petition", "petition_office")


@pytest.fixture
def leader(desk):
    return desk("leader", "principal")


@pytest.fixture
def cadre(desk):
    return desk("cadre", "cadre_office")


@pytest.fixture
def clue(desk):
    return desk("clue", "clue_office")


@pytest.fixture
def lodged(services, lodge):
    """A case by its report."""

    def _lodged(**values):
        number = lodge(**values).case_number
        return services.session.scalars(select(Case).where(Case.case_number == number)).one()

    return _lodged


def running(case):
    return {clock.kind for clock in case.deadlines if clock.met_at is None}


def about(*positions, units=("market_regulation",), **more):
    return suggestion(units=units, positions=positions, **more)


def test_confirming_the_kind_without_a_unit_leaves_a_closed_case_closed(services, lodged, suggester, cadre, petition):
    suggester.otherwise = about(OF_OURS, units=())
    case = lodged(suggestion=suggester.otherwise)

    services.casework.classify(cadre, case.case_number, label="illegal_fee", unit=None, version=1)

    assert case.route_rule is RouteRule.DISCIPLINE_STAFF
    with pytest.raises(NotFound):
        services.queries.case_page(petition, case.case_number)


def test_a_person_named_only_in_an_answer_still_counts_when_staff_classify(services, lodged, suggester, cadre):
    suggester.by_word = {"派驻组": about(OF_OURS)}
    case = lodged(suggestion=about(OF_OURS), slots=(("person", "派驻组的人"),))

    services.casework.classify(cadre, case.case_number, label="illegal_fee", unit="market_regulation", version=1)

    assert case.route_rule is RouteRule.DISCIPLINE_STAFF


def test_a_person_whom_somebody_struck_out_still_counts(services, lodged, suggester, cadre):
    suggester.by_word = {"派驻组": about(OF_OURS)}
    case = lodged(suggestion=about(OF_OURS), slots=(("person", "派驻组的人"),))

    services.facts.strike(cadre, case.case_number, version=1, fact=Fact.PERSON)
    services.casework.classify(cadre, case.case_number, label="illegal_fee", unit="market_regulation", version=2)

    assert case.route_rule is RouteRule.DISCIPLINE_STAFF


def test_finders_that_read_otherwise_today_do_not_open_a_closed_case(services, lodged, cadre):
    case = lodged(suggestion=about(OF_OURS))

    services.casework.classify(cadre, case.case_number, label="illegal_fee", unit="market_regulation", version=1)

    assert case.route_rule is RouteRule.DISCIPLINE_STAFF


def test_staff_who_leave_the_unit_open_leave_an_ordinary_case_to_be_asked_about(services, lodged, petition):
    case = lodged()

    services.casework.classify(petition, case.case_number, label="illegal_fee", unit=None, version=1)

    assert (case.route_rule, case.unit) == (RouteRule.CLARIFY, None)


def test_the_cadre_office_does_not_read_about_its_own_people(services, lodged, desk):
    case = lodged(suggestion=about(OF_CADRE_OFFICE))

    for role in ("cadre", "petition"):
        with pytest.raises(NotFound):
            services.queries.case_page(desk(role), case.case_number)
    for role in ("clue", "leader"):
        assert services.queries.case_page(desk(role), case.case_number).case_number == case.case_number
    assert case.owner == "principal"


def test_a_closed_case_is_handed_to_nobody_who_may_never_see_it(services, lodged, suggester, cadre):
    suggester.otherwise = about(OF_OURS)
    case = lodged(suggestion=suggester.otherwise)
    services.casework.accept(cadre, case.case_number, version=case.version)

    with pytest.raises(InvalidInput, match="not_by_this_rule"):
        services.casework.assign(cadre, case.case_number, version=case.version, body="g_market")
    services.casework.assign(cadre, case.case_number, version=case.version, body="cadre_office")


@pytest.mark.parametrize("is_station", [False, True])
def test_a_vertical_unit_is_no_stationed_groups_nor_is_its_station(services, lodged, suggester, petition, is_station):
    of_unit = about(units=("tax_bureau",))
    suggester.otherwise = replace(of_unit, mentions=replace(of_unit.mentions, embedded=is_station))
    case = lodged(suggestion=suggester.otherwise)
    assert (case.route_rule is RouteRule.EMBEDDED_STATION) is is_station
    services.casework.accept(petition, case.case_number, version=case.version)

    with pytest.raises(InvalidInput, match="not_by_this_rule"):
        services.casework.assign(petition, case.case_number, version=case.version, body="g_finance")


def test_a_county_managed_cadres_case_is_not_moved_on_by_the_petition_office(
    services, lodged, suggester, petition, leader
):
    suggester.otherwise = about(CHIEF)
    case = lodged(suggestion=suggester.otherwise)
    services.casework.accept(petition, case.case_number, version=case.version)
    services.casework.assign(leader, case.case_number, version=case.version, body="inspection_3")

    with pytest.raises(NotAllowed):
        services.casework.transfer(petition, case.case_number, version=case.version, body="g_market", reason="转")


def test_what_is_about_the_head_is_not_shown_to_the_head(services, lodged, petition, leader):
    case = lodged()
    services.casework.send_upward(
        petition, case.case_number, version=1, about=RouteRule.OWN_PRINCIPAL, reason="反映的是本委主要负责人"
    )

    with pytest.raises(NotFound):
        services.queries.case_page(leader, case.case_number)
    assert running(case) == set()


def test_what_was_sent_upward_is_due_until_it_arrived(services, lodged, petition, leader):
    case = lodged()
    services.casework.send_upward(
        petition, case.case_number, version=1, about=RouteRule.COUNTY_LEADER, reason="反映县领导"
    )
    services.session.refresh(case)
    assert running(case) == {DeadlineKind.SEND_UPWARD}

    services.casework.hand_upward(leader, case.case_number, version=case.version, reason="机要送达")

    assert running(case) == set()
    assert case.status is CaseStatus.SENT_UPWARD


def test_nothing_is_handed_upward_that_was_not_sealed(services, lodged, leader):
    with pytest.raises(IllegalTransition):
        services.casework.hand_upward(leader, lodged().case_number, version=1, reason="x")


def test_a_help_request_that_turns_out_an_accusation_gets_its_track_and_clocks(services, lodged, petition):
    case = lodged(suggestion=suggestion("nk_help_request"), label="nk_help_request")
    assert (case.track, running(case)) == (Track.SERVICE_REQUEST, {DeadlineKind.HELP_REQUEST_REPLY})

    services.casework.classify(
        petition, case.case_number, label="enforcement_payoff", unit="market_regulation", version=1
    )

    assert (case.track, case.report_kind) == (Track.ACCUSATION, ReportKind.ACCUSATION)
    assert running(case) == set()


def test_staff_say_what_kind_of_report_it_is_and_take_it_back(services, lodged, petition):
    case = lodged()
    services.casework.classify(
        petition, case.case_number, label=case.label or "illegal_fee", unit=case.unit, version=1,
        report_kind=ReportKind.SERVICE_REQUEST,
    )  # fmt: skip
    services.session.flush()
    services.session.refresh(case)
    assert (case.track, running(case)) == (Track.SERVICE_REQUEST, {DeadlineKind.HELP_REQUEST_REPLY})

    services.undoing.undo(petition, case.case_number)
    services.session.refresh(case)

    assert (case.track, running(case)) == (Track.ACCUSATION, set())


def test_the_track_of_a_case_that_somebody_works_on_stays(services, lodged, petition):
    case = lodged()
    services.casework.accept(petition, case.case_number, version=case.version)
    services.casework.assign(petition, case.case_number, version=case.version, body="g_market")

    with pytest.raises(InvalidInput, match="other_track"):
        services.casework.classify(
            petition, case.case_number, label="illegal_fee", unit="market_regulation", version=case.version,
            report_kind=ReportKind.SERVICE_REQUEST,
        )  # fmt: skip


def test_a_unit_led_from_above_brings_its_clock_when_it_is_found_out(services, lodged, petition):
    case = lodged()

    services.casework.classify(petition, case.case_number, label="illegal_fee", unit="tax_bureau", version=1)
    services.session.refresh(case)

    assert (case.route_rule, running(case)) == (RouteRule.VERTICAL, {DeadlineKind.VERTICAL_NOTICE})


def test_two_clerks_do_not_classify_over_each_other(services, lodged, petition):
    case = lodged()
    services.casework.classify(petition, case.case_number, label="illegal_fee", unit="market_regulation", version=1)

    with pytest.raises(Conflict):
        services.casework.classify(petition, case.case_number, label="broken_promise", unit=None, version=1)
    with pytest.raises(Conflict):
        services.casework.decline(petition, case.case_number, version=1, destination="住建局", reason="不属实")


def test_a_letter_goes_with_the_body_that_lost_the_case(services, lodged, petition, leader):
    case = lodged()
    services.casework.accept(petition, case.case_number, version=case.version)
    services.casework.assign(petition, case.case_number, version=case.version, body="g_market")
    services.supervision_letters.issue(
        leader, case.case_number, kind=LetterKind.SUPERVISION, text="请尽快办理",
        answer_by=services.casework.today() + timedelta(days=5),
    )  # fmt: skip
    services.casework.transfer(petition, case.case_number, version=case.version, body="g_housing", reason="归住建")

    [letter] = services.supervision_letters.of_case(leader, case.case_number).letters
    assert letter.status is LetterStatus.LAPSED


def test_of_several_whom_a_case_complains_of_each_is_named_with_whose_it_would_be_the_deciding_one_first(
    services, lodged, suggester, petition
):
    head = Position("所长", Rank.UNIT_MANAGED, "market_regulation")
    suggester.otherwise = about(head, units=("market_regulation", "transport_bureau"))
    case = lodged(suggestion=suggester.otherwise)

    first, second = services.queries.case_page(petition, case.case_number).subjects
    assert (first.unit, first.titles, first.owner) == ("market_regulation", ("所长",), case.owner)
    assert (second.unit, second.titles) == ("transport_bureau", ())
    assert second.owner != first.owner


def test_where_it_is_one_and_for_who_reads_no_statement_nobody_is_named_beside_it(services, lodged, suggester, desk):
    case = lodged()
    assert services.queries.case_page(desk("petition"), case.case_number).subjects == ()

    suggester.otherwise = about(units=("market_regulation", "transport_bureau"))
    several = lodged(suggestion=suggester.otherwise)
    assert services.queries.case_page(desk("auditor"), several.case_number).subjects == ()
