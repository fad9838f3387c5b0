import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from domain.errors import Conflict, IllegalTransition, InvalidInput, NotAllowed, NotFound, UnknownUnit
from domain.terms import CaseEventKind, CaseStatus, DeadlineKind, Disposition, RouteRule
from models import Case, CaseEvent, OutboxMessage
from services.intake import Identity
from tests.fakes import COUNTY_HEAD, suggestion


@pytest.fixture
def case(services, lodge):
    lodge(identity=Identity("甲", "13800000000"))
    return services.session.scalars(select(Case)).one()


@pytest.fixture
def petition(desk):
    return desk("petition", "petition_office")


@pytest.fixture
def group(desk):
    return desk("group", "g_market")


@pytest.fixture
def in_handling(services, case, petition, group):
    work, number = services.casework, case.case_number
    work.accept(petition, number, version=1)
    work.assign(petition, number, version=2, body="g_market")
    work.take_up(group, number, version=3)
    return case


def events(services):
    return [e.kind for e in services.session.scalars(select(CaseEvent).order_by(CaseEvent.id))]


def test_the_whole_way_of_a_case_leaves_a_line_for_every_step(services, in_handling, group):
    work, number = services.casework, in_handling.case_number
    work.dispose(group, number, version=4, disposition=Disposition.PRELIMINARY_VERIFICATION, reason="已报批")
    work.conclude(group, number, version=5, outcome="属实，已处理")
    work.give_feedback(group, number, version=6, text="您反映的情况属实，有关人员已受到处理。")
    services.session.flush()

    assert in_handling.status is CaseStatus.FED_BACK
    assert events(services) == [
        CaseEventKind.LODGED,
        CaseEventKind.ACCEPTED,
        CaseEventKind.ASSIGNED,
        CaseEventKind.TAKEN_UP,
        CaseEventKind.DISPOSED,
        CaseEventKind.CONCLUDED,
        CaseEventKind.FED_BACK,
    ]


def test_a_group_does_not_see_a_case_before_it_is_assigned(services, case, group):
    with pytest.raises(NotFound):
        services.casework.take_up(group, case.case_number, version=1)


def test_another_group_never_sees_it(services, in_handling, desk):
    with pytest.raises(NotFound):
        services.queries.case_page(desk("group", "g_housing"), in_handling.case_number)


def test_the_former_body_loses_sight_of_a_transferred_case(services, in_handling, group, desk):
    services.casework.transfer(group, in_handling.case_number, version=4, body="inspection_3", reason="涉及县管干部")

    with pytest.raises(NotFound):
        services.queries.case_page(group, in_handling.case_number)
    assert services.queries.case_page(desk("inspection", "inspection_3"), in_handling.case_number)


def test_somebody_who_saw_an_older_version_does_not_overwrite(services, case, petition):
    services.casework.accept(petition, case.case_number, version=1)

    with pytest.raises(Conflict):
        services.casework.decline(petition, case.case_number, version=1, destination="12345", reason="x")


def test_a_step_is_taken_with_the_case_as_it_is_under_the_lock_not_as_it_was_read_before(services, case, petition):
    seen = services.casework.case_by_number(case.case_number).version
    # Somebody else's commit, between the first look and the lock.
    services.session.execute(text('UPDATE "case" SET version = version + 1'))

    with pytest.raises(Conflict):
        services.casework.accept(petition, case.case_number, version=seen)


def test_a_declined_case_says_where_to_go_and_stops_its_clocks(services, case, petition):
    services.casework.decline(petition, case.case_number, version=1, destination="请拨打 12333", reason="欠薪")
    services.session.flush()

    assert case.declined_to == "请拨打 12333"
    assert all(clock.met_at is not None for clock in case.deadlines)


@pytest.mark.parametrize("reason", ["", "  "])
def test_declining_needs_a_reason(services, case, petition, reason):
    with pytest.raises(InvalidInput):
        services.casework.decline(petition, case.case_number, version=1, destination="12345", reason=reason)


def test_a_case_cannot_be_concluded_before_its_disposition_is_on_record(services, in_handling, group):
    with pytest.raises(InvalidInput) as refused:
        services.casework.conclude(group, in_handling.case_number, version=4, outcome="属实")

    assert refused.value.reason == "needed_before_conclusion"


def test_steps_out_of_order_are_refused(services, case, petition):
    with pytest.raises(IllegalTransition):
        services.casework.assign(petition, case.case_number, version=1, body="g_market")


