"""Engine and sessions. SQLite is set so that two processes never lose an update nor fail with "database is locked"."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker

BUSY_TIMEOUT_MS = 15_000


def make_engine(url: str, *, pool_size: int = 10) -> Engine:
    """An engine for `sqlite:///` or `postgresql+psycopg://`. Pools are bounded; dead connections are noticed."""
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False})
        event.listen(engine, "connect", _prepare_sqlite)
        queue = _WriterQueue()
        event.listen(engine, "begin", queue.begin)
        event.listen(engine, "checkin", queue.checked_in)
        return engine
    return create_engine(url, pool_size=pool_size, max_overflow=pool_size, pool_timeout=3, pool_pre_ping=True)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not open transactions by itself: it would read first and lose updates without a word.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # what was acknowledged survives a power cut
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "secure_delete=ON",  # what is not ours to keep is overwritten, not only unlinked
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


class _WriterQueue:
    """Lets the threads of a process write one after the other.

    SQLite makes a second writer sleep and look again, for longer each time: under load somebody always comes too late
    (measured in `make bench`: p99 above a second). Threads that wait for a lock are woken in turn. Other processes still
    meet at SQLite's own lock.
    """

    def __init__(self) -> None:
        self._lock = Lock()

    def begin(self, connection: Any) -> None:
        """Begins a transaction; one that writes takes the write lock first, so that a second writer waits and never fails."""
        if connection.get_execution_options().get("read_only", False):
            connection.exec_driver_sql("BEGIN")
            return
        # Going on without the lock after the time-out costs waiting at SQLite's lock, never correctness.
        connection.info[self] = self._lock.acquire(timeout=BUSY_TIMEOUT_MS / 1000)
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def checked_in(self, _connection: Any, record: Any) -> None:
        """The transaction is over and its connection back in the pool: the next writer may begin."""
        if record.info.pop(self, False):
            self._lock.release()


def make_session_factory(engine: Engine) -> sessionmaker[Session]:
    """Sessions whose objects stay readable after commit."""
    return sessionmaker(engine, expire_on_commit=False)


@contextmanager
def transaction(factory: sessionmaker[Session], *, read_only: bool = False) -> Iterator[Session]:
    """One transaction: commits at the end, rolls back on any error. `read_only` never takes SQLite's write lock."""
    with factory() as session:
        if read_only:
            session.connection(execution_options={"read_only": True})
        try:
            yield session
        except BaseException:
            session.rollback()
            raise
        else:
            session.commit()
