import pytest
from sqlalchemy import select

from domain.errors import IllegalTransition, InvalidInput, NotFound
from domain.terms import CaseEventKind, CaseStatus, Disposition, Satisfaction
from models import Case, CaseEvent, Report
from services.intake import QueryCode
from services.tracking import CitizenKey


@pytest.fixture
def lodged(lodge):
    return lodge()


@pytest.fixture
def reporter_id(services):
    return services.conversations.welcome("o1").of


@pytest.fixture
def key(lodged):
    return CitizenKey(lodged.case_number, query_code=lodged.query_code)


@pytest.fixture
def fed_back(services, lodged, desk):
    petition, group = desk("petition", "petition_office"), desk("group", "g_market")
    work, number = services.casework, lodged.case_number
    work.accept(petition, number, version=1)
    work.assign(petition, number, version=2, body="g_market")
    work.take_up(group, number, version=3)
    work.dispose(group, number, version=4, disposition=Disposition.CLOSED, reason="已报批")
    work.conclude(group, number, version=4, outcome="查无实据")
    work.give_feedback(group, number, version=5, text="给您的反馈")
    services.session.flush()
    return lodged


def test_a_case_is_found_by_number_and_code(services, lodged):
    view = services.tracking.find(lodged.case_number, lodged.query_code)

    assert (view.status, view.can_supplement, view.can_withdraw, view.feedback) == ("received", True, True, None)


@pytest.mark.parametrize("code", ["000000000000", "", "abc"])
def test_a_wrong_code_looks_like_an_unknown_number(services, lodged, code):
    with pytest.raises(NotFound):
        services.tracking.find(lodged.case_number, code)
    with pytest.raises(NotFound):
        services.tracking.find("SA20261123-XXXXXX", code)


def test_an_account_without_number_opens_nothing_of_others(services, lodged):
    with pytest.raises(NotFound):
        services.tracking.withdraw(CitizenKey(lodged.case_number, reporter_id=None), "")


def test_a_supplement_stands_beside_the_unchanged_original(services, key):
    services.tracking.supplement(key, "还有一次是在十月")

    texts = [r.statement for r in services.session.scalars(select(Report).order_by(Report.id))]
    assert texts[1] == "还有一次是在十月"
    assert texts[0].startswith("市监局")


def test_an_empty_supplement_is_refused(services, key):
    with pytest.raises(InvalidInput):
        services.tracking.supplement(key, "  ")


def test_a_case_nobody_works_on_ends_by_withdrawal(services, key):
    assert services.tracking.withdraw(key, "想通了") is True
    assert services.session.scalars(select(Case)).one().status is CaseStatus.WITHDRAWN


def test_a_case_in_handling_goes_on_after_the_wish_is_recorded(services, fed_back, key):
    assert services.tracking.withdraw(key, "") is False
    assert services.session.scalars(select(Case)).one().status is CaseStatus.FED_BACK


def test_feedback_is_read_with_the_code_and_counts_as_read(services, fed_back, key):
    view = services.tracking.find(fed_back.case_number, fed_back.query_code)

    assert (view.feedback, view.wants_satisfaction) == ("给您的反馈", True)
    assert services.session.scalars(select(Case)).one().feedbacks[0].read_at is not None


def test_dissatisfaction_is_an_objection_that_can_be_taken_up_again(services, fed_back, key, desk):
    services.tracking.record_satisfaction(key, Satisfaction.DISSATISFIED, "没人问过我")
    case = services.session.scalars(select(Case)).one()

    assert case.status is CaseStatus.OBJECTED
    services.casework.take_up(desk("group", "g_market"), case.case_number, version=case.version)


def test_an_outcome_is_rated_once(services, fed_back, key):
    services.tracking.record_satisfaction(key, Satisfaction.FAIR, "")

    with pytest.raises(IllegalTransition):
        services.tracking.record_satisfaction(key, Satisfaction.DISSATISFIED, "")


def test_a_withdrawn_case_takes_no_more(services, key):
    services.tracking.withdraw(key, "")

    with pytest.raises(IllegalTransition):
        services.tracking.supplement(key, "又想起来")


def test_another_code_opens_the_case_and_the_one_before_no_longer(services, lodge, reporter_id):
    lodged = lodge(reporter_id=reporter_id)
    code = QueryCode.new()
    services.tracking.renew_code(CitizenKey(lodged.case_number, reporter_id=reporter_id), code)

    assert services.tracking.find(lodged.case_number, code.plain).case_number == lodged.case_number
    with pytest.raises(NotFound):
        services.tracking.find(lodged.case_number, lodged.query_code)


def test_nobody_else_is_given_another_code(services, lodge, reporter_id):
    lodged = lodge(reporter_id=reporter_id)

    with pytest.raises(NotFound):
        services.tracking.renew_code(CitizenKey(lodged.case_number, reporter_id=reporter_id + 1), QueryCode.new())


def test_that_a_code_was_renewed_stands_in_the_journal_without_the_code(services, lodge, reporter_id):
    lodged = lodge(reporter_id=reporter_id)
    code = QueryCode.new()
    services.tracking.renew_code(CitizenKey(lodged.case_number, reporter_id=reporter_id), code)
    services.session.flush()

    [line] = services.session.scalars(select(CaseEvent).where(CaseEvent.kind == CaseEventKind.CODE_RENEWED))
    assert code.plain not in repr(vars(line))
