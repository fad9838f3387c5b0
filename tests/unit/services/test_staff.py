import pytest

from domain.errors import InvalidInput, NotAllowed, Throttled


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
        ({"password": "short"}, "too_short"),
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
