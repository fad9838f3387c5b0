"""Starts `services/converter.py` for one file and takes what it gives back, never more and never for longer than allowed."""

import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore, Timer
from typing import IO, cast

import structlog

from domain.errors import InvalidInput, StorageFailed
from domain.terms import AttachmentKind
from services import converter

log = structlog.get_logger(__name__)

_PROGRAM = Path(converter.__file__)
_SECONDS = 60  # on the clock; the program's own limit is on the processor's
# Each may take its share of memory: a flood of pictures waits instead of filling the machine.
_AT_ONCE = BoundedSemaphore(2)
_REASONS = {converter.BROKEN: "broken", converter.TOO_LARGE: "too_large", converter.ENCRYPTED: "encrypted"}


@dataclass(frozen=True, slots=True)
class Copy:
    """What is shown instead of a file. Of a document: how many pages it has, and of how many the copy holds pictures."""

    content: bytes
    pages: int | None = None
    pages_shown: int | None = None


def copy_for_display(content: bytes, kind: AttachmentKind, content_type: str) -> Copy:
    """What a browser shows or plays of a recording or a document.

    Raises InvalidInput with a word for staff: copy_broken, copy_too_large, copy_encrypted.
    """
    try:
        return (
            pictured_pages(content) if kind is AttachmentKind.DOCUMENT else Copy(playable_voice(content, content_type))
        )
    except InvalidInput as error:
        raise InvalidInput("attachment", f"copy_{error.reason}") from error


def clean_picture(content: bytes) -> bytes:
    """A picture for display (JPEG or PNG) without what its maker did not mean to tell. Raises InvalidInput."""
    return _convert(content, "image")


def playable_voice(content: bytes, content_type: str) -> bytes:
    """A recording as MP3. Raises InvalidInput for one that cannot be decoded."""
    return _convert(content, "voice", content_type)


def pictured_pages(content: bytes) -> Copy:
    """The first pages of a PDF as pictures. Raises InvalidInput for one that cannot be drawn or wants a password."""
    copy = _convert(content, "document")
    pages, pictures = read_pages(copy)
    return Copy(copy, pages, len(pictures))


def read_pages(copy: bytes) -> tuple[int, tuple[bytes, ...]]:
    """How many pages a document has, and the pictures of the first of them. Raises InvalidInput for what is no such copy."""
    pages, start = int.from_bytes(copy[:4], "big"), 4
    pictures = []
    while start < len(copy):
        end = start + 4 + int.from_bytes(copy[start : start + 4], "big")
        pictures.append(copy[start + 4 : end])
        start = end
    if start != len(copy) or not 0 < len(pictures) <= pages or not all(map(_is_jpeg, pictures)):
        raise InvalidInput("attachment", "broken")
    return pages, tuple(pictures)


def _is_jpeg(picture: bytes) -> bool:
    return picture.startswith(b"\xff\xd8\xff")


def _convert(content: bytes, *arguments: str) -> bytes:
    # No variable of ours goes along: the settings hold the data keys.
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}
    with _AT_ONCE:
        try:
            process = subprocess.Popen(  # noqa: S603  (our own program, fixed words)
                [sys.executable, "-I", "-B", str(_PROGRAM), *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                cwd="/",
            )
        except OSError as error:
            raise StorageFailed("converter") from error
        shown = _talk(process, content)
    if process.returncode == 0 and 0 < len(shown) <= converter.MAX_OUTPUT:
        return shown
    reason = _REASONS.get(process.returncode, "broken")
    log.info("not_converted", what=arguments[0], code=process.returncode, reason=reason)
    raise InvalidInput("attachment", reason)


def _talk(process: subprocess.Popen[bytes], content: bytes) -> bytes:
    """Gives the file, takes the answer; the program reads all before it writes anything, so neither waits for the other."""
    to, back = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
    alarm = Timer(_SECONDS, process.kill)
    alarm.start()
    try:
        with suppress(BrokenPipeError):  # it may end before it has read all; its exit code says why
            to.write(content)
        with suppress(BrokenPipeError):
            to.close()
        with back:
            return back.read(converter.MAX_OUTPUT + 1)
    finally:
        # A pipe closed on it ends a program that writes too much; whatever else happens, the alarm ends it.
        process.wait()
        alarm.cancel()
