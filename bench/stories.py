"""One event told again, looked for among a thousand, ten and a hundred thousand other reports as casework looks for it."""

import random
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy import create_engine, delete, insert
from sqlalchemy.orm import Session

from app.reference import DATA, load_directory
from app.stories import REPORTS, TEST, Telling, read_tellings
from app.training import train_if_needed
from bench.likeness import chain, told
from classifier import load
from classifier.corpus import read_examples
from classifier.stories import Resemblance, Story, Storyteller, same_story
from classifier.text import Reading
from models import ReportKey
from services.base import Suggester
from services.similar import TELLINGS_KEPT, nearest

Row = tuple[str, float, str]
_DAY = date(2026, 11, 20)
_SIZES = (1_000, 10_000, REPORTS)
_A_DAY = REPORTS // 1_000  # reports: a hundred thousand in not quite three years
_QUIET = 300  # unrelated reports that are asked for
_SEED = 20261123
_APART = 1_000  # the numbers of two reports that follow each other


def rows(folder: Path) -> Iterator[Row]:
    """Figures for the half of the invented stories that nothing was fitted on. `folder`: where the trained classifier lies."""
    train_if_needed(folder)
    suggester, chance = load(folder, load_directory()), random.Random(_SEED)
    tellings = [telling for telling in read_tellings(TEST, suggester) if not telling.resembles]
    others, shelf = _others(suggester, chance), _Shelf()
    making = 0.0
    for size in _SIZES:
        started = time.process_time()
        new = [next(others) for _ in range(size - shelf.reports)]
        making = time.process_time() - started
        shelf.put(new)
        yield from _found_again(f"stories: {size} reports", shelf, tellings, chance)
    yield "stories: make", making / len(new) * 1000, "ms/message"
    yield "stories: keys of a message", statistics.mean(len(s.keys) for s in shelf.stories.values()), ""


def _others(suggester: Suggester, chance: random.Random) -> Iterator[Story]:
    """Messages of the words of one label in an order of their own, with the units, place and moment of one of its messages."""
    by_label: dict[str, list[str]] = {}
    for example in read_examples(DATA / "reports"):
        by_label.setdefault(example.label, []).append(example.text)
    following = {label: chain(texts) for label, texts in by_label.items()}
    said = {label: [suggester.suggest(text, _DAY) for text in texts] for label, texts in by_label.items()}
    labels = [label for label, texts in by_label.items() for _ in texts]
    teller = Storyteller(b"measuring")
    while True:
        label = chance.choice(labels)
        yield teller.story(Reading(told(following[label], chance)), chance.choice(said[label]))


@dataclass(slots=True)
class _Shelf:
    """The table of keys as casework keeps it, and the stories by the number of their report. Between any two is room for tellings."""

    session: Session = field(default_factory=lambda: Session(create_engine("sqlite://")))
    stories: dict[int, Story] = field(default_factory=dict)
    reports: int = 0

    def __post_init__(self) -> None:
        ReportKey.__table__.create(self.session.connection())

    def put(self, stories: list[Story]) -> None:
        """Keeps further reports, each later than all before."""
        numbered = {(self.reports + n) * _APART: story for n, story in enumerate(stories, start=1)}
        self.tell(numbered)
        self.reports += len(stories)

    def tell(self, numbered: dict[int, Story]) -> None:
        """Keeps stories under their numbers."""
        self.stories.update(numbered)
        entries = [{"key": key, "report_id": number} for number, story in numbered.items() for key in story.keys]
        self.session.execute(insert(ReportKey), entries)

    def forget(self, number: int) -> None:
        """Takes one away again."""
        keys = self.stories.pop(number).keys
        self.session.execute(delete(ReportKey).where(ReportKey.report_id == number, ReportKey.key.in_(keys)))

    def days_ago(self, days: int) -> int:
        """A free number among the reports of that day."""
        number = max(1, self.reports - days * _A_DAY) * _APART + 1
        while number in self.stories:
            number += 1
        return number

    def asked(self, story: Story, number: int = 0) -> dict[int, Resemblance]:
        """How the reports that meet a story resemble it, the likeliest first."""
        met = nearest(self.session, story.keys, number)
        found = {other: same_story(story, self.stories[other]) for other in met}
        return dict(sorted(found.items(), key=lambda entry: -entry[1].probability))


def _found_again(name: str, shelf: _Shelf, tellings: list[Telling], chance: random.Random) -> Iterator[Row]:
    """The first telling of each event lies among the reports; the later ones are asked for, and then some unrelated ones."""
    first = {telling.event: telling for telling in reversed(tellings)}
    last = max(telling.told_on for telling in tellings)
    numbers: dict[str, int] = {}
    for event, telling in first.items():
        numbers[event] = shelf.days_ago((last - telling.told_on).days)
        shelf.tell({numbers[event]: telling.story})
    again = [telling for telling in tellings if telling is not first[telling.event]]
    answers, times = [], []
    for telling in again:
        started = time.process_time()
        answers.append(shelf.asked(telling.story))
        times.append((time.process_time() - started) * 1000)
    rights = [numbers[telling.event] for telling in again]
    met = [right in found for right, found in zip(rights, answers, strict=True)]
    leading = [next(iter(found), None) == right for right, found in zip(rights, answers, strict=True)]
    yield f"{name}: told again, meets under a key", statistics.mean(met), ""
    yield f"{name}: told again, comes first", statistics.mean(leading), ""
    asked = [chance.randint(1, shelf.reports) * _APART for _ in range(_QUIET)]
    quiet = [shelf.asked(shelf.stories[number], number) for number in asked]
    for how, shows in (("listed", lambda r: r.worth_showing), ("likely", lambda r: r.is_likely)):
        shown = [_shown(found, shows) for found in answers]
        hits = sum(right in some for right, some in zip(rights, shown, strict=True))
        yield f"{name}: told again, {how}", hits / len(again), ""
        yield f"{name}: of what is {how} then, right", hits / max(1, sum(map(len, shown))), ""
        yield f"{name}: {how} beside an unrelated message", sum(len(_shown(q, shows)) for q in quiet) / _QUIET, ""
    yield f"{name}: query p50, time of the processor", statistics.median(times), "ms"
    yield f"{name}: query, longest", max(times), "ms"
    for number in numbers.values():
        shelf.forget(number)


def _shown(found: dict[int, Resemblance], shows: Callable[[Resemblance], bool]) -> list[int]:
    """What casework would show of it."""
    return [number for number, resemblance in found.items() if shows(resemblance)][:TELLINGS_KEPT]
