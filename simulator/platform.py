"""What the platform knows of people: personas, their messages and media, and how many messages an account may still send them."""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from simulator.demo import DemoPersona
from simulator.store import Store

MEDIA_LIFETIME = 3 * 24 * 3600
_MESSAGE_WINDOW, _MESSAGES = 48 * 3600, 5
_TOUCH_WINDOW, _TOUCH_MESSAGES = 60, 3
OUTSIDE_WINDOW, QUOTA_USED_UP = 45015, 45047


class Direction(StrEnum):
    """Who said it."""

    CITIZEN = "citizen"
    ACCOUNT = "account"
    SYSTEM = "system"


class Channel(StrEnum):
    """The way it came by."""

    PUSH = "push"
    PASSIVE = "passive"
    CUSTOMER_SERVICE = "customer_service"
    NOTIFICATION = "notification"


class Trigger(StrEnum):
    """What allows an account to write by itself: a message opens 48 hours, a touch of menu or card one minute."""

    MESSAGE = "message"
    TOUCH = "touch"


@dataclass(frozen=True, slots=True)
class Persona:
    """An invented citizen. `window_until` and `window_left`: how long and how often the account may still write."""

    openid: str
    nickname: str
    note: str
    followed: bool
    window_until: float
    window_left: int
    unread: int


