"""What the server does about clients that dawdle or break off: they cost their own connection and nobody else's.

gunicorn's threads wait for a client's bytes as long as it likes to take over them, so that a few dozen idle callers would
hold all threads of a process.
"""

import errno
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

from gunicorn.http.errors import ParseException
from gunicorn.workers.gthread import TConn, ThreadWorker
from werkzeug.exceptions import ClientDisconnected

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# As Apache's mod_reqtimeout does it: some seconds for a request, and more of them the more of it has come. A telephone on a
# weak network sends a recording with many times this.
_PATIENCE = 10.0  # seconds
_SLOWEST = 2000  # bytes in a second
_TAKING_AN_ANSWER = 30.0  # seconds


class PatientSocket(socket.socket):
    """A connection whose requests must come, and whose answers must go, at some pace."""

    _until = 0.0

    @classmethod
    def of(cls, connection: socket.socket) -> Self:
        """The same connection with patience; the one given must not be used any more."""
        timeout = connection.gettimeout()
        patient = cls(connection.family, connection.type, connection.proto, connection.detach())
        patient.settimeout(timeout)
        return patient

    def begin(self) -> None:
        """A request may come from now on."""
        self._until = time.monotonic() + _PATIENCE

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """As in `socket`. Raises ConnectionResetError when patience is at its end."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise _gone()
        self.settimeout(left)
        try:
            received = super().recv(size, flags)
        except TimeoutError as error:
            raise _gone() from error
        self._until += len(received) / _SLOWEST
        return received

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        """As in `socket`. Raises ConnectionResetError when nobody takes the answer."""
        self.settimeout(_TAKING_AN_ANSWER + len(data) / _SLOWEST)
        try:
            super().sendall(data, flags)
        except TimeoutError as error:
            raise _gone() from error


def _gone() -> ConnectionResetError:
    return ConnectionResetError(errno.ECONNRESET, "too slow")


class PatientWorker(ThreadWorker):
    """gunicorn's worker with threads, for connections with patience."""

    def enqueue_req(self, conn: TConn) -> None:
        """A connection may have a request for us."""
        if not isinstance(conn.sock, PatientSocket):
            conn.sock = PatientSocket.of(conn.sock)
        conn.sock.begin()
        super().enqueue_req(conn)


class _Body:
    """The body of a request, whose faults are the client's."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def read(self, size: int = -1, /) -> bytes:
        with _refused():
            return bytes(self._body.read(size))

    def readline(self, size: int = -1, /) -> bytes:
        with _refused():
            return bytes(self._body.readline(size))

    def readlines(self, _hint: int = -1, /) -> list[bytes]:
        return list(self)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except (OSError, ParseException) as error:
        raise ClientDisconnected from error


def blame_the_client(application: "WSGIApplication") -> "WSGIApplication":
    """The application, to which a body that breaks off or is no proper HTTP is a request that is refused (400)."""

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        environ["wsgi.input"] = _Body(environ["wsgi.input"])
        return application(environ, start_response)

    return answer
