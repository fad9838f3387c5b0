"""A slip is taken back within ten minutes by whoever made it, on record; later, or by others, it is not."""

import pytest
from sqlalchemy import select

from domain.errors import IllegalTransition
from domain.terms import CaseEventKind, CaseStatus, OutboxChannel
from models import CaseDeadline, CaseEvent, Reporter, SpanTally, UndoableStep
from services.intake import Identity, QueryCode


@pytest.fixture
def clerk(desk):
    return desk("petition")


@pytest.fixture
def followed(services, lodge, clock):
    """The number of a case whose reporter can be told."""
    reporter = Reporter(openid="o1", openid_digest="d", created_at=clock())
    services.session.add(reporter)
    services.session.flush()
    return lodge(reporter_id=reporter.id).case_number


@pytest.fixture
def number(services, lodge):
    return lodge().case_number


def case(services, number):
    return services.casework.case_by_number(number)


def classify(services, clerk, number, label="illegal_fee"):
    services.casework.classify(
        clerk, number, label=label, unit="urban_management", version=case(services, number).version
    )


def assign(services, clerk, number):
    services.casework.accept(clerk, number, version=case(services, number).version)
    services.casework.assign(clerk, number, version=case(services, number).version, body="g_market")


def accept(services, clerk, number):
    services.casework.accept(clerk, number, version=case(services, number).version)


def decline(services, clerk, number):
    services.casework.decline(
        clerk, number, version=case(services, number).version, destination="去人社局", reason="不归我们管"
    )


def days_counted(services):
    services.session.flush()
    return sorted(tuple(row) for row in services.session.execute(select(*SpanTally.__table__.columns)) if row.cases)


def running(services, number):
    clocks = services.session.scalars(select(CaseDeadline).where(CaseDeadline.case_id == case(services, number).id))
    return {clock.kind for clock in clocks if clock.met_at is None}


def test_a_classification_is_taken_back_with_all_that_followed_from_it(services, clerk, number):
    before = services.undoing.snapshot(case(services, number))
    classify(services, clerk, number)
    changed = services.undoing.snapshot(case(services, number))
    services.undoing.undo(clerk, number)

    assert changed != before
    assert services.undoing.snapshot(case(services, number)) == before


def test_a_reclassification_goes_back_to_the_one_before(services, clerk, number):
    classify(services, clerk, number)
    classify(services, clerk, number, "arbitrary_fine")
    services.undoing.undo(clerk, number)

    assert case(services, number).label == "illegal_fee"
    assert case(services, number).labelled_at is not None


def test_an_assignment_is_taken_back_with_its_clocks(services, clerk, number, desk):
    services.casework.accept(clerk, number, version=1)
    before = running(services, number)
    services.casework.assign(clerk, number, version=2, body="g_market")
    started = running(services, number)
    services.undoing.undo(clerk, number)

    assert started != before
    assert running(services, number) == before
    assert (case(services, number).status, case(services, number).assigned_body) == (CaseStatus.ACCEPTED, None)


def test_the_journal_keeps_the_step_and_that_it_was_taken_back(services, clerk, number):
    assign(services, clerk, number)
    services.undoing.undo(clerk, number)
    lines = services.session.scalars(
        select(CaseEvent).where(CaseEvent.case_id == case(services, number).id).order_by(CaseEvent.id)
    ).all()

    assert [line.kind for line in lines][-2:] == [CaseEventKind.ASSIGNED, CaseEventKind.UNDONE]
    assert (lines[-1].old_value, lines[-1].staff_id) == ("assigned:g_market", clerk.staff_id)
    assert (lines[-1].old_status, lines[-1].new_status) == (CaseStatus.ASSIGNED, CaseStatus.ACCEPTED)


def test_an_acceptance_is_taken_back_with_its_clocks_and_its_days(services, clerk, lodge):
    number = lodge(identity=Identity(name="张三", contact="13800000000")).case_number
    before = services.undoing.snapshot(case(services, number))
    services.casework.accept(clerk, number, version=1)
    changed = services.undoing.snapshot(case(services, number))
    services.undoing.undo(clerk, number)

    assert changed["clocks"] != before["clocks"]
    assert services.undoing.snapshot(case(services, number)) == before


def test_what_was_declined_comes_back_to_where_it_stood(services, clerk, number):
    services.casework.accept(clerk, number, version=1)
    before = services.undoing.snapshot(case(services, number))
    decline(services, clerk, number)
    services.undoing.undo(clerk, number)

    assert services.undoing.snapshot(case(services, number)) == before


@pytest.mark.parametrize("step", ["accept", "decline"])
def test_whoever_looks_at_the_case_anew_may_decide_anew(services, clerk, number, step):
    {"accept": accept, "decline": decline}[step](services, clerk, number)
    services.undoing.undo(clerk, number)
    accept(services, clerk, number)

    assert case(services, number).status is CaseStatus.ACCEPTED


