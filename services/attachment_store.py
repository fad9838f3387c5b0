"""Where the bytes of attachments lie: sealed files under random names. A name says nothing, a file opens only with the keys."""

import errno
import os
import re
import secrets
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from domain.errors import DamagedFile, StorageFailed
from models.sealing import HEAD, SealError, current_keyring

_CONTEXT = "attachment.file"
PARTS = 256  # folders, by the first two digits of a name
_OURS = re.compile(r"[0-9a-f]{32}(\.part)?")
_WRITTEN = "attachment files of this transaction"


class AttachmentStore:
    """A folder of sealed files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, content: bytes) -> str:
        """Seals and writes `content`, on disk before it returns. Gives back the name to find it by.

        Raises StorageFailed when the disk is full or read-only.
        """
        name = secrets.token_hex(16)
        self._write(name, current_keyring().seal(content, _CONTEXT))
        return name

    def reseal(self, name: str) -> bool:
        """Seals a file anew under the suite and the key that seal now; False when it is already, or not there."""
        try:
            sealed = self._path(name).read_bytes()
        except FileNotFoundError:
            return False
        start, length = HEAD
        if sealed[start - 1 : start - 1 + length] == current_keyring().first_head:
            return False
        self._write(name, current_keyring().reseal(sealed, _CONTEXT))
        return True

    def read(self, name: str) -> bytes:
        """The content. Raises DamagedFile when the file is gone or was changed."""
        try:
            return current_keyring().open(self._path(name).read_bytes(), _CONTEXT)
        except (OSError, SealError) as error:
            raise DamagedFile(name) from error

    def remove(self, name: str) -> None:
        """Removes a file; one that is not there is no error."""
        self._path(name).unlink(missing_ok=True)

    def sweep(self, part: int, before: datetime, named: Callable[[Collection[str]], Collection[str]]) -> int:
        """Removes files of one of `PARTS` folders that came there before a moment and that nobody names.

        `named` gives back those of some names that somebody does. Gives back how many went.
        """
        came = {path.name: path for path in (self._folder / f"{part:02x}").glob("*") if _came_before(path, before)}
        left = came.keys() - set(named(came))
        for name in left:
            came[name].unlink(missing_ok=True)
        return len(left)

    def _write(self, name: str, sealed: bytes) -> None:
        """On disk when it returns: the bytes, and the folder's knowledge of their name. Raises StorageFailed."""
        try:
            self._write_now(self._path(name), sealed)
        except OSError as error:
            raise StorageFailed(errno.errorcode.get(error.errno or 0, "OSError")) from error

    @staticmethod
    def _write_now(path: Path, sealed: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_suffix(".part")
        draft.touch(mode=0o600)  # sealed, and nobody else's on this machine all the same
        with draft.open("wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _path(self, name: str) -> Path:
        if len(name) != 32 or not set(name) <= set("0123456789abcdef"):
            raise FileNotFoundError(name)
        return self._folder / name[:2] / name


def _came_before(path: Path, moment: datetime) -> bool:
    """By when the file came into this folder, not by the time it carries: one put back from a backup is new here."""
    try:
        return _OURS.fullmatch(path.name) is not None and path.stat().st_ctime < moment.timestamp()
    except FileNotFoundError:
        return False


def keep_with(session: Session, store: AttachmentStore, content: bytes) -> str:
    """Keeps a file that belongs to the session's transaction: if that is rolled back, the file goes too."""
    name = store.keep(content)
    session.info.setdefault(_WRITTEN, []).append((store, name))
    return name


def keep_files(session: Session) -> None:
    """After a commit: the files of the transaction stay."""
    if not session.in_nested_transaction():
        session.info.pop(_WRITTEN, None)


def forget_files(session: Session) -> None:
    """After a roll-back: no row names these files, nobody could ever open or destroy them."""
    if not session.in_nested_transaction():
        for store, name in session.info.pop(_WRITTEN, []):
            store.remove(name)
