"""What somebody was sending when his sign-in ended: carried through the sign-in by his own browser, kept nowhere.

It stands in hidden fields of the sign-in form and is shown to him again afterwards; he sends it himself, with a press.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import request

_PREFIX = "resume."
_ADDRESS = "resume-to"
# Of the form or the page, not of the person.
_NOT_WRITTEN = frozenset({"csrf_token", "version", "stage", "query"})


@dataclass(frozen=True, slots=True)
class Unsent:
    """Where a form was sent to, and its fields."""

    address: str
    fields: Mapping[str, str]

    @property
    def hidden(self) -> Mapping[str, str]:
        """The fields of the sign-in form that carry it."""
        return {_ADDRESS: self.address, **{_PREFIX + name: value for name, value in self.fields.items()}}

    @property
    def written(self) -> Mapping[str, str]:
        """What the person wrote or chose."""
        return {name: value for name, value in self.fields.items() if name not in _NOT_WRITTEN and value.strip()}


def of_request() -> Unsent | None:
    """What this request wanted to do to a case, if somebody wrote something for it."""
    if request.method != "POST" or not request.path.startswith("/admin/cases/"):
        return None
    unsent = Unsent(request.path, {name: value for name, value in request.form.items() if name != "csrf_token"})
    return unsent if unsent.written and not request.path.endswith("/draft") else None


def carried() -> Unsent | None:
    """What the sign-in form carries. Only to pages about cases: the address comes from a form."""
    address = request.form.get(_ADDRESS, "")
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or "\\" in address or not parts.path.startswith("/admin/cases/"):
        return None
    fields = {n.removeprefix(_PREFIX): value for n, value in request.form.items() if n.startswith(_PREFIX)}
    return Unsent(parts.path, fields)
