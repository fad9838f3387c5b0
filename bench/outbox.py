"""How many messages a second leave the outbox, with one worker and with two, to a platform on the same machine."""

import secrets
import time
from collections.abc import Iterator
from pathlib import Path

from bench.servers import scratch_postgres
from bench.storm import Storm
from services.conversations import Push

_MESSAGES = 600


def rows(folder: Path, shelf: Path) -> Iterator[tuple[str, float, str]]:
    """Messages a second on both engines. `shelf` holds a trained classifier."""
    for workers in (1, 2):
        home = folder / f"outbox-{workers}"
        yield f"SQLite: outbox, {workers} workers", _rate(home, f"sqlite:///{home}.sqlite3", shelf, workers), "1/s"
        with scratch_postgres() as url:
            if url:
                rate = _rate(folder / f"outbox-postgres-{workers}", url, shelf, workers)
                yield f"PostgreSQL: outbox, {workers} workers", rate, "1/s"


def _rate(folder: Path, url: str, shelf: Path, workers: int) -> float:
    storm = Storm(folder, url, shelf, webs=0, workers=workers, fails=())
    try:
        _put(storm, 1)  # when it arrives, the workers have started
        while storm.platform.sent.total() < 1:
            time.sleep(0.05)
        _put(storm, _MESSAGES)
        started = time.perf_counter()
        while storm.platform.sent.total() < 1 + _MESSAGES:
            time.sleep(0.02)
        return _MESSAGES / (time.perf_counter() - started)
    finally:
        storm.stop()


def _put(storm: Storm, messages: int) -> None:
    with storm.transact() as services:
        for _ in range(messages):
            push = Push("o" + secrets.token_hex(13), secrets.token_hex(16), None, "text", 1, b"<xml/>")
            reporter_id = services.conversations.receive(push, opens_window=5).reporter_id
            services.notices.send_late_reply(reporter_id, "-")
