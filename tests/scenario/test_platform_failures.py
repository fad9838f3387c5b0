"""The platform's API fails in every way of its error tables, over a real connection: each has its consequence."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.factory import make_worker
from app.parts import build_system, now
from app.settings import load_settings
from bench.platform import FINAL, PASSING, Platform
from domain.terms import OutboxStatus
from models import OutboxMessage
from services.conversations import Push
from tests.fakes import ScriptedSuggester

_TOKEN = {"40001", "40014", "42001", "41001"}
_OPERATOR = {"40013", "40125", "40164", "61004", "48001", "48004", "50002"}
_WINDOW = {"45015", "45047", "43101"}
PERSON = "o" + "p" * 27


@pytest.fixture
def platform():
    platform = Platform()
    yield platform
    platform.stop()


class Desk:
    """A worker with its real client, one message that waits, and a clock that can go on."""

    def __init__(self, settings):
        self.ahead = timedelta()
        self._system = build_system(settings, suggester=ScriptedSuggester(), clock=lambda: now() + self.ahead)
        self._worker = make_worker(self._system)
        self.hear("1")
        with self._system.transact() as services:
            services.notices.send_late_reply(self.reporter_id, "一句话")

    def hear(self, key):
        """The person writes, which opens the window."""
        with self._system.transact() as services:
            push = Push(PERSON, key, key, "text", 1, b"<xml/>")
            self.reporter_id = services.conversations.receive(push, opens_window=5).reporter_id

    def deliver(self):
        self._worker.deliver()
        with self._system.transact(read_only=True) as services:
            return services.session.scalars(select(OutboxMessage)).one()

    def close(self):
        self._system.engine.dispose()


@pytest.fixture
def desk(platform, sqlite_url, tmp_path, monkeypatch):
    monkeypatch.setenv("QIAOMEN_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("QIAOMEN_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("QIAOMEN_WECHAT_API_BASE_URL", platform.url)
    desk = Desk(load_settings())
    yield desk
    desk.close()


@pytest.mark.parametrize("way", PASSING)
def test_after_a_passing_failure_the_message_arrives(platform, desk, way):
    platform.fail_once(way)
    message = desk.deliver()

    if way in _TOKEN:  # a new token and one more try, at once
        assert (message.status, platform.token_calls) == (OutboxStatus.SENT, 2)
    elif way in _WINDOW:  # nothing is tried until the person writes
        assert message.status is OutboxStatus.PARKED
        desk.hear("2")
    else:
        assert (message.status, message.tries) == (OutboxStatus.WAITING, 1)
        assert desk.deliver().tries == 1  # not at once
        wait = message.not_before - now()
        assert wait > timedelta(minutes=9 if way in _OPERATOR else 0, seconds=50 if way == "45011" else 5)
        desk.ahead = wait + timedelta(minutes=1)

    assert desk.deliver().status is OutboxStatus.SENT
    assert platform.sent == {PERSON: 2 if way.startswith("takes") else 1}


@pytest.mark.parametrize("way", FINAL)
def test_a_final_failure_is_not_tried_again_and_can_be_seen(platform, desk, way):
    platform.fail_once(way)
    desk.deliver()
    desk.ahead = timedelta(days=1)
    message = desk.deliver()

    assert (message.status, message.error_code, message.tries) == (OutboxStatus.FAILED, way, 1)
    assert platform.sent == {}


def test_the_ways_are_those_of_the_error_tables():
    from outbox.errors import ERRCODES

    assert {int(way) for way in (*PASSING, *FINAL) if way.lstrip("-").isdigit()} == set(ERRCODES)
