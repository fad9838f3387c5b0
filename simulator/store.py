"""The simulator's own SQLite file: who there is, what was said, what was sent. Shared by all processes of the web server."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS persona (
    openid TEXT PRIMARY KEY,
    nickname TEXT NOT NULL,
    note TEXT NOT NULL,
    followed INTEGER NOT NULL DEFAULT 0,
    window_until REAL NOT NULL DEFAULT 0,
    window_left INTEGER NOT NULL DEFAULT 0,
    touch_until REAL NOT NULL DEFAULT 0,
    touch_left INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    openid TEXT NOT NULL REFERENCES persona (openid),
    direction TEXT NOT NULL,
    channel TEXT NOT NULL,
    kind TEXT NOT NULL,
    content TEXT NOT NULL,
    at REAL NOT NULL,
    read INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS message_by_persona ON message (openid, id);
CREATE TABLE IF NOT EXISTS media (
    media_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    content_type TEXT NOT NULL,
    content BLOB NOT NULL,
    created_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS token (
    value TEXT PRIMARY KEY,
    stable INTEGER NOT NULL,
    expires_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS sent_template (
    openid TEXT NOT NULL,
    client_msg_id TEXT NOT NULL,
    msgid INTEGER NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (openid, client_msg_id)
);
CREATE TABLE IF NOT EXISTS fault (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    errcode INTEGER NOT NULL,
    path TEXT NOT NULL,
    times_left INTEGER NOT NULL
);
"""
_BUSY_SECONDS = 10


class Store:
    """Opens a connection for each piece of work: nothing is shared between threads or kept over a fork."""

    def __init__(self, path: Path) -> None:
        """Makes the file and its tables; several processes may do so at once."""
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._connect() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection for looking things up."""
        with self._connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A connection in a transaction that holds the write lock from its first line on, so it never fails half-way."""
        with self._connect() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None)) as connection:
            connection.row_factory = sqlite3.Row
            yield connection
