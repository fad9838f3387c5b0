"""The platform's API under `/simulator/api/cgi-bin/`: what an account calls. Errors are HTTP 200 with an errcode, as there."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for

from simulator import documents
from simulator.credentials import Credentials
from simulator.keywords import BadKeyword, accepted_keywords
from simulator.platform import OUTSIDE_WINDOW, Channel, Direction, Media, Persona, Platform
from simulator.pushes import Pusher

_LONGEST_TEXT_BYTES = 2048
_UPLOAD_LIMITS = {"image": 2 * 1024**2, "voice": 2 * 1024**2, "video": 10 * 1024**2, "thumb": 64 * 1024}

Later = Callable[[Callable[[], None]], None]


class Refused(Exception):
    """A call that is answered with an errcode."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(errmsg)
        self.errcode = errcode
        self.errmsg = errmsg


def make_api_blueprint(platform: Platform, pusher: Pusher, credentials: Credentials, later: Later) -> Blueprint:
    """The API for one account. `later` runs what the platform reports after it has answered."""
    blueprint = Blueprint("simulator_api", __name__, url_prefix="/simulator/api")
    api = _Api(platform, pusher, credentials, later)
    blueprint.before_request(api.check_token)
    blueprint.register_error_handler(Refused, _say_refused)
    for rule, view, method in (
        ("/cgi-bin/stable_token", api.stable_token, "POST"),
        ("/cgi-bin/token", api.plain_token, "GET"),
        ("/cgi-bin/message/custom/send", api.send_customer_service, "POST"),
        ("/cgi-bin/message/template/send", api.send_template, "POST"),
        ("/cgi-bin/message/subscribe/bizsend", api.send_subscribe, "POST"),
        ("/cgi-bin/media/get", api.get_media, "GET"),
        ("/cgi-bin/media/upload", api.upload_media, "POST"),
        ("/video/<media_id>", api.video, "GET"),
        ("/fault", api.add_fault, "POST"),
        ("/fault", api.clear_faults, "DELETE"),
    ):
        blueprint.add_url_rule(rule, view_func=view, methods=[method])
    return blueprint


