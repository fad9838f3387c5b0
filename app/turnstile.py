"""Lets only a few threads of a process work at once.

Python runs one thread at a time. When thirty want to, they spend a good part of the time on taking turns, and whoever holds a lock of the
database waits for thirty others before it goes on with it (docs/performance.md). Waiting for a client's bytes needs no place, only work does.
"""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, local

# Two are enough to keep a core busy while one of them waits for the database; with four each waits longer for the interpreter.
_PLACES = 2
# Whoever holds a place may wait for a database that does not answer. Others go on without one before their clients give up.
_PATIENCE = 1.5  # seconds


class Turnstile:
    """Places for threads that work, given in the order of arrival.

    A semaphore would let whoever comes just now pass those who wait: of thirty some would always come too late.
    """

    def __init__(self, places: int = _PLACES, patience: float = _PATIENCE) -> None:
        """`patience` in seconds: after it a thread goes on without a place."""
        self._free = places
        self._queue: deque[Lock] = deque()  # of each thread that waits; released when its place is free
        self._guard = Lock()
        self._patience = patience
        self._own = local()

    @property
    def waiting(self) -> int:
        """How many threads wait for a place."""
        return len(self._queue)

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place as long as the block lasts."""
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def sleep(self, seconds: float) -> None:
        """Sleeps, and lets somebody else work meanwhile."""
        had_place = self._leave()
        time.sleep(seconds)
        if had_place:
            self._enter()

    def _enter(self) -> None:
        with self._guard:
            if self._free:
                self._free -= 1
                self._own.has_place = True
                return
            call = Lock()
            call.acquire()
            self._queue.append(call)
        if not call.acquire(timeout=self._patience):
            with self._guard:
                if call in self._queue:
                    self._queue.remove(call)
                    self._own.has_place = False
                    return
        # Called, at the latest while this thread was giving up.
        self._own.has_place = True

    def _leave(self) -> bool:
        had_place: bool = getattr(self._own, "has_place", False)
        self._own.has_place = False
        if had_place:
            with self._guard:
                if self._queue:
                    self._queue.popleft().release()
                else:
                    self._free += 1
        return had_place
