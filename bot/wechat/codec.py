"""Two functions: a document becomes an `Inbound`, a reply becomes a document."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.wechat import inbound as wx
from bot.wechat.document import Value, read_elements
from bot.wechat.envelope import ProtocolError

SUCCESS = b"success"
# The platform cuts or refuses longer texts; counted in bytes of UTF-8 (wechat notes, 1.5).
MAX_REPLY_BYTES = 2047
_ELLIPSIS = "\u2026"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)
_MAX_ID = 256
_LAST_SECOND = 2**31 - 1
_SCENE_PREFIX = "qrscene_"
_PAYMENT_PREFIX = "last_trade_no_"


class _Fields:
    """The elements of one document; every access ends in a plain value or in ProtocolError.

    So does access to a doubled element: two senders, two contents, and no way to know which one was meant.
    """

    def __init__(self, elements: Mapping[str, Value]) -> None:
        self.elements = elements

    def text(self, name: str, default: str | None = None) -> str:
        """A text element as it is. Without a default it must be there."""
        value = self.elements.get(name, default)
        if not isinstance(value, str):
            raise ProtocolError(f"field_{name}")
        return value

    def name(self, name: str) -> str:
        """A short identifier."""
        value = self.text(name).strip()
        if not value or len(value) > _MAX_ID:
            raise ProtocolError(f"field_{name}")
        return value

    def optional(self, name: str) -> str | None:
        """A short identifier or None."""
        return self.text(name, "").strip()[:_MAX_ID] or None

    def number(self, name: str, limit: float) -> float:
        """A number from minus to plus the limit."""
        try:
            value = float(self.text(name))
        except ValueError as error:
            raise ProtocolError(f"field_{name}") from error
        if not -limit <= value <= limit:
            raise ProtocolError(f"field_{name}")
        return value


def parse(document: bytes) -> wx.Inbound:
    """What a document says. Unknown types and events are values of their own. Raises ProtocolError for a broken one."""
    fields = _Fields(read_elements(document))
    kind = fields.name("MsgType")
    is_event = kind == "event"
    event = fields.name("Event") if is_event else ""
    if not _NAME.fullmatch(kind) or (is_event and not _NAME.fullmatch(event)):
        raise ProtocolError("type")
    common: dict[str, Any] = {
        "account": fields.name("ToUserName"),
        "openid": fields.name("FromUserName"),
        "created_at": _moment(fields.text("CreateTime")),
        "type_name": f"event.{event}" if is_event else kind,
        # An event has no number of its own; some carry the number of the message they report on.
        "msg_id": None if is_event else _msg_id(fields),
    }
    if is_event:
        make_event = _EVENTS.get(event.lower())
        return make_event(fields, common) if make_event else wx.UnknownEvent(**common)
    make = _MESSAGES.get(kind)
    return make(fields, common) if make else wx.UnknownMessage(**common)


def render_text(text: str, inbound: wx.Inbound, now: datetime) -> bytes:
    """A passive text reply: cut to the limit on a character boundary, control characters and CDATA ends made harmless."""
    return (
        f"<xml><ToUserName>{_cdata(inbound.openid)}</ToUserName><FromUserName>{_cdata(inbound.account)}</FromUserName>"
        f"<CreateTime>{int(now.timestamp())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content>{_cdata(_cut(text))}</Content></xml>"
    ).encode()


def _cut(text: str) -> str:
    text = _CONTROL.sub("", text)
    if len(text.encode()) <= MAX_REPLY_BYTES:
        return text
    room = MAX_REPLY_BYTES - len(_ELLIPSIS.encode())
    return text.encode()[:room].decode("utf-8", "ignore") + _ELLIPSIS


def _cdata(text: str) -> str:
    # A bare end mark would close the section and let the rest be read as elements.
    return "<![CDATA[" + _CONTROL.sub("", text).replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _moment(text: str) -> datetime:
    # Milliseconds and other nonsense do not fit the column of the store.
    if not re.fullmatch(r"[0-9]{1,10}", text.strip(), re.ASCII) or int(text) > _LAST_SECOND:
        raise ProtocolError("field_CreateTime")
    return datetime.fromtimestamp(int(text), UTC)


def _msg_id(fields: _Fields) -> str | None:
    value = fields.optional("MsgId")
    if value is not None and not re.fullmatch(r"[0-9]{1,20}", value, re.ASCII):
        raise ProtocolError("field_MsgId")
    return value


# ── messages ─────────────────────────────────────────────────────────────────────────────────────
def _voice(fields: _Fields, common: dict[str, Any]) -> wx.Inbound:
    return wx.Voice(
        **common,
        media_id=fields.name("MediaId"),
        media_id_16k=fields.optional("MediaId16K"),
        recognition=fields.text("Recognition", "").strip() or None,
    )


def _video(fields: _Fields, common: dict[str, Any]) -> wx.Inbound:
    return wx.Video(**common, media_id=fields.name("MediaId"))


def _location(fields: _Fields, common: dict[str, Any]) -> wx.Inbound:
    return wx.Location(
        **common,
        latitude=fields.number("Location_X", 90),
        longitude=fields.number("Location_Y", 180),
        label=fields.text("Label", ""),
    )


def _link(fields: _Fields, common: dict[str, Any]) -> wx.Inbound:
    return wx.Link(**common, title=fields.text("Title", ""), url=fields.text("Url", ""))


_Maker = Callable[[_Fields, dict[str, Any]], wx.Inbound]

_MESSAGES: Mapping[str, _Maker] = {
    "text": lambda fields, common: wx.Text(**common, content=fields.text("Content", "")),
    "image": lambda fields, common: wx.Image(**common, media_id=fields.name("MediaId")),
    "voice": _voice,
    "video": _video,
    "shortvideo": _video,
    "location": _location,
    "link": _link,
    "file": lambda fields, common: wx.File(**common, title=fields.text("Title", "")),
}


# ── events ───────────────────────────────────────────────────────────────────────────────────────
def _subscribe(fields: _Fields, common: dict[str, Any]) -> wx.Inbound:
    key = fields.optional("EventKey") or ""
    # A follow after a payment carries a trade number in the same place.
    scene = None if key.startswith(_PAYMENT_PREFIX) else key.removeprefix(_SCENE_PREFIX) or None
    return wx.Subscribe(**common, scene=scene)


def _template_finished(fields: _Fields, common: dict[str, Any]) -> wx.Inbound:
    number = fields.optional("MsgID") or fields.optional("MsgId") or ""
    return wx.TemplateSendFinished(**common, template_msg_id=number, status=fields.text("Status", "")[:_MAX_ID])


def _subscribe_message(fields: _Fields, common: dict[str, Any]) -> wx.Inbound:
    holder = next((value for name, value in fields.elements.items() if name.startswith("SubscribeMsg")), {})
    listed = holder.get("List", []) if isinstance(holder, dict) else []
    rows = listed if isinstance(listed, list) else [listed]
    return wx.SubscribeMessageEvent(
        **common, items=tuple(_subscribe_item(row) for row in rows if isinstance(row, dict))
    )


def _subscribe_item(row: dict[str, Value]) -> wx.SubscribeItem:
    fields = _Fields(row)
    status = fields.optional("SubscribeStatusString") or fields.optional("ErrorStatus") or ""
    return wx.SubscribeItem(fields.optional("TemplateId") or "", status, fields.optional("MsgID"))


def _menu_action(fields: _Fields, common: dict[str, Any]) -> wx.Inbound:
    return wx.MenuAction(**common, key=fields.text("EventKey", "")[:_MAX_ID])


def _view(fields: _Fields, common: dict[str, Any]) -> wx.Inbound:
    return wx.View(**common, target=fields.text("EventKey", ""))


_EVENTS: Mapping[str, _Maker] = {
    "subscribe": _subscribe,
    "unsubscribe": lambda _fields, common: wx.Unsubscribe(**common),
    "scan": lambda fields, common: wx.Scan(**common, scene=fields.optional("EventKey") or ""),
    "location": lambda _fields, common: wx.LocationReport(**common),
    "click": lambda fields, common: wx.Click(**common, key=fields.text("EventKey", "")[:_MAX_ID]),
    "view": _view,
    "view_miniprogram": _view,
    "scancode_push": _menu_action,
    "scancode_waitmsg": lambda fields, common: wx.AwaitedScan(**common, key=fields.text("EventKey", "")[:_MAX_ID]),
    "pic_sysphoto": _menu_action,
    "pic_photo_or_album": _menu_action,
    "pic_weixin": _menu_action,
    "location_select": _menu_action,
    "templatesendjobfinish": _template_finished,
    "subscribe_msg_popup_event": _subscribe_message,
    "subscribe_msg_change_event": _subscribe_message,
    "subscribe_msg_sent_event": _subscribe_message,
    "user_authorization_revoke": lambda _fields, common: wx.AuthorisationRevoked(**common),
    "user_authorization_cancellation": lambda _fields, common: wx.AuthorisationRevoked(**common),
    "user_info_modified": lambda _fields, common: wx.ProfileModified(**common),
}
