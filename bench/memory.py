"""What the processes of a running site need, a page that several share divided among them (Pss)."""

import re
from collections.abc import Iterator
from pathlib import Path


def of(pid: int) -> Iterator[tuple[str, float]]:
    """Megabytes of each web process, of the server that forks them, and of the worker."""
    for child in _children(pid):
        command = Path(f"/proc/{child}/cmdline").read_text(encoding="utf-8").replace("\0", " ")
        if "outbox" in command:
            yield "the worker", _megabytes(child)
        elif "app.serve" in command:
            yield "the server that forks web processes", _megabytes(child)
            for number, web in enumerate(_children(child), 1):
                yield f"web process {number}", _megabytes(web)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def _megabytes(pid: int) -> float:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.M)
    return int(found[1]) / 1024 if found else 0.0
