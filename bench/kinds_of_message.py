"""What each kind of message costs: processor time of one thread in this process, where no other job can add to it, and room.

The path is the whole one behind the server: WSGI in, sealed answer out, on disk in between. The echo with an insert is
asked in turns with it, so that both see the same machine. What PostgreSQL itself works is not in it (see `reporting`).
"""

import base64
import os
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from werkzeug.test import EnvironBuilder, run_wsgi_app

from app import create_app
from app.migrations import migrate
from app.settings import Settings
from bench.echo import make_echo
from bench.load import Citizen, Echo, Person
from bench.servers import Running, scratch_postgres

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Row = tuple[str, float, str]
_WARM, _STORIES = 5, int(os.environ.get("BENCH_STORIES", "60"))
_KINDS = ("the first message", "an answer", "the last message, which lodges", "the echo with an insert")
_KEY = base64.b64encode(bytes(range(32))).decode()
_ACCOUNT = Running("", "bench", "wxbench", _KEY.rstrip("="), "gh_bench", 0.0)


class _Here(Person):
    """A person in this process: the application is called, not asked over the network."""

    def __init__(self, app: "WSGIApplication") -> None:
        super().__init__(_ACCOUNT)
        self._app = app

    def send(self, query: str, body: bytes) -> bytes:
        environ = EnvironBuilder("/wechat", query_string=query, method="POST", data=body).get_environ()
        started = time.thread_time()
        answer, status, _ = run_wsgi_app(self._app, environ, buffered=True)
        self.seconds.append(time.thread_time() - started)
        if not status.startswith("200"):
            raise RuntimeError(status)
        return b"".join(answer)


class _Reporting(_Here, Citizen):
    """Tells a story to the whole system."""


class _Echoing(_Here, Echo):
    """Talks to the echo."""


def rows(folder: Path, shelf: Path) -> Iterator[Row]:
    """Milliseconds of processor a message, and the echo's to ours. `shelf` holds a trained classifier."""
    yield from _of_engine(
        folder / "sqlite", shelf, "SQLite", f"sqlite:///{folder}/a.sqlite3", f"sqlite:///{folder}/b.sqlite3"
    )
    with scratch_postgres() as ours, scratch_postgres() as theirs:
        if ours and theirs:
            yield from _of_engine(folder / "postgres", shelf, "PostgreSQL", ours, theirs)


def _of_engine(instance: Path, shelf: Path, engine: str, database: str, echo_database: str) -> Iterator[Row]:
    instance.mkdir()
    (instance / "classifier").symlink_to(shelf)
    app = create_app(
        Settings(
            instance=instance, database_url=database, secret_key="s" * 32, data_keys=_KEY, log_level="ERROR",
            wechat_token=_ACCOUNT.token, wechat_app_id=_ACCOUNT.app_id, wechat_app_secret="s",
            wechat_aes_key=_ACCOUNT.aes_key, wechat_account=_ACCOUNT.account, wechat_api_base_url="http://127.0.0.1:1",
        )
    )  # fmt: skip
    system = app.extensions["system"]
    migrate(system.engine)
    system.parts.suggester.refresh()
    echo = make_echo(_ACCOUNT.token, _ACCOUNT.app_id, _ACCOUNT.aes_key, echo_database)
    spent: dict[str, list[float]] = defaultdict(list)
    before = 0
    for number in range(_WARM + _STORIES):
        if number == _WARM:
            before = _size(system.engine)
        first, *answers, last = _Reporting(app).story().seconds
        echoes = _Echoing(echo).messages().seconds
        if number >= _WARM:
            for kind, seconds in zip(_KINDS, ([first], answers, [last], echoes), strict=True):
                spent[kind] += seconds
    grown = _size(system.engine) - before
    system.engine.dispose()
    cost = {kind: statistics.median(seconds) * 1000 for kind, seconds in spent.items()}
    for kind, milliseconds in cost.items():
        yield f"{engine}: processor, {kind}", milliseconds, "ms"
    messages = sum(len(spent[kind]) for kind in _KINDS[:-1])
    yield f"{engine}: database, a message with its answer and its part of a report", grown / messages, "bytes"
    yield f"{engine}: database, a whole report with its conversation", grown / _STORIES, "bytes"
    ours = [cost[kind] for kind in _KINDS[:-1] for _ in spent[kind]]
    yield f"{engine}: processor, a message of a story on average", statistics.mean(ours), "ms"
    yield f"{engine}: processor, the echo with an insert to it", cost[_KINDS[-1]] / statistics.mean(ours), ""


def _size(engine: Engine) -> int:
    """Bytes of the database with its indexes, and with what updates left behind."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            pages = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
            return int(connection.exec_driver_sql(pages).scalar_one())
        return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())
