"""Processes die at the worst moments; nothing that was acknowledged is lost, nothing is there twice, nobody is stuck."""

import secrets
import time
from collections import Counter

import pytest
import redis
from sqlalchemy import select

from bench.engines import own_postgres, own_redis
from bench.platform import PASSING
from bench.storm import Storm
from models import OutboxMessage, Reporter
from models.sealing import current_keyring, use_keyring
from services.conversations import Push
from tests.conftest import missing

pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def make_storm(trained, tmp_path):
    keyring = current_keyring()
    storms = []

    def make(database_url, redis_url="", **options):
        storms.append(Storm(tmp_path / "storm", database_url, trained, redis_url, **options))
        return storms[-1]

    yield make
    for storm in storms:
        storm.stop()
    use_keyring(keyring)


def test_thirty_kills_lose_nothing(make_storm, database_url):
    aftermath = make_storm(database_url).run(citizens=10, kills=30)

    assert aftermath.damage == {}
    assert aftermath.kills == 30
    assert aftermath.stories >= 10
    assert aftermath.delivered > 0


@pytest.fixture
def postgres():
    """A PostgreSQL cluster of this test's own, that it may stop."""
    with own_postgres() as cluster:
        if cluster is None:
            missing("no PostgreSQL under /usr/lib/postgresql")
        yield cluster


@pytest.fixture
def redis_server():
    """A Redis of this test's own."""
    with own_redis() as server:
        if server is None:
            missing("no redis-server")
        yield server


@pytest.mark.postgres
@pytest.mark.redis
def test_restarts_of_postgresql_and_redis_and_every_fault_of_the_platform_cost_retries_and_no_message(
    make_storm, postgres, redis_server
):
    storm = make_storm(postgres.url, redis_server.url, fails=PASSING)
    strikes = 0

    def strike():
        nonlocal strikes
        strikes += 1
        match strikes:
            case 2 | 5:
                postgres.stop()
                time.sleep(1)
                postgres.start()
            case 3:
                redis_server.stop()
            case 4:
                storm.platform.renew_token()
            case 6:
                redis_server.start()

    aftermath = storm.run(citizens=8, kills=8, pause=(1.0, 2.0), strike=strike)

    assert aftermath.damage == {}
    assert aftermath.stories >= 5
    assert storm.platform.failed.total() > 0
    assert redis.Redis(port=redis_server.port).ping()


class TestTwoWorkers:
    """With the real client, over a real connection; nobody else runs."""

    @pytest.fixture
    def storm(self, make_storm, database_url):
        return make_storm(database_url, webs=0, workers=2, fails=())

    @staticmethod
    def put(storm, *people):
        """One message for each, who wrote just now."""
        with storm.transact() as services:
            for person in people:
                push = Push(person, secrets.token_hex(), None, "text", 1, b"<xml/>")
                reporter_id = services.conversations.receive(push, opens_window=5).reporter_id
                services.notices.send_late_reply(reporter_id, "一句话")

    def test_a_message_whose_workers_died_in_the_middle_of_sending_it_is_sent_again(self, storm):
        person = "o" * 28
        for takes in (False, True):
            trap = storm.platform.set_trap(takes=takes)
            self.put(storm, person)
            assert storm.platform.caught(60)
            storm.kill("worker 0")
            storm.kill("worker 1")
            trap.set()
            storm.settle()

        # Whether the second one had arrived nobody could know: to hear it twice is better than never.
        assert storm.platform.sent == {person: 3}

    def test_two_workers_share_the_messages_and_one_token_serves_both(self, storm):
        people = [f"o{number:027d}" for number in range(60)]
        for rounds in (1, 2):
            self.put(storm, *people)
            end = time.monotonic() + 90
            while any(storm.platform.sent[person] < rounds for person in people) and time.monotonic() < end:
                time.sleep(0.2)
            storm.platform.renew_token()

        assert {person for person in people if storm.platform.sent[person] < 2} == set()
        # Workers that did not share would send everything twice. On a busy machine answers may come too late, once a round
        # for all that are on their way (eight by each worker), and a message whose fate is unknown goes again: heard
        # twice is better than never.
        assert storm.platform.sent.total() <= 2 * (len(people) + 2 * 8)
        tries = Counter()
        with storm.transact() as services:
            for tried, openid in services.session.execute(
                select(OutboxMessage.tries, Reporter.openid).join(Reporter, Reporter.id == OutboxMessage.reporter_id)
            ):
                tries[openid] += tried
        assert [person for person in people if storm.platform.sent[person] > tries[person]] == []
        assert storm.platform.single_token_calls == 0
        assert 2 <= storm.platform.token_calls <= 4
