"""Signatures and the AES envelope of the push protocol, written from the platform's description and nobody's library."""

import base64
import binascii
import hashlib
import hmac
import secrets
import struct
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

_BLOCK = 32  # the padding goes to 32, although AES works on 16
_SALT = 16
_LENGTH = 4


class BadEnvelope(Exception):
    """What was to be opened is not an envelope of this account."""


def sign(*parts: str) -> str:
    """SHA-1 over the sorted parts joined without separators, as the protocol has it."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed document and what its signature covers."""

    encrypt: str
    signature: str
    timestamp: str
    nonce: str


class Envelope:
    """Seals and opens documents of one account."""

    def __init__(self, token: str, app_id: str, aes_key: str) -> None:
        """`aes_key` is the account's EncodingAESKey, 43 characters. Raises ValueError if it is none."""
        self._token = token
        self._app_id = app_id.encode()
        self._key = base64.b64decode(aes_key + "=")
        if len(self._key) != 32:
            raise ValueError("EncodingAESKey must have 43 characters")

    def seal(self, document: str, timestamp: str, nonce: str) -> Sealed:
        """The document under a fresh salt: the same one looks different each time."""
        body = document.encode()
        frame = secrets.token_bytes(_SALT) + struct.pack(">I", len(body)) + body + self._app_id
        missing = _BLOCK - len(frame) % _BLOCK
        encryptor = self._cipher().encryptor()
        sealed = encryptor.update(frame + bytes([missing]) * missing) + encryptor.finalize()
        encrypt = base64.b64encode(sealed).decode()
        return Sealed(encrypt, sign(self._token, timestamp, nonce, encrypt), timestamp, nonce)

    def open(self, sealed: Sealed) -> bytes:
        """The document inside. Raises BadEnvelope for a wrong signature, padding, length or account."""
        expected = sign(self._token, sealed.timestamp, sealed.nonce, sealed.encrypt)
        if not hmac.compare_digest(expected.encode(), sealed.signature.encode()):
            raise BadEnvelope("signature")
        try:
            decryptor = self._cipher().decryptor()
            frame = decryptor.update(base64.b64decode(sealed.encrypt, validate=True)) + decryptor.finalize()
        except (binascii.Error, ValueError) as error:
            raise BadEnvelope("cipher text") from error
        padding = frame[-1] if frame else 0
        if not 1 <= padding <= _BLOCK or frame[-padding:] != bytes([padding]) * padding:
            raise BadEnvelope("padding")
        frame = frame[_SALT:-padding]
        if len(frame) < _LENGTH:
            raise BadEnvelope("length")
        (length,) = struct.unpack(">I", frame[:_LENGTH])
        if frame[_LENGTH + length :] != self._app_id:
            raise BadEnvelope("account")
        return frame[_LENGTH : _LENGTH + length]

    def _cipher(self) -> Cipher[CBC]:
        return Cipher(AES(self._key), CBC(self._key[:16]))
