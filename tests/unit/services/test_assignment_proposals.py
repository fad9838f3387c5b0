"""A county-managed cadre's case goes to a body only once the head approves: proposed, approved, sent back, withdrawn, lapsed."""

import pytest
from sqlalchemy import select, text

from domain.errors import Conflict, IllegalTransition, InvalidInput, NotAllowed, NotFound
from domain.permissions import may, needs_approval
from domain.terms import Action, CaseEventKind, CaseStatus, DeadlineKind, ProposalStatus, Rank, RouteRule, WorklistView
from domain.values import Position
from models import AssignmentProposal, CaseEvent, ConflictOfInterest
from services.bulk import Chosen
from services.tracking import CitizenKey
from services.views import WorklistFilter
from tests.fakes import suggestion

CHIEF = Position("局长", Rank.COUNTY_MANAGED, "market_regulation")
K = CaseEventKind


@pytest.fixture
def petition(desk):
    return desk("petition", "petition_office")


@pytest.fixture
def clue(desk):
    return desk("clue", "clue_office")


@pytest.fixture
def leader(desk):
    return desk("leader", "principal")


@pytest.fixture
def office(desk):
    return desk("inspection", "inspection_3")


@pytest.fixture
def accept(services, lodge, petition, suggester):
    """Lodges and accepts a report about a bureau head; gives back what its reporter holds."""
    suggester.otherwise = suggestion(positions=(CHIEF,))

    def _accept():
        lodged = lodge(suggestion=suggester.otherwise)
        services.casework.accept(petition, lodged.case_number, version=1)
        return lodged

    return _accept


@pytest.fixture
def number(accept):
    return accept().case_number


@pytest.fixture
def proposed(services, clue, number):
    """The number of a case for which a body waits for the head."""
    assign(services, clue, number, reason="市场局由第三室联系")
    return number


def case(services, number):
    return services.casework.case_by_number(number)


def assign(services, staff, number, body="inspection_3", reason=""):
    return services.casework.assign(staff, number, version=case(services, number).version, body=body, reason=reason)


def approve(services, staff, number):
    return services.assignment_proposals.approve(staff, number, version=case(services, number).version)


def send_back(services, staff, number, reason="请第一室办"):
    return services.assignment_proposals.send_back(staff, number, version=case(services, number).version, reason=reason)


def withdraw(services, staff, number):
    return services.assignment_proposals.withdraw(staff, number, version=case(services, number).version)


def asked(services, staff, number):
    return services.queries.case_page(staff, number).proposed_body


def journal(services, number):
    services.session.flush()
    lines = select(CaseEvent).where(CaseEvent.case_id == case(services, number).id).order_by(CaseEvent.id)
    return [line for line in services.session.scalars(lines) if line.kind is not K.CASE_OPENED]


def on_view(services, staff, view=WorklistView.AWAITING_APPROVAL):
    return services.worklists.page(staff, WorklistFilter(view=view)).views.get(view)


# ── lists ────────────────────────────────────────────────────────────────────────────────────────
def test_a_row_says_to_whom_it_is_to_go_as_long_as_the_head_has_not_answered(services, clue, leader, number):
    def row():
        (found,) = services.worklists.page(clue, WorklistFilter()).rows
        return found.assigned_body, found.proposed_body

    assert row() == (None, None)
    assign(services, clue, number)
    assert row() == (None, "inspection_3")
    approve(services, leader, number)
    assert row() == ("inspection_3", None)


@pytest.mark.parametrize("rule", RouteRule)
@pytest.mark.parametrize("via", [None, "petition_office", "clue_office"])
def test_the_view_of_county_managed_cadres_lists_what_the_head_must_approve(services, clue, number, rule, via):
    found = case(services, number)
    found.route_rule, found.via = rule, via
    services.session.flush()
    facts = services.casework.facts_of(found)
    is_seen = may(clue, Action.VIEW_CASE, facts)

    assert on_view(services, clue, WorklistView.COUNTY_CADRES) == int(is_seen and needs_approval(clue, facts))


