"""Which of many expressions may match in a text: one look at its characters and pairs, for all lists at once.

Nearly all texts hold the pieces of few titles, moments or demands; looking at that first saves most of the searching.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from operator import itemgetter
from re import _constants, _parser  # type: ignore[attr-defined]  # no public way to an expression taken apart
from threading import Lock
from typing import Any

_MOST_WAYS = 300

# Pieces: characters, and pairs of neighbouring characters. A way is a set of pieces that a match needs all of.
_Way = frozenset[str]
# From the rarest piece of each way to the ways: which sieve asks, for which of its expressions, and the way.
_ways: dict[str, list[tuple[int, int, _Way]]] = {}
_sieves: list["Sieve"] = []
_lock = Lock()


class Sieve:
    """Expressions that are tried only on texts that hold the pieces a match would need."""

    def __init__(self, expressions: Iterable[str]) -> None:
        self._tried: list[re.Pattern[str]] = []
        self._choices: list[tuple[frozenset[str], ...]] = []
        needed = []
        for expression in expressions:  # one after the other: each is taken apart once
            self._tried.append(re.compile(quick_to_fail(expression)))
            self._choices.append(needed_choices(expression))
            needed.append(needed_pieces(expression))
        # Those that ask for nothing that could be checked.
        self._free = [number for number, ways in enumerate(needed) if not all(ways)]
        shared = Counter(piece for ways in needed for way in ways for piece in way)
        with _lock:
            self._place = len(_sieves)
            for number, ways in enumerate(needed):
                for way in ways if number not in self._free else ():
                    rarest = min(way, key=lambda piece: (-len(piece), shared[piece], piece))
                    _ways.setdefault(rarest, []).append((self._place, number, way))
            _sieves.append(self)

    def likely(self, text: str) -> list[tuple[int, re.Pattern[str]]]:
        """The expressions that may match in `text`, in order, each with its number."""
        chosen = _held(text, len(_sieves)).get(self._place)
        if chosen is None and not self._free:
            return []
        pieces = pieces_of(text)
        return [
            (number, self._tried[number])
            for number in sorted({*(chosen or ()), *self._free})
            if not any(choice.isdisjoint(pieces) for choice in self._choices[number])
        ]

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """All matches of all expressions, of one after the other."""
        for _, expression in self.likely(text):
            yield from expression.finditer(text)


@lru_cache(maxsize=2)
def pieces_of(text: str) -> frozenset[str]:
    """The characters of `text` and its pairs of neighbours."""
    return frozenset(text).union(map(str.__add__, text, text[1:]))


@lru_cache(maxsize=2)
def _held(text: str, _sieves_made: int) -> Mapping[int, list[int]]:
    """From each sieve to those of its expressions of which `text` holds a way. Asked anew when a sieve was made meanwhile."""
    held: dict[int, list[int]] = {}
    pieces = pieces_of(text)
    for piece in _ways.keys() & pieces:
        for place, number, way in _ways[piece]:
            if way <= pieces:
                held.setdefault(place, []).append(number)
    return held


class Quick:
    """Expressions as if joined into one, of which only those are tried for which a text holds the pieces."""

    def __init__(self, *expressions: str) -> None:
        self._sieve = Sieve(expressions)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """All matches in `text`: the leftmost, of several the one listed first, and so on."""
        likely = self._sieve.likely(text)
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

    def search(self, text: str) -> re.Match[str] | None:
        """The first match in `text`."""
        return next(self.finditer(text), None)


@lru_cache(maxsize=1)
def _taken_apart(expression: str) -> list[Any]:
    return list(_parser.parse(expression))


@cache
def quick_to_fail(expression: str) -> str:
    """`expression`, with a look beforehand at the one character a match may begin with, where `re` takes none by itself.

    It takes one where an expression begins with characters; what stands before a match, what may be left out, hides them.
    """
    parsed = _taken_apart(expression)
    if _begins_plainly(parsed):
        return expression
    begins = _beginnings(parsed)
    return expression if begins is None or "" in begins else f"(?=[{re.escape(''.join(sorted(begins)))}]){expression}"


def _begins_plainly(parsed: Sequence[Any]) -> bool:
    """Whether a sequence begins with a character or one of several, or each of its branches with one character."""
    if not parsed:
        return False
    kind, argument = parsed[0]
    if kind is _constants.SUBPATTERN:
        return _begins_plainly(list(argument[-1]))
    if kind is _constants.BRANCH:
        return all(branch and branch[0][0] is _constants.LITERAL for branch in argument[1])
    return kind in {_constants.LITERAL, _constants.IN}


def _beginnings(parsed: Sequence[Any]) -> frozenset[str] | None:
    """The characters a match of a sequence may begin with, "" among them where it may take up no room; None if unknown."""
    begins = frozenset({""})
    for kind, argument in parsed:
        if "" not in begins:
            break
        options = _first_of(kind, argument)
        if options is None:
            return None
        begins = begins - {""} | options
    return begins


def _first_of(kind: Any, argument: Any) -> frozenset[str] | None:
    """`_beginnings` of one part."""
    if kind is _constants.LITERAL:
        return frozenset({chr(argument)})
    if kind is _constants.IN and all(item is _constants.LITERAL for item, _ in argument):
        return frozenset(chr(code) for _, code in argument)
    if kind is _constants.SUBPATTERN:
        return _beginnings(argument[-1])
    if kind is _constants.BRANCH:
        branches = [_beginnings(branch) for branch in argument[1]]
        return None if None in branches else frozenset().union(*(branch for branch in branches if branch))
    if kind in {_constants.MAX_REPEAT, _constants.MIN_REPEAT}:
        once = _beginnings(argument[2])
        return once if once is None or argument[0] > 0 else once | {""}
    if kind in {_constants.AT, _constants.ASSERT, _constants.ASSERT_NOT}:
        return frozenset({""})
    return None


@cache
def needed_choices(expression: str) -> tuple[frozenset[str], ...]:
    """Sets of characters of each of which a text must hold one, or `expression` cannot match in it; the smallest first."""
    return tuple(sorted(set(_choices(_taken_apart(expression))), key=len))


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
def needed_pieces(expression: str) -> tuple[_Way, ...]:
    """Sets of pieces of which a text must hold at least one whole, or `expression` cannot match in it."""
    ways = {way for way, _, _ in _needed(_taken_apart(expression))}
    # A way that asks for more than another does is no further way.
    return tuple(way for way in ways if not any(other < way for other in ways))


# What is needed, and the characters with which it begins and ends: "" where it takes up no room, None where unknown.
_Part = tuple[_Way, str | None, str | None]
_NOTHING: _Part = (frozenset(), "", "")
_ANYTHING: _Part = (frozenset(), None, None)


def _needed(parsed: Sequence[Any]) -> set[_Part]:
    """Of a sequence: the ways in which its obligatory parts can be met, all at once."""
    ways = {_NOTHING}
    for kind, argument in parsed:
        options = _options(kind, argument)
        if kind is _constants.ASSERT and (argument[0] > 0 or ways != {_NOTHING}):
            # It takes up no room, and what it asks for may lie anywhere about here.
            options = {(way, "", "") for way, _, _ in options}
        if len(options) * len(ways) > _MOST_WAYS:
            # Leaving a part out only makes the sieve coarser: left out is what asks for less.
            if _least(options) > _least(ways):
                ways = {_ANYTHING}
            else:
                options = {_NOTHING if all(first == "" for _, first, _ in options) else _ANYTHING}
        ways = {_joined(way, option) for way in ways for option in options}
    return ways


def _least(parts: Iterable[_Part]) -> int:
    """How many pieces each of these ways asks for at least."""
    return min(len(way) for way, _, _ in parts)


def _options(kind: Any, argument: Any) -> set[_Part]:
    """Of one part: what may stand there."""
    if kind is _constants.LITERAL:
        return {_character(argument)}
    if kind is _constants.IN and all(item is _constants.LITERAL for item, _ in argument):
        return {_character(code) for _, code in argument}
    if kind is _constants.SUBPATTERN:
        return _needed(argument[-1])
    if kind is _constants.ASSERT:
        return _needed(argument[1])
    if kind is _constants.BRANCH:
        return {way for branch in argument[1] for way in _needed(branch)}
    if kind in {_constants.MAX_REPEAT, _constants.MIN_REPEAT} and argument[0] > 0:
        once = _needed(argument[2])
        return once if argument[1] == 1 else {(way, first or None, None) for way, first, _ in once}
    if kind in {_constants.AT, _constants.ASSERT_NOT}:
        return {_NOTHING}
    return {_ANYTHING}  # a range of characters, an optional part: asks for nothing that could be checked


def _character(code: int) -> _Part:
    return frozenset((chr(code),)), chr(code), chr(code)


def _joined(left: _Part, right: _Part) -> _Part:
    """One part and the one that follows, with the pair that they make where they meet."""
    (needed, first, last), (further, begins, ends) = left, right
    pair = {last + begins} if last and begins else set()
    return needed | further | pair, begins if first == "" else first, last if ends == "" else ends
