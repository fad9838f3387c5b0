"""Everything the platform can push, as our own values: after this module nobody sees its XML or its library."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """What all pushes have. `openid` is the person, `account` the account, `created_at` aware UTC.

    `type_name` is the message type, or `event.<name>`, as the platform writes it. `shows_reply` says whether the platform
    shows a passive answer to this kind.
    """

    shows_reply: ClassVar[bool] = True

    account: str
    openid: str
    created_at: datetime
    type_name: str
    msg_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Inbound):
    """A text, exactly as typed."""

    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Image(Inbound):
    """A picture. Its public address is not kept: nobody here ever fetches it."""

    media_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice(Inbound):
    """A recording. `recognition` is a hint that is often missing; `media_id_16k` the better recording, if there is one."""

    media_id: str
    media_id_16k: str | None = None
    recognition: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Video(Inbound):
    """A video, short or not."""

    media_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Location(Inbound):
    """A place somebody chose. The platform calls the latitude X."""

    latitude: float
    longitude: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Inbound):
    """A shared page."""

    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class File(Inbound):
    """A file. The platform gives no way to fetch it."""

    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownMessage(Inbound):
    """A message type nobody documented: stored, answered with `success`."""

    shows_reply: ClassVar[bool] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribe(Inbound):
    """Somebody follows. `scene` is the card or box that was scanned, None without one."""

    scene: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsubscribe(Inbound):
    """Somebody left. May be pushed more than once."""

    shows_reply: ClassVar[bool] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan(Inbound):
    """A follower scanned a card or box."""

    scene: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationReport(Inbound):
    """Where the phone is, reported by itself. Never stored as content, never answered: nobody asked for it."""

    shows_reply: ClassVar[bool] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Click(Inbound):
    """A tap on a menu item with a key."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View(Inbound):
    """A tap on a menu item that opens a page or a mini program."""

    shows_reply: ClassVar[bool] = False

    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuAction(Inbound):
    """A menu item that scans, takes pictures or picks a place; what it yields comes as a message of its own."""

    shows_reply: ClassVar[bool] = False

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitedScan(MenuAction):
    """The one menu action that waits: the phone shows what is answered."""

    shows_reply: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateSendFinished(Inbound):
    """What became of a template message. `template_msg_id` is the number that sending it gave."""

    shows_reply: ClassVar[bool] = False

    template_msg_id: str
    status: str


@dataclass(frozen=True, slots=True)
class SubscribeItem:
    """One template in a subscribe-message event. `status` is accept, reject, success or an error text."""

    template_id: str
    status: str
    msg_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscribeMessageEvent(Inbound):
    """Consents given or withdrawn, or notifications sent. The platform's list of one or many is always a tuple here."""

    shows_reply: ClassVar[bool] = False

    items: tuple[SubscribeItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorisationRevoked(Inbound):
    """The person took back the right to use his data, or closed the account: duty to delete the profile."""

    shows_reply: ClassVar[bool] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileModified(Inbound):
    """The person changed his profile. We keep none, so there is nothing to update."""

    shows_reply: ClassVar[bool] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownEvent(Inbound):
    """An event nobody documented: stored, answered with `success`."""

    shows_reply: ClassVar[bool] = False


def dedupe_key(inbound: Inbound, document: bytes) -> str:
    """The same for every delivery of one push, different for any two pushes (hex, 64 characters).

    Neither MsgId nor sender and second alone is enough: both were seen to collide (wechat notes, 1.4). A message is its
    number, person and second together; an event has no number, so its whole document counts, which is the same on every
    delivery while timestamp, nonce and cipher text are not.
    """
    parts = [inbound.account, inbound.openid, str(int(inbound.created_at.timestamp())), inbound.msg_id or ""]
    if inbound.msg_id is None:
        parts.append(hashlib.sha256(document).hexdigest())
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
