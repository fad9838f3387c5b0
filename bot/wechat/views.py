"""`/wechat`: the address the platform pushes to. Nothing a client sends leads to an answer above 499."""

import secrets
from collections.abc import Callable
from datetime import datetime

import structlog
from flask import Blueprint, Response, request

from bot.wechat.codec import SUCCESS, parse, render_text
from bot.wechat.envelope import ProtocolError
from bot.wechat.guard import WeChatAccount, check_echo, open_push
from bot.wechat.inbound import Inbound

log = structlog.get_logger(__name__)

Answer = Callable[[Inbound, bytes], str | None]

__all__ = ["WeChatAccount", "make_blueprint"]


def make_blueprint(
    account: WeChatAccount, answer: Answer, clock: Callable[[], datetime], *, storage_failure_text: str
) -> Blueprint:
    """GET and POST `/wechat`. `answer` stores the push and gives the reply, None for none; when it fails, the person is
    asked to send it again later, never thanked."""
    door = Blueprint("wechat", __name__)

    @door.get("/wechat", provide_automatic_options=False)
    def switch_on() -> Response:
        return _plain(check_echo(account, _query(), clock()).encode())

    @door.post("/wechat", provide_automatic_options=False)
    def push() -> Response:
        now = clock()
        opened = open_push(account, _query(), _body(account.max_body), now)
        inbound = parse(opened.document)
        if account.account and inbound.account != account.account:
            raise ProtocolError("account", 403)
        if opened.openid and inbound.openid != opened.openid:
            raise ProtocolError("openid", 403)
        try:
            reply = answer(inbound, opened.document)
        except Exception:
            # Whatever failed, the person must know that nothing was taken; the platform would only say "fault".
            log.exception("push_not_stored", msg_type=inbound.type_name)
            reply = storage_failure_text
        if not reply or not inbound.shows_reply:
            # Bare even in safe mode: a sealed "success" is shown to the person as a fault.
            return _plain(SUCCESS)
        document = render_text(reply, inbound, now)
        if opened.envelope is not None:
            document = opened.envelope.seal(document, str(int(now.timestamp())), secrets.token_hex(8))
        return Response(document, content_type="text/xml; charset=utf-8")

    @door.errorhandler(ProtocolError)
    def refuse(error: ProtocolError) -> Response:
        # The query holds signature and openid: only the reason is logged.
        log.warning("push_refused", reason=error.reason)
        return _plain(b"refused", error.status)

    return door


def _plain(content: bytes, status: int = 200) -> Response:
    return Response(content, status=status, content_type="text/plain; charset=utf-8")


def _query() -> dict[str, list[str]]:
    return {name: request.args.getlist(name) for name in request.args}


def _body(limit: int) -> bytes:
    """The raw body, read up to the limit and before anything parses it as a form."""
    if (request.content_length or 0) > limit:
        raise ProtocolError("too_large", 413)
    body = request.stream.read(limit + 1)
    if len(body) > limit:
        raise ProtocolError("too_large", 413)
    return body
