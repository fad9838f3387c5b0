"""Columns that are unreadable in a dump: AES-256-GCM under keys that live in the settings, never in the database."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

_VERSION = b"\x01"
_KEY_ID_LENGTH = 4
_NONCE_LENGTH = 12


class SealError(Exception):
    """A sealed value cannot be opened: unknown key, or it was changed."""


class Keyring:
    """The data keys. The first seals, every key opens; each sealed value says which key it needs."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """`keys` are 32 bytes each. Raises ValueError for none or a wrong length."""
        if not keys or any(len(key) != 32 for key in keys):
            msg = "data keys must be 32 bytes each, at least one"
            raise ValueError(msg)
        self._by_id = {_key_id(key): AESGCM(key) for key in keys}
        self._first_id = _key_id(keys[0])
        # A key of its own for look-ups, so that a digest never gives away anything about a seal.
        self._digest_keys = [hashlib.sha256(b"qiaomen digest" + key).digest() for key in keys]

    @classmethod
    def from_base64(cls, text: str) -> "Keyring":
        """Reads the comma-separated base64 keys of the setting DATA_KEYS."""
        return cls([base64.b64decode(part.strip(), validate=True) for part in text.split(",") if part.strip()])

    def seal(self, plain: bytes, context: str) -> bytes:
        """Seals `plain`; `context` (the column) must be the same when it is opened."""
        nonce = secrets.token_bytes(_NONCE_LENGTH)
        head = _VERSION + self._first_id + nonce
        return head + self._by_id[self._first_id].encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """Opens what `seal` made. Raises SealError."""
        key_id, nonce = sealed[1 : 1 + _KEY_ID_LENGTH], sealed[1 + _KEY_ID_LENGTH : 1 + _KEY_ID_LENGTH + _NONCE_LENGTH]
        cipher = self._by_id.get(key_id)
        if sealed[:1] != _VERSION or cipher is None:
            msg = f"no key for a sealed value of {context}"
            raise SealError(msg)
        try:
            return cipher.decrypt(nonce, sealed[1 + _KEY_ID_LENGTH + _NONCE_LENGTH :], context.encode())
        except InvalidTag as error:
            msg = f"a sealed value of {context} was changed"
            raise SealError(msg) from error

    def digests(self, value: str) -> list[str]:
        """Keyed digests of `value` for look-ups, the first under the key that seals now (hex, 64 characters)."""
        return [hmac.new(key, value.encode(), hashlib.sha256).hexdigest() for key in self._digest_keys]


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


class SealedBytes(TypeDecorator[bytes]):
    """Bytes, sealed. `context` is the column's name, bound to the value so that it cannot be moved elsewhere."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, context: str) -> None:
        super().__init__()
        self.context = context

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """Seals on the way to the database."""
        return None if value is None else current_keyring().seal(self.dump(value), self.context)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Opens on the way back."""
        return None if value is None else self.load(current_keyring().open(value, self.context))

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
