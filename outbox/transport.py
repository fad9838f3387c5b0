"""One HTTP exchange within a deadline and a size. Knows nothing of tokens or errcodes; never follows a redirect."""

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
import urllib3

MAX_ANSWER_BYTES = 1024 * 1024
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. `total` is for a whole call with its token and its retry, `media` for a whole download."""

    connect: float = 3.0
    read: float = 5.0
    total: float = 12.0
    media: float = 60.0


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on a clock that never goes back."""

    at: float
    clock: Callable[[], float]

    def left(self) -> float:
        """Seconds that are left, never below 0."""
        return max(0.0, self.at - self.clock())


class NeverSent(requests.RequestException):
    """The request did not leave: no connection, or no time left."""


class TooLarge(requests.RequestException):
    """The answer is larger than the caller wants."""


class BadStatus(requests.RequestException):
    """The answer came under a status from 300 on; `answer` holds it."""

    def __init__(self, answer: requests.Response) -> None:
        super().__init__(f"HTTP {answer.status_code}")
        self.answer = answer


class Transport:
    """The `_http` of the platform client: its one method is what wechatpy calls."""

    def __init__(self, base_url: str, timeouts: Timeouts) -> None:
        self._timeouts = timeouts
        self._session = requests.Session()
        # A kept connection that the platform closed meanwhile would make a send look ambiguous that never left.
        self._session.headers["Connection"] = "close"
        # A proxy of the machine is for the outside; it cannot reach the simulator on loopback.
        self._session.trust_env = not _is_loopback(base_url)

    def request(
        self,
        method: str,
        url: str,
        *,
        timeout: Deadline,
        params: Mapping[str, str] | None = None,
        data: bytes | None = None,
        max_bytes: int = MAX_ANSWER_BYTES,
    ) -> requests.Response:
        """The whole answer, read before it is returned.

        The deadline is looked at after every piece that arrives, so a dripping answer ends at most one read time-out
        late. Raises NeverSent, TooLarge, BadStatus for any status from 300 on, or another requests.RequestException.
        """
        left = timeout.left()
        if not left:
            raise NeverSent("no time left")
        limits = (min(self._timeouts.connect, left), min(self._timeouts.read, left))
        headers = {"Content-Type": "application/json; charset=utf-8"} if data is not None else {}
        try:
            response = self._session.request(
                method,
                url,
                params=params or {},
                data=data,
                headers=headers,
                timeout=limits,
                allow_redirects=False,
                stream=True,
            )
        except requests.RequestException as error:
            if _left_the_house(error):
                raise
            raise NeverSent(type(error).__name__) from error
        with response:
            response._content = _read(response, timeout, max_bytes)
        if response.status_code >= 300:
            raise BadStatus(response)
        return response


def _read(response: requests.Response, deadline: Deadline, max_bytes: int) -> bytes:
    declared = response.headers.get("Content-Length", "")
    if declared.isdecimal() and int(declared) > max_bytes:
        raise TooLarge(f"more than {max_bytes} bytes")
    body = bytearray()
    try:
        # read1 returns what has arrived; read would wait until the piece is full and miss the deadline.
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > max_bytes:
                raise TooLarge(f"more than {max_bytes} bytes")
            if not deadline.left():
                raise requests.ReadTimeout("the answer took too long")
    except urllib3.exceptions.HTTPError as error:
        raise requests.ConnectionError(type(error).__name__) from error
    return bytes(body)


def _left_the_house(error: requests.RequestException) -> bool:
    """Whether the platform can have received the request, as far as the error tells."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError | requests.exceptions.ProxyError):
        return False
    if isinstance(error, ValueError):  # an address that is none
        return False
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return not isinstance(reason, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError)


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
