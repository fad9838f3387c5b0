"""Which words of a statement are marked, and for what: those that drove the first suggestion, those that are facts."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.views import FactView

# Of the words that speak for a suggestion so many carry it; with all of them marked one reads marks and not the statement.
_MOST = 3
_LEAST_SHARE = 1 / 3  # of what the strongest weighs

FOR, AGAINST, FACT = "for", "against", "fact"


def marks_of(
    suggestion: Mapping[str, Any] | None, unit_words: Iterable[str], facts: Iterable[FactView]
) -> dict[str, str]:
    """Words in small letters, each with what it is marked for; the kinds of marks are separated by spaces."""
    hints = suggestion or {}
    found: dict[str, list[str]] = {}
    for part, words in (
        (FOR, drove(hints.get("evidence", ()))),
        (AGAINST, [word for word, _ in hints.get("counter_evidence", ())]),
        (FACT, [*unit_words, *(str(one.value) for one in facts if not one.is_struck)]),
    ):
        for word in filter(None, words):
            parts = found.setdefault(word.lower(), [])
            if part not in parts:
                parts.append(part)
    return {word: " ".join(parts) for word, parts in found.items()}


def drove(evidence: Sequence[tuple[str, float]]) -> list[str]:
    """The few words that carry a suggestion, the strongest first."""
    strongest = max((weight for _, weight in evidence), default=0.0)
    return [word for word, weight in evidence if weight >= strongest * _LEAST_SHARE][:_MOST]


def cut(text: str, marks: Mapping[str, str]) -> list[tuple[str, str]]:
    """A text cut where marked words stand: each part with what it is marked for, empty for nothing."""
    if not marks:
        return [(text, "")]
    longest_first = "|".join(re.escape(word) for word in sorted(marks, key=len, reverse=True))
    parts = re.split(f"({longest_first})", text, flags=re.IGNORECASE)
    return [(part, marks.get(part.lower(), "")) for part in parts if part]
