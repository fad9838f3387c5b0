"""The wall counts and names offices; it knows no case and no person, and keeps nobody else signed in."""

from dataclasses import fields
from datetime import timedelta

import pytest

from domain.permissions import StaffFacts, may, scope_of
from domain.terms import Action, Light, Role, RouteRule
from services.calendar_of_due import BodyLight
from services.intake import Identity
from services.staff import IDLE_LIMIT
from services.wall import WallFigures


@pytest.fixture
def clerk(desk):
    return desk("petition", "petition_office")


def test_the_wall_counts_what_came_and_what_waits(services, lodge, clerk, clock):
    lodge(identity=Identity("甲", "13800000000"))
    clock.forward(days=27)
    number = lodge().case_number
    services.casework.accept(clerk, number, version=1)
    services.casework.assign(clerk, number, version=2, body="g_market")
    services.session.flush()

    wall = services.wall.figures()

    assert (wall.received_today, wall.concluded_today, wall.open, wall.late, wall.unassigned) == (1, 0, 2, 1, 1)
    assert wall.oldest_days == 27
    assert [(row.body, row.signal.light) for row in wall.lights] == [("g_market", Light.GREEN)]
    assert wall.by_light == {Light.GREEN: 1, Light.AMBER: 0, Light.RED: 0}


def test_what_is_closed_to_the_petition_office_is_not_on_the_wall(services, lodge):
    services.casework.case_by_number(lodge().case_number).route_rule = RouteRule.DISCIPLINE_STAFF
    services.session.flush()

    assert services.wall.figures().open == 0


def test_the_wall_has_no_field_for_a_case_or_a_person():
    names = {field.name for kind in (WallFigures, BodyLight) for field in fields(kind)}

    assert not {name for name in names if any(word in name for word in ("case", "number", "person", "unit", "label"))}


def test_the_account_of_a_wall_opens_the_wall_and_itself():
    wall = StaffFacts(1, Role.WALL, None)

    assert {action for action in Action if may(wall, action)} == {Action.VIEW_WALL, Action.OWN_ACCOUNT}
    assert scope_of(wall) is None


@pytest.mark.parametrize(("role", "stays"), [("leader", False), ("wall", True)])
def test_renewing_the_wall_keeps_only_a_wall_signed_in(services, desk, clock, role, stays):
    desk(role)
    token = services.staff.sign_in(f"{role}1", "a long password")
    for _ in range(3):
        clock.moment += IDLE_LIMIT - timedelta(minutes=1)
        still = services.staff.signed_in(token, keeps_alive=False)

    assert (still is not None) is stays


def test_working_in_the_console_keeps_one_signed_in(services, desk, clock):
    desk("leader")
    token = services.staff.sign_in("leader1", "a long password")
    for _ in range(3):
        clock.moment += IDLE_LIMIT - timedelta(minutes=1)
        still = services.staff.signed_in(token)

    assert still is not None
