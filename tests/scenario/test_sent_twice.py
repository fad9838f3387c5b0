"""Two clicks, a reload, a retry of the browser: the same report form is one case and one answer."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine

from tests.target import Visitor, aimed_at

KEY = "the key of one form"


@pytest.fixture
def target(tmp_path, template_database):
    with aimed_at(tmp_path, template_database) as target:
        yield target


@pytest.fixture
def visitor(target):
    return Visitor(target)


def pair(answer):
    return tuple(re.findall(r'<b class="code">([^<]+)</b>', answer.text))


def test_each_form_has_a_key_of_its_own(target):
    pages = [target.app.test_client().get("/report").text for _ in range(2)]
    keys = {re.search(r'name="once" value="([^"]{20,})"', page).group(1) for page in pages}

    assert len(keys) == 2


def test_a_form_sent_twice_opens_one_case_and_shows_the_same_page(visitor, target):
    first, second = visitor.reports(once=KEY), visitor.reports(once=KEY)

    assert len(pair(first)) == 2
    assert pair(first) == pair(second)
    assert target.kept()["case"] == 1


def test_the_page_shown_again_opens_the_case(visitor):
    visitor.reports(once=KEY)
    number, code = pair(visitor.reports(once=KEY))

    assert "已收到" in visitor.post("/track", form="/track", number=number, code=code).text


def test_a_form_sent_by_five_at_once_opens_one_case(target):
    visitors = [Visitor(target) for _ in range(5)]
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda visitor: visitor.reports(once=KEY), visitors))

    assert len({pair(answer) for answer in answers}) == 1
    assert target.kept()["case"] == 1


@pytest.mark.parametrize(
    "change",
    [{"statement": "城管的协管员每个月来店里收五百块钱，没有票。"}, {"person": "老刘"}, {"once": "of another form"}],
)
def test_what_was_corrected_or_is_of_another_form_is_no_repeat(visitor, target, change):
    first, second = visitor.reports(once=KEY), visitor.reports(**{"once": KEY, **change})

    assert not set(pair(first)) & set(pair(second))
    assert target.kept()["case"] == 2


def test_a_repeat_is_answered_even_where_others_wait(visitor, target, monkeypatch):
    first = visitor.reports(once=KEY)
    monkeypatch.setattr("bot.web.gate.Gate.check", lambda *_: pytest.fail("a repeat is no further report"))

    assert pair(visitor.reports(once=KEY)) == pair(first)


def test_later_the_number_is_shown_again_and_the_code_no_longer(visitor, target):
    with time_machine.travel("2026-11-23T02:00:00Z", tick=True):
        number, code = pair(visitor.reports(once=KEY))
    with time_machine.travel("2026-11-23T02:11:00Z", tick=True):
        again = visitor.reports(once=KEY)

    assert pair(again) == (number,)
    assert code not in again.text
    assert "没有抄下，请拨打 12388" in again.text
