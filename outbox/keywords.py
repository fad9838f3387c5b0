"""What fits into the keywords of a notification. The platform drops or refuses the rest, so it is cut here, visibly in tests."""

import re
from collections.abc import Mapping

# Longest value by the type that stands before the number in a keyword's name (`thing3`). Every other one: 20 characters,
# the limit of 4 May 2023 for all middle fields.
_LONGEST = {
    "number": 32,
    "letter": 32,
    "symbol": 5,
    "character_string": 32,
    "time": 32,
    "date": 32,
    "amount": 32,
    "phone_number": 17,
    "car_number": 8,
    "name": 10,
    "phrase": 5,
}
_DEFAULT_LONGEST = 20

# Silently dropped by the platform since May 2023: what stood there would be lost without an error.
DROPPED = frozenset({"first", "remark"})


def fit_keywords(keywords: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The `data` of a notification: each value on one line and cut to its type's limit, counted in characters.

    Raises ValueError for `first` and `remark`.
    """
    if lost := DROPPED & keywords.keys():
        msg = f"the platform drops {', '.join(sorted(lost))}"
        raise ValueError(msg)
    return {name: {"value": " ".join(value.split())[: _longest(name)]} for name, value in keywords.items()}


def _longest(name: str) -> int:
    return _LONGEST.get(re.sub(r"\d+$", "", name), _DEFAULT_LONGEST)
