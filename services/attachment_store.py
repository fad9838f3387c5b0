"""Where the bytes of attachments lie: sealed files under random names. A name says nothing, a file opens only with the keys."""

import os
import secrets
from pathlib import Path

from models.sealing import current_keyring

_CONTEXT = "attachment.file"


class AttachmentStore:
    """A folder of sealed files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, content: bytes) -> str:
        """Seals and writes `content`, on disk before it returns. Gives back the name to find it by.

        Raises OSError when the disk is full or read-only.
        """
        name = secrets.token_hex(16)
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_suffix(".part")
        with draft.open("wb") as file:
            file.write(current_keyring().seal(content, _CONTEXT))
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        return name

    def read(self, name: str) -> bytes:
        """The content. Raises FileNotFoundError, or SealError when the file was changed."""
        return current_keyring().open(self._path(name).read_bytes(), _CONTEXT)

    def remove(self, name: str) -> None:
        """Removes a file; one that is not there is no error."""
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        if len(name) != 32 or not set(name) <= set("0123456789abcdef"):
            raise FileNotFoundError(name)
        return self._folder / name[:2] / name
