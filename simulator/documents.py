"""The XML documents that the platform pushes, field by field as its documentation shows them. Pure."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Push:
    """A document on its way to an account. `shows_reply` says whether the citizen sees what is answered to it."""

    xml: str
    shows_reply: bool = True


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes to which account, at which second since 1970."""

    openid: str
    account: str
    at: int


def text(author: Author, content: str) -> Push:
    """A text as the citizen typed it, control characters included."""
    return _message(author, "text", {"Content": content})


def image(author: Author, media_id: str, pic_url: str) -> Push:
    """A picture."""
    return _message(author, "image", {"PicUrl": pic_url, "MediaId": media_id})


def voice(author: Author, media_id: str, recognition: str | None) -> Push:
    """A recording. `recognition` None: the account has the recognition switched off and the element is missing."""
    fields = {"MediaId": media_id, "Format": "amr", "MediaId16K": media_id}
    return _message(author, "voice", fields if recognition is None else fields | {"Recognition": recognition})


def video(author: Author, media_id: str, thumb_media_id: str) -> Push:
    """A video with its still."""
    return _message(author, "video", {"MediaId": media_id, "ThumbMediaId": thumb_media_id})


def location(author: Author, latitude: float, longitude: float, label: str) -> Push:
    """A place. The protocol calls the latitude X."""
    return _message(author, "location", {"Location_X": latitude, "Location_Y": longitude, "Scale": 15, "Label": label})


def link(author: Author, title: str, description: str, url: str) -> Push:
    """A shared article."""
    return _message(author, "link", {"Title": title, "Description": description, "Url": url})


def file(author: Author, name: str, size: int, md5: str) -> Push:
    """A file. Accounts get its name only: there is no media id to fetch it by."""
    fields = {"Title": name, "Description": "", "FileKey": secrets.token_hex(16), "FileMd5": md5, "FileTotalLen": size}
    return _message(author, "file", fields)


def subscribe(author: Author, scene: str | None) -> Push:
    """Someone follows, by a card's code if `scene` is given."""
    if scene is None:
        return _event(author, "subscribe", {"EventKey": ""})
    return _event(author, "subscribe", {"EventKey": f"qrscene_{scene}", "Ticket": _ticket()})


def unsubscribe(author: Author) -> Push:
    """Someone stops following; nothing can be answered any more."""
    return _event(author, "unsubscribe", {"EventKey": ""}, shows_reply=False)


def scan(author: Author, scene: str) -> Push:
    """A follower scans a card."""
    return _event(author, "SCAN", {"EventKey": scene, "Ticket": _ticket()})


def click(author: Author, key: str) -> Push:
    """A follower taps a menu item."""
    return _event(author, "CLICK", {"EventKey": key})


def view(author: Author, url: str) -> Push:
    """A follower opens a page from the menu."""
    return _event(author, "VIEW", {"EventKey": url, "MenuId": 1}, shows_reply=False)


def template_finished(author: Author, msgid: int, status: str) -> Push:
    """What became of a template message."""
    return _event(author, "TEMPLATESENDJOBFINISH", {"MsgID": msgid, "Status": status}, shows_reply=False)


def subscribe_message_sent(author: Author, template_id: str, msgid: int) -> Push:
    """What became of a subscribe notification."""
    sent = {"TemplateId": template_id, "MsgID": msgid, "ErrorCode": 0, "ErrorStatus": "success"}
    return _event(author, "subscribe_msg_sent_event", {"SubscribeMsgSentEvent": {"List": sent}}, shows_reply=False)


def _message(author: Author, kind: str, fields: Mapping[str, Any]) -> Push:
    return Push(_document(author, kind, {**fields, "MsgId": secrets.randbelow(9 * 10**18) + 10**18}))


def _event(author: Author, event: str, fields: Mapping[str, Any], *, shows_reply: bool = True) -> Push:
    return Push(_document(author, "event", {"Event": event, **fields}), shows_reply)


def _document(author: Author, kind: str, fields: Mapping[str, Any]) -> str:
    head = {"ToUserName": author.account, "FromUserName": author.openid, "CreateTime": author.at, "MsgType": kind}
    return f"<xml>{_elements({**head, **fields})}</xml>"


def _elements(fields: Mapping[str, Any]) -> str:
    return "".join(f"<{name}>{_value(value)}</{name}>" for name, value in fields.items())


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return _elements(value)
    if isinstance(value, str):
        return cdata(value)
    return str(value)


def cdata(value: str) -> str:
    """The text as character data; an end mark within is split over two sections."""
    return "<![CDATA[" + value.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _ticket() -> str:
    return secrets.token_urlsafe(48)
