"""What the processes of a running site need: processor, and memory, a page that several share divided among them (Pss)."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

_TICKS = os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> Iterator[tuple[str, float]]:
    """Megabytes of each web process, of the server that forks them, and of the worker, of a site started with `app.launch`."""
    for child in _children(pid):
        command = _command(child)
        if "outbox" in command:
            yield "the worker", _megabytes(child)
        elif "app.serve" in command:
            yield "the server that forks web processes", _megabytes(child)
            for number, web in enumerate(_children(child), 1):
                yield f"web process {number}", _megabytes(web)


@contextmanager
def counted(pid: int, database: str) -> Iterator[Callable[[], float]]:
    """Gives what tells, once the block is left, the seconds of processor that web processes and PostgreSQL's own spent in it.

    The worker behind a site is not counted: nobody waits for it. `pid` is what was started; `database` "" for none.
    """
    before = _spent(pid, database)
    after = dict[int, float]()
    yield lambda: sum(seconds - before.get(process, 0.0) for process, seconds in after.items())
    after |= _spent(pid, database)


def _spent(pid: int, database: str) -> dict[int, float]:
    """Seconds by process."""
    own = [child for child in (pid, *_descendants(pid)) if "outbox" not in _command(child)]
    return {process: _seconds(process) for process in (*own, *_backends(database))}


def _descendants(pid: int) -> Iterator[int]:
    for child in _children(pid):
        yield child
        yield from _descendants(child)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def _backends(database: str) -> list[int]:
    """The processes of PostgreSQL that serve this database, where they run on this machine."""
    if not database.startswith("postgresql"):
        return []
    engine = create_engine(make_url(database))
    with engine.connect() as connection:
        asked = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        found = connection.scalars(asked).all()
    engine.dispose()
    return [pid for pid in found if Path(f"/proc/{pid}").exists()]


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").replace("\0", " ")


def _seconds(pid: int) -> float:
    # The name of the program, in brackets, may hold anything: what counts comes after it (proc(5)).
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _megabytes(pid: int) -> float:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.M)
    return int(found[1]) / 1024 if found else 0.0
