"""Several processes on one SQLite file: nothing is lost and nobody is told "database is locked"."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text

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


def test_an_engine_for_postgresql_has_a_bounded_pool():
    engine = make_engine("postgresql+psycopg://nobody@127.0.0.1:1/none", pool_size=3)

    assert engine.pool.size() == 3
    engine.dispose()
