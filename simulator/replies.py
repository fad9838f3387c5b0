"""Reads the answer to a push as strictly as the platform does: what it cannot read, the citizen sees as a fault."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from simulator.crypto import BadEnvelope, Envelope, Sealed

LONGEST_TEXT_BYTES = 2047


class MalformedReply(Exception):
    """The answer is not one that the platform would pass on."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A passive reply, ready to be shown."""

    kind: str
    content: Mapping[str, Any]


def read_reply(body: bytes, *, openid: str, account: str, envelope: Envelope | None) -> Reply | None:
    """The reply in an answer; None for `success` and for nothing. Raises MalformedReply."""
    if body in {b"", b"success"}:
        return None
    root = _parse(body)
    if envelope is not None:
        sealed = Sealed(*(_text(root, name) for name in ("Encrypt", "MsgSignature", "TimeStamp", "Nonce")))
        try:
            root = _parse(envelope.open(sealed))
        except BadEnvelope as error:
            raise MalformedReply(f"envelope: {error}") from error
    if (_text(root, "ToUserName"), _text(root, "FromUserName")) != (openid, account):
        raise MalformedReply("addressed to somebody else")
    if not _text(root, "CreateTime").isdecimal():
        raise MalformedReply("CreateTime")
    return _reply(root, _text(root, "MsgType"))


def _reply(root: Element, kind: str) -> Reply:
    match kind:
        case "text":
            text = _text(root, "Content")
            if not text or len(text.encode()) > LONGEST_TEXT_BYTES:
                raise MalformedReply("length of the text")
            return Reply("text", {"text": text})
        case "image":
            return Reply("image", {"media_id": _text(root, "Image/MediaId")})
        case "news":
            articles = [
                {"title": _text(item, "Title"), "description": _text(item, "Description"), "url": _text(item, "Url")}
                for item in root.findall("Articles/item")
            ]
            if not articles or _text(root, "ArticleCount") != str(len(articles)):
                raise MalformedReply("ArticleCount")
            return Reply("news", {"articles": articles})
        case _:
            raise MalformedReply("a kind that this page cannot show")


def _parse(document: bytes) -> Element:
    try:
        root: Element = fromstring(document, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise MalformedReply("not XML") from error
    if root.tag != "xml":
        raise MalformedReply("not a reply")
    return root


def _text(root: Element, path: str) -> str:
    found = root.findall(path)
    if len(found) != 1 or len(found[0]):
        raise MalformedReply(path)
    return found[0].text or ""
