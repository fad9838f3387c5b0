"""Signatures and the AES envelope of the push protocol (wechat notes, 1.1 and 1.2). Opens and seals, decides nothing.

wechatpy's own crypto is not used for opening: it does not check the padding, compares with `!=`, and lets a dozen kinds of
exception out. Its signer is: it is the protocol's definition in four lines.
"""

import base64
import hmac
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from wechatpy.utils import WeChatSigner

_SALT, _LENGTH, _BLOCK = 16, 4, 32


class ProtocolError(Exception):
    """What came is not a valid push. `reason` is a code for the log, `status` the HTTP answer."""

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


def sign(*parts: str) -> str:
    """SHA-1 of the parts, sorted and joined (hex)."""
    signer = WeChatSigner()
    # As bytes: its own conversion refuses lone surrogates with an exception of its own.
    signer.add_data(*map(_bytes, parts))
    return str(signer.signature)


def same(one: str, other: str) -> bool:
    """Compares in constant time."""
    return hmac.compare_digest(_bytes(one), _bytes(other))


class Envelope:
    """Seals and opens under one key of one account."""

    def __init__(self, token: str, app_id: str, aes_key: str) -> None:
        """`aes_key` is an EncodingAESKey of 43 characters. Raises ValueError for one that is none."""
        self._token = token
        self._app_id = app_id.encode()
        self._key = _key(aes_key)

    def open(self, encrypted: str, signature: str, timestamp: str, nonce: str) -> bytes:
        """The document inside. Raises ProtocolError: msg_signature and app_id (403), base64, cipher or frame (400)."""
        if not same(sign(self._token, timestamp, nonce, encrypted), signature):
            raise ProtocolError("msg_signature", 403)
        try:
            cipher_text = base64.b64decode(encrypted, validate=True)
        except ValueError as error:
            raise ProtocolError("base64") from error
        if not cipher_text or len(cipher_text) % _BLOCK:
            raise ProtocolError("cipher_length")
        decryptor = self._cipher().decryptor()
        return self._unpack(decryptor.update(cipher_text) + decryptor.finalize())

    def seal(self, document: bytes, timestamp: str, nonce: str) -> bytes:
        """The sealed reply as XML."""
        frame = secrets.token_bytes(_SALT) + struct.pack(">I", len(document)) + document + self._app_id
        missing = _BLOCK - len(frame) % _BLOCK
        encryptor = self._cipher().encryptor()
        sealed = encryptor.update(frame + bytes([missing]) * missing) + encryptor.finalize()
        encrypted = base64.b64encode(sealed).decode()
        signature = sign(self._token, timestamp, nonce, encrypted)
        return (
            f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>"
            f"<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
        ).encode()

    def _unpack(self, frame: bytes) -> bytes:
        padding = frame[-1]
        if not 1 <= padding <= _BLOCK or frame[-padding:] != bytes([padding]) * padding:
            raise ProtocolError("padding")
        frame = frame[_SALT:-padding]
        if len(frame) < _LENGTH:
            raise ProtocolError("frame_length")
        (length,) = struct.unpack(">I", frame[:_LENGTH])
        document, app_id = frame[_LENGTH : _LENGTH + length], frame[_LENGTH + length :]
        if len(document) != length:
            raise ProtocolError("frame_length")
        if not hmac.compare_digest(app_id, self._app_id):
            raise ProtocolError("app_id", 403)
        return document

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))


def _key(text: str) -> bytes:
    # The last of the 43 characters may hold stray bits (it does in the platform's own sample): they are ignored.
    try:
        key = base64.b64decode(text + "=", validate=True)
    except ValueError:
        key = b""
    if len(key) != 32:
        msg = "an EncodingAESKey has 43 characters of base64"
        raise ValueError(msg)
    return key


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
