import itertools

import pytest

from domain.permissions import ALLOWED, CLOSED_RULES, CaseFacts, StaffFacts, body_of, may, needs_approval, scope_of
from domain.terms import Action, CaseStatus, Role, RouteRule


def staff(role, body=None, staff_id=1):
    return StaffFacts(staff_id, role, body)


def case(rule=RouteRule.DEFAULT_GROUP, status=CaseStatus.ASSIGNED, body="g_market", via="petition_office", **more):
    return CaseFacts(rule, status, body, via, **more)


def test_every_action_names_the_roles_that_may():
    assert set(ALLOWED) == set(Action)


@pytest.mark.parametrize("action", sorted(set(Action) - {Action.MANAGE_STAFF}))
def test_the_system_administrator_never_touches_a_case(action):
    assert not may(staff(Role.SYSADMIN), action, case())


# Who may see what everybody else must not; a report about the cadre office's own people is arranged by the clue office (x1).
SEES_CLOSED = {
    (Role.LEADER, RouteRule.COUNTY_LEADER),
    (Role.LEADER, RouteRule.COMMISSION_MEMBER),
    (Role.LEADER, RouteRule.DISCIPLINE_STAFF),
    (Role.LEADER, RouteRule.CADRE_OFFICE_STAFF),
    (Role.CADRE, RouteRule.DISCIPLINE_STAFF),
    (Role.CLUE, RouteRule.CADRE_OFFICE_STAFF),
}


@pytest.mark.parametrize("role", sorted(Role))
@pytest.mark.parametrize("rule", sorted(CLOSED_RULES))
def test_closed_reports_are_seen_by_whom_the_rule_names_and_by_nobody_else(role, rule):
    assert may(staff(role, "g_market"), Action.VIEW_CASE, case(rule)) is ((role, rule) in SEES_CLOSED)


def test_a_report_about_the_head_is_hidden_from_the_head():
    assert not may(staff(Role.LEADER, "principal"), Action.VIEW_CASE, case(RouteRule.OWN_PRINCIPAL))


def test_a_report_about_discipline_staff_goes_to_the_cadre_office_and_the_head():
    about_us = case(RouteRule.DISCIPLINE_STAFF)
    who = {role for role in Role if may(staff(role, "g_market"), Action.VIEW_CASE, about_us)}

    assert who == {Role.CADRE, Role.LEADER}


def test_the_cadre_office_sees_nothing_else():
    assert not may(staff(Role.CADRE), Action.VIEW_CASE, case())


@pytest.mark.parametrize("role", [Role.GROUP, Role.INSPECTION, Role.TOWNSHIP, Role.TRIAL])
@pytest.mark.parametrize("assigned", [None, "g_housing"])
def test_a_body_sees_nothing_before_a_case_is_its_own(role, assigned):
    assert not may(staff(role, "g_market"), Action.VIEW_CASE, case(body=assigned))


@pytest.mark.parametrize("role", [Role.GROUP, Role.INSPECTION, Role.TOWNSHIP, Role.TRIAL])
def test_an_account_of_a_body_that_has_no_body_sees_nothing(role):
    assert not may(staff(role, None), Action.VIEW_CASE, case(body=None))


def test_a_conflict_of_interest_hides_the_case_from_that_person_alone():
    conflicted = case(conflicted=frozenset({1}))

    assert not may(staff(Role.PETITION, staff_id=1), Action.VIEW_CASE, conflicted)
    assert may(staff(Role.PETITION, staff_id=2), Action.VIEW_CASE, conflicted)


def test_only_the_body_that_has_a_case_handles_it():
    assert may(staff(Role.GROUP, "g_market"), Action.TAKE_UP, case())
    assert not may(staff(Role.PETITION, "petition_office"), Action.TAKE_UP, case())


def test_the_petition_office_handles_what_is_assigned_to_itself():
    assert may(staff(Role.PETITION), Action.CONCLUDE, case(body="petition_office"))


@pytest.mark.parametrize(("role", "may_assign"), [(Role.PETITION, False), (Role.CLUE, True), (Role.LEADER, True)])
def test_clues_on_county_managed_cadres_are_handed_on_by_the_clue_office(role, may_assign):
    assert may(staff(role), Action.ASSIGN, case(RouteRule.COUNTY_MANAGED, via="clue_office")) is may_assign


@pytest.mark.parametrize(
    ("role", "rule", "via", "needs"),
    [
        (Role.CLUE, RouteRule.COUNTY_MANAGED, "clue_office", True),
        (Role.CLUE, RouteRule.EMBEDDED_STATION, "clue_office", True),  # a county-managed cadre of a station
        (Role.LEADER, RouteRule.COUNTY_MANAGED, "clue_office", False),
        (Role.CLUE, RouteRule.CADRE_OFFICE_STAFF, "clue_office", False),  # goes to the head himself
        (Role.CLUE, RouteRule.DEFAULT_GROUP, "petition_office", False),
        (Role.PETITION, RouteRule.DEFAULT_GROUP, "petition_office", False),
    ],
)
def test_where_a_county_managed_cadres_case_goes_the_head_approves(role, rule, via, needs):
    assert needs_approval(staff(role), case(rule, via=via)) is needs


@pytest.mark.parametrize("role", list(Role))
def test_the_head_approves_and_the_clue_office_withdraws(role):
    waiting = case(RouteRule.COUNTY_MANAGED, via="clue_office")

    assert may(staff(role, "g_market"), Action.APPROVE_ASSIGNMENT, waiting) is (role is Role.LEADER)
    assert may(staff(role, "g_market"), Action.WITHDRAW_ASSIGNMENT, waiting) is (role is Role.CLUE)
    assert not may(staff(role, "g_market"), Action.APPROVE_ASSIGNMENT, case())


def test_a_head_in_conflict_does_not_approve():
    waiting = case(RouteRule.COUNTY_MANAGED, via="clue_office", conflicted=frozenset({1}))

    assert not may(staff(Role.LEADER, staff_id=1), Action.APPROVE_ASSIGNMENT, waiting)


def test_an_auditor_reads_the_journal_but_not_the_statement():
    auditor = staff(Role.AUDITOR)

    assert may(auditor, Action.VIEW_JOURNAL, case())
    assert not may(auditor, Action.VIEW_STATEMENT, case())


def test_what_was_sent_upward_is_seen_by_the_head_alone():
    gone = case(status=CaseStatus.SENT_UPWARD)

    assert {r for r in Role if may(staff(r, "g_market"), Action.VIEW_CASE, gone)} == {Role.LEADER}


def test_whoever_may_act_may_also_see():
    for role, action, rule in itertools.product(Role, Action, RouteRule):
        facts = case(rule)
        if may(staff(role, "g_market"), action, facts):
            assert may(staff(role, "g_market"), Action.VIEW_CASE, facts), (role, action, rule)


def test_may_without_a_case_asks_only_for_the_role():
    assert may(staff(Role.PETITION), Action.VIEW_WORKLIST)
    assert not may(staff(Role.SYSADMIN), Action.VIEW_WORKLIST)


def test_a_system_administrator_has_no_scope_at_all():
    assert scope_of(staff(Role.SYSADMIN)) is None


def test_a_desk_without_a_body_acts_for_its_office():
    assert body_of(staff(Role.CLUE)) == "clue_office"
    assert body_of(staff(Role.AUDITOR)) is None


def test_a_group_transfers_and_answers_only_its_own():
    assert may(staff(Role.GROUP, "g_market"), Action.GIVE_FEEDBACK, case())
    assert may(staff(Role.PETITION), Action.TRANSFER, case())
