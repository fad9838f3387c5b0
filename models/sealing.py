"""Columns that are unreadable in a dump: AES-256-GCM (or SM4-GCM) under keys that live in the settings, never in the database."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from enum import Enum
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import ColumnElement, Dialect, LargeBinary, type_coerce
from sqlalchemy.types import TypeDecorator

from models.cipher_suites import TAGS, suites_of

_KEY_ID_LENGTH = 4
_NONCE_LENGTH = 12
_TAG_LENGTH = 16
# Where suite and key are named in a sealed value: first byte counted from 1, and length, as SQL's substr takes them.
_HEAD_LENGTH = 1 + _KEY_ID_LENGTH
HEAD = (1, _HEAD_LENGTH)


class SealError(Exception):
    """A sealed value cannot be opened: unknown key, or it was changed."""


class Keyring:
    """The data keys. The first seals, every key opens; each sealed value says which suite and which key it needs."""

    def __init__(self, keys: Sequence[bytes], suite: str = "aes-256-gcm") -> None:
        """`keys` are 32 bytes each; `suite` seals, every suite opens. Raises ValueError for no key or a wrong length."""
        if not keys or any(len(key) != 32 for key in keys):
            msg = "data keys must be 32 bytes each, at least one"
            raise ValueError(msg)
        self._by_head = {tag + _key_id(key): cipher for key in keys for tag, cipher in suites_of(key).items()}
        self._first_id = _key_id(keys[0])
        self._first_head = TAGS[suite] + self._first_id
        # A key of its own for look-ups, so that a digest never gives away anything about a seal.
        self._digest_keys = [hashlib.sha256(b"qiaomen digest" + key).digest() for key in keys]
        # And one to sign with. Whoever holds a signed line needs only the public half to check it.
        self._signers = [
            Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"qiaomen signature" + key).digest()) for key in keys
        ]

    @classmethod
    def from_base64(cls, text: str, suite: str = "aes-256-gcm") -> "Keyring":
        """Reads the comma-separated base64 keys of the setting DATA_KEYS; `suite` is the setting CIPHER."""
        return cls([base64.b64decode(part.strip(), validate=True) for part in text.split(",") if part.strip()], suite)

    def seal(self, plain: bytes, context: str) -> bytes:
        """Seals `plain`; `context` (the column) must be the same when it is opened."""
        nonce = secrets.token_bytes(_NONCE_LENGTH)
        cipher = self._by_head[self._first_head]
        return self._first_head + nonce + cipher.encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """Opens what `seal` made. Raises SealError."""
        start = _HEAD_LENGTH + _NONCE_LENGTH
        nonce, ciphertext = sealed[_HEAD_LENGTH:start], sealed[start:]
        cipher = self._by_head.get(sealed[:_HEAD_LENGTH])
        if cipher is None or len(ciphertext) < _TAG_LENGTH:
            msg = f"no key for a sealed value of {context}"
            raise SealError(msg)
        try:
            return cipher.decrypt(nonce, ciphertext, context.encode())
        except InvalidTag as error:
            msg = f"a sealed value of {context} was changed"
            raise SealError(msg) from error

    def digests(self, value: str) -> list[str]:
        """Keyed digests of `value` for look-ups, the first under the key that seals now (hex, 64 characters)."""
        return [hmac.new(key, value.encode(), hashlib.sha256).hexdigest() for key in self._digest_keys]

    @property
    def first_id(self) -> bytes:
        """The name of the key that seals now."""
        return self._first_id

    @property
    def first_head(self) -> bytes:
        """What the values sealed now carry in the bytes `HEAD`: the suite and the key."""
        return self._first_head

    def reseal(self, sealed: bytes, context: str) -> bytes:
        """The same value under the key that seals now. Raises SealError."""
        return self.seal(self.open(sealed, context), context)

    def sign(self, message: str) -> tuple[str, str]:
        """Public key and signature (Ed25519, hexadecimal) of `message` under the key that seals now."""
        signer = self._signers[0]
        return signer.public_key().public_bytes_raw().hex(), signer.sign(message.encode()).hex()

    def is_signed(self, message: str, public_key: str, signature: str) -> bool:
        """Whether the signature is right, by whichever key. Raises nothing for what is not even hexadecimal."""
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(
                bytes.fromhex(signature), message.encode()
            )
        except (InvalidSignature, ValueError):
            return False
        return True


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"qiaomen key id" + key).digest()[:_KEY_ID_LENGTH]


class _Ring:
    """The keyring of this process: a mapped column cannot be handed one, so it is set once at start."""

    current: Keyring | None = None


def use_keyring(keyring: Keyring) -> None:
    """Sets the keyring that all sealed columns of this process use."""
    _Ring.current = keyring


def current_keyring() -> Keyring:
    """The keyring of this process. Raises SealError before `use_keyring`."""
    if _Ring.current is None:
        msg = "no keyring: call use_keyring first"
        raise SealError(msg)
    return _Ring.current


class Damaged(Enum):
    """What `forgiving` reads in place of a value that cannot be opened."""

    VALUE = "damaged"


class SealedBytes(TypeDecorator[bytes]):
    """Bytes, sealed. `context` is the column's name, bound to the value so that it cannot be moved elsewhere."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, context: str, *, forgives: bool = False) -> None:
        super().__init__()
        self.context = context
        self.forgives = forgives

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """Seals on the way to the database."""
        return None if value is None else current_keyring().seal(self.dump(value), self.context)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Opens on the way back. Raises SealError, or gives `Damaged.VALUE` if it forgives."""
        if value is None:
            return None
        try:
            return self.load(current_keyring().open(value, self.context))
        except SealError:
            if self.forgives:
                return Damaged.VALUE
            raise

    def dump(self, value: Any) -> bytes:
        """The value as bytes."""
        return bytes(value)

    def load(self, plain: bytes) -> Any:
        """The bytes as the value."""
        return plain


class SealedText(SealedBytes):
    """Text, sealed."""

    cache_ok = True

    def dump(self, value: Any) -> bytes:
        return str(value).encode("utf-8", "surrogatepass")

    def load(self, plain: bytes) -> Any:
        return plain.decode("utf-8", "surrogatepass")


class SealedJson(SealedBytes):
    """Anything JSON can hold, sealed. Assign a new value to change it: changes inside are not noticed."""

    cache_ok = True

    def dump(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")

    def load(self, plain: bytes) -> Any:
        return json.loads(plain.decode("utf-8", "surrogatepass"))


def forgiving(column: Any) -> ColumnElement[Any]:
    """A sealed column of which a value that cannot be opened is read as `Damaged.VALUE`: where many rows are read, one stops no other."""
    sealed: SealedBytes = column.type
    return type_coerce(column, type(sealed)(sealed.context, forgives=True)).label(column.key)
