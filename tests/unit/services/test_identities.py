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


def test_the_clerk_opens_an_identity_with_a_reason_and_the_journal_says_so(services, case, desk):
    opened = services.identities.open_identity(desk("petition", "petition_office"), case.case_number, reason="电话核实")
    services.session.flush()

    assert (opened.name, opened.contact) == ("张三", "13800000000")
    event = services.session.scalars(select(CaseEvent).where(CaseEvent.kind == CaseEventKind.IDENTITY_OPENED)).one()
    assert event.reason == "电话核实"


def test_no_reason_no_name(services, case, desk):
    with pytest.raises(InvalidInput):
        services.identities.open_identity(desk("petition", "petition_office"), case.case_number, reason=" ")


def test_a_handler_needs_the_heads_approval(services, case, desk):
    group = desk("group", "g_market")
    with pytest.raises(NotAllowed):
        services.identities.open_identity(group, case.case_number, reason="要见面谈")
    services.identities.approve_opening(desk("leader", "principal"), case.case_number, reason="同意")
    services.session.flush()

    assert services.identities.open_identity(group, case.case_number, reason="要见面谈").name == "张三"


def test_an_approval_does_not_follow_the_case_to_another_body(services, case, desk):
    services.identities.approve_opening(desk("leader", "principal"), case.case_number, reason="同意")
    group = desk("group", "g_market")
    services.casework.transfer(group, case.case_number, version=case.version, body="inspection_3", reason="县管干部")
    services.session.flush()

    with pytest.raises(NotAllowed):
        services.identities.open_identity(desk("inspection", "inspection_3"), case.case_number, reason="谈话")


@pytest.mark.parametrize("role", ["auditor", "sysadmin", "clue"])
def test_other_desks_never_open_an_identity(services, case, desk, role):
    with pytest.raises((NotAllowed, NotFound)):
        services.identities.open_identity(desk(role), case.case_number, reason="好奇")


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
        services.identities.open_identity(clerk, lodged.case_number, reason="看看")
    with pytest.raises(NotFound):
        services.identities.verify(clerk, lodged.case_number, is_confirmed=True, reason="")
