"""Files that a browser saves: in pieces, named, never kept by a cache."""

from collections.abc import Iterator
from typing import IO
from urllib.parse import quote

from flask import Response

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CHUNK = 64 << 10


def download(file: IO[bytes] | bytes, filename: str, content_type: str) -> Response:
    """The answer with this file; an open one is closed when its last piece has left."""
    response = Response(file if isinstance(file, bytes) else _pieces(file), content_type=content_type)
    # Headers are Latin letters; the form of RFC 6266 says the rest.
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename)}"
    response.headers["Cache-Control"] = "no-store"
    return response


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_CHUNK):
            yield piece
