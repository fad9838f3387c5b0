"""Engine and sessions. SQLite is set so that two processes never lose an update nor fail with "database is locked"."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from services.attachment_store import forget_files, keep_files
from services.journal import forget_lines, link_lines

BUSY_TIMEOUT_MS = 15_000
POOL_TIMEOUT = 3  # seconds
_TRUSTED_FOR = 1.0  # seconds; a server that restarts is away for longer
_SQLITE = {"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False}
# A server that vanished (failover, network) answers nothing at all. The platform waits five seconds for a reply, so a
# dead connection must be known as such within a few, not after the two hours of the system's own settings.
_CONNECT = {
    "connect_timeout": 3,  # seconds, for each host of the address
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 8_000,  # milliseconds
    # Pages of an index lie on solid state or in memory; and no query of ours is long enough to be compiled.
    "options": "-c random_page_cost=1.1 -c jit=off",
}


def make_engine(url: str, *, pool_size: int = 10) -> Engine:
    """An engine for `sqlite:///` or `postgresql+psycopg://`. Pools are bounded; dead connections are noticed."""
    if url.startswith("sqlite"):
        _keep_private(make_url(url).database)
        engine = create_engine(url, pool_size=32, connect_args=_SQLITE)
        event.listen(engine, "connect", _prepare_sqlite)
        queue = _WriterQueue(engine.url.database)
        event.listen(engine, "begin", queue.begin)
        event.listen(engine, "checkin", queue.checked_in)
        return engine
    engine = create_engine(
        url, pool_size=pool_size, max_overflow=pool_size, pool_timeout=POOL_TIMEOUT, connect_args=_CONNECT
    )
    _ask_after_pauses(engine)
    return engine


def make_looks(engine: Engine) -> Engine:
    """Connections to the same database for single looks: each statement by itself, without a transaction around it.

    A pool of its own, because to set a connection so and back again costs what a transaction does. It is emptied together
    with `engine`.
    """
    if engine.dialect.name == "sqlite":
        looks = create_engine(engine.url, pool_size=8, max_overflow=24, connect_args=_SQLITE, pool_reset_on_return=None)
        event.listen(looks, "connect", _prepare_sqlite)
    else:
        # As many as work at once (`app/turnstile.py`), and as many again.
        looks = create_engine(
            engine.url,
            pool_size=4,
            max_overflow=4,
            pool_timeout=POOL_TIMEOUT,
            connect_args=_CONNECT,
            isolation_level="AUTOCOMMIT",
            pool_reset_on_return=None,
        )
        _ask_after_pauses(looks)
    event.listen(engine, "engine_disposed", lambda _engine: looks.dispose())
    return looks


def _ask_after_pauses(engine: Engine) -> None:
    """As SQLAlchemy's own pre-ping, but not for a connection that answered a moment ago: under load that is all of them."""

    def note(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info[_ask_after_pauses] = time.monotonic()

    def ask(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
        answered_at = record.info.get(_ask_after_pauses)
        if answered_at is None or time.monotonic() - answered_at <= _TRUSTED_FOR:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    event.listen(engine, "checkin", note)
    event.listen(engine, "checkout", ask)


def _keep_private(database: str | None) -> None:
    """A new database file is its owner's alone; SQLite gives `-wal` and `-shm` the rights of the file beside them."""
    if database and database != ":memory:":
        with suppress(OSError):  # a folder that is missing or closed: SQLite says so when it connects
            os.close(os.open(database, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))


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
    """Lets threads, and processes of one machine, write one after the other.

    SQLite makes a second writer sleep and look again, for longer each time: under load somebody always comes too late
    (measured in `make bench`: p99 above a second). Who waits for a lock of the system is woken when it is free. The
    system gives a lock back when its holder dies. SQLite's own lock still decides; this one only orders who asks.
    """

    def __init__(self, database: str | None) -> None:
        self._lock = Lock()
        self._path = f"{database}-queue" if database and database != ":memory:" else None
        self._file: tuple[int, int] | None = None

    def begin(self, connection: Any) -> None:
        """Begins a transaction; one that writes takes the write lock first, so that a second writer waits and never fails."""
        if connection.get_execution_options().get("read_only", False):
            connection.exec_driver_sql("BEGIN")
            return
        try:
            # Whoever committed on the way and goes on with the same connection has kept the lock.
            if not connection.info.get(self):
                # Going on without it after the time-out costs waiting at SQLite's lock, never correctness.
                connection.info[self] = self._lock.acquire(timeout=BUSY_TIMEOUT_MS / 1000)
                if connection.info[self]:
                    self._flock(fcntl.LOCK_EX)
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except BaseException:
            self._give_back(connection.info)
            raise

    def checked_in(self, _connection: Any, record: Any) -> None:
        """The transaction is over and its connection back in the pool: the next writer may begin."""
        self._give_back(record.info)

    def _give_back(self, info: dict[Any, Any]) -> None:
        if info.pop(self, False):
            try:
                self._flock(fcntl.LOCK_UN)
            finally:
                self._lock.release()

    def _flock(self, how: int) -> None:
        """Locks between processes. A file opened before a fork would be one lock for both: each process opens its own."""
        if self._path is None:
            return
        pid = os.getpid()
        if self._file is None or self._file[0] != pid:
            try:
                self._file = (pid, os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            except OSError:
                self._path = None  # a folder that cannot be written: SQLite's own lock must do
                return
        fcntl.flock(self._file[1], how)


def make_session_factory(engine: Engine) -> sessionmaker[Session]:
    """Sessions whose objects stay readable after commit, and whose lines of the journal are linked whoever commits,
    and whose files go when the transaction is undone."""
    factory = sessionmaker(engine, expire_on_commit=False)
    event.listen(factory, "before_commit", link_lines)
    event.listen(factory, "after_rollback", forget_lines)
    event.listen(factory, "after_commit", keep_files)
    event.listen(factory, "after_rollback", forget_files)
    return factory


class Work:
    """A connection, and the mapper's session on it for whoever wants objects."""

    def __init__(self, connection: Connection, sessions: sessionmaker[Session]) -> None:
        self.connection = connection
        self._sessions = sessions
        self._session: Session | None = None

    @property
    def session(self) -> Session:
        """Made when it is first asked for: the statements of every message run on the connection, and most need no other."""
        if self._session is None:
            self._session = self._sessions(bind=self.connection, join_transaction_mode="control_fully")
        return self._session

    def commit(self) -> None:
        """Keeps what was done, by whichever of the two."""
        if self._session is not None and self._session.in_transaction():
            self._session.commit()
        self.connection.commit()

    def rollback(self) -> None:
        """Undoes what was done."""
        if self._session is not None:
            self._session.rollback()
        self.connection.rollback()

    def close(self) -> None:
        """Lets the session's objects go; the connection is its pool's."""
        if self._session is not None:
            self._session.close()


@contextmanager
def work(factory: sessionmaker[Session], *, read_only: bool = False) -> Iterator[Work]:
    """One transaction: commits at the end, rolls back on any error.

    `read_only` never takes SQLite's write lock, and sees one state of the database from beginning to end.
    """
    engine: Engine = factory.kw["bind"]
    with engine.connect() as connection:
        if read_only:
            connection.execution_options(read_only=True)
            if engine.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
        with closing(Work(connection, factory)) as opened:
            try:
                yield opened
            except BaseException:
                opened.rollback()
                raise
            opened.commit()


@contextmanager
def look(looks: Engine, factory: sessionmaker[Session]) -> Iterator[Work]:
    """No transaction: each statement sees what is committed when it is asked. For one question; nothing may be written."""
    with looks.connect() as connection, closing(Work(connection, factory)) as opened:
        yield opened


@contextmanager
def transaction(factory: sessionmaker[Session], *, read_only: bool = False) -> Iterator[Session]:
    """The session of one transaction; see `work`."""
    with work(factory, read_only=read_only) as opened:
        yield opened.session
