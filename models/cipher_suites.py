"""Ways to seal a value so that it can neither be read nor changed: AES-256-GCM, and SM4-GCM for those who must (ADR 0014)."""

from typing import Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_TAG_LENGTH = 16


class Suite(Protocol):
    """Seals and opens under one key. `decrypt` raises cryptography's InvalidTag for anything that was changed."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes: ...


class Sm4Gcm:
    """SM4 (GB/T 32907) in Galois counter mode, as in RFC 8998. Its key has 16 bytes: derived from a data key over SM3."""

    def __init__(self, key: bytes) -> None:
        derived = HKDF(algorithm=hashes.SM3(), length=16, salt=None, info=b"qiaomen sm4-gcm").derive(key)
        self._algorithm = algorithms.SM4(derived)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes:
        """Ciphertext and tag."""
        encryptor = Cipher(self._algorithm, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated_data)
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes:
        """The plain bytes, given away only after the tag was found right."""
        tag = data[-_TAG_LENGTH:]
        decryptor = Cipher(self._algorithm, modes.GCM(nonce, tag, min_tag_length=_TAG_LENGTH)).decryptor()
        decryptor.authenticate_additional_data(associated_data)
        plain = decryptor.update(data[:-_TAG_LENGTH])
        return plain + decryptor.finalize()


def suites_of(key: bytes) -> dict[bytes, Suite]:
    """Every suite under this key, by the first byte of what it seals."""
    return {TAGS["aes-256-gcm"]: AESGCM(key), TAGS["sm4-gcm"]: Sm4Gcm(key)}


TAGS = {"aes-256-gcm": b"\x01", "sm4-gcm": b"\x02"}
