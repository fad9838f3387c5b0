import pytest
from sqlalchemy import select

from domain.errors import InvalidInput, NotAllowed, NotFound
from domain.terms import CaseEventKind, IdentityClaim
from models import Case, CaseEvent
from services.intake import Identity


@pytest.fixture
def case(services, lodge, desk):
    lodge(identity=Identity("张三", "13800000000"))
    case = services.session.scalars(select(Case)).one()
    petition = desk("petition", "petition_office")
    services.casework.accept(petition, case.case_number, version=1)
    services.casework.assign(petition, case.case_number, version=2, body="g_market")
    return case


def asked(services):
    """The id of the newest request."""
    services.session.flush()
    return services.session.scalars(
        select(CaseEvent.id).where(CaseEvent.kind == CaseEventKind.IDENTITY_REQUESTED).order_by(CaseEvent.id.desc())
    ).first()


def ask_and_approve(services, case, asker, approver):
    services.identities.request_opening(asker, case.case_number, reason="电话核实")
    services.identities.decide(approver, case.case_number, request_id=asked(services), is_approved=True)
    services.session.flush()


def test_a_clerk_opens_what_another_clerk_approved_and_the_journal_names_both(services, case, desk):
    clerk, other = desk("petition", "petition_office"), desk("petition", "petition_office")
    ask_and_approve(services, case, clerk, other)

    opened = services.identities.open_identity(clerk, case.case_number)
    services.session.flush()

    assert (opened.name, opened.contact) == ("张三", "13800000000")
    lines = services.session.scalars(select(CaseEvent).order_by(CaseEvent.id)).all()[-3:]
    assert [(line.kind, line.staff_id, line.reason) for line in lines] == [
        ("identity_requested", clerk.staff_id, "电话核实"),
        ("identity_approved", other.staff_id, None),
        ("identity_opened", clerk.staff_id, None),
    ]


def test_nobody_opens_without_a_second_person(services, case, desk):
    clerk = desk("petition", "petition_office")
    with pytest.raises(NotAllowed):
        services.identities.open_identity(clerk, case.case_number)
    services.identities.request_opening(clerk, case.case_number, reason="核实")
    with pytest.raises(NotAllowed):
        services.identities.decide(clerk, case.case_number, request_id=asked(services), is_approved=True)


def test_no_reason_no_request(services, case, desk):
    with pytest.raises(InvalidInput):
        services.identities.request_opening(desk("petition", "petition_office"), case.case_number, reason=" ")


def test_the_same_request_is_not_made_twice(services, case, desk):
    clerk = desk("petition", "petition_office")
    services.identities.request_opening(clerk, case.case_number, reason="核实")
    with pytest.raises(InvalidInput):
        services.identities.request_opening(clerk, case.case_number, reason="核实")


def test_an_approval_runs_out_after_a_day(services, case, desk, clock):
    clerk = desk("petition", "petition_office")
    ask_and_approve(services, case, clerk, desk("leader", "principal"))
    clock.forward(hours=23)
    services.identities.open_identity(clerk, case.case_number)
    clock.forward(hours=2)

    with pytest.raises(NotAllowed):
        services.identities.open_identity(clerk, case.case_number)


def test_an_approval_is_for_one_person(services, case, desk):
    clerk = desk("petition", "petition_office")
    ask_and_approve(services, case, clerk, desk("leader", "principal"))

    with pytest.raises(NotAllowed):
        services.identities.open_identity(desk("petition", "petition_office"), case.case_number)


def test_a_request_that_was_refused_opens_nothing_and_can_be_made_again(services, case, desk):
    clerk, leader = desk("petition", "petition_office"), desk("leader", "principal")
    services.identities.request_opening(clerk, case.case_number, reason="核实")
    services.identities.decide(leader, case.case_number, request_id=asked(services), is_approved=False, reason="不需要")
    services.session.flush()

    with pytest.raises(NotAllowed):
        services.identities.open_identity(clerk, case.case_number)
    services.identities.request_opening(clerk, case.case_number, reason="再次核实")


def test_a_handler_needs_the_head_not_a_clerk(services, case, desk):
    group = desk("group", "g_market")
    services.identities.request_opening(group, case.case_number, reason="要见面谈")
    with pytest.raises(NotAllowed):
        services.identities.decide(
            desk("petition", "petition_office"), case.case_number, request_id=asked(services), is_approved=True
        )
    services.identities.decide(
        desk("leader", "principal"), case.case_number, request_id=asked(services), is_approved=True
    )
    services.session.flush()

    assert services.identities.open_identity(group, case.case_number).name == "张三"


def test_an_approval_does_not_follow_the_case_to_another_body_and_back(services, case, desk):
    group, leader = desk("group", "g_market"), desk("leader", "principal")
    ask_and_approve(services, case, group, leader)
    services.casework.transfer(group, case.case_number, version=case.version, body="inspection_3", reason="县管干部")
    inspection = desk("inspection", "inspection_3")
    services.casework.transfer(inspection, case.case_number, version=case.version, body="g_market", reason="退回")
    services.session.flush()

    with pytest.raises(NotAllowed):
        services.identities.open_identity(group, case.case_number)


def test_the_page_says_who_asks_and_who_may_answer(services, case, desk):
    group, leader = desk("group", "g_market"), desk("leader", "principal")
    services.identities.request_opening(group, case.case_number, reason="要见面谈")
    services.session.flush()

    asked_by_group = services.identities.state_for(leader, case).requests[0]
    assert (asked_by_group.reason, asked_by_group.may_decide) == ("要见面谈", True)
    own = services.identities.state_for(group, case)
    assert (own.has_asked, own.open_until, own.requests[0].may_decide) == (True, None, False)


@pytest.mark.parametrize("role", ["auditor", "sysadmin", "clue"])
def test_other_desks_never_open_an_identity(services, case, desk, role):
    with pytest.raises((NotAllowed, NotFound)):
        services.identities.request_opening(desk(role), case.case_number, reason="好奇")


def test_a_claim_is_confirmed_or_falls_back_to_anonymous(services, case, desk):
    clerk = desk("petition", "petition_office")
    services.identities.verify(clerk, case.case_number, is_confirmed=False, reason="电话是空号")
    assert case.identity_claim is IdentityClaim.NOT_VERIFIED
    services.identities.verify(clerk, case.case_number, is_confirmed=True, reason="")

    assert case.identity_claim is IdentityClaim.VERIFIED


def test_an_anonymous_report_has_nothing_to_open_or_confirm(services, lodge, desk):
    lodged = lodge()
    clerk = desk("petition", "petition_office")
    with pytest.raises(NotFound):
        services.identities.request_opening(clerk, lodged.case_number, reason="看看")
    with pytest.raises(NotFound):
        services.identities.verify(clerk, lodged.case_number, is_confirmed=True, reason="")
