"""Several processes on one SQLite file: nothing is lost and nobody is told "database is locked"."""

import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError, TimeoutError

from app.database import make_engine, make_session_factory, transaction
from models import ScheduledJob

ADD_ONES = """
import sys
from sqlalchemy import text
from app.database import make_engine, make_session_factory, transaction
factory = make_session_factory(make_engine(sys.argv[1]))
for _ in range(60):
    with transaction(factory) as session:
        value = session.execute(text("SELECT amount FROM counter")).scalar_one()
        session.execute(text("UPDATE counter SET amount = :v"), {"v": value + 1})
"""


@pytest.fixture
def factory(engine):
    return make_session_factory(engine)


def test_four_processes_that_read_and_then_write_lose_no_update(engine, sqlite_url):
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE counter (amount INTEGER)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))
    workers = [subprocess.Popen([sys.executable, "-c", ADD_ONES, sqlite_url]) for _ in range(4)]

    assert [worker.wait(timeout=60) for worker in workers] == [0, 0, 0, 0]
    with engine.connect() as connection:
        assert connection.execute(text("SELECT amount FROM counter")).scalar_one() == 240


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)]
)
def test_sqlite_is_set_for_durability(engine, pragma, value):
    with engine.connect() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() == value


def test_a_reader_does_not_wait_for_a_writer(engine, factory):
    with transaction(factory) as writer:
        writer.add(ScheduledJob(name="x", due_at=datetime(2026, 1, 1, tzinfo=UTC)))
        writer.flush()
        with transaction(factory, read_only=True) as reader:
            assert reader.scalars(select(ScheduledJob)).all() == []


@pytest.mark.timeout(30)
def test_whoever_commits_on_the_way_does_not_wait_for_himself(factory, monkeypatch):
    monkeypatch.setattr("app.database.BUSY_TIMEOUT_MS", 3_600_000)

    with transaction(factory) as session:
        session.add(ScheduledJob(name="x", due_at=datetime(2026, 1, 1, tzinfo=UTC)))
        session.commit()
        assert session.scalars(select(ScheduledJob.name)).all() == ["x"]


def test_an_error_rolls_everything_back(factory):
    def fail() -> None:
        with transaction(factory) as session:
            session.add(ScheduledJob(name="x", due_at=datetime(2026, 1, 1, tzinfo=UTC)))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with transaction(factory, read_only=True) as session:
        assert session.scalars(select(ScheduledJob)).all() == []


@pytest.fixture
def postgres(postgres_url):
    """An engine on PostgreSQL that keeps two connections and may open two more."""
    engine = make_engine(postgres_url, pool_size=2)
    yield engine
    engine.dispose()


@pytest.mark.postgres
def test_a_process_opens_no_more_connections_than_its_bound(postgres):
    with ExitStack() as stack:
        for _ in range(4):
            stack.enter_context(postgres.connect())
        with pytest.raises(TimeoutError):
            postgres.connect()


@pytest.mark.postgres
def test_connections_that_the_server_dropped_are_replaced_and_nobody_notices(postgres, postgres_url, monkeypatch):
    monkeypatch.setattr("app.database._TRUSTED_FOR", 0)  # as if they had rested
    with postgres.connect() as one, postgres.connect() as other:
        dropped = [c.execute(text("SELECT pg_backend_pid()")).scalar_one() for c in (one, other)]
    outside = make_engine(postgres_url)
    with outside.begin() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pid) FROM unnest(:pids) AS pid"), {"pids": dropped})
    outside.dispose()

    with postgres.connect() as one, postgres.connect() as other:
        fresh = [c.execute(text("SELECT pg_backend_pid()")).scalar_one() for c in (one, other)]
    assert not {*fresh} & {*dropped}


@pytest.mark.postgres
def test_a_connection_that_answered_a_moment_ago_is_not_asked_whether_it_lives(postgres, monkeypatch):
    asked = []
    monkeypatch.setattr(postgres.dialect, "do_ping", asked.append)
    for _ in range(3):
        with postgres.connect() as connection:
            connection.execute(text("SELECT 1"))
    assert asked == []

    monkeypatch.setattr("app.database._TRUSTED_FOR", 0)
    with postgres.connect():
        assert len(asked) == 1


def test_a_server_that_takes_the_call_and_never_answers_is_given_up_within_seconds():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        engine = make_engine(f"postgresql+psycopg://nobody@127.0.0.1:{silent.getsockname()[1]}/none")
        started = time.monotonic()
        with pytest.raises(OperationalError):
            engine.connect()
        engine.dispose()

    assert time.monotonic() - started < 10


def test_a_new_database_is_readable_by_its_owner_only(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'new.sqlite3'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE counter (amount INTEGER)"))
        open_to_others = {path.name: path.stat().st_mode & 0o077 for path in tmp_path.iterdir()}
    engine.dispose()

    assert {"new.sqlite3", "new.sqlite3-wal", "new.sqlite3-shm"} <= set(open_to_others)
    assert not any(open_to_others.values())