# ── proposing ────────────────────────────────────────────────────────────────────────────────────
def test_what_the_clue_office_assigns_waits_for_the_head_and_no_clock_of_handling_starts(services, clue, number):
    before = {(clock.kind, clock.met_at) for clock in case(services, number).deadlines}
    held = assign(services, clue, number, reason="由第三室联系")
    services.session.expire_all()

    assert (held.status, held.assigned_body) == (CaseStatus.ACCEPTED, None)
    assert {(clock.kind, clock.met_at) for clock in held.deadlines} == before
    last = journal(services, number)[-1]
    assert (last.kind, last.actor, last.new_value, last.reason) == (
        K.ASSIGNMENT_PROPOSED, "clue", "inspection_3", "由第三室联系",
    )  # fmt: skip


def test_the_proposed_body_does_not_see_the_case(services, office, proposed):
    with pytest.raises(NotFound):
        services.queries.case_page(office, proposed)
    assert services.worklists.total(office, WorklistFilter()) == 0


def test_the_page_says_who_proposed_whom_and_since_when(services, leader, proposed, clock):
    waiting = asked(services, leader, proposed)

    assert (waiting.body, waiting.status, waiting.proposed_at) == ("inspection_3", ProposalStatus.WAITING, clock())
    assert waiting.staff_name.startswith("演示")
    assert waiting.reason == "市场局由第三室联系"


def test_an_auditor_sees_that_it_waits_and_not_why(services, desk, leader, proposed):
    auditor = desk("auditor")
    assert (asked(services, auditor, proposed).body, asked(services, auditor, proposed).reason) == (
        "inspection_3", None,
    )  # fmt: skip
    send_back(services, leader, proposed)

    assert asked(services, auditor, proposed).remark is None


def test_nothing_is_proposed_over_what_waits(services, clue, proposed):
    with pytest.raises(InvalidInput, match="proposal_waits"):
        assign(services, clue, proposed, body="inspection_1")


def test_a_body_that_the_case_is_about_is_not_proposed(services, clue, number, suggester):
    suggester.otherwise = suggestion(positions=(CHIEF, Position("主任", Rank.DISCIPLINE_STAFF, "inspection_3")))

    with pytest.raises(InvalidInput, match="in_conflict"):
        assign(services, clue, number)


def test_another_cases_assignment_needs_nobodys_approval(services, lodge, petition):
    plain = lodge().case_number
    services.casework.accept(petition, plain, version=1)

    assert assign(services, petition, plain, body="g_market").assigned_body == "g_market"


def test_several_at_once_do_not_go_around_the_head(services, clue, leader, accept):
    numbers = [accept().case_number for _ in range(2)]
    chosen = [Chosen(number, 2) for number in numbers]

    answers = services.bulk.assign(clue, chosen, body="inspection_3", reason="")
    assert [(a.problem, a.is_proposed) for a in answers] == [(None, True), (None, True)]
    assert {case(services, number).assigned_body for number in numbers} == {None}

    answers = services.bulk.assign(leader, [Chosen(number, 3) for number in numbers], body="inspection_3", reason="")
    assert [(a.problem, a.is_proposed) for a in answers] == [(None, False), (None, False)]
    assert [line.kind for line in journal(services, numbers[0])[-2:]] == [K.ASSIGNMENT_APPROVED, K.ASSIGNED]


# ── the head ─────────────────────────────────────────────────────────────────────────────────────
def test_the_head_approves_and_the_body_has_the_case_with_its_clocks(services, leader, office, proposed):
    held = approve(services, leader, proposed)
    services.session.expire_all()

    assert (held.status, held.assigned_body) == (CaseStatus.ASSIGNED, "inspection_3")
    assert DeadlineKind.DISPOSAL_OPINION in {clock.kind for clock in held.deadlines if clock.met_at is None}
    assert services.queries.case_page(office, proposed).proposed_body is None
    assert [(line.kind, line.actor, line.new_value) for line in journal(services, proposed)[-2:]] == [
        (K.ASSIGNMENT_APPROVED, "leader", "inspection_3"),
        (K.ASSIGNED, "leader", "inspection_3"),
    ]


def test_the_head_finds_what_waits_for_him_with_its_count(services, leader, clue, proposed):
    assert (on_view(services, leader), on_view(services, clue)) == (1, 1)
    approve(services, leader, proposed)

    assert (on_view(services, leader), on_view(services, clue)) == (0, 0)


