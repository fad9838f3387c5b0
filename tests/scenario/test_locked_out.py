"""Five wrong passwords lock an account: its owner is told, and nobody learns by it which accounts exist."""

import re

import pytest

from domain.terms import Role
from tests.target import PASSWORD, aimed_at


@pytest.fixture
def target(tmp_path, template_database):
    with aimed_at(tmp_path, template_database, csrf=False) as target:
        target.hire(Role.PETITION)
        yield target


def tries(target, username, password="wrong", times=6):
    browser = target.app.test_client()
    return [browser.post("/admin/sign-in", data={"username": username, "password": password}) for _ in range(times)]


def told(answer):
    return answer.status_code, re.search(r'role="alert">([^<]+)<', answer.text).group(1)


def test_after_five_wrong_passwords_one_reads_that_the_account_is_locked_and_what_to_do(target):
    tries(target, "petition")
    [answer] = tries(target, "petition", PASSWORD, times=1)

    status, words = told(answer)
    assert status == 429
    assert "锁定十分钟" in words
    assert "系统管理员" in words


def test_a_name_without_an_account_is_answered_like_one_with(target):
    with_account, without = (list(map(told, tries(target, name))) for name in ("petition", "nobody"))

    assert with_account == without
