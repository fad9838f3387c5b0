"""The client of the WeChat API: sends and fetches within a deadline, and fails only with PlatformError. Decides no retry but one."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import requests
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException
from wechatpy.session import SessionStorage

from outbox.errors import Failure, FailureKind, PlatformError, failure_of_errcode, failure_of_status, scrub
from outbox.keywords import fit_keywords
from outbox.transport import BadStatus, Deadline, NeverSent, Timeouts, TooLarge, Transport

# A new token is asked for this many seconds before the old one ends; the platform keeps both for five minutes.
_EARLY = 120
_VIDEO_HOSTS = frozenset({"vweixinp.tc.qq.com", "mpvideo.qpic.cn"})


@dataclass(frozen=True, slots=True)
class FetchedMedia:
    """The bytes of a citizen's attachment as the platform has them. `content_type` is a claim, to be checked by content."""

    content: bytes
    content_type: str


class PlatformClient:
    """The calls that the outbox makes. Safe to share between threads; every method raises PlatformError and nothing else."""

    def __init__(
        self,
        *,
        app_id: str,
        app_secret: str,
        base_url: str,
        timeouts: Timeouts | None = None,
        video_hosts: frozenset[str] = _VIDEO_HOSTS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`base_url` is what stands before `/cgi-bin/`; `clock` gives seconds and never goes back."""
        self._base_url = base_url.rstrip("/")
        self._secret = app_secret
        self._timeouts = timeouts or Timeouts()
        self._video_hosts = video_hosts
        self._clock = clock
        self._http = Transport(self._base_url, self._timeouts)
        self._api = _ApiClient(app_id, app_secret, self._base_url, self._http, clock)

    def send_text(self, openid: str, text: str) -> None:
        """Sends a customer-service message: within 48 hours of the citizen's last message, five at most."""
        self._send("message/custom/send", {"touser": openid, "msgtype": "text", "text": {"content": text}})

    def send_template(
        self, openid: str, template_id: str, keywords: Mapping[str, str], client_msg_id: str, url: str | None = None
    ) -> str | None:
        """Sends a template message. The same `client_msg_id` within ten minutes is delivered once.

        Returns the platform's id of the message, which its delivery report names.
        """
        body: dict[str, Any] = {
            "touser": openid,
            "template_id": template_id,
            "client_msg_id": client_msg_id,
            "data": _data(keywords),
        }
        return _message_id(self._send("message/template/send", body | ({"url": url} if url else {})))

    def send_subscribe(
        self, openid: str, template_id: str, keywords: Mapping[str, str], page: str | None = None
    ) -> str | None:
        """Sends a subscribe notification; each one-time consent is good for one. Returns the platform's id if it gives one."""
        body: dict[str, Any] = {"touser": openid, "template_id": template_id, "data": _data(keywords)}
        return _message_id(self._send("message/subscribe/bizsend", body | ({"page": page} if page else {})))

    def fetch_media(self, media_id: str, max_bytes: int) -> FetchedMedia:
        """Downloads what a citizen sent. The platform keeps it for three days; 40007 afterwards."""
        deadline = self._deadline(self._timeouts.media)
        answer = self._with_token(
            lambda token: self._api.download(media_id, token, deadline, max_bytes), deadline, sends=False
        )
        if isinstance(answer, str):
            self._check_video_address(answer)
            # The address of a video is open: the token stays here.
            answer = self._settled(
                lambda: _media_or_error(self._http.request("get", answer, timeout=deadline, max_bytes=max_bytes)),
                sends=False,
            )
        content_type = answer.headers.get("Content-Type", "application/octet-stream")
        return FetchedMedia(answer.content, content_type.partition(";")[0].strip().lower())

    def _send(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        deadline = self._deadline(self._timeouts.total)
        result: dict[str, Any] = self._with_token(
            lambda token: self._api.post(path, params={"access_token": token}, data=body, timeout=deadline),
            deadline,
            sends=True,
            hide=str(body["touser"]),
        )
        if "errcode" not in result:
            raise PlatformError(Failure(FailureKind.AMBIGUOUS, "an answer without an errcode"))
        return result

    def _with_token(self, call: Callable[[str], Any], deadline: Deadline, *, sends: bool, hide: str = "") -> Any:
        """The result of `call` with a good token: on a refused token exactly one refresh and one more try."""
        token = self._token(deadline)
        try:
            return self._settled(lambda: call(token), sends=sends, hide=(token, hide))
        except PlatformError as error:
            if error.kind is not FailureKind.TOKEN:
                raise
        token = self._token(deadline, refused=token)
        return self._settled(lambda: call(token), sends=sends, hide=(token, hide))

    def _token(self, deadline: Deadline, refused: str | None = None) -> str:
        outcome = self._attempt(lambda: self._api.token(deadline, refused), sends=False)
        if isinstance(outcome, Failure):
            if outcome.kind is FailureKind.TOKEN:
                # No token was shown here: this code complains of the secret.
                outcome = Failure(FailureKind.OPERATOR, outcome.reason, outcome.errcode)
            raise PlatformError(outcome)
        return str(outcome)

    def _settled(self, call: Callable[[], Any], *, sends: bool, hide: tuple[str, ...] = ()) -> Any:
        outcome = self._attempt(call, sends=sends, hide=hide)
        if isinstance(outcome, Failure):
            # Raised out here, so that no exception with an address and a token in it hangs on as the context.
            raise PlatformError(outcome)
        return outcome

    def _attempt(self, call: Callable[[], Any], *, sends: bool, hide: tuple[str, ...] = ()) -> Any:
        """What `call` returns, or the Failure that its exception stands for."""
        unknown = FailureKind.AMBIGUOUS if sends else FailureKind.TRANSIENT
        try:
            return call()
        except WeChatClientException as error:
            return self._refusal(error.errcode, error.errmsg, hide)
        except BadStatus as error:
            return self._bad_status(error.answer, sends=sends, hide=hide)
        except TooLarge as error:
            return Failure(FailureKind.FINAL_CONTENT, str(error))
        except NeverSent as error:
            return Failure(FailureKind.TRANSIENT, f"not sent: {error}")
        except UnicodeEncodeError:
            return Failure(FailureKind.FINAL_CONTENT, "half a character: the text is not Unicode")
        except (requests.RequestException, _Malformed) as error:
            # The text of these exceptions can hold the whole address: the name of the class says enough.
            return Failure(unknown, f"no usable answer: {type(error).__name__}")

    def _bad_status(self, response: requests.Response, *, sends: bool, hide: tuple[str, ...]) -> Failure:
        try:
            answer = _object_of(response.content)
        except _Malformed:
            answer = {}
        # A status is a proxy's opinion; if there is the platform's JSON behind it, the JSON is right.
        if answer.get("errcode"):
            return self._refusal(answer["errcode"], answer.get("errmsg"), hide)
        wait = response.headers.get("Retry-After", "")
        return failure_of_status(response.status_code, sends=sends, retry_after=wait)

    def _refusal(self, errcode: int, errmsg: object, hide: tuple[str, ...]) -> Failure:
        return failure_of_errcode(errcode, scrub(str(errmsg or ""), (self._secret, *hide)))

    def _check_video_address(self, address: str) -> None:
        """Raises PlatformError unless the address is one that the server may be sent to."""
        try:
            parts, base = urlsplit(address), urlsplit(self._base_url)
            here = (parts.hostname, parts.port) == (base.hostname, base.port)
            known = parts.hostname in self._video_hosts and parts.port in {None, 80, 443}
        except ValueError:
            here = known = False
        if not (here or known) or parts.scheme not in {"http", "https"} or "@" in parts.netloc:
            raise PlatformError(Failure(FailureKind.FINAL_CONTENT, "a video at an address that is not the platform's"))

    def _deadline(self, seconds: float) -> Deadline:
        return Deadline(self._clock() + seconds, self._clock)


class _Malformed(Exception):
    """The answer is not what the platform's documentation describes."""


class _TokenStorage(SessionStorage):
    """Token and end of life together, behind one lock: wechatpy keeps them in two places that drift apart."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._held: dict[str, tuple[str, float]] = {}

    def get(self, key: str, default: str | None = None) -> str | None:
        with self._lock:
            value, ends = self._held.get(key, (None, 0.0))
            return value if self._clock() < ends else default

    def set(self, key: str, value: str, ttl: float = 0) -> None:
        with self._lock:
            self._held[key] = (value, self._clock() + ttl)


class _ApiClient(WeChatClient):
    """wechatpy's client with the stable token, one base address, our transport and no retry of its own."""

    def __init__(
        self, app_id: str, app_secret: str, base_url: str, http: Transport, clock: Callable[[], float]
    ) -> None:
        super().__init__(app_id, app_secret, session=_TokenStorage(clock), auto_retry=False)
        self.API_BASE_URL = f"{base_url}/cgi-bin/"
        self._http = http
        self._refreshing = Lock()

    def token(self, deadline: Deadline, refused: str | None = None) -> str:
        """A token that is not `refused`; of several threads that need a new one, one asks and all use it."""
        if not self._refreshing.acquire(timeout=deadline.left()):
            raise NeverSent("no token in time")
        try:
            held: str | None = self.session.get(self.access_token_key)
            if held is None or held == refused:
                held = self.fetch_access_token(deadline)
            return held
        finally:
            self._refreshing.release()

    def fetch_access_token(self, deadline: Deadline) -> str:
        """Asks for the stable token: the same for all workers until its last five minutes, so none undoes another's."""
        result = self.post(
            "stable_token",
            params="",  # a text keeps wechatpy from adding a token to the call that fetches it
            data={"grant_type": "client_credential", "appid": self.appid, "secret": self.secret},
            timeout=deadline,
        )
        token, lifetime = result.get("access_token"), result.get("expires_in")
        if not (isinstance(token, str) and token and isinstance(lifetime, int)):
            raise _Malformed
        self.session.set(self.access_token_key, token, max(lifetime - _EARLY, 1))
        return token

    def download(self, media_id: str, token: str, deadline: Deadline, max_bytes: int) -> requests.Response | str:
        """The answer with the media in it, or the address where a video lies."""
        response = self._http.request(
            "get",
            f"{self.API_BASE_URL}media/get",
            params={"access_token": token, "media_id": media_id},
            timeout=deadline,
            max_bytes=max_bytes,
        )
        if not response.content.lstrip().startswith(b"{"):
            return _media_or_error(response)
        address = self._handle_result(response).get("video_url")
        if not isinstance(address, str):
            raise _Malformed
        return address

    def _decode_result(self, res: requests.Response) -> dict[str, Any]:
        """The body as an object. wechatpy would hand on a page of HTML as if it were a success."""
        return _object_of(res.content)


def _object_of(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict) or type(answer.get("errcode", 0)) is not int:
        raise _Malformed
    return answer


def _media_or_error(response: requests.Response) -> requests.Response:
    """The answer itself if its body can be a picture or a recording: no such format begins like HTML or JSON."""
    if response.content.lstrip()[:1] in {b"", b"<", b"{"}:
        raise _Malformed
    return response


def _data(keywords: Mapping[str, str]) -> dict[str, dict[str, str]]:
    try:
        return fit_keywords(keywords)
    except ValueError as error:
        raise PlatformError(Failure(FailureKind.FINAL_CONTENT, str(error))) from error


def _message_id(result: Mapping[str, Any]) -> str | None:
    msgid = result.get("msgid")
    return None if msgid is None else str(msgid)