@dataclass(frozen=True, slots=True)
class Message:
    """A line of the chat. What `content` holds depends on `kind`."""

    id: int
    direction: Direction
    channel: Channel
    kind: str
    content: Mapping[str, Any]
    at: float


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, recording or video."""

    media_id: str
    kind: str
    content_type: str
    content: bytes


class Platform:
    """The platform's memory; safe under several threads and processes."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    def add_demo_personas(self, personas: Sequence[DemoPersona]) -> None:
        """Adds those that are not there yet; a second start changes nothing."""
        with self._store.write() as db:
            db.executemany(
                "INSERT OR IGNORE INTO persona (openid, nickname, note) VALUES (?, ?, ?)",
                [(_openid(persona.key), persona.nickname, persona.note) for persona in personas],
            )

    def add_persona(self, nickname: str, note: str) -> str:
        """A new citizen; gives back the openid."""
        openid = _openid(secrets.token_hex(16))
        with self._store.write() as db:
            db.execute("INSERT INTO persona (openid, nickname, note) VALUES (?, ?, ?)", (openid, nickname, note))
        return openid

    def personas(self) -> list[Persona]:
        """All citizens in the order they came."""
        with self._store.read() as db:
            rows = db.execute(
                "SELECT openid, nickname, note, followed, window_until, window_left, (SELECT count(*) FROM message"
                " WHERE message.openid = persona.openid AND direction = 'account' AND read = 0) AS unread"
                " FROM persona ORDER BY persona.rowid"
            ).fetchall()
        return [Persona(**{**row, "followed": bool(row["followed"])}) for row in map(dict, rows)]

    def persona(self, openid: str) -> Persona | None:
        """The citizen behind an openid, if there is one."""
        return next((persona for persona in self.personas() if persona.openid == openid), None)

    def is_follower(self, openid: str) -> bool:
        """Whether this citizen follows the account now."""
        persona = self.persona(openid)
        return persona is not None and persona.followed

    def set_followed(self, openid: str, followed: bool) -> None:
        """Follow or unfollow; whoever leaves takes the account's permission to write along."""
        with self._store.write() as db:
            db.execute("UPDATE persona SET followed = ? WHERE openid = ?", (followed, openid))
            if not followed:
                db.execute("UPDATE persona SET window_until = 0, touch_until = 0 WHERE openid = ?", (openid,))

    def add_message(
        self, openid: str, direction: Direction, channel: Channel, kind: str, content: Mapping[str, Any]
    ) -> None:
        """Puts a line into the chat."""
        with self._store.write() as db:
            db.execute(
                "INSERT INTO message (openid, direction, channel, kind, content, at) VALUES (?, ?, ?, ?, ?, ?)",
                (openid, direction, channel, kind, json.dumps(content, ensure_ascii=False), self._clock()),
            )

    def messages(self, openid: str, after: int = 0) -> list[Message]:
        """The lines of a chat that came after the one with this id."""
        with self._store.read() as db:
            rows = db.execute(
                "SELECT id, direction, channel, kind, content, at FROM message WHERE openid = ? AND id > ? ORDER BY id",
                (openid, after),
            ).fetchall()
        return [
            Message(
                row["id"],
                Direction(row["direction"]),
                Channel(row["channel"]),
                row["kind"],
                json.loads(row["content"]),
                row["at"],
            )
            for row in rows
        ]

    def mark_read(self, openid: str, up_to: int) -> None:
        """The citizen has seen everything up to this line."""
        with self._store.write() as db:
            db.execute("UPDATE message SET read = 1 WHERE openid = ? AND id <= ? AND read = 0", (openid, up_to))

    def add_media(self, kind: str, content_type: str, content: bytes) -> str:
        """Keeps it for three days; gives back the media id."""
        media_id = secrets.token_urlsafe(48)
        with self._store.write() as db:
            db.execute(
                "INSERT INTO media (media_id, kind, content_type, content, created_at) VALUES (?, ?, ?, ?, ?)",
                (media_id, kind, content_type, content, self._clock()),
            )
        return media_id

    def media(self, media_id: str) -> Media | None:
        """What was kept under this id, None after three days."""
        with self._store.read() as db:
            row = db.execute(
                "SELECT media_id, kind, content_type, content FROM media WHERE media_id = ? AND created_at > ?",
                (media_id, self._clock() - MEDIA_LIFETIME),
            ).fetchone()
        return None if row is None else Media(**dict(row))

    def open_window(self, openid: str, trigger: Trigger) -> None:
        """The citizen did something: the account may write again. Quotas are refilled, not added up."""
        now = self._clock()
        with self._store.write() as db:
            if trigger is Trigger.MESSAGE:
                db.execute(
                    "UPDATE persona SET window_until = ?, window_left = ? WHERE openid = ?",
                    (now + _MESSAGE_WINDOW, _MESSAGES, openid),
                )
            else:
                db.execute(
                    "UPDATE persona SET touch_until = ?, touch_left = ? WHERE openid = ?",
                    (now + _TOUCH_WINDOW, _TOUCH_MESSAGES, openid),
                )

    def spend_message(self, openid: str) -> int:
        """Takes one message from what the account may send; 0, or the errcode that says why it may not."""
        with self._store.write() as db:
            # Open windows do not add up: a message counts against each of them.
            spent = db.execute(
                "UPDATE persona SET window_left = max(0, window_left - 1), touch_left = max(0, touch_left - 1)"
                " WHERE openid = :openid AND ((window_until > :now AND window_left > 0)"
                " OR (touch_until > :now AND touch_left > 0))",
                {"openid": openid, "now": self._clock()},
            )
            if spent.rowcount:
                return 0
            row = db.execute(
                "SELECT max(touch_until, window_until) AS until FROM persona WHERE openid = ?", (openid,)
            ).fetchone()
        return QUOTA_USED_UP if row is not None and row["until"] > self._clock() else OUTSIDE_WINDOW

    def send_template_once(self, openid: str, client_msg_id: str) -> tuple[int, bool]:
        """The message id of a template message and whether it is new: the same client id counts once in ten minutes."""
        now, msgid = self._clock(), secrets.randbelow(9 * 10**17) + 10**17
        with self._store.write() as db:
            db.execute("DELETE FROM sent_template WHERE at <= ?", (now - 600,))
            if not client_msg_id:
                return msgid, True
            added = db.execute(
                "INSERT OR IGNORE INTO sent_template (openid, client_msg_id, msgid, at) VALUES (?, ?, ?, ?)",
                (openid, client_msg_id, msgid, now),
            )
            row = db.execute(
                "SELECT msgid FROM sent_template WHERE openid = ? AND client_msg_id = ?", (openid, client_msg_id)
            ).fetchone()
        return row["msgid"], bool(added.rowcount)


def _openid(seed: str) -> str:
    return "oSIM" + hashlib.sha256(seed.encode()).hexdigest()[:24]
