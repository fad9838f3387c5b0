"""What the platform accepts in the keywords of a notification. Pure."""

import re
from collections.abc import Mapping

# Longest value by the type that stands before the number in a keyword's name; every other type has 20 characters.
_LONGEST = {"character_string": 32, "number": 32, "letter": 32, "phrase": 5, "name": 10, "time": 32, "date": 32}
_DEFAULT_LONGEST = 20
_LATIN_ONLY = frozenset({"character_string", "number", "letter"})
_DROPPED = frozenset({"first", "remark"})


class BadKeyword(Exception):
    """A keyword that does not fit its type; the text names it."""


def accepted_keywords(data: object) -> dict[str, str]:
    """What of `data` the citizen gets to see: `first` and `remark` are dropped without a word. Raises BadKeyword."""
    if not isinstance(data, Mapping) or not data:
        raise BadKeyword("data")
    return {name: _accepted(name, field) for name, field in data.items() if name not in _DROPPED}


def type_of(name: str) -> str:
    """The type in a keyword's name: `thing` of `thing3`."""
    return re.sub(r"\d+$", "", name)


def _accepted(name: str, field: object) -> str:
    value = field.get("value") if isinstance(field, Mapping) else None
    kind = type_of(name)
    fits = (
        isinstance(value, str)
        and 0 < len(value) <= _LONGEST.get(kind, _DEFAULT_LONGEST)
        and "\n" not in value
        and (kind not in _LATIN_ONLY or value.isascii())
    )
    if not isinstance(value, str) or not fits:
        raise BadKeyword(f"data.{name}.value")
    return value
