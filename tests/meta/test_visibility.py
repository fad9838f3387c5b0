"""`groups.yaml`, part `visibility`, says who may see a reporter's name: the permissions in code say the same."""

import pytest

from app.reference import read_data
from domain.permissions import ALLOWED, BODY_ROLES, CaseFacts, StaffFacts, may, may_approve_identity, scope_of
from domain.terms import Action, CaseStatus, Role, RouteRule

VISIBILITY = read_data("groups.yaml")["visibility"]
# What the words of the file mean here. A word that is new in the file fails the first test.
BY_WORD = {
    "petition_office_named_clerk": {Role.PETITION},
    "assigned_handler": BODY_ROLES | {Role.CADRE},
}
# Never: not a role with an account, or a part of the system that has no way to an identity (tests named beside).
NEVER = {
    "host_unit",  # has no account: no role stands for it
    "stationed_group_before_assignment",  # below
    "statistics",  # tests/scenario/test_canaries.py: metrics
    "model_calls",  # the classifier is given a text and a day (services/base.py, Suggester)
    "exports",  # test_canaries.py: ledger, inbound
    "notifications",  # test_canaries.py: notices
}


def staff(role, body=None, number=1):
    return StaffFacts(number, role, body or ("g_market" if role in BODY_ROLES else None))


def test_every_word_of_the_file_has_a_meaning_here():
    assert set(VISIBILITY["identity_default"]) | set(VISIBILITY["identity_on_approval_of_principal"]) == set(BY_WORD)
    assert set(VISIBILITY["identity_never"]) == NEVER


def test_the_roles_that_may_ask_are_those_of_the_file_and_no_other():
    named = VISIBILITY["identity_default"] + VISIBILITY["identity_on_approval_of_principal"]

    assert ALLOWED[Action.OPEN_IDENTITY] == frozenset().union(*(BY_WORD[word] for word in named))


@pytest.mark.parametrize("asker", sorted(ALLOWED[Action.OPEN_IDENTITY]))
def test_a_handler_needs_the_principal_and_a_clerk_a_second_person(asker):
    approvers = {role for role in Role if may_approve_identity(staff(role, number=2), 1, asker)}
    by_default = any(asker in BY_WORD[word] for word in VISIBILITY["identity_default"])

    assert approvers == ({Role.LEADER, Role.PETITION} if by_default else {Role.LEADER})
    assert not may_approve_identity(staff(asker), 1, asker)


@pytest.mark.parametrize("role", sorted(BODY_ROLES))
@pytest.mark.parametrize("assigned", [None, "g_health"])
def test_a_group_opens_nothing_before_the_case_is_its_own(role, assigned):
    case = CaseFacts(RouteRule.DEFAULT_GROUP, CaseStatus.RECEIVED, assigned, None)

    assert not may(staff(role), Action.OPEN_IDENTITY, case)
    assert scope_of(staff(role)) is not None
