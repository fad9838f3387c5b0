"""`/wechat`: the address the platform pushes to. Nothing a client sends leads to an answer above 499.

An application of its own in front of the pages: it needs no session, no form and no template, and what Flask does for those
was a tenth of a message's cost (docs/performance.md).
"""

import secrets
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import structlog
from werkzeug.exceptions import ClientDisconnected
from werkzeug.wsgi import get_content_length, get_input_stream

from bot.wechat.codec import SUCCESS, parse, render_text
from bot.wechat.envelope import ProtocolError
from bot.wechat.guard import WeChatAccount, check_echo, open_push
from bot.wechat.inbound import Inbound

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = structlog.get_logger(__name__)

Answer = Callable[[Inbound, bytes], str | None]

_MOST_PARAMETERS = 32  # the platform sends eight
_TEXT, _XML = "text/plain; charset=utf-8", "text/xml; charset=utf-8"


class Webhook:
    """The WSGI application of the one address: GET switches it on, POST is a push."""

    def __init__(
        self,
        account: WeChatAccount,
        answer: Answer,
        clock: Callable[[], datetime],
        *,
        binds: Callable[[str, bytes], bool],
        storage_failure_text: str,
        headers: Mapping[str, str],
        place: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        """`answer` stores the push and gives the reply, None for none; when it fails, the person is asked to send it again
        later, never thanked. `binds` says whether the signature of a plaintext push came with this body. `headers` are on every answer. `place` is entered
        once a push has come as a whole and can be worked on."""
        self._account = account
        self._answer = answer
        self._clock = clock
        self._binds = binds
        self._storage_failure_text = storage_failure_text
        self._headers = tuple(headers.items())
        self._place = place

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """One request."""
        try:
            status, kind, content = 200, *self._respond(environ)
        except ProtocolError as error:
            # The query holds signature and openid: only the reason is logged.
            log.warning("push_refused", reason=error.reason)
            status, kind, content = error.status, _TEXT, b"refused"
        headers = [("Content-Type", kind), ("Content-Length", str(len(content))), *self._headers]
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            headers.append(("Allow", "GET, POST"))
        start_response(f"{status} {HTTPStatus(status).phrase}", headers)
        return [content]

    def _respond(self, environ: "WSGIEnvironment") -> tuple[str, bytes]:
        match environ["REQUEST_METHOD"]:
            case "GET":
                return _TEXT, check_echo(self._account, _query(environ), self._clock()).encode()
            case "POST":
                return self._push(environ)
            case _:
                raise ProtocolError("method", HTTPStatus.METHOD_NOT_ALLOWED)

    def _push(self, environ: "WSGIEnvironment") -> tuple[str, bytes]:
        body = _body(environ, self._account.max_body)
        with self._place():
            return self._reply(_query(environ), body)

    def _reply(self, query: dict[str, list[str]], body: bytes) -> tuple[str, bytes]:
        now = self._clock()
        opened = open_push(self._account, query, body, now)
        inbound = parse(opened.document)
        if self._account.account and inbound.account != self._account.account:
            raise ProtocolError("account", 403)
        is_plain = opened.envelope is None
        # Only the seal makes sure of the sender: without one the query must name the same person.
        if (opened.openid or is_plain) and inbound.openid != opened.openid:
            raise ProtocolError("openid", 403)
        try:
            if is_plain and not self._binds(opened.signature, opened.document):
                raise ProtocolError("replayed", 403)
            reply = self._answer(inbound, opened.document)
        except ProtocolError:
            raise
        except Exception:
            # Whatever failed, the person must know that nothing was taken; the platform would only say "fault".
            log.exception("push_not_stored", msg_type=inbound.type_name)
            reply = self._storage_failure_text
        if not reply or not inbound.shows_reply:
            # Bare even in safe mode: a sealed "success" is shown to the person as a fault.
            return _TEXT, SUCCESS
        document = render_text(reply, inbound, now)
        if opened.envelope is not None:
            document = opened.envelope.seal(document, str(int(now.timestamp())), secrets.token_hex(8))
        return _XML, document


def _query(environ: Mapping[str, Any]) -> dict[str, list[str]]:
    # WSGI hands over bytes as if they were Latin-1.
    query = environ.get("QUERY_STRING", "").encode("latin-1", "replace").decode("utf-8", "replace")
    try:
        return parse_qs(query, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
    except ValueError as error:
        raise ProtocolError("query") from error


def _body(environ: "WSGIEnvironment", limit: int) -> bytes:
    """The raw body, read up to the limit."""
    if (get_content_length(environ) or 0) > limit:
        raise ProtocolError("too_large", 413)
    try:
        body: bytes = get_input_stream(environ).read(limit + 1)
    except ClientDisconnected as error:
        raise ProtocolError("disconnected") from error
    if len(body) > limit:
        raise ProtocolError("too_large", 413)
    return body
