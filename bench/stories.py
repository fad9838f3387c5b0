"""One event told again, looked for among a hundred thousand other reports: how often it is found, how many false alarms, how fast."""

import random
import sqlite3
import statistics
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from app.reference import DATA, load_directory
from app.stories import REPORTS, TEST, read_tellings
from app.training import train_if_needed
from bench.likeness import chain, told
from classifier import load
from classifier.corpus import read_examples
from classifier.stories import Story, Storyteller, same_story
from classifier.text import Reading

Row = tuple[str, float, str]
_DAY = date(2026, 11, 20)
_LISTED = 5
_QUIET = 500  # unrelated reports that are asked for
_SEED = 20261123


def rows(folder: Path) -> Iterator[Row]:
    """Figures for the half of the invented stories that nothing was fitted on. `folder`: where the trained classifier lies."""
    train_if_needed(folder)
    suggester, chance = load(folder, load_directory()), random.Random(_SEED)
    by_label: dict[str, list[str]] = {}
    for example in read_examples(DATA / "reports"):
        by_label.setdefault(example.label, []).append(example.text)
    # The words of each label in an order of their own, with the units, place and moment of one of its messages.
    following = {label: chain(texts) for label, texts in by_label.items()}
    said = {label: [suggester.suggest(text, _DAY) for text in texts] for label, texts in by_label.items()}
    labels = [label for label, texts in by_label.items() for _ in texts]
    teller, stories = Storyteller(b"measuring"), list[Story]()
    base = sqlite3.connect(":memory:")
    base.execute("create table story_key (key integer, message integer)")
    started = time.perf_counter()
    for _ in range(REPORTS):
        label = chance.choice(labels)
        _keep(base, stories, teller.story(Reading(told(following[label], chance)), chance.choice(said[label])))
    base.execute("create index by_story_key on story_key (key, message)")
    yield "stories: make and store", (time.perf_counter() - started) / REPORTS * 1000, "ms/message"
    size = base.execute("select page_count * page_size from pragma_page_count(), pragma_page_size()").fetchone()[0]
    yield "stories: table of keys at 100 thousand", size / 1e6, "MB"
    yield "stories: kept of a message", statistics.mean(len(s.as_text()) for s in stories[:1000]), "bytes"

    tellings = [t for t in read_tellings(TEST, suggester) if not t.resembles]
    first = {t.event: t for t in reversed(tellings)}
    numbers = {t.event: _keep(base, stories, t.story) for t in first.values()}
    places, shown, alarms, times = [], 0, 0, []
    for telling in tellings:
        if telling is first[telling.event]:
            continue
        begun = time.perf_counter()
        found = _resembling(base, stories, telling.story)
        times.append((time.perf_counter() - begun) * 1000)
        right = numbers[telling.event]
        places.append(next((place for place, (number, _) in enumerate(found) if number == right), len(stories)))
        shown += any(number == right for number, worth in found if worth)
        alarms += sum(number != right for number, worth in found if worth)
    yield "stories: told again, comes first", sum(p == 0 for p in places) / len(places), ""
    yield f"stories: told again, among the first {_LISTED}", sum(p < _LISTED for p in places) / len(places), ""
    yield "stories: told again, shown as likely", shown / len(places), ""
    yield "stories: false alarms a query beside it", alarms / len(places), ""
    quiet = [chance.randrange(REPORTS) for _ in range(_QUIET)]
    wrong = sum(worth and n != asked for asked in quiet for n, worth in _resembling(base, stories, stories[asked]))
    yield "stories: false alarms a query among made-up messages", wrong / _QUIET, ""
    yield "stories: query p50", statistics.median(times), "ms"
    yield "stories: query p99", sorted(times)[int(len(times) * 0.99)], "ms"


def _keep(base: sqlite3.Connection, stories: list[Story], story: Story) -> int:
    stories.append(story)
    number = len(stories) - 1
    base.executemany("insert into story_key values (?, ?)", [(key, number) for key in story.keys])
    return number


def _resembling(base: sqlite3.Connection, stories: list[Story], story: Story) -> list[tuple[int, bool]]:
    """The messages that meet this one under a key, the likeliest first, and whether each is worth showing."""
    marks = ",".join("?" * len(story.keys))
    met = base.execute(f"select distinct message from story_key where key in ({marks})", story.keys).fetchall()
    found = [(number, same_story(story, stories[number])) for (number,) in met]
    return [(number, r.worth_showing) for number, r in sorted(found, key=lambda entry: -entry[1].probability)]
