"""Administrators make and close accounts; into an account of another person nobody comes alone."""

import pytest
from sqlalchemy import select

from domain.errors import InvalidInput, NotAllowed, NotFound
from domain.terms import Role, SignInStep
from models import CaseEvent


@pytest.fixture
def admin(desk):
    return desk("sysadmin")


@pytest.fixture
def clerk(desk):
    return desk("petition", "petition_office")


NEW = {"username": "new.clerk", "display_name": "新", "role": Role.PETITION, "body": "petition_office"}


def test_a_new_account_signs_in_with_the_password_shown_once_to_a_second_person(services, admin, desk):
    services.accounts.create(admin, **NEW)
    [request] = services.accounts.resets(desk("leader", "principal"))
    password = services.accounts.decide_reset(desk("leader", "principal"), request.id, is_approved=True)

    token = services.staff.sign_in("new.clerk", password)
    assert services.staff.signed_in(token).next_step is SignInStep.PASSWORD


@pytest.mark.parametrize("role", list(Role))
def test_nobody_makes_an_account_of_any_desk_alone(services, admin, role):
    services.accounts.create(admin, **{**NEW, "role": role})
    [request] = services.accounts.resets(admin)

    assert not request.may_decide
    with pytest.raises(NotAllowed):
        services.accounts.decide_reset(admin, request.id, is_approved=True)


def test_the_second_person_sees_which_desk_a_new_account_is_for(services, admin, clerk, desk):
    services.accounts.create(admin, **NEW)
    services.staff.sign_in("petition2", "a long password")
    services.accounts.request_reset(admin, clerk.staff_id)

    waiting = services.accounts.resets(desk("leader", "principal"))
    assert [(r.username, r.role, r.body, r.is_new) for r in waiting] == [
        ("new.clerk", Role.PETITION, "petition_office", True),
        ("petition2", Role.PETITION, "petition_office", False),
    ]


def test_a_closed_account_is_out_at_once_and_can_be_opened_again(services, admin, clerk):
    token = services.staff.sign_in("petition2", "a long password")
    services.accounts.set_active(admin, clerk.staff_id, is_active=False)

    assert services.staff.signed_in(token) is None
    with pytest.raises(NotAllowed):
        services.staff.sign_in("petition2", "a long password")
    services.accounts.set_active(admin, clerk.staff_id, is_active=True)
    assert services.staff.sign_in("petition2", "a long password")


def test_nobody_closes_his_own_account(services, admin):
    with pytest.raises(InvalidInput):
        services.accounts.set_active(admin, admin.staff_id, is_active=False)


def test_a_reset_takes_a_second_person(services, admin, clerk, desk):
    services.accounts.request_reset(admin, clerk.staff_id)
    request = services.accounts.resets(admin)[0]
    assert not request.may_decide
    with pytest.raises(NotAllowed):
        services.accounts.decide_reset(admin, request.id, is_approved=True)

    password = services.accounts.decide_reset(desk("leader", "principal"), request.id, is_approved=True)
    with pytest.raises(NotAllowed):
        services.staff.sign_in("petition2", "a long password")
    token = services.staff.sign_in("petition2", password)
    assert services.staff.signed_in(token).next_step is SignInStep.PASSWORD


def test_nobody_approves_the_reset_of_his_own_account(services, admin, desk):
    other = desk("sysadmin")
    services.accounts.request_reset(admin, other.staff_id)
    with pytest.raises(NotAllowed):
        services.accounts.decide_reset(other, services.accounts.resets(admin)[0].id, is_approved=True)


def test_a_refused_or_lapsed_reset_changes_nothing(services, admin, clerk, desk, clock):
    leader = desk("leader", "principal")
    services.accounts.request_reset(admin, clerk.staff_id)
    first = services.accounts.resets(admin)[0].id
    assert services.accounts.decide_reset(leader, first, is_approved=False) is None
    with pytest.raises(NotFound):
        services.accounts.decide_reset(leader, first, is_approved=True)
    services.accounts.request_reset(admin, clerk.staff_id)
    second = services.accounts.resets(admin)[0].id
    clock.forward(days=3)
    with pytest.raises(NotFound):
        services.accounts.decide_reset(leader, second, is_approved=True)

    assert services.accounts.resets(admin) == []
    assert services.staff.sign_in("petition2", "a long password")


def test_the_same_reset_is_not_asked_for_twice(services, admin, clerk):
    services.accounts.request_reset(admin, clerk.staff_id)
    with pytest.raises(InvalidInput):
        services.accounts.request_reset(admin, clerk.staff_id)


@pytest.mark.parametrize("role", ["petition", "clue", "leader", "auditor", "cadre"])
def test_no_other_desk_manages_accounts(services, desk, role):
    outsider = desk(role)
    for act in (
        lambda: services.accounts.all(outsider),
        lambda: services.accounts.set_active(outsider, outsider.staff_id, is_active=False),
        lambda: services.accounts.request_reset(outsider, outsider.staff_id),
        lambda: services.accounts.create(outsider, username="x.y", display_name="x", role=Role.SYSADMIN, body=None),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_what_is_done_to_accounts_stands_in_the_journal(services, admin, clerk, desk):
    services.accounts.request_reset(admin, clerk.staff_id)
    services.accounts.decide_reset(desk("leader", "principal"), services.accounts.resets(admin)[0].id, is_approved=True)
    services.session.commit()

    lines = services.session.execute(select(CaseEvent.kind, CaseEvent.new_value).order_by(CaseEvent.id)).all()
    assert lines == [("reset_requested", "petition2"), ("reset_approved", "petition2")]
