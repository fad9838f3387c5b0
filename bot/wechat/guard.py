"""Whether a request really comes from the platform, now, for this account. Knows signatures and time, not what is said."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from bot.wechat.document import read_elements
from bot.wechat.envelope import Envelope, ProtocolError, same, sign

_TIMESTAMP = re.compile(r"[0-9]{10}", re.ASCII)
_NONCE = re.compile(r"[\x21-\x7e]{1,64}")
# What the platform sends is digits; the alphabet is a little wider and holds nothing a browser would act on.
_ECHO = re.compile(r"[A-Za-z0-9_+/=.-]{1,128}", re.ASCII)

Query = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class WeChatAccount:
    """The account that pushes come for. With an AES key, plaintext pushes are refused."""

    token: str
    app_id: str
    account: str = ""
    aes_keys: tuple[str, ...] = ()
    freshness_seconds: int = 600
    max_body: int = 256 * 1024

    @cached_property
    def envelope(self) -> Envelope | None:
        """The envelope of this account; None in plaintext mode."""
        return Envelope(self.token, self.app_id, self.aes_keys) if self.aes_keys else None


@dataclass(frozen=True, slots=True)
class Opened:
    """A push whose origin is certain: the document, and the openid of the query that it must come from ("" if none)."""

    document: bytes
    openid: str


def check_echo(account: WeChatAccount, query: Query, now: datetime) -> str:
    """The echo string to answer when the address is switched on. Raises ProtocolError."""
    _check_signature(account, query, now)
    echo = _one(query, "echostr")
    if not _ECHO.fullmatch(echo):
        raise ProtocolError("echostr")
    return echo


def open_push(account: WeChatAccount, query: Query, body: bytes, now: datetime) -> Opened:
    """The document of a push. Raises ProtocolError: 403 for what is not from the platform, 400 for what is malformed."""
    timestamp, nonce = _check_signature(account, query, now)
    openid = _optional(query, "openid")
    if account.envelope is None:
        if _optional(query, "encrypt_type") == "aes":
            raise ProtocolError("no_aes_key", 403)
        return Opened(body, openid)
    # The plain signature covers no body: without this one anybody who saw one address could write as anybody.
    signature = _optional(query, "msg_signature")
    if not signature:
        raise ProtocolError("plaintext_refused", 403)
    elements = read_elements(body)
    encrypted = elements.get("Encrypt")
    if not isinstance(encrypted, str) or not encrypted.strip():
        raise ProtocolError("no_encrypt")
    # In compatible mode the body also holds plain fields: nobody signed them, nobody reads them.
    return Opened(account.envelope.open(encrypted.strip(), signature, timestamp, nonce), openid)


def _check_signature(account: WeChatAccount, query: Query, now: datetime) -> tuple[str, str]:
    timestamp, nonce, signature = _one(query, "timestamp"), _one(query, "nonce"), _one(query, "signature")
    # Exactly ten digits: the signature joins without separators, so digits could move between timestamp and nonce.
    if not _TIMESTAMP.fullmatch(timestamp):
        raise ProtocolError("timestamp", 403)
    if not _NONCE.fullmatch(nonce):
        raise ProtocolError("nonce", 403)
    if not same(sign(account.token, timestamp, nonce), signature):
        raise ProtocolError("signature", 403)
    if abs(now.timestamp() - int(timestamp)) > account.freshness_seconds:
        raise ProtocolError("stale", 403)
    return timestamp, nonce


def _one(query: Query, name: str) -> str:
    values = query.get(name, ())
    if len(values) != 1:
        raise ProtocolError(f"query_{name}", 403)
    return values[0]


def _optional(query: Query, name: str) -> str:
    values = query.get(name, ())
    if len(values) > 1:
        raise ProtocolError(f"query_{name}", 403)
    return values[0] if values else ""
