"""Which persons a text names, by title or by the way people call each other. Says nothing of rank: `positions.py` does."""

import re
from collections.abc import Sequence
from functools import cache

from classifier.lexicon import pattern, read
from classifier.positions import Title


def persons_in(text: str, titles: Sequence[Title]) -> list[str]:
    """The persons of normalised `text` as written, in order of mention, each once. `titles`: those found in it."""
    named = [(title.start, title.name or title.written) for title in titles]
    spans = [(title.start, title.end) for title in titles]
    named += [
        (match.start(), match.group())
        for match in _nicknames().finditer(text)
        if not any(start <= match.end() and match.start() < end for start, end in spans)
    ]
    return list(dict.fromkeys(name for _, name in sorted(named)))


@cache
def _nicknames() -> re.Pattern[str]:
    """A surname with old, little, big before it, with a blank or a form of address after it, or "of the name of"."""
    lists = read("positions.yaml")
    surnames = f"[{lists['surnames']}{lists['further_surnames']}]"
    return pattern("|".join(f"(?:{expression})" for expression in lists["nicknames"]).replace("{surnames}", surnames))
