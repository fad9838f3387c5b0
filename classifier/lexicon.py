"""Reads the lists of names and titles in `data/` once, and says what a found name is. Holds no rule of its own."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from operator import itemgetter
from pathlib import Path
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

import yaml

_DATA = Path(__file__).resolve().parent.parent / "data"

_MOST_WAYS = 300


class Weight(IntEnum):
    """How surely a name in a text stands for the body complained of. Lower ones count only where no higher one is found."""

    PLACE = 0  # where it happened
    THING = 1  # a word that is also a thing or a place
    CHANNEL = 2  # where the citizen turned to
    ACTOR = 3


@dataclass(frozen=True, slots=True)
class UnitHit:
    """A unit's name in a text, from `start` to `end`. `township` is set where the name holds one."""

    start: int
    end: int
    unit: str
    weight: Weight
    township: str | None = None
    embedded: bool = False


@cache
def read(name: str) -> Mapping[str, Any]:
    """A file of `data/`, parsed."""
    parsed: Mapping[str, Any] = yaml.safe_load((_DATA / name).read_text(encoding="utf-8"))
    return parsed


@cache
def pattern(expression: str) -> re.Pattern[str]:
    """An expression of a data file, compiled once."""
    return re.compile(expression)


def any_of(expressions: list[str]) -> re.Pattern[str]:
    """One expression that matches where any of `expressions` does."""
    return pattern("|".join(f"(?:{e})" for e in expressions))


@cache
def listed(file: str, key: str) -> re.Pattern[str]:
    """`any_of` the list `key` of a data file, joined and compiled once."""
    return any_of(read(file)[key])


class Sieve:
    """Expressions that are tried only on texts that hold the characters a match would need.

    Nearly all texts hold the characters of few titles: looking at that first saves most of the searching.
    """

    def __init__(self, expressions: Iterable[str]) -> None:
        self._tried: list[re.Pattern[str]] = []
        self._choices: list[tuple[frozenset[str], ...]] = []
        # From the rarest character of each way to the ways, each with the expression it belongs to.
        self._by_character: dict[str, list[tuple[int, frozenset[str]]]] = {}
        self._free: list[int] = []  # expressions that ask for nothing that could be checked
        for number, expression in enumerate(expressions):
            needed = needed_characters(expression)
            self._tried.append(pattern(expression))
            self._choices.append(needed_choices(expression))
            if not all(needed):
                self._free.append(number)
                continue
            for character, ways in _by_rarest(needed).items():
                self._by_character.setdefault(character, []).extend((number, way) for way in ways)
        self._characters = frozenset(self._by_character)

    def likely(self, characters: Set[str]) -> list[tuple[int, re.Pattern[str]]]:
        """The expressions that may match in a text of these characters, in order, each with its number."""
        present = self._characters & characters
        if not present and not self._free:
            return []
        chosen = {number for c in present for number, way in self._by_character[c] if way <= characters}
        return [
            (number, self._tried[number])
            for number in sorted([*chosen, *self._free])
            if not any(choice.isdisjoint(characters) for choice in self._choices[number])
        ]

    def finditer(self, text: str, characters: Set[str]) -> Iterator[re.Match[str]]:
        """All matches of all expressions, of one after the other. `characters` are those of `text`."""
        for _, expression in self.likely(characters):
            yield from expression.finditer(text)


def _by_rarest(needed: Sequence[frozenset[str]]) -> dict[str, list[frozenset[str]]]:
    """The ways by one character of each, the one that fewest ways share: a first look that costs next to nothing."""
    shared = Counter(character for way in needed for character in way)
    ways: dict[str, list[frozenset[str]]] = {}
    for way in needed:
        ways.setdefault(min(way, key=lambda c: (shared[c], c)), []).append(way)
    return ways