def test_the_head_sends_back_and_the_clue_office_proposes_another(services, leader, clue, proposed):
    send_back(services, leader, proposed)
    services.session.flush()
    back = asked(services, clue, proposed)
    assert (back.status, back.remark) == (ProposalStatus.SENT_BACK, "请第一室办")
    assert (on_view(services, leader), on_view(services, clue, WorklistView.SENT_BACK)) == (0, 1)

    assign(services, clue, proposed, body="inspection_1")
    again = asked(services, leader, proposed)
    assert (again.body, again.status, again.remark) == ("inspection_1", ProposalStatus.WAITING, None)
    assert (on_view(services, leader), on_view(services, clue, WorklistView.SENT_BACK)) == (1, 0)
    assert approve(services, leader, proposed).assigned_body == "inspection_1"


def test_nothing_is_sent_back_without_a_reason(services, leader, proposed):
    with pytest.raises(InvalidInput):
        send_back(services, leader, proposed, reason="  ")
    assert asked(services, leader, proposed).status is ProposalStatus.WAITING


def test_the_head_answers_what_he_has_seen(services, leader, clue, proposed):
    seen = case(services, proposed).version
    withdraw(services, clue, proposed)
    assign(services, clue, proposed, body="inspection_1")

    with pytest.raises(Conflict):
        services.assignment_proposals.approve(leader, proposed, version=seen)


def test_nobody_but_the_head_approves(services, petition, clue, desk, proposed):
    for staff in (petition, clue, desk("auditor")):
        with pytest.raises(NotAllowed):
            approve(services, staff, proposed)
        with pytest.raises(NotAllowed):
            send_back(services, staff, proposed)


def test_a_head_who_must_keep_away_neither_sees_nor_approves(services, leader, desk, clock, proposed):
    services.session.add(
        ConflictOfInterest(
            case_id=case(services, proposed).id, staff_id=leader.staff_id, reason="亲属", declared_at=clock()
        )
    )
    services.session.flush()

    for step in (approve, send_back, assign):
        with pytest.raises(NotFound):
            step(services, leader, proposed)
    assert on_view(services, leader) == 0
    assert on_view(services, desk("leader")) == 1


def test_the_head_assigns_without_a_proposal(services, leader, number):
    assert assign(services, leader, number).assigned_body == "inspection_3"
    assert K.ASSIGNMENT_APPROVED not in {line.kind for line in journal(services, number)}


def test_the_head_assigns_to_another_body_than_was_proposed(services, leader, proposed):
    assert assign(services, leader, proposed, body="inspection_1").assigned_body == "inspection_1"
    assert [line.kind for line in journal(services, proposed)[-2:]] == [K.ASSIGNMENT_LAPSED, K.ASSIGNED]


def test_a_body_that_is_in_conflict_by_now_is_not_approved(services, leader, suggester, proposed):
    suggester.otherwise = suggestion(positions=(CHIEF, Position("主任", Rank.DISCIPLINE_STAFF, "inspection_3")))

    with pytest.raises(InvalidInput, match="in_conflict"):
        approve(services, leader, proposed)


def test_what_the_head_takes_back_waits_for_him_again(services, leader, clue, proposed):
    approve(services, leader, proposed)
    services.undoing.undo(leader, proposed)

    held = case(services, proposed)
    assert (held.status, held.assigned_body) == (CaseStatus.ACCEPTED, None)
    assert asked(services, leader, proposed).status is ProposalStatus.WAITING
    assert approve(services, leader, proposed).assigned_body == "inspection_3"


def test_a_direct_assignment_taken_back_brings_no_old_approval_back(services, leader, office, proposed):
    approve(services, leader, proposed)
    services.casework.give_back(office, proposed, version=case(services, proposed).version, reason="不归我室")
    assign(services, leader, proposed, body="inspection_1")
    services.undoing.undo(leader, proposed)

    assert asked(services, leader, proposed) is None


