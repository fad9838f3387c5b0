"""One file of any size that only the data keys open: sealed pieces, each bound to its file and its place.

A piece that was changed, left out, repeated or taken from another file does not open, and a file that was cut off has no
last piece. Built on `models.sealing`, which seals with AES-256-GCM; no cryptography of its own.
"""

import io
import secrets
import struct
from typing import BinaryIO

from models.sealing import SealError, current_keyring

_MAGIC = b"qiaomen sealed file 1\n"
_PIECE = 1 << 20
_LONGEST = _PIECE + 1024
_ID_LENGTH = 16


class BrokenFile(Exception):
    """The file is not one of ours, was cut off or changed, or belongs to other keys."""


class SealedWriter(io.RawIOBase):
    """A writable stream. Without `finish` the file is cut off, and every reader will say so."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._id = secrets.token_hex(_ID_LENGTH)
        self._waiting = bytearray()
        self._number = 0
        file.write(_MAGIC + self._id.encode())

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: object) -> int:
        """Takes bytes; whole pieces go to the file."""
        given = bytes(data)  # type: ignore[call-overload]
        self._waiting += given
        while len(self._waiting) > _PIECE:
            self._put(bytes(self._waiting[:_PIECE]), is_last=False)
            del self._waiting[:_PIECE]
        return len(given)

    def finish(self) -> None:
        """Writes the last piece."""
        self._put(bytes(self._waiting), is_last=True)
        self._waiting.clear()

    def _put(self, plain: bytes, *, is_last: bool) -> None:
        sealed = current_keyring().seal(plain, _context(self._id, self._number, is_last=is_last))
        self._file.write(struct.pack(">I?", len(sealed), is_last) + sealed)
        self._number += 1


class SealedReader(io.RawIOBase):
    """A readable stream of what `SealedWriter` wrote. Reading raises BrokenFile."""

    def __init__(self, file: BinaryIO) -> None:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise BrokenFile("not_a_backup")
        self._file = file
        self._id = file.read(2 * _ID_LENGTH).decode("ascii", "replace")
        self._ready = b""
        self._number = 0
        self._is_over = False

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fills what it can of `buffer`; 0 at the end."""
        while not self._ready and not self._is_over:
            self._ready = self._next()
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        given = self._ready[: len(view)]
        view[: len(given)] = given
        self._ready = self._ready[len(given) :]
        return len(given)

    def _next(self) -> bytes:
        head = self._file.read(5)
        if len(head) < 5:
            raise BrokenFile("cut_off")
        length, is_last = struct.unpack(">I?", head)
        sealed = self._file.read(length) if length <= _LONGEST else b""
        if len(sealed) < length:
            raise BrokenFile("cut_off" if length <= _LONGEST else "changed")
        try:
            plain = current_keyring().open(sealed, _context(self._id, self._number, is_last=is_last))
        except SealError as error:
            raise BrokenFile("other_keys" if self._number == 0 else "changed") from error
        self._number += 1
        if is_last:
            self._is_over = True
            if self._file.read(1):
                raise BrokenFile("changed")
        return plain


def _context(file_id: str, number: int, *, is_last: bool) -> str:
    return f"sealed file {file_id} {number} {'last' if is_last else 'more'}"
