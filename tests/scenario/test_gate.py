"""Under attack: whoever sends more than is usual waits, without a script and without losing a word; a flood is refused."""

import html
import re
import time

import pytest
import time_machine

from app.security import LIMITS, Limit
from services import intake
from tests.target import Visitor, aimed_at

STORY = "城管的协管员每个月来店里收五十块钱，没有票，不交就把东西收走。"


def limit(monkeypatch, **rates):
    for name, rate in rates.items():
        monkeypatch.setitem(LIMITS, name.replace("_", "-"), Limit(name.replace("_", "-"), rate))


@pytest.fixture
def target(tmp_path, template_database):
    with aimed_at(tmp_path, template_database) as target:
        yield target


@pytest.fixture
def visitor(target):
    return Visitor(target)


def pair(page):
    return tuple(re.findall(r'<b class="code">([^<]+)</b>', page))


def ticket(page):
    return html.unescape(re.search(r'name="ticket" value="([^"]*)"', page).group(1))


def cases(target):
    return target.kept()["case"]


def later(seconds):
    return time_machine.travel(time.time() + seconds, tick=True)


@pytest.mark.parametrize("limited", ["report_network", "report_site"])
def test_one_report_too_many_waits_and_is_taken_at_the_second_press(visitor, target, monkeypatch, limited):
    limit(monkeypatch, **{limited: "1/hour"})
    assert pair(visitor.reports().text)
    asked = visitor.reports(statement=STORY)

    assert (asked.status_code, asked.headers["Retry-After"]) == (429, "30")
    assert "请等 30 秒" in asked.text
    assert STORY in asked.text
    assert cases(target) == 1
    with later(31):
        taken = visitor.reports(statement=STORY, ticket=ticket(asked.text))
    assert pair(taken.text)
    assert cases(target) == 2


def test_who_presses_too_early_waits_for_the_rest_with_the_same_ticket(visitor, target, monkeypatch):
    limit(monkeypatch, report_network="1/hour")
    visitor.reports()
    asked = visitor.reports(statement=STORY)
    with later(10):
        again = visitor.reports(statement=STORY, ticket=ticket(asked.text))

    assert int(again.headers["Retry-After"]) <= 20
    assert ticket(again.text) == ticket(asked.text)
    assert cases(target) == 1


@pytest.mark.parametrize("trick", ["another text", "forged", "of the other form", "used up", "too old"])
def test_a_ticket_is_good_for_one_text_a_few_presses_and_an_hour(visitor, target, monkeypatch, trick):
    limit(monkeypatch, report_network="1/day", track_network="1/day", ticket="1/hour")
    visitor.reports()
    mine = ticket(visitor.reports(statement=STORY).text)
    text = STORY
    if trick == "another text":
        text += "还有一次。"
    elif trick == "forged":
        mine = mine[:-4] + "AAAA"
    elif trick == "of the other form":
        visitor.post("/track", form="/track", number="SA20261123-AAAAAA", code="1")
        mine = ticket(visitor.post("/track", form="/track", number="SA20261123-AAAAAA", code="1").text)
    elif trick == "used up":
        with later(31):
            assert pair(visitor.reports(statement=text, ticket=mine).text)
    before = cases(target)
    with later(4000 if trick == "too old" else 32):
        answer = visitor.reports(statement=text, ticket=mine)

    assert answer.status_code == 429
    assert cases(target) == before


def test_a_flood_from_one_network_is_refused_and_what_was_written_stays_on_the_page(visitor, target, monkeypatch):
    limit(monkeypatch, report_most="1/hour")
    visitor.reports()
    refused = visitor.reports(statement=STORY)

    assert refused.status_code == 429
    assert STORY in refused.text
    assert "操作太频繁" in refused.text
    assert cases(target) == 1


def test_looking_up_too_often_waits_as_well(visitor, monkeypatch):
    number, code = pair(visitor.reports().text)
    limit(monkeypatch, track_network="1/hour")
    visitor.post("/track", form="/track", number=number, code=code)
    asked = visitor.post("/track", form="/track", number=number, code=code)
    assert (asked.status_code, number in asked.text) == (429, True)
    with later(31):
        shown = visitor.post("/track", form="/track", number=number, code=code, ticket=ticket(asked.text))

    assert "已收到" in shown.text


def test_a_wrong_code_and_an_unknown_number_get_the_same_words_and_the_same_work(visitor, monkeypatch):
    number, _code = pair(visitor.reports().text)
    verified = []
    hasher = type(intake._CODE_HASHER)
    verify = hasher.verify
    monkeypatch.setattr(
        hasher, "verify", lambda self, hashed, code: verified.append(hashed) or verify(self, hashed, code)
    )
    pages = {}
    for name, tried in (("wrong code", number), ("unknown", "SA20261123-AAAAAA")):
        answer = visitor.post("/track", form="/track", number=tried, code="000000000000")
        body = re.sub(r'name="csrf_token"[^>]*value="[^"]*"', "", answer.text.replace(tried, "NUMBER"))
        pages[name] = (answer.status_code, sorted(answer.headers), body)

    assert pages["wrong code"] == pages["unknown"]
    parameters = [hashed.rpartition("$")[0].rpartition("$")[0] for hashed in verified]
    assert len(parameters) == 2
    assert parameters[0] == parameters[1]


@pytest.mark.parametrize("path", ["/track/supplement", "/track/withdraw", "/track/rate"])
def test_no_act_tells_whether_a_number_exists(visitor, path):
    number, _code = pair(visitor.reports().text)
    answers = [
        visitor.post(path, form="/track", number=tried, code="000000000000", statement="x", value="fair")
        for tried in (number, "SA20261123-AAAAAA")
    ]

    assert answers[0].status_code == answers[1].status_code == 404
    assert answers[0].text == answers[1].text


def test_tries_for_an_unknown_number_are_counted_like_those_for_a_known_one(visitor):
    number, _code = pair(visitor.reports().text)
    statuses = [
        [visitor.post("/track", form="/track", number=tried, code="1").status_code for _ in range(12)]
        for tried in (number, "SA20261123-AAAAAA")
    ]

    assert statuses[0] == statuses[1] == [404] * 10 + [429] * 2


def test_numbers_that_are_none_use_up_nobody_elses_tries(visitor, monkeypatch):
    limit(monkeypatch, track="1/hour")
    statuses = [visitor.post("/track", form="/track", number="写错了", code="1").status_code for _ in range(3)]

    assert statuses == [404, 404, 404]
