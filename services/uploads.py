"""Files that came with a form, of the public site or of the console: how many, how large, what they claim to be.

What they are, `services/content.py` looks at; how they are kept, `services/attachments.py` knows.
"""

from collections.abc import Sequence
from os import SEEK_END
from typing import IO, Protocol, TypeVar

from domain.errors import InvalidInput
from domain.terms import AttachmentKind
from services.content import MAX_BYTES, kind_of_label

MAX_TOTAL = 20 * 1024 * 1024  # bytes of all files together, as the pages say
MAX_FILES = 5


class Uploaded(Protocol):
    """A file of a form as the web framework holds it."""

    filename: str | None
    stream: IO[bytes]

    @property
    def mimetype(self) -> str: ...


F = TypeVar("F", bound=Uploaded)


def given_files(files: Sequence[F | str] | None) -> list[F]:
    """What was chosen; a form that was not sent as one with files holds names instead."""
    return [file for file in files or [] if not isinstance(file, str) and file.filename]


def are_too_large(files: Sequence[Uploaded]) -> bool:
    """Whether files are larger together than a form may bring."""
    return sum(_size(file) for file in files) > MAX_TOTAL


def read_uploads(files: Sequence[Uploaded]) -> list[tuple[bytes, AttachmentKind]]:
    """The bytes of files, with the kind their label claims. Raises InvalidInput for too many."""
    if len(files) > MAX_FILES:
        raise InvalidInput("files", "too_many")
    return [(file.stream.read(MAX_BYTES + 1), kind_of_label(file.mimetype)) for file in files]


def _size(file: Uploaded) -> int:
    size = file.stream.seek(0, SEEK_END)
    file.stream.seek(0)
    return size
