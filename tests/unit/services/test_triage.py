"""What is next with a new case is done by one press: on record as the steps it is made of, taken back as one."""

import pytest
from sqlalchemy import select

from domain.errors import Conflict, NotAllowed
from domain.terms import CaseEventKind, CaseStatus, Rank, TriageStep
from domain.triage import Proposal
from domain.values import Position
from models import CaseEvent
from tests.fakes import suggestion

PLAIN = {"label": "enforcement_payoff", "body": "g_market"}


@pytest.fixture
def clerk(desk):
    return desk("petition")


@pytest.fixture
def number(lodge):
    return lodge().case_number


def case(services, number):
    return services.casework.case_by_number(number)


def journal(services, number):
    lines = select(CaseEvent).where(CaseEvent.case_id == case(services, number).id).order_by(CaseEvent.id)
    return services.session.scalars(lines).all()


def proposed(services, staff, number):
    return services.queries.case_page(staff, number).proposal


def test_the_page_proposes_it_with_the_body_it_leads_to(services, clerk, number):
    assert proposed(services, clerk, number) == Proposal(TriageStep.TAKE_IN, **PLAIN)


def test_one_press_takes_the_three_steps(services, clerk, number):
    services.triage.take_in(clerk, number, version=1, **PLAIN)
    taken = case(services, number)

    assert (taken.status, taken.label, taken.assigned_body) == (CaseStatus.ASSIGNED, "enforcement_payoff", "g_market")
    assert taken.labelled_at is not None
    assert taken.accepted_at is not None


def test_the_journal_holds_the_three_steps_as_if_taken_one_by_one(services, clerk, lodge):
    at_once, one_by_one = lodge().case_number, lodge(statement="所长又拿了两条烟。").case_number
    services.triage.take_in(clerk, at_once, version=1, **PLAIN)
    services.casework.classify(clerk, one_by_one, label=PLAIN["label"], unit="market_regulation", version=1)
    services.casework.accept(clerk, one_by_one, version=2)
    services.casework.assign(clerk, one_by_one, version=3, body="g_market")

    def said(number):
        return [(e.kind, e.old_status, e.new_status, e.old_value, e.new_value) for e in journal(services, number)]

    assert said(at_once) == said(one_by_one)


def test_one_undo_takes_all_three_back_each_on_record(services, clerk, number):
    before = services.undoing.snapshot(case(services, number))
    services.triage.take_in(clerk, number, version=1, **PLAIN)
    offered = services.queries.case_page(clerk, number).undoable
    services.undoing.undo(clerk, number)

    assert offered.steps == (CaseEventKind.CLASSIFIED, CaseEventKind.ACCEPTED, CaseEventKind.ASSIGNED)
    assert services.undoing.snapshot(case(services, number)) == before
    assert [(e.old_value, e.old_status, e.new_status) for e in journal(services, number)][-3:] == [
        ("assigned:g_market", CaseStatus.ASSIGNED, CaseStatus.ACCEPTED),
        ("accepted", CaseStatus.ACCEPTED, CaseStatus.RECEIVED),
        ("classified:enforcement_payoff/market_regulation", None, None),
    ]


def test_it_can_be_taken_again_after_it_was_taken_back(services, clerk, number):
    services.triage.take_in(clerk, number, version=1, **PLAIN)
    services.undoing.undo(clerk, number)
    services.triage.take_in(clerk, number, version=case(services, number).version, **PLAIN)

    assert case(services, number).status is CaseStatus.ASSIGNED


@pytest.mark.parametrize("otherwise", [{"body": "g_police"}, {"label": "arbitrary_fine"}, {"version": 7}])
def test_what_the_page_did_not_show_is_refused(services, clerk, number, otherwise):
    with pytest.raises(Conflict):
        services.triage.take_in(clerk, number, **{"version": 1, **PLAIN, **otherwise})


def test_it_is_refused_where_the_rules_now_lead_elsewhere(services, clerk, number, suggester):
    boss = Position(title="局长", rank=Rank.COUNTY_MANAGED, unit="market_regulation")
    suggester.otherwise = suggestion(positions=(boss,))

    with pytest.raises(Conflict):
        services.triage.take_in(clerk, number, version=1, **PLAIN)


@pytest.mark.parametrize("role", ["clue", "auditor"])
def test_nothing_is_proposed_to_who_may_not_take_every_one_of_the_steps(services, desk, number, role):
    assert proposed(services, desk(role), number) is None


