"""Which words of a statement are marked, and for what: those that drove the first suggestion, those that are facts."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.views import FactView

# Of the words that speak for a suggestion so many carry it; with all of them marked one reads marks and not the statement.
_MOST = 3
_LEAST_SHARE = 1 / 3  # of what the strongest weighs

FOR, AGAINST, FACT = "for", "against", "fact"


@dataclass(frozen=True, slots=True)
class Marks:
    """What is to be marked: facts as they stand in the text, and words that speak for or against, in small letters."""

    facts: tuple[str, ...]
    words: Mapping[str, str]

    @property
    def kinds(self) -> frozenset[str]:
        """What the legend explains."""
        return frozenset([*self.words.values(), *([FACT] if self.facts else [])])


def marks_of(suggestion: Mapping[str, Any] | None, unit_words: Iterable[str], facts: Iterable[FactView]) -> Marks:
    """The marks of a case's statements."""
    hints = suggestion or {}
    words = {word.lower(): AGAINST for word, _ in hints.get("counter_evidence", ())}
    words |= {word.lower(): FOR for word in drove(hints.get("evidence", ()))}
    found = [*unit_words, *(str(one.value) for one in facts if not one.is_struck)]
    return Marks(tuple(filter(None, found)), {word: part for word, part in words.items() if word})


def drove(evidence: Sequence[tuple[str, float]]) -> list[str]:
    """The few words that carry a suggestion, the strongest first."""
    strongest = max((weight for _, weight in evidence), default=0.0)
    return [word for word, weight in evidence if weight >= strongest * _LEAST_SHARE][:_MOST]


def cut(text: str, marks: Marks) -> list[tuple[bool, list[tuple[str, str]]]]:
    """A text cut where facts stand, and each part of it where words stand: whether it is a fact, and its runs with what each
    is marked for. A word may lie within a fact."""
    facts = {fact.lower() for fact in marks.facts}
    return [
        (
            part.lower() in facts,
            [(run, marks.words.get(run.lower(), "")) for run in _split(part, marks.words)],
        )
        for part in _split(text, facts)
    ]


def _split(text: str, words: Iterable[str]) -> list[str]:
    """A text in parts, those that are one of the words and those between; of words that begin at one place the longest."""
    longest_first = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    if not longest_first:
        return [text]
    return [part for part in re.split(f"({longest_first})", text, flags=re.IGNORECASE) if part]
