from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select, text

from domain.errors import InvalidInput, NotAllowed, Throttled
from domain.terms import CaseEventKind, Role, SignInStep
from models import CaseEvent, Staff, StaffSession


@pytest.fixture
def clerk(desk):
    return desk("petition", "petition_office")


def test_the_right_password_opens_a_session(services, clerk):
    token = services.staff.sign_in("petition1", "a long password")

    assert services.staff.signed_in(token).facts == clerk


def test_a_wrong_password_and_an_unknown_name_look_the_same(services, clerk):
    for name in ("petition1", "nobody"):
        with pytest.raises(NotAllowed, match="sign_in"):
            services.staff.sign_in(name, "wrong password")


def test_five_wrong_passwords_lock_the_account_for_ten_minutes(services, clerk, clock):
    for _ in range(5):
        with pytest.raises(NotAllowed):
            services.staff.sign_in("petition1", "wrong password")
    with pytest.raises(Throttled):
        services.staff.sign_in("petition1", "a long password")
    clock.forward(minutes=11)

    assert services.staff.sign_in("petition1", "a long password")


def test_a_lock_stands_in_the_journal(services, clerk):
    for _ in range(5):
        with pytest.raises(NotAllowed):
            services.staff.sign_in("petition1", "wrong password")
    services.session.flush()

    locked = services.session.scalars(select(CaseEvent).where(CaseEvent.kind == CaseEventKind.ACCOUNT_LOCKED)).all()
    assert [(line.actor, line.new_value) for line in locked] == [("system", "petition1")]


def test_a_new_sign_in_ends_the_former_session(services, clerk):
    former = services.staff.sign_in("petition1", "a long password")
    services.staff.sign_in("petition1", "a long password")

    assert services.staff.signed_in(former) is None


def test_an_idle_session_ends(services, clerk, clock):
    token = services.staff.sign_in("petition1", "a long password")
    clock.forward(minutes=31)

    assert services.staff.signed_in(token) is None


def test_a_session_in_use_ends_after_twelve_hours_all_the_same(services, clerk, clock):
    token = services.staff.sign_in("petition1", "a long password")
    for _ in range(30):
        clock.forward(minutes=25)
        services.staff.signed_in(token)

    assert services.staff.signed_in(token) is None


def test_signing_out_ends_the_session(services, clerk):
    token = services.staff.sign_in("petition1", "a long password")
    services.staff.sign_out(token)

    assert services.staff.signed_in(token) is None


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"username": "petition1"}, "taken"),
        ({"body": "g_nonsense"}, "unknown"),
        ({"password": "short"}, "password_too_short"),
    ],
)
def test_an_account_that_cannot_be_is_refused_with_its_reason(services, clerk, values, reason):
    given = {
        "username": "new",
        "display_name": "新",
        "role": "group",
        "body": "g_market",
        "password": "long enough",
        **values,
    }
    with pytest.raises(InvalidInput) as refused:
        services.staff.create(**given)

    assert refused.value.reason == reason


@pytest.fixture
def second_factor(services, clerk):
    """The clerk's authenticator: gives the code of now."""
    token = services.staff.sign_in("petition1", "a long password")
    secret = pyotp.parse_uri(services.staff.begin_enrolment(clerk)).secret

    def code(seconds=0):
        return pyotp.TOTP(secret).at(services.staff.now() + timedelta(seconds=seconds))

    services.staff.enrol(token, code())
    return code


def test_with_a_second_factor_a_password_alone_opens_nothing(services, second_factor, clock):
    clock.forward(minutes=1)
    token = services.staff.sign_in("petition1", "a long password")
    assert services.staff.signed_in(token).next_step is SignInStep.CODE

    fresh = services.staff.confirm(token, second_factor())
    assert services.staff.signed_in(fresh).next_step is None
    assert services.staff.signed_in(token) is None


def test_a_code_is_taken_once(services, second_factor, clock):
    clock.forward(minutes=1)
    services.staff.confirm(services.staff.sign_in("petition1", "a long password"), second_factor())
    token = services.staff.sign_in("petition1", "a long password")

    with pytest.raises(NotAllowed):
        services.staff.confirm(token, second_factor())


def test_a_code_of_half_a_minute_ago_is_taken_and_one_of_two_minutes_ago_is_not(services, second_factor, clock):
    clock.forward(minutes=5)
    token = services.staff.sign_in("petition1", "a long password")
    with pytest.raises(NotAllowed):
        services.staff.confirm(token, second_factor(seconds=-120))

    assert services.staff.confirm(token, second_factor(seconds=-30))


@pytest.mark.parametrize("code", ["", "000000", "12345", "abcdef", "１２３４５６", "1" * 40])
def test_wrong_codes_lock_the_account_like_wrong_passwords(services, second_factor, clock, code):
    clock.forward(minutes=1)
    for _ in range(5):
        token = services.staff.sign_in("petition1", "a long password")
        with pytest.raises(NotAllowed):
            services.staff.confirm(token, code)
    with pytest.raises(Throttled):
        services.staff.sign_in("petition1", "a long password")


def test_where_a_second_factor_is_required_one_must_be_set_up_first(services, clerk):
    services.staff.parts = replace(services.parts, requires_second_factor=True)
    token = services.staff.sign_in("petition1", "a long password")
    assert services.staff.signed_in(token).next_step is SignInStep.ENROL

    secret = pyotp.parse_uri(services.staff.begin_enrolment(clerk)).secret
    with pytest.raises(InvalidInput):
        services.staff.enrol(token, "000000")
    services.staff.enrol(token, pyotp.TOTP(secret).at(services.staff.now()))
    assert services.staff.signed_in(token).next_step is None


def test_the_secret_of_a_second_factor_is_sealed_in_the_database(services, second_factor, clerk):
    services.session.flush()
    stored = services.session.execute(text("SELECT totp_secret FROM staff")).scalar_one()

    assert services.session.get_one(Staff, clerk.staff_id).totp_secret.encode() not in stored


def test_a_first_password_must_be_changed(services):
    services.staff.create(
        username="new",
        display_name="新",
        role=Role.PETITION,
        body=None,
        password="first password",
        must_change_password=True,
    )
    token = services.staff.sign_in("new", "first password")
    assert services.staff.signed_in(token).next_step is SignInStep.PASSWORD

    services.staff.change_password(token, old="first password", new="my own sentence")
    assert services.staff.signed_in(token).next_step is None
    assert services.staff.sign_in("new", "my own sentence")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("wrong", "my own sentence", "wrong_old_password"),
        ("a long password", "short", "password_too_short"),
        ("a long password", "a long password", "password_too_easy"),
        ("a long password", "Petition1-2026", "password_too_easy"),
    ],
)
def test_a_password_that_cannot_be_used_is_refused_with_its_reason(services, clerk, old, new, reason):
    token = services.staff.sign_in("petition1", "a long password")
    with pytest.raises(InvalidInput) as refused:
        services.staff.change_password(token, old=old, new=new)

    assert refused.value.reason == reason


def test_changing_the_password_ends_every_other_session(services, clerk):
    token = services.staff.sign_in("petition1", "a long password")
    services.session.add(
        StaffSession(
            token_digest="other",
            staff_id=clerk.staff_id,
            created_at=services.staff.now(),
            last_seen_at=services.staff.now(),
        )
    )
    services.session.flush()
    services.staff.change_password(token, old="a long password", new="my own sentence")

    other = services.session.scalars(select(StaffSession).where(StaffSession.token_digest == "other")).one()
    assert other.revoked_at is not None
    assert services.staff.signed_in(token) is not None
