"""How much of what a writer noted the finders find, and how much of what they find was noted."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from classifier.text import normalise


@dataclass(slots=True)
class Found:
    """Counts over messages: things noted, things found, and those that are both."""

    both: int = 0
    found: int = 0
    noted: int = 0

    @property
    def precision(self) -> float:
        """The share of what was found that is right; 1 where nothing was found."""
        return self.both / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The share of what was noted that was found; 1 where nothing was noted."""
        return self.both / self.noted if self.noted else 1.0


def units_found(pairs: Iterable[tuple[str | None, str | None]]) -> Found:
    """Of pairs of the unit noted and the unit given."""
    count = Found()
    for noted, given in pairs:
        count.noted += noted is not None
        count.found += given is not None
        count.both += given is not None and noted == given
    return count


def sums_found(pairs: Iterable[tuple[Sequence[float], Sequence[float]]]) -> Found:
    """Of pairs of the sums noted and the sums found; a sum that stands twice counts twice."""
    count = Found()
    for noted, given in pairs:
        count.noted += len(noted)
        count.found += len(given)
        count.both += (Counter(noted) & Counter(given)).total()
    return count


def persons_found(pairs: Iterable[tuple[Sequence[str], Sequence[str]]]) -> Found:
    """Of pairs of the persons noted and the persons found, as written.

    Writers note only whom they complain of, the finder names everybody: its precision here is the least it can be.
    """
    count = Found()
    for noted, given in pairs:
        count.noted += len(noted)
        count.found += len(given)
        count.both += sum(any(is_same_person(person, name) for name in given) for person in noted)
    return count


def is_same_person(written: str, found: str) -> bool:
    """Whether one of the two is written within the other."""
    return found in normalise(written) or normalise(written) in found
