"""Names of bodies written with a slip: by homophones, or with one character missing, doubled or swapped.

Asked only where no name stands as it should. A name is recognised only if it is long enough for the slip to be plain and if
nothing else lies as near: a unit is never invented from a short word.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from pypinyin import Style, pinyin

from classifier.text import Reading, is_word

_LEAST_BY_SOUND = 3  # characters
_LEAST_BY_SHAPE = 6
_RUN = re.compile(r"[\u4e00-\u9fff]+")


class Speller:
    """Knows the names of one table, their sounds and the characters they end in."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(name for name in names if _RUN.fullmatch(name))
        by_sound: dict[tuple[str, ...], set[str]] = {}
        for name in self._names:
            if len(name) >= _LEAST_BY_SOUND:
                by_sound.setdefault(sounds(name), set()).add(name)
        # Two names that sound alike tell nothing.
        self._by_sound = {sound: next(iter(found)) for sound, found in by_sound.items() if len(found) == 1}
        self._lengths: dict[str, list[int]] = {}  # by the last character of the name, the longest first
        for name in sorted(self._by_sound.values(), key=len, reverse=True):
            if len(name) not in self._lengths.setdefault(name[-1], []):
                self._lengths[name[-1]].append(len(name))
        self._long = frozenset(name for name in self._names if len(name) >= _LEAST_BY_SHAPE)
        # A slip made beforehand is found by looking it up (Garbe's symmetric deletes): one character missing or two swapped.
        slips: dict[str, str] = {}
        doubtful: set[str] = set()
        for name in self._long:
            for slip in {*_shorter(name), *_swapped(name)} - self._names:
                if slips.setdefault(slip, name) is not name:
                    doubtful.add(slip)
        self._slips = {slip: name for slip, name in slips.items() if slip not in doubtful}
        self._longest = max(map(len, self._names)) + 1
        # A slip leaves the end of a name alone more often than not, and looking there first keeps ordinary text out.
        self._longest_by_end: dict[str, int] = {}
        for name in self._long:
            self._longest_by_end[name[-1]] = max(len(name), self._longest_by_end.get(name[-1], 0))
        self._outlines = frozenset((name[0], name[-1], len(name)) for name in self._long)
        self._ends = frozenset(name[-1] for name in self._names if len(name) >= _LEAST_BY_SOUND)

    def find(self, reading: Reading) -> tuple[int, int, str] | None:
        """The first slip in a message: where it starts and ends, and the name that was meant.

        What is itself a word, and what starts or ends within one, is no slip.
        """
        text = reading.text
        if self._ends.isdisjoint(text):
            return None
        starts = reading.bounds
        heard: tuple[str, ...] = ()
        for end in sorted(starts):
            if end < _LEAST_BY_SOUND or text[end - 1] not in self._ends:
                continue
            heard = heard or sounds(text)
            for start, name in self._ending_at(text, heard, end, starts):
                if not is_word(text[start:end]):
                    return start, end, name
        return None

    def _ending_at(
        self, text: str, heard: tuple[str, ...], end: int, starts: frozenset[int]
    ) -> Iterator[tuple[int, str]]:
        """Where what may be a slip begins, each with the name meant, if it ends at `end`; `heard`: the sounds of `text`."""
        last = text[end - 1]
        for length in self._lengths.get(last, ()):
            start = end - length
            name = self._by_sound.get(heard[start:end]) if start in starts else None
            # Another last character is often a verb that follows: "finance says" is no finance office.
            if name is not None and name[-1] == last:
                yield start, name
        longest = min(self._longest_by_end.get(last, 0) + 1, end, self._longest)
        for length in range(longest, _LEAST_BY_SHAPE - 2, -1):
            start = end - length
            if start not in starts:
                continue
            written = text[start:end]
            name = self._slips.get(written)
            if name is None and length > _LEAST_BY_SHAPE and self._may_be_longer(written):
                meant = self._long.intersection(_shorter(written))
                name = next(iter(meant)) if len(meant) == 1 else None
            if name is not None and name[-1] == last:
                yield start, name

    def _may_be_longer(self, written: str) -> bool:
        """Whether a long name begins and ends as `written` does once one character is left out."""
        first, second, last, length = written[0], written[1], written[-1], len(written) - 1
        return (first, last, length) in self._outlines or (second, last, length) in self._outlines


def _shorter(text: str) -> list[str]:
    """`text` with one character left out, each in turn but the last."""
    return [text[:i] + text[i + 1 :] for i in range(len(text) - 1)]


def _swapped(text: str) -> list[str]:
    """`text` with two neighbours swapped, each pair in turn but the last."""
    return [text[:i] + text[i + 1] + text[i] + text[i + 2 :] for i in range(len(text) - 2)]


def sounds(text: str) -> tuple[str, ...]:
    """The sound of each character, without tones and without the distinctions that the county's speech does not make."""
    return tuple(map(_sound, text))


@lru_cache(maxsize=20_000)
def _sound(character: str) -> str:
    heard: str = pinyin(character, style=Style.NORMAL, heteronym=False)[0][0]
    for careful, plain in (("zh", "z"), ("ch", "c"), ("sh", "s")):
        heard = plain + heard[2:] if heard.startswith(careful) else heard
    return heard[:-1] if heard.endswith("ng") else heard