# ── moving on ────────────────────────────────────────────────────────────────────────────────────
def test_moving_the_case_to_another_body_waits_for_the_head_as_well(services, leader, clue, office, proposed):
    approve(services, leader, proposed)
    moved = services.casework.transfer(
        clue, proposed, version=case(services, proposed).version, body="inspection_1", reason="回避"
    )
    assert (moved.assigned_body, asked(services, leader, proposed).body) == ("inspection_3", "inspection_1")
    services.casework.take_up(office, proposed, version=moved.version)

    approve(services, leader, proposed)
    last = journal(services, proposed)[-1]
    assert (moved.status, moved.assigned_body) == (CaseStatus.TRANSFERRED, "inspection_1")
    assert (last.kind, last.actor, last.old_value, last.reason) == (K.TRANSFERRED, "leader", "inspection_3", "回避")


# ── taken back, lapsed ───────────────────────────────────────────────────────────────────────────
def test_the_clue_office_withdraws_its_proposal(services, clue, leader, proposed):
    withdraw(services, clue, proposed)
    services.session.flush()

    assert asked(services, clue, proposed) is None
    assert journal(services, proposed)[-1].kind is K.ASSIGNMENT_WITHDRAWN
    for step in (approve, send_back):
        with pytest.raises(IllegalTransition):
            step(services, leader, proposed)


def test_what_was_answered_is_not_withdrawn(services, clue, leader, petition, proposed):
    with pytest.raises(NotAllowed):
        withdraw(services, petition, proposed)
    send_back(services, leader, proposed)

    with pytest.raises(IllegalTransition):
        withdraw(services, clue, proposed)


@pytest.fixture
def hands(petition, clue, accept):
    """Who changes a case, and what for."""
    return {"petition": petition, "clue": clue, "accept": accept}


def declined(services, number, staff):
    services.casework.decline(
        staff["petition"], number, version=case(services, number).version, destination="人社局", reason="不归我们"
    )


def reclassified(services, number, staff):
    services.casework.classify(
        staff["clue"],
        number,
        label="illegal_fee",
        unit="urban_management",
        version=case(services, number).version,
    )


def merged(services, number, staff):
    other = staff["accept"]().case_number
    services.merging.merge(staff["petition"], number, version=case(services, number).version, other=other)


def sent_upward(services, number, staff):
    services.casework.send_upward(
        staff["clue"],
        number,
        version=case(services, number).version,
        about=RouteRule.COUNTY_LEADER,
        reason="反映县领导",
    )


def withdrawn_by_its_reporter(services, number, staff):
    services.tracking.withdraw(staff["key"], "不反映了")


@pytest.mark.parametrize("change", [declined, reclassified, merged, sent_upward, withdrawn_by_its_reporter])
def test_what_waits_lapses_when_the_case_goes_another_way(services, accept, hands, leader, change):
    lodged = accept()
    number = lodged.case_number
    assign(services, hands["clue"], number)
    change(services, number, {**hands, "key": CitizenKey(number, query_code=lodged.query_code)})
    services.session.flush()

    assert asked(services, leader, number) is None
    assert on_view(services, leader) == 0
    [line] = [line for line in journal(services, number) if line.kind is K.ASSIGNMENT_LAPSED]
    assert (line.actor, line.new_value) == ("system", "inspection_3")


def test_confirming_the_kind_as_it_is_leaves_the_proposal(services, petition, leader, proposed):
    held = case(services, proposed)
    services.casework.classify(petition, proposed, label=held.label, unit=held.unit, version=held.version)

    assert asked(services, leader, proposed).status is ProposalStatus.WAITING


# ── what it says ─────────────────────────────────────────────────────────────────────────────────
def test_reasons_are_sealed(services, leader, proposed):
    send_back(services, leader, proposed)
    services.session.flush()

    [(reason, remark)] = services.session.execute(text("SELECT reason, remark FROM assignment_proposal"))
    assert "市场局".encode() not in reason
    assert "第一室".encode() not in remark


def test_one_proposal_is_kept_for_a_case(services, leader, clue, proposed):
    send_back(services, leader, proposed)
    assign(services, clue, proposed, body="inspection_1")
    services.session.flush()

    assert len(services.session.scalars(select(AssignmentProposal)).all()) == 1