class _Api:
    """The calls of one account."""

    def __init__(self, platform: Platform, pusher: Pusher, credentials: Credentials, later: Later) -> None:
        self._platform = platform
        self._pusher = pusher
        self._credentials = credentials
        self._later = later

    def check_token(self) -> None:
        """Raises Refused for a fault that was asked for, and for a call that needs a token and has no good one."""
        _, is_call, call = request.path.partition("/cgi-bin/")
        if not is_call:
            return
        if fault := self._credentials.take_fault(call):
            raise Refused(fault, "injected fault")
        if call in {"token", "stable_token"}:
            return
        if refusal := self._credentials.token_refusal(request.args.get("access_token", "")):
            raise Refused(refusal, "access_token is missing, expired or not the latest")

    def stable_token(self) -> Response:
        claims = _json_body()
        self._check_account(claims)
        value, seconds = self._credentials.stable_token(force=claims.get("force_refresh") is True)
        return jsonify(access_token=value, expires_in=seconds)

    def plain_token(self) -> Response:
        self._check_account(request.args)
        value, seconds = self._credentials.plain_token()
        return jsonify(access_token=value, expires_in=seconds)

    def send_customer_service(self) -> Response:
        body = _json_body()
        persona = self._recipient(body)
        if body.get("msgtype") != "text":
            raise Refused(40008, "invalid message type")
        text = body.get("text")
        content = text.get("content") if isinstance(text, Mapping) else None
        if not isinstance(content, str) or not content:
            raise Refused(44004, "empty content")
        if len(content.encode()) > _LONGEST_TEXT_BYTES:
            raise Refused(45002, "content size out of limit")
        if refusal := self._platform.spend_message(persona.openid):
            raise Refused(refusal, "out of response window" if refusal == OUTSIDE_WINDOW else "out of response count")
        self._show(persona, Channel.CUSTOMER_SERVICE, "text", {"text": content})
        return _done()

    def send_template(self) -> Response:
        body = _json_body()
        persona = self._recipient(body)
        if not persona.followed:
            raise Refused(43004, "require subscribe")
        content = _notification(body, body.get("url"))
        msgid, is_new = self._platform.send_template_once(persona.openid, str(body.get("client_msg_id", ""))[:32])
        if is_new:
            self._show(persona, Channel.NOTIFICATION, "notification", content)
            self._report_later(persona, lambda author: documents.template_finished(author, msgid, "success"))
        return _done(msgid=msgid)

    def send_subscribe(self) -> Response:
        body = _json_body()
        persona = self._recipient(body)
        if not persona.followed:
            raise Refused(43101, "user refuse to accept the msg")
        content = _notification(body, body.get("page"))
        template_id = str(body["template_id"])
        msgid, _ = self._platform.send_template_once(persona.openid, "")
        self._show(persona, Channel.NOTIFICATION, "notification", content)
        self._report_later(persona, lambda author: documents.subscribe_message_sent(author, template_id, msgid))
        return _done(msgid=msgid)

    def get_media(self) -> Response:
        media = self._media(request.args.get("media_id", ""))
        if media.kind == "video":
            return jsonify(video_url=url_for("simulator_api.video", media_id=media.media_id, _external=True))
        return _file(media)

    def video(self, media_id: str) -> Response:
        return _file(self._media(media_id))

    def upload_media(self) -> Response:
        kind, upload = request.args.get("type", ""), request.files.get("media")
        if kind not in _UPLOAD_LIMITS:
            raise Refused(40004, "invalid media type")
        if upload is None:
            raise Refused(41005, "media data missing")
        content = upload.read()
        if len(content) > _UPLOAD_LIMITS[kind]:
            raise Refused(40006, "invalid media size")
        media_id = self._platform.add_media(kind, upload.mimetype, content)
        return jsonify(type=kind, media_id=media_id)

    def add_fault(self) -> Response:
        """Not the platform's: the next `count` calls whose path contains `path` answer with `errcode`."""
        body = _json_body()
        errcode, count, path = body.get("errcode"), body.get("count", 1), body.get("path", "")
        if not (isinstance(errcode, int) and isinstance(count, int) and isinstance(path, str)):
            raise Refused(47001, "errcode and count must be numbers, path a text")
        self._credentials.add_fault(errcode, count, path)
        return _done()

    def clear_faults(self) -> Response:
        self._credentials.clear_faults()
        return _done()

    def _check_account(self, claims: Mapping[str, Any]) -> None:
        if claims.get("grant_type") != "client_credential":
            raise Refused(40002, "invalid grant_type")
        if refusal := self._credentials.refusal(claims):
            raise Refused(refusal, "invalid appid or appsecret")

    def _recipient(self, body: Mapping[str, Any]) -> Persona:
        persona = self._platform.persona(str(body.get("touser", "")))
        if persona is None:
            raise Refused(40003, "invalid openid")
        return persona

    def _show(self, persona: Persona, channel: Channel, kind: str, content: Mapping[str, Any]) -> None:
        self._platform.add_message(persona.openid, Direction.ACCOUNT, channel, kind, content)

    def _report_later(self, persona: Persona, build: Callable[[documents.Author], documents.Push]) -> None:
        push = build(self._pusher.author(persona.openid))
        self._later(lambda: self._pusher.push(persona.openid, push))

    def _media(self, media_id: str) -> Media:
        media = self._platform.media(media_id)
        if media is None:
            raise Refused(40007, "invalid media_id")
        return media


def _say_refused(error: Refused) -> Response:
    return jsonify(errcode=error.errcode, errmsg=f"{error.errmsg} rid: simulator")


def _json_body() -> dict[str, Any]:
    """The body as an object. Raises Refused for an empty one and for anything else."""
    if not request.get_data():
        raise Refused(44002, "empty post data")
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        raise Refused(47001, "data format error")
    return body


def _notification(body: Mapping[str, Any], url: object) -> dict[str, Any]:
    """What the card of a notification shows. Raises Refused."""
    if not isinstance(body.get("template_id"), str) or not body["template_id"]:
        raise Refused(40037, "invalid template_id")
    try:
        return {"keywords": accepted_keywords(body.get("data")), "url": url if isinstance(url, str) else ""}
    except BadKeyword as error:
        raise Refused(47003, f"argument invalid! {error} invalid") from error


def _file(media: Media) -> Response:
    return Response(
        media.content,
        content_type=media.content_type,
        headers={"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"},
    )


def _done(**more: object) -> Response:
    return jsonify(errcode=0, errmsg="ok", **more)