def test_an_auditor_reads_but_does_not_act(services, case, desk):
    with pytest.raises(NotAllowed):
        services.casework.accept(desk("auditor"), case.case_number, version=1)


def test_a_case_of_a_county_managed_cadre_is_handed_on_by_the_clue_office_only(services, lodge, petition, desk):
    from domain.terms import Rank
    from domain.values import Position

    chief = Position("局长", Rank.COUNTY_MANAGED, "market_regulation")
    lodged = lodge(suggestion=suggestion(positions=(chief,)))
    services.casework.accept(petition, lodged.case_number, version=1)

    with pytest.raises(NotAllowed):
        services.casework.assign(petition, lodged.case_number, version=2, body="inspection_3")
    services.casework.assign(desk("clue", "clue_office"), lodged.case_number, version=2, body="inspection_3")
    services.assignment_proposals.approve(desk("leader", "principal"), lodged.case_number, version=3)


def test_a_case_that_was_declined_in_time_and_taken_in_later_was_answered_in_time(services, case, petition, clock):
    services.casework.decline(petition, case.case_number, version=1, destination="仲裁委", reason="劳动争议")
    clock.forward(days=60)
    services.casework.accept(petition, case.case_number, version=2)

    assert case.acceptance_days == 0


def test_a_correction_by_staff_routes_anew(services, case, petition):
    services.casework.classify(
        petition, case.case_number, label="illegal_fee", unit="urban_management", version=1, reason="看错了"
    )

    assert (case.label, case.unit, case.owner) == ("illegal_fee", "urban_management", "g_housing")
    assert case.labelled_at is not None


def test_a_correction_does_not_lower_the_rank_of_the_accused(services, case, petition, suggester):
    suggester.otherwise = suggestion(positions=(COUNTY_HEAD,))

    services.casework.classify(petition, case.case_number, label="illegal_fee", unit="urban_management", version=1)

    assert case.status is CaseStatus.SENT_UPWARD


def test_a_case_sent_upward_is_gone_for_everybody_but_the_head(services, case, petition, desk):
    services.casework.send_upward(
        petition, case.case_number, version=1, about=RouteRule.COUNTY_LEADER, reason="反映县领导"
    )
    services.session.flush()

    with pytest.raises(NotFound):
        services.queries.case_page(petition, case.case_number)
    assert services.queries.case_page(desk("leader", "principal"), case.case_number).case_number == case.case_number
    assert [c.due_on.isoformat() for c in case.deadlines if c.kind is DeadlineKind.SEND_UPWARD] == ["2026-11-30"]


@pytest.mark.parametrize("body", ["g_nonsense", "market_regulation", ""])
def test_a_case_is_never_assigned_to_a_unit_or_to_nobody(services, case, petition, body):
    services.casework.accept(petition, case.case_number, version=1)

    with pytest.raises(UnknownUnit):
        services.casework.assign(petition, case.case_number, version=2, body=body)


def test_a_declared_conflict_hides_the_case_at_once(services, in_handling, group):
    services.casework.declare_conflict(group, in_handling.case_number, reason="当事人是我表哥")

    with pytest.raises(NotFound):
        services.queries.case_page(group, in_handling.case_number)


def test_a_returned_case_goes_back_to_the_office_that_handed_it_on(services, in_handling, group):
    services.casework.give_back(group, in_handling.case_number, version=4, reason="不属于我组监督单位")

    assert (in_handling.status, in_handling.assigned_body) == (CaseStatus.ACCEPTED, None)


def test_the_acceptance_tells_the_reporter_by_a_notice_that_says_nothing(services, lodge, petition):
    from services.conversations import Push

    received = services.conversations.receive(Push("o-1", "k", "1", "text", 1, b"<xml/>"), opens_window=5)
    lodged = lodge(reporter_id=received.reporter_id)
    services.casework.accept(petition, lodged.case_number, version=1)
    services.session.flush()

    message = services.session.scalars(select(OutboxMessage)).one()
    assert (message.letter, message.values) == ("notice_progress", {})


@pytest.mark.parametrize("statement", ["UPDATE case_event SET actor = 'nobody'", "DELETE FROM case_event"])
def test_the_database_refuses_to_change_the_journal(services, case, statement):
    services.session.flush()

    with pytest.raises(DatabaseError, match="append-only"):
        services.session.execute(text(statement))


def test_the_route_rule_of_a_plain_case_is_the_default_group(case):
    assert case.route_rule is RouteRule.DEFAULT_GROUP
