"""Signatures and the AES envelope of the push protocol (wechat notes, 1.1 and 1.2). Opens and seals, decides nothing.

wechatpy's own crypto is not used for opening: it does not check the padding, compares with `!=`, and lets a dozen kinds of
exception out. Its signer is: it is the protocol's definition in four lines.
"""

import base64
import binascii
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
    signer.add_data(*parts)
    return str(signer.signature)


def same(one: str, other: str) -> bool:
    """Compares in constant time."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))


class Envelope:
    """Seals under the first key, opens under any: while the console changes the key, old pushes still arrive."""

    def __init__(self, token: str, app_id: str, aes_keys: tuple[str, ...]) -> None:
        """`aes_keys` are EncodingAESKeys of 43 characters. Raises ValueError for one that is none."""
        self._token = token
        self._app_id = app_id.encode()
        self._keys = tuple(_key(text) for text in aes_keys)

    def open(self, encrypted: str, signature: str, timestamp: str, nonce: str) -> bytes:
        """The document inside. Raises ProtocolError: signature (403), cipher, padding, length or app_id."""
        if not same(sign(self._token, timestamp, nonce, encrypted), signature):
            raise ProtocolError("msg_signature", 403)
        try:
            cipher_text = base64.b64decode(encrypted, validate=True)
        except (binascii.Error, ValueError) as error:
            raise ProtocolError("base64") from error
        if not cipher_text or len(cipher_text) % _BLOCK:
            raise ProtocolError("cipher_length")
        problem = ProtocolError("no_key")
        for key in self._keys:
            try:
                return self._open_with(key, cipher_text)
            except ProtocolError as error:
                problem = error
        raise problem

    def seal(self, document: bytes, timestamp: str, nonce: str) -> bytes:
        """The sealed reply as XML."""
        frame = secrets.token_bytes(_SALT) + struct.pack(">I", len(document)) + document + self._app_id
        missing = _BLOCK - len(frame) % _BLOCK
        encryptor = _cipher(self._keys[0]).encryptor()
        sealed = encryptor.update(frame + bytes([missing]) * missing) + encryptor.finalize()
        encrypted = base64.b64encode(sealed).decode()
        signature = sign(self._token, timestamp, nonce, encrypted)
        return (
            f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>"
            f"<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
        ).encode()

    def _open_with(self, key: bytes, cipher_text: bytes) -> bytes:
        decryptor = _cipher(key).decryptor()
        frame = decryptor.update(cipher_text) + decryptor.finalize()
        padding = frame[-1]
        if not 1 <= padding <= _BLOCK or frame[-padding:] != bytes([padding]) * padding:
            raise ProtocolError("padding")
        frame = frame[_SALT:-padding]
        if len(frame) < _LENGTH:
            raise ProtocolError("frame_length")
        (length,) = struct.unpack(">I", frame[:_LENGTH])
        document, app_id = frame[_LENGTH : _LENGTH + length], frame[_LENGTH + length :]
        if len(document) != length or not hmac.compare_digest(app_id, self._app_id):
            raise ProtocolError("app_id", 403)
        return document


def _key(text: str) -> bytes:
    # The last character of an EncodingAESKey may hold stray bits; the platform ignores them, so do we.
    if len(text) != 43 or not text.isascii():
        msg = "an EncodingAESKey has 43 characters"
        raise ValueError(msg)
    return base64.b64decode(text + "=")


def _cipher(key: bytes) -> Cipher[modes.CBC]:
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))