class Quick:
    """Expressions as if joined into one, of which only those are tried for which a text holds the characters."""

    def __init__(self, *expressions: str) -> None:
        self._sieve = Sieve(expressions)

    def finditer(self, text: str, characters: Set[str]) -> Iterator[re.Match[str]]:
        """All matches in `text`, whose characters are `characters`: the leftmost, of several the one listed first, and so on."""
        likely = self._sieve.likely(characters)
        found = [(match.start(), number, match) for number, e in likely if (match := e.search(text))]
        tried = dict(likely)
        while found:
            _, _, match = min(found, key=itemgetter(0, 1))
            yield match
            end = match.end()
            again = ((number, tried[number].search(text, end)) for start, number, _ in found if start < end)
            found = [
                *(one for one in found if one[0] >= end),
                *((further.start(), number, further) for number, further in again if further),
            ]

    def search(self, text: str, characters: Set[str]) -> re.Match[str] | None:
        """The first match in `text`, whose characters are `characters`."""
        return next(self.finditer(text, characters), None)


@cache
def quick(*expressions: str) -> Quick:
    """Expressions of a data file, joined behind a look at the characters, made once."""
    return Quick(*expressions)


@cache
def quickly_listed(file: str, key: str) -> Quick:
    """`listed` behind a look at the characters."""
    return quick(*read(file)[key])


@cache
def needed_choices(expression: str) -> tuple[frozenset[str], ...]:
    """Sets of characters of each of which a text must hold one, or `expression` cannot match in it; the smallest first."""
    return tuple(sorted(set(_choices(list(_parser.parse(expression)))), key=len))


def _choices(parsed: list[Any]) -> list[frozenset[str]]:
    """Of a sequence: one choice for each obligatory part of which something can be said."""
    choices: list[frozenset[str]] = []
    for kind, argument in parsed:
        if kind is _constants.LITERAL:
            choices.append(frozenset((chr(argument),)))
        elif kind is _constants.IN and all(item is _constants.LITERAL for item, _ in argument):
            choices.append(frozenset(chr(code) for _, code in argument))
        elif kind is _constants.SUBPATTERN:
            choices += _choices(list(argument[-1]))
        elif kind in {_constants.MAX_REPEAT, _constants.MIN_REPEAT} and argument[0] > 0:
            choices += _choices(list(argument[2]))
        elif kind is _constants.BRANCH:
            branches = [_choices(list(branch)) for branch in argument[1]]
            if all(branches):
                # Of each branch its narrowest part, the last of these: words differ at their ends.
                choices.append(frozenset().union(*(min(reversed(parts), key=len) for parts in branches)))
    return choices


@cache
def needed_characters(expression: str) -> tuple[frozenset[str], ...]:
    """Sets of characters of which a text must hold at least one whole, or `expression` cannot match in it."""
    return tuple(_needed(list(_parser.parse(expression))))


def _needed(parsed: list[Any]) -> list[frozenset[str]]:
    """Of a sequence: the ways in which its obligatory parts can be met, all at once."""
    ways = [frozenset[str]()]
    for kind, argument in parsed:
        if kind is _constants.LITERAL:
            options = [frozenset((chr(argument),))]
        elif kind is _constants.IN and all(item is _constants.LITERAL for item, _ in argument):
            options = [frozenset((chr(code),)) for _, code in argument]
        elif kind is _constants.SUBPATTERN:
            options = _needed(list(argument[-1]))
        elif kind is _constants.BRANCH:
            options = [way for branch in argument[1] for way in _needed(list(branch))]
        elif kind in {_constants.MAX_REPEAT, _constants.MIN_REPEAT} and argument[0] > 0:
            options = _needed(list(argument[2]))
        else:
            continue  # a range of characters, a look around, an optional part: asks for nothing that could be checked
        if len(options) * len(ways) > _MOST_WAYS:
            continue  # leaving a part out only makes the sieve coarser
        ways = [way | option for way in ways for option in options]
    # A way that asks for more than another does is no further way.
    return [way for way in set(ways) if not any(other < way for other in ways)]
