"""Whether a request really comes from the platform, now, for this account. Knows signatures and time, not what is said."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
    """The account that pushes come for. With an AES key, plaintext pushes are refused.

    `account` is its gh_ id ("" for any). `aes_keys` holds the key in force, then the previous one: while the console changes
    it, pushes under the old one still arrive. Raises ValueError without a token, or for a key that is none.
    """

    token: str = field(repr=False)
    app_id: str
    account: str = ""
    aes_keys: tuple[str, ...] = field(default=(), repr=False)
    freshness_seconds: int = 600
    max_body: int = 256 * 1024

    def __post_init__(self) -> None:
        """Looks at the secrets now, so that a bad one stops the start and not the first push."""
        if not self.token:
            msg = "an account needs a token: without one anybody could sign"
            raise ValueError(msg)
        _ = self.envelopes

    @cached_property
    def envelopes(self) -> tuple[Envelope, ...]:
        """One for each key; none in plaintext mode."""
        return tuple(Envelope(self.token, self.app_id, key) for key in self.aes_keys)


@dataclass(frozen=True, slots=True)
class Opened:
    """A push whose origin is certain.

    `openid` is whom the query names ("" if nobody): the document must come from the same person. `envelope` is what opened
    it and what the platform wants the reply sealed with; None for a plaintext push, whose `signature` covers no body.
    """

    document: bytes
    openid: str
    envelope: Envelope | None
    signature: str = ""


def check_echo(account: WeChatAccount, query: Query, now: datetime) -> str:
    """The echo string to answer when the address is switched on. Raises ProtocolError."""
    _check_signature(account, query, now)
    echo = _value(query, "echostr")
    if not _ECHO.fullmatch(echo):
        raise ProtocolError("echostr")
    return echo


def open_push(account: WeChatAccount, query: Query, body: bytes, now: datetime) -> Opened:
    """The document of a push. Raises ProtocolError: 403 for what is not from the platform, 400 for what is malformed."""
    _check_signature(account, query, now)
    if not account.envelopes:
        if _value(query, "encrypt_type") == "aes":
            raise ProtocolError("no_aes_key", 403)
        return Opened(body, _value(query, "openid"), None, _value(query, "signature"))
    # The plain signature covers no body: without this one anybody who saw one address could write as anybody.
    if not _value(query, "msg_signature"):
        raise ProtocolError("plaintext_refused", 403)
    encrypted = read_elements(body).get("Encrypt")
    if not isinstance(encrypted, str) or not encrypted.strip():
        raise ProtocolError("no_encrypt")
    # In compatible mode the body also holds plain fields: nobody signed them, nobody reads them.
    return _open_sealed(account, query, encrypted.strip())


def _open_sealed(account: WeChatAccount, query: Query, encrypted: str) -> Opened:
    signature, timestamp, nonce = (_value(query, name) for name in ("msg_signature", "timestamp", "nonce"))
    refusals = []
    for envelope in account.envelopes:
        try:
            document = envelope.open(encrypted, signature, timestamp, nonce)
        except ProtocolError as refusal:
            refusals.append(refusal)
        else:
            return Opened(document, _value(query, "openid"), envelope)
    raise refusals[0]


def _check_signature(account: WeChatAccount, query: Query, now: datetime) -> None:
    # Which of two values was meant cannot be known, and another program on the way may choose the other one.
    if any(len(values) != 1 for values in query.values()):
        raise ProtocolError("query_doubled", 403)
    timestamp, nonce = _value(query, "timestamp"), _value(query, "nonce")
    # Exactly ten digits: the signature joins without separators, so digits could move between timestamp and nonce.
    if not _TIMESTAMP.fullmatch(timestamp):
        raise ProtocolError("timestamp", 403)
    if not _NONCE.fullmatch(nonce):
        raise ProtocolError("nonce", 403)
    if not same(sign(account.token, timestamp, nonce), _value(query, "signature")):
        raise ProtocolError("signature", 403)
    if abs(now.timestamp() - int(timestamp)) > account.freshness_seconds:
        raise ProtocolError("stale", 403)


def _value(query: Query, name: str) -> str:
    return query.get(name, [""])[0]
