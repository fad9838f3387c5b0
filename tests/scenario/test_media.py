"""Pictures, voice and notices through the real client, the simulated platform's API and back."""

import re

import pytest
import requests
from sqlalchemy import select

from app import demo
from models import Attachment, OutboxMessage
from tests.scenario.staff import Clerk


class Persona:
    """A person of the simulator's page, driven by its own addresses."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = requests.Session()
        self.http.headers["X-Requested-With"] = "simulator"
        self.openid = self._state()["personas"][0]["openid"]

    def _state(self, openid: str = "") -> dict:
        return self.http.get(f"{self.url}/simulator/state", params={"openid": openid}, timeout=10).json()

    def does(self, action: str, **values: object) -> None:
        answer = self.http.post(f"{self.url}/simulator/personas/{self.openid}/{action}", json=values, timeout=15)
        assert answer.status_code < 300, (action, answer.status_code, answer.text[:200])

    def chat(self) -> list[dict]:
        return self._state(self.openid)["messages"]

    def last(self) -> str:
        return str(self.chat()[-1]["content"].get("text", ""))

    def lodges(self, story: str) -> str:
        self.does("text", text=story)
        for _ in range(15):
            reply = self.last()
            found = re.search(r"受理编号：(\S+)", reply)
            if found:
                return found.group(1)
            word = "提交" if "提交" in reply else "1" if re.search(r"^1\. ", reply, re.M) else "跳过"
            self.does("text", text=word)
        raise AssertionError(self.last())


@pytest.fixture
def persona(site):
    demo.fill(site.system)
    somebody = Persona(site.url)
    somebody.does("follow")
    return somebody


def test_a_picture_is_fetched_cleaned_and_shown_while_the_original_stays_sealed(site, persona):
    persona.does("picture")
    number = persona.lodges("城管的协管员每个月来店里收五十块钱，没有票，不交就把秤收走。")
    site.work()

    with site.system.transact() as services:
        [kept] = services.session.scalars(select(Attachment)).all()
    assert (kept.status, kept.content_type) == ("stored", "image/jpeg")
    clerk = Clerk(site.url, "petition")
    shown = clerk.get(f"/admin/cases/{number}/attachments/{kept.id}")
    original = clerk.get(f"/admin/cases/{number}/attachments/{kept.id}?original=1")
    assert b"Exif" not in shown.content
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert b"Exif" in original.content
    assert original.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in original.headers["Content-Security-Policy"]
    assert Clerk(site.url, "group_housing").get(f"/admin/cases/{number}/attachments/{kept.id}").status_code == 404


def test_what_a_voice_says_goes_into_the_statement_and_the_recording_is_kept(site, persona):
    persona.does("voice", recognition="城管的协管员每个月来店里收五十块钱没有票不交就把秤收走")
    site.work()
    reply = persona.last()

    assert reply
    with site.system.transact() as services:
        [kept] = services.session.scalars(select(Attachment)).all()
    assert (kept.kind, kept.status, kept.content_type) == ("voice", "stored", "audio/amr")


def test_a_recording_is_played_on_the_page_and_the_original_is_a_download(site, persona):
    persona.does("voice", recognition="城管的协管员每个月来店里收五十块钱没有票不交就把秤收走")
    number = persona.lodges("城管的协管员每个月来店里收五十块钱，没有票，不交就把秤收走。")
    site.work()
    with site.system.transact() as services:
        [kept] = services.session.scalars(select(Attachment)).all()
    clerk = Clerk(site.url, "petition")
    address = f"/admin/cases/{number}/attachments/{kept.id}"

    assert (
        f'<audio controls preload="none" aria-label="语音 {kept.id}" src="{address}">'
        in clerk.get(f"/admin/cases/{number}").text
    )
    played, original = clerk.get(address), clerk.get(f"{address}?original=1")
    assert (played.headers["Content-Type"], original.headers["Content-Type"]) == ("audio/mpeg", "audio/amr")
    assert played.headers["Content-Disposition"].startswith("inline")
    assert original.headers["Content-Disposition"].startswith("attachment")
    part = clerk.http.get(site.url + address, headers={"Range": "bytes=10-19"}, timeout=10)
    assert (part.status_code, part.content) == (206, played.content[10:20])


def test_a_notice_reaches_the_phone_and_says_nothing_of_the_case(site, persona):
    number = persona.lodges("市监局的一个所长来店里检查，说不给两条烟就要罚我五千。")
    Clerk(site.url, "petition").step(number, "accept")
    site.work()

    with site.system.transact() as services:
        message = services.session.scalars(select(OutboxMessage)).one()
    assert (message.status, message.channel) == ("sent", "customer_service")
    assert persona.last() == "您的事项有新进展，回复“查询”可以查看。"


def test_a_fault_of_the_platform_costs_a_retry_and_not_the_notice(site, persona):
    number = persona.lodges("市监局的一个所长来店里检查，说不给两条烟就要罚我五千。")
    Clerk(site.url, "petition").step(number, "accept")
    requests.post(f"{site.url}/simulator/api/fault", json={"errcode": -1, "count": 1}, timeout=10)
    site.worker.deliver()
    with site.system.transact() as services:
        message = services.session.scalars(select(OutboxMessage)).one()
        assert message.status in {"waiting", "sent"}
        message.not_before = message.created_at
    site.work()
    with site.system.transact() as services:
        assert services.session.scalars(select(OutboxMessage)).one().status == "sent"