@pytest.mark.parametrize("step", ["accept", "decline"])
def test_statistics_forget_what_was_taken_back(services, clerk, number, step):
    before = days_counted(services)
    {"accept": accept, "decline": decline}[step](services, clerk, number)
    counted = days_counted(services)
    services.undoing.undo(clerk, number)

    assert counted != before
    assert days_counted(services) == before


def test_the_reporter_hears_of_a_refusal_when_it_stands(services, clerk, followed, clock):
    decline(services, clerk, followed)
    held = services.notices.claim_due()
    clock.forward(minutes=10)

    assert held == []
    assert [message.letter for message in services.notices.claim_due()] == ["notice_progress"]


def test_the_reporter_never_hears_of_a_refusal_that_was_taken_back(services, clerk, followed, clock):
    decline(services, clerk, followed)
    services.undoing.undo(clerk, followed)
    clock.forward(minutes=10)

    assert services.notices.claim_due() == []


def test_the_reporter_is_told_of_a_question_when_it_leaves(services, clerk, followed, clock):
    services.inquiries.ask(clerk, followed, version=1, text="哪一天？")
    held = services.notices.claim_due()
    clock.forward(minutes=10)

    assert held == []
    assert [message.letter for message in services.notices.claim_due()] == ["notice_progress"]


def test_a_question_that_was_taken_back_is_not_announced(services, clerk, followed, clock):
    services.inquiries.ask(clerk, followed, version=1, text="哪一天？")
    services.undoing.undo(clerk, followed)
    clock.forward(minutes=10)

    assert services.notices.claim_due() == []


def test_a_question_is_announced_although_a_refusal_after_it_was_taken_back(services, clerk, followed, clock):
    services.inquiries.ask(clerk, followed, version=1, text="哪一天？")
    decline(services, clerk, followed)
    services.undoing.undo(clerk, followed)
    clock.forward(minutes=10)

    assert len(services.notices.claim_due()) == 1


def test_a_refusal_that_stands_after_all_is_told(services, clerk, followed, clock):
    decline(services, clerk, followed)
    accept(services, clerk, followed)
    for dispatch in services.notices.claim_due():
        services.notices.mark_sent(dispatch, OutboxChannel.CUSTOMER_SERVICE, None)
    services.undoing.undo(clerk, followed)
    clock.forward(minutes=10)

    assert case(services, followed).status is CaseStatus.DECLINED
    assert len(services.notices.claim_due()) == 1


def test_what_is_news_now_does_not_wait_for_what_is_held(services, clerk, followed, lodge):
    decline(services, clerk, followed)
    other = lodge(reporter_id=case(services, followed).reporter_id, statement="另一件事，所长收了两条烟。").case_number
    accept(services, clerk, other)

    assert len(services.notices.claim_due()) == 1


def test_the_reporter_reads_where_a_refused_case_stood_until_the_refusal_stands(services, clerk, lodge, clock):
    code = QueryCode.new()
    number = lodge(code=code).case_number
    decline(services, clerk, number)
    meanwhile = services.tracking.find(number, code.plain)
    clock.forward(minutes=10)
    afterwards = services.tracking.find(number, code.plain)

    assert (meanwhile.status, meanwhile.declined_to) == (CaseStatus.RECEIVED, None)
    assert (afterwards.status, afterwards.declined_to) == (CaseStatus.DECLINED, "去人社局")


def test_after_ten_minutes_it_stands(services, clerk, number, clock):
    assign(services, clerk, number)
    clock.forward(minutes=10)

    with pytest.raises(IllegalTransition):
        services.undoing.undo(clerk, number)


def test_nobody_takes_back_what_another_did(services, clerk, number, desk):
    assign(services, clerk, number)

    with pytest.raises(IllegalTransition):
        services.undoing.undo(desk("petition"), number)


def test_what_was_built_upon_is_not_taken_back(services, clerk, number, desk):
    assign(services, clerk, number)
    services.casework.take_up(desk("group", "g_market"), number, version=case(services, number).version)

    with pytest.raises(IllegalTransition):
        services.undoing.undo(clerk, number)


def test_that_somebody_looked_is_not_in_the_way(services, clerk, number, desk):
    assign(services, clerk, number)
    services.queries.case_page(desk("group", "g_market"), number)

    assert services.queries.case_page(clerk, number).undoable.steps == (CaseEventKind.ASSIGNED,)


def test_a_step_is_taken_back_once(services, clerk, number):
    classify(services, clerk, number)
    services.undoing.undo(clerk, number)

    with pytest.raises(IllegalTransition):
        services.undoing.undo(clerk, number)


def test_what_can_be_taken_back_no_more_is_forgotten(services, clerk, number, clock):
    assign(services, clerk, number)
    clock.forward(minutes=11)

    assert services.undoing.forget_old() == 1
    assert services.session.scalars(select(UndoableStep)).all() == []
