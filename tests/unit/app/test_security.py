import os
from ipaddress import ip_network

import pytest
from limits.storage import storage_from_string

from app.security import Limit, RateLimiter, is_inside
from tests.conftest import missing

REDIS_URL = os.environ.get("QIAOMEN_TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
THREE = Limit("test", "3/minute")


def redis_url():
    if not storage_from_string(REDIS_URL).check():
        missing("no Redis at QIAOMEN_TEST_REDIS_URL")
    return REDIS_URL


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.redis)])
def limiter(request):
    return RateLimiter("" if request.param == "memory" else redis_url())


@pytest.fixture
def somebody(request, tmp_path):
    return str(tmp_path)  # nobody else's in any run


def test_the_fourth_try_in_a_minute_is_refused(limiter, somebody):
    assert [limiter.allows(THREE, somebody) for _ in range(4)] == [True, True, True, False]


def test_one_persons_tries_do_not_count_for_another(limiter, somebody):
    for _ in range(4):
        limiter.allows(THREE, somebody)

    assert limiter.allows(THREE, somebody + "x")


def test_all_addresses_of_one_household_count_together(limiter, somebody):
    tries = [limiter.allows(Limit(somebody, "3/minute"), f"2001:db8:1:2::{n:x}") for n in range(4)]

    assert tries == [True, True, True, False]
    assert limiter.allows(Limit(somebody, "3/minute"), "2001:db8:1:3::1")


def test_an_old_address_in_new_form_counts_with_itself(limiter, somebody):
    tries = [limiter.allows(Limit(somebody, "3/minute"), who) for who in ("::ffff:10.1.2.3", "10.1.2.3") * 2]

    assert tries == [True, True, True, False]


@pytest.mark.redis
def test_two_hosts_count_together_over_redis(somebody):
    one, other = RateLimiter(redis_url()), RateLimiter(redis_url())
    tries = [one.allows(THREE, somebody), other.allows(THREE, somebody), one.allows(THREE, somebody)]

    assert tries == [True, True, True]
    assert not other.allows(THREE, somebody)


def test_work_goes_on_while_redis_is_away(somebody):
    assert RateLimiter("redis://127.0.0.1:1/0").allows(THREE, somebody)


@pytest.mark.parametrize(
    ("address", "inside"), [("::ffff:10.0.0.1", True), ("::ffff:8.8.4.4", False), ("10.0.0.1", True), ("nobody", False)]
)
def test_an_old_address_in_new_form_is_where_it_is_in_its_own(address, inside):
    assert is_inside(address, [ip_network("10.0.0.0/8")]) is inside
