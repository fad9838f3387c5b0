from dataclasses import asdict
from datetime import date

import pytest
from sqlalchemy import select

from domain.deadlines import deadline
from domain.errors import IllegalTransition, InvalidInput, NotFound
from domain.terms import (
    AttachmentKind,
    CaseEventKind,
    CaseStatus,
    DeadlineKind,
    Disposition,
    IdentityClaim,
    Satisfaction,
)
from models import Attachment, Case, CaseDeadline, CaseEvent, Report
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
    work.conclude(group, number, version=5, outcome="查无实据")
    work.give_feedback(group, number, version=6, text="给您的反馈")
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


@pytest.fixture
def objected(services, fed_back, key):
    services.tracking.record_satisfaction(key, Satisfaction.DISSATISFIED, "没人问过我")
    services.session.flush()
    return services.session.scalars(select(Case)).one()


def running(services):
    clocks = services.session.scalars(select(CaseDeadline).where(CaseDeadline.met_at.is_(None)))
    return {clock.kind: clock.due_on.isoformat() for clock in clocks}


def test_an_objection_starts_the_clocks_of_a_second_handling(services, objected):
    assert running(services) == {
        DeadlineKind.HANDLING: "2027-02-23",
        DeadlineKind.DISPOSAL_OPINION: "2026-12-23",
    }
    assert {c.basis for c in objected.deadlines if c.met_at is None} == {"internal_target"}


def test_the_clocks_before_an_objection_stay_as_they_were(services, fed_back, key, clock):
    before = {c.id: c.met_at for c in services.session.scalars(select(CaseDeadline))}
    clock.forward(days=3)
    services.tracking.record_satisfaction(key, Satisfaction.DISSATISFIED, "没人问过我")
    services.session.flush()

    after = {c.id: c.met_at for c in services.session.scalars(select(CaseDeadline).where(CaseDeadline.round == 1))}
    assert after == before
    assert all(after.values())


def test_a_clock_that_counts_from_receipt_and_was_met_does_not_run_again(services, objected):
    receipt = deadline(DeadlineKind.VERTICAL_NOTICE, date(2026, 11, 23), services.parts.calendar)
    services.session.add(CaseDeadline(case_id=objected.id, met_at=services.tracking.now(), **asdict(receipt)))
    services.intake.start_clock(objected, receipt)
    services.session.flush()

    assert DeadlineKind.VERTICAL_NOTICE not in running(services)


def test_what_is_examined_again_is_decided_again(services, objected, desk):
    group, work = desk("group", "g_market"), services.casework
    work.take_up(group, objected.case_number, version=objected.version)

    with pytest.raises(InvalidInput):
        work.conclude(group, objected.case_number, version=objected.version, outcome="再查仍不属实")


def test_a_second_conclusion_starts_a_second_clock_for_the_feedback(services, objected, desk, clock):
    group, work, number = desk("group", "g_market"), services.casework, objected.case_number
    objected.identity_claim = IdentityClaim.CLAIMED
    clock.forward(days=7)
    work.take_up(group, number, version=objected.version)
    work.dispose(group, number, version=objected.version, disposition=Disposition.CLOSED, reason="已报批")
    work.conclude(group, number, version=objected.version, outcome="再查仍不属实")
    services.session.flush()

    assert running(services) == {DeadlineKind.FEEDBACK: "2026-12-21"}


def test_an_objection_that_is_answered_by_an_explanation_leaves_no_clock_running(services, objected, desk):
    petition = desk("petition", "petition_office")
    services.casework.give_feedback(petition, objected.case_number, version=objected.version, text="已经核实过了")
    services.session.flush()

    assert running(services) == {}


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


@pytest.fixture
def picture(services, reporter_id):
    """What the account sent."""
    return services.attachments.note_media(reporter_id, AttachmentKind.IMAGE, "media")


def test_a_picture_belongs_to_the_case_that_was_opened_by_its_code_whoever_lodged_it(
    services, lodged, reporter_id, picture
):
    key = CitizenKey(lodged.case_number, reporter_id=reporter_id, query_code=lodged.query_code)
    services.tracking.supplement(key, "", (picture,))

    attachment = services.session.get(Attachment, picture)
    # The report named no account, so its picture names none either.
    assert attachment.case_id == services.session.scalars(select(Case)).one().id
    assert attachment.reporter_id is None


def test_a_picture_of_somebody_else_is_not_added(services, lodged, picture):
    stranger = services.conversations.welcome("o2").of
    key = CitizenKey(lodged.case_number, reporter_id=stranger, query_code=lodged.query_code)
    with pytest.raises(InvalidInput):
        services.tracking.supplement(key, "", (picture,))

    assert services.session.get(Attachment, picture).case_id is None
