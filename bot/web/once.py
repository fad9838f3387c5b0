"""The same form sent twice (two clicks, a reload, a retry of the browser) is one report, and its answer is the same page.

The form carries a random key. Key and content together make the digest that is unique in the database, and the query code:
a repeat is shown the code again without its being stored anywhere, and only to who holds both. Corrected content under the
same key is another sending: nobody's correction is taken for a repeat.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Self

from flask import current_app
from werkzeug.datastructures import FileStorage

from bot.web.forms import ReportForm
from domain.values import QUERY_CODE_DIGITS

_CONTENT = ("statement", "unit", "person", "when", "where", "signing", "name", "contact")


@dataclass(frozen=True, slots=True)
class Sending:
    """What is stored of a sent form to know it again, and the query code of its case in clear."""

    digest: str
    code: str = field(repr=False)

    @classmethod
    def of(cls, form: ReportForm, files: list[FileStorage]) -> Self:
        """Reads the files once and leaves them at their beginning."""
        content = [form.once.data, *(form[name].data for name in _CONTENT), *map(_digest, files)]
        message = json.dumps(content).encode()
        number = int.from_bytes(_keyed(b"code", message)) % 10**QUERY_CODE_DIGITS
        return cls(_keyed(b"sending", message).hex(), f"{number:0{QUERY_CODE_DIGITS}}")


def _digest(file: FileStorage) -> str:
    digest = hashlib.sha256()
    while piece := file.stream.read(1 << 20):
        digest.update(piece)
    file.stream.seek(0)
    return digest.hexdigest()


def _keyed(purpose: bytes, message: bytes) -> bytes:
    return hmac.digest(str(current_app.secret_key).encode(), purpose + b"\0" + message, "sha256")
