"""Two cases that may be the same story, side by side: what is the same, what differs, which wording they share."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

_LEAST_SHARED = 4  # characters in a row; fewer are in common by chance


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that can be compared; empty where a case does not say it."""

    name: str
    here: str
    there: str

    @property
    def is_same(self) -> bool:
        """Whether both say the same."""
        return self.here == self.there

    @property
    def differs(self) -> bool:
        """Whether both say it, and not the same: what one is silent about contradicts nothing."""
        return bool(self.here and self.there) and not self.is_same


def rows(here: Mapping[str, str], there: Mapping[str, str]) -> tuple[Row, ...]:
    """What either case says, by the name of what it is, in the order of `here` and then of `there`."""
    both = (Row(name, here.get(name, ""), there.get(name, "")) for name in dict.fromkeys([*here, *there]))
    return tuple(row for row in both if row.here or row.there)


def shared(text: str, other: str) -> list[tuple[bool, str]]:
    """A text cut into runs: those whose wording stands in the other as well, and those between."""
    known = {other[at : at + _LEAST_SHARED] for at in range(len(other) - _LEAST_SHARED + 1)}
    is_shared = [False] * len(text)
    for at in range(len(text) - _LEAST_SHARED + 1):
        if text[at : at + _LEAST_SHARED] in known:
            is_shared[at : at + _LEAST_SHARED] = [True] * _LEAST_SHARED
    pairs = zip(is_shared, text, strict=True)
    return [(both, "".join(sign for _, sign in run)) for both, run in groupby(pairs, key=lambda pair: pair[0])]
