"""One line for each person: who sends two messages to a process at once is heard in the order in which they came.

Only who is being heard is kept here, nothing of what was said. Between processes the database decides (ADR 0007).
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

_SHORTEST, _LONGEST = 0.005, 0.1  # seconds between two looks


class Lines:
    """Of one process, for all its threads."""

    def __init__(self, wait: Callable[[float], None]) -> None:
        """`wait` passes some seconds."""
        self._wait = wait
        self._lock = Lock()
        self._lines: dict[str, deque[object]] = {}

    @contextmanager
    def place(self, person: str, until: float) -> Iterator[None]:
        """Begins when whoever came before has been heard, or at `until` of the monotonic clock: nobody waits for ever."""
        ticket = object()
        with self._lock:
            line = self._lines.setdefault(person, deque())
            line.append(ticket)
        try:
            pause = _SHORTEST
            while line[0] is not ticket and time.monotonic() < until:
                self._wait(pause)
                pause = min(pause * 2, _LONGEST)
            yield
        finally:
            with self._lock:
                line.remove(ticket)
                if not line:
                    del self._lines[person]
