"""Canaries in every field a person can fill: they show where they belong, and nowhere else.

Looked at afterwards: logs, metrics, error pages, addresses, notices that left, machine outputs, the database's files.
"""

import io
import json
import logging
import re

import pytest
import requests
import structlog

from app import demo
from app.logs import set_up_logs
from outbox.wechat import PlatformClient
from tests.scenario.staff import Clerk

# Words that no text of ours holds. Latin ones survive every encoding, and are found in bytes as well.
CANARY = {
    name: f"canary{name}zq"
    for name in (
        "statement", "person", "where", "when", "unit", "name", "supplement", "withdrawal", "reason", "outcome",
        "feedback", "comment", "openid", "password", "identityreason",
    )
}  # fmt: skip
STORY = f"市监局所长来店里检查，收了我两条烟，他叫{CANARY['person']}，经过是{CANARY['statement']}。"


@pytest.fixture
def logged():
    """Everything that is logged at the finest level."""
    out = io.StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    set_up_logs("DEBUG")
    handler = root.handlers[0]
    handler.setStream(out)
    yield out
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture
def sent(monkeypatch):
    """Everything that leaves for the platform, as it leaves."""
    calls = []
    for name in ("send_text", "send_template", "send_subscribe"):
        monkeypatch.setattr(
            PlatformClient, name, lambda *args, **kwargs: calls.append(json.dumps([args[2:], kwargs], default=str))
        )
    return calls


def form_token(page):
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1)


def web_report(site, browser):
    page = browser.get(f"{site.url}/report", timeout=10).text
    answer = browser.post(
        f"{site.url}/report",
        data={
            "csrf_token": form_token(page), "statement": STORY, "unit": CANARY["unit"], "person": CANARY["person"],
            "when": CANARY["when"], "where": CANARY["where"], "signing": "named", "name": CANARY["name"],
            "contact": "13912345678", "agreed": "y", "told": "1",
        },
        timeout=10,
    )  # fmt: skip
    found = re.search(r"(SA\d{8}-\w{6})[\s\S]*?(\d[\d ]{9,})", answer.text)
    assert found, answer.text[-2000:]
    return found.group(1), "".join(found.group(2).split())


def test_nothing_a_person_wrote_leaves_the_pages_it_belongs_on(site, logged, sent):
    demo.fill(site.system)
    citizen = site.citizen("o" + CANARY["openid"] + "abcdefghijkl")
    citizen.follows()
    chat_number, chat_code = citizen.lodges(STORY)
    browser = requests.Session()
    number, code = web_report(site, browser)
    page = browser.post(
        f"{site.url}/track",
        data={
            "csrf_token": form_token(browser.get(f"{site.url}/track", timeout=10).text),
            "number": number,
            "code": code,
        },
        timeout=10,
    )
    browser.post(
        f"{site.url}/track/supplement",
        data={"csrf_token": form_token(page.text), "number": number, "code": code, "statement": CANARY["supplement"]},
        timeout=10,
    )

    addresses = handle(site, chat_number) + handle(site, number)
    requests.post(
        f"{site.url}/admin/sign-in", data={"username": "petition", "password": CANARY["password"]}, timeout=10
    )
    site.work()
    refused = [
        requests.get(f"{site.url}/admin/{CANARY['statement']}", timeout=10).text,
        browser.post(
            f"{site.url}/track",
            data={"csrf_token": form_token(page.text), "number": number, "code": CANARY["comment"]},
            timeout=10,
        ).text,
        site.citizen().post("<xml>" + CANARY["statement"]).text,
    ]

    runner = site.app.test_cli_runner()
    places = {
        "log": logged.getvalue(),
        "metrics": requests.get(f"{site.url}/metrics", timeout=10).text,
        "ready": requests.get(f"{site.url}/readyz", timeout=10).text,
        "error pages": "".join(refused[:1] + refused[2:]),
        "addresses": "\n".join(addresses),
        "notices": "\n".join(sent),
        "ledger": runner.invoke(args=["ledger"]).output,
        "inbound": runner.invoke(args=["inbound"]).output,
        "journal": runner.invoke(args=["journal", "verify"]).output + runner.invoke(args=["journal", "anchor"]).output,
        "database": database_bytes(site),
    }
    secrets = {**CANARY, "code": code, "chat code": chat_code, "phone": "13912345678"}
    found = [
        (place, name) for place, content in places.items() for name, secret in secrets.items() if secret in content
    ]
    assert found == []
    assert sent, "no notice left: nothing was looked at"
    assert len(places["log"]) > 100


def handle(site, number):
    """The whole way of a case, a canary in every field. Gives back every address that was called."""
    petition, group, leader = Clerk(site.url, "petition"), Clerk(site.url, "group_market"), Clerk(site.url, "leader")
    called = []
    for clerk in (petition, group, leader):
        clerk.http.hooks["response"].append(lambda answer, *_, **__: called.append(answer.url))
    petition.step(number, "classify", label="enforcement_payoff", unit="market_regulation", reason=CANARY["reason"])
    petition.step(number, "accept", reason=CANARY["reason"])
    petition.step(number, "assign", body="g_market", reason=CANARY["reason"])
    group.step(number, "take-up")
    group.step(number, "dispose", disposition="preliminary_verification", reason=CANARY["reason"])
    leader.step(number, "urge", reason=CANARY["reason"])
    group.step(number, "conclude", outcome=CANARY["outcome"])
    preview = group.step(number, "feedback", text=CANARY["feedback"])
    token = form_token(preview.text)
    version = re.search(r'name="version"[^>]*value="(\d+)"', preview.text).group(1)
    group.http.post(
        f"{site.url}/admin/cases/{number}/feedback",
        data={"csrf_token": token, "version": version, "text": CANARY["feedback"], "stage": "send"},
        timeout=10,
    )
    return called


def database_bytes(site):
    """The database's files as an attacker would carry them off, read as Latin-1 so that any bytes can be searched."""
    from pathlib import Path

    path = Path(site.settings.database_url.removeprefix("sqlite:///"))
    return b"".join(file.read_bytes() for file in path.parent.glob(path.name + "*")).decode("latin-1")
