"""Near-duplicates among a hundred thousand messages, in the form in which casework keeps them: a table of band keys."""

import random
import re
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import pairwise

from app.reference import DATA
from classifier.corpus import read_examples
from classifier.similarity import ALIKE, Sketch, Sketcher
from classifier.text import Reading

Row = tuple[str, float, str]
_MESSAGES, _ASKED = 100_000, 1_000
_LEAST = 30  # characters: a shorter message holds too little to be told from chance


def rows() -> Iterator[Row]:
    """How much is found, how often wrongly, how fast, and how much room it takes."""
    chance = random.Random(20261123)
    originals = [e.text for e in read_examples(DATA / "reports") if len(e.text) >= _LEAST]
    sketcher, following = Sketcher(b"bench"), chain(originals)
    base = sqlite3.connect(":memory:")
    base.execute("create table band (key integer, message integer)")
    sketches = []
    started = time.perf_counter()
    for number in range(_MESSAGES):
        sketch = sketcher.sketch(Reading(told(following, chance)))
        sketches.append(sketch)
        base.executemany("insert into band values (?, ?)", [(key, number) for key in sketch.bands])
    base.execute("create index by_key on band (key, message)")
    yield "likeness: sketch and store", (time.perf_counter() - started) / _MESSAGES * 1000, "ms/message"
    size = base.execute("select page_count * page_size from pragma_page_count(), pragma_page_size()").fetchone()[0]
    yield "likeness: table and index at 100 thousand", size / 1e6, "MB"

    asked = chance.sample(originals, min(_ASKED, len(originals)))
    for text in asked:
        number = len(sketches)
        sketches.append(sketcher.sketch(Reading(text)))
        base.executemany("insert into band values (?, ?)", [(key, number) for key in sketches[number].bands])
    first, times = _MESSAGES, []
    for name, change in _CHANGES.items():
        found = 0
        for number, text in enumerate(asked, start=first):
            sketch = sketcher.sketch(Reading(change(text, chance)))
            begun = time.perf_counter()
            found += number in _alike(base, sketches, sketch)
            times.append((time.perf_counter() - begun) * 1000)
        yield f"likeness: found, {name}", found / len(asked), ""
    wrong = sum(bool(_alike(base, sketches, sketches[n]) - {n}) for n in range(0, _MESSAGES, 100))
    yield "likeness: false alarms among unrelated messages", wrong / (_MESSAGES / 100), ""
    yield "likeness: query p50", statistics.median(times), "ms"
    yield "likeness: query p99", sorted(times)[int(len(times) * 0.99)], "ms"


def _alike(base: sqlite3.Connection, sketches: list[Sketch], sketch: Sketch) -> set[int]:
    """The messages that share a band and are alike enough."""
    marks = ",".join("?" * len(sketch.bands))
    found = base.execute(f"select distinct message from band where key in ({marks})", sketch.bands)
    return {number for (number,) in found if sketches[number].likeness(sketch) >= ALIKE}


def chain(originals: list[str]) -> dict[str, list[str]]:
    """Which words followed which: the ordinary phrases of the corpus without its sentences."""
    following: dict[str, list[str]] = {}
    for text in originals:
        for left, right in pairwise(["", *Reading(text).tokens]):
            following.setdefault(left, []).append(right)
    return following


def told(following: dict[str, list[str]], chance: random.Random) -> str:
    """An unrelated message: each word drawn from those that follow the one before."""
    words, length = [""], chance.randint(_LEAST, 150)
    while sum(map(len, words)) < length:
        words.append(chance.choice(following.get(words[-1]) or following[""]))
    return "".join(words)


def _with_typos(text: str, chance: random.Random) -> str:
    return "".join(chance.choice("的了是在他我有") if chance.random() < 0.03 else c for c in text)


def _reordered(text: str, chance: random.Random) -> str:
    parts = re.split(r"([，。])", text)
    chance.shuffle(parts)
    return "".join(parts)


def _extended(text: str, chance: random.Random) -> str:
    return text + "".join(chance.choices(text[::-1], k=len(text) // 4))


def _halved(text: str, _chance: random.Random) -> str:
    return text[: len(text) // 2]


_CHANGES: dict[str, Callable[[str, random.Random], str]] = {
    "typos": _with_typos, "clauses reordered": _reordered, "a quarter added": _extended, "the first half": _halved,
}  # fmt: skip