def test_while_the_reporter_was_asked_something_the_case_waits(services, clerk, number):
    services.inquiries.ask(clerk, number, version=1, text="是哪一天的事？")

    assert proposed(services, clerk, number).step is TriageStep.WAIT


def test_who_may_not_confirm_is_refused(services, desk, number):
    with pytest.raises(NotAllowed):
        services.triage.take_in(desk("auditor"), number, version=1, **PLAIN)


def test_an_unsure_suggestion_waits_for_a_choice_and_then_goes_on_in_one_step(services, clerk, lodge):
    unsure = lodge(suggestion=suggestion(abstained=True), label="enforcement_payoff").case_number
    assert proposed(services, clerk, unsure).step is TriageStep.CHOOSE
    services.casework.classify(clerk, unsure, label="enforcement_payoff", unit="market_regulation", version=1)
    services.triage.take_in(clerk, unsure, version=2, **PLAIN)

    assert case(services, unsure).status is CaseStatus.ASSIGNED
    assert [e.kind for e in journal(services, unsure)].count(CaseEventKind.CLASSIFIED) == 1


def test_what_concerns_a_county_managed_cadre_is_taken_in_and_left_to_the_clue_office(services, desk, lodge, suggester):
    boss = Position(title="局长", rank=Rank.COUNTY_MANAGED, unit="market_regulation")
    suggester.otherwise = suggestion(positions=(boss,))
    number, clerk = lodge(suggestion=suggestion(positions=(boss,))).case_number, desk("petition")
    assert proposed(services, clerk, number) == Proposal(TriageStep.ACCEPT, PLAIN["label"])
    assert proposed(services, desk("leader"), number).body == "inspection_3"
    services.triage.take_in(clerk, number, version=1, label=PLAIN["label"])
    taken = case(services, number)
    assert (taken.status, taken.assigned_body) == (CaseStatus.ACCEPTED, None)
    services.undoing.undo(clerk, number)

    assert (taken.status, taken.labelled_at) == (CaseStatus.RECEIVED, None)


def test_a_kind_that_is_not_taken_is_declined_in_one_step_and_taken_back_in_one(services, clerk, lodge):
    number = lodge(suggestion=suggestion("nk_consumer", units=())).case_number
    before = services.undoing.snapshot(case(services, number))
    assert proposed(services, clerk, number) == Proposal(TriageStep.DECLINE, "nk_consumer")
    services.triage.turn_away(
        clerk, number, version=1, label="nk_consumer", destination="请拨打 12315。", reason="消费纠纷"
    )
    declined = case(services, number)
    assert (declined.status, declined.declined_to) == (CaseStatus.DECLINED, "请拨打 12315。")
    assert declined.labelled_at is not None
    assert services.undoing.told_status(declined) is CaseStatus.RECEIVED
    services.undoing.undo(clerk, number)

    assert services.undoing.snapshot(declined) == before


def test_what_is_ours_is_not_declined_by_the_one_step(services, clerk, number):
    with pytest.raises(Conflict):
        services.triage.turn_away(clerk, number, version=1, label=PLAIN["label"], destination="别处", reason="无")


def test_where_the_unit_is_missing_the_kind_is_confirmed_and_the_reporter_asked_in_one_step(services, clerk, lodge):
    number = lodge(suggestion=suggestion(units=())).case_number
    assert proposed(services, clerk, number) == Proposal(TriageStep.ASK, PLAIN["label"])
    services.triage.ask_first(clerk, number, version=1, label=PLAIN["label"], text="请问是哪个单位的人？")
    page = services.queries.case_page(clerk, number)

    assert page.labelled_at is not None
    assert [i.text for i in page.inquiries] == ["请问是哪个单位的人？"]
    assert page.proposal.step is TriageStep.WAIT


def test_the_kind_and_the_question_of_one_step_are_taken_back_together(services, clerk, lodge):
    number = lodge(suggestion=suggestion(units=())).case_number
    before = services.undoing.snapshot(case(services, number))
    services.triage.ask_first(clerk, number, version=1, label=PLAIN["label"], text="请问是哪个单位的人？")
    services.undoing.undo(clerk, number)
    page = services.queries.case_page(clerk, number)

    assert services.undoing.snapshot(case(services, number)) == before
    assert (page.inquiries, page.proposal.step) == ((), TriageStep.ASK)
