"""Fits and measures the detection of one event told twice: on invented stories, and on the messages of the corpus beside them.

The half of the stories in `data/stories/development.jsonl` is for fitting; the half in `data/evaluation/` is only measured on.
"""

import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from app.reference import DATA
from classifier.corpus import read_examples
from classifier.stories import FOLDER, Story, Storyteller, likeness, same_story, traits
from classifier.text import Reading
from services.base import Suggester

DEVELOPMENT, TEST = FOLDER / "development.jsonl", DATA / "evaluation" / "stories.jsonl"
REPORTS = 100_000  # among which a telling is looked for
# Of what is shown, where a telling is there to be found among messages as alike as those of the corpus: a list "perhaps", of which
# casework shows three entries, and what is counted as a repeated report.
PRECISION_LISTED, PRECISION_LIKELY = 0.03, 0.25
_SEED = 20261123
_ALIKE_BEYOND = 0.95  # share of unrelated pairs that meet and have less wording in common
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Telling:
    """One message. Tellings of one event bear the same `event`; one of another event that resembles it names it in `resembles`."""

    event: str
    resembles: str | None
    told_on: date
    text: str
    story: Story


def read_tellings(path: Path, suggester: Suggester) -> list[Telling]:
    """The invented stories of a file, as the suggester sees them."""
    teller, tellings = Storyteller(b"measuring"), []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        day = date.fromisoformat(row["told_on"])
        story = teller.story(Reading(row["text"]), suggester.suggest(row["text"], day))
        tellings.append(Telling(row["story"], row.get("resembles"), day, row["text"], story))
    return tellings


def corpus_stories(suggester: Suggester) -> list[Story]:
    """The messages of the corpus, each told on some day of the year: what lies around a telling that is looked for."""
    teller, chance = Storyteller(b"measuring"), random.Random(_SEED)  # noqa: S311  (no secret)
    return [
        teller.story(
            Reading(e.text), suggester.suggest(e.text, date(2026, chance.randint(1, 11), chance.randint(1, 28)))
        )
        for e in read_examples(DATA / "reports")
    ]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of tellings of one event, of two events that resemble each other, and of a telling and a message that it meets by a key.

    `same_of` and `like_of` are the events of the pairs.
    """

    same: list[tuple[Story, Story]]
    like: list[tuple[Story, Story]]
    unrelated: list[tuple[Story, Story]]
    same_of: list[str]
    like_of: list[str]


def pairs_of(tellings: Sequence[Telling], around: Sequence[Story]) -> Pairs:
    """All pairs of the stories, and of each telling with what it meets `around`."""
    pairs = Pairs([], [], [], [], [])
    for number, left in enumerate(tellings):
        for right in tellings[:number]:
            if left.event == right.event:
                pairs.same.append((left.story, right.story))
                pairs.same_of.append(left.event)
            elif right.event == left.resembles:
                pairs.like.append((left.story, right.story))
                pairs.like_of.append(right.event)
    meeting: dict[int, list[int]] = {}
    for number, other in enumerate(around):
        for key in other.keys:
            meeting.setdefault(key, []).append(number)
    for telling in tellings:
        met = {number for key in telling.story.keys for number in meeting.get(key, ())}
        pairs.unrelated.extend((telling.story, around[number]) for number in sorted(met))
    return pairs


def fit(suggester: Suggester) -> dict[str, Any]:
    """Writes how common characters are, then the weights and the probability from which pairs are shown."""
    _write_characters()
    around = corpus_stories(suggester)
    pairs = pairs_of(read_tellings(DEVELOPMENT, suggester), around)
    rows = [traits(*pair) for pair in (*pairs.same, *pairs.like, *pairs.unrelated)]
    names = list(rows[0])
    values = np.array([list(row.values()) for row in rows])
    same = np.arange(len(rows)) < len(pairs.same)
    groups = np.array([*pairs.same_of, *pairs.like_of, *(f"u{n % 97}" for n in range(len(pairs.unrelated)))])
    # As many messages as there are reports: each pair with the corpus stands for so many.
    counts = np.where(np.arange(len(rows)) < len(pairs.same) + len(pairs.like), 1.0, REPORTS / len(around))
    shift = float(np.log(counts[~same].sum() / (~same).sum()))
    scores = np.zeros(len(rows))
    for seen, unseen in GroupKFold(_FOLDS).split(values, same, groups):
        scores[unseen] = _machine().fit(values[seen], same[seen]).decision_function(values[unseen]) - shift
    machine = _machine().fit(values, same)
    unrelated = [likeness(a.wording, b.wording) for a, b in pairs.unrelated]
    fitted = {
        "weights": {
            "base": float(machine.intercept_[0]) - shift,
            **dict(zip(names, map(float, machine.coef_[0]), strict=True)),
        },
        "listed_from": _from(PRECISION_LISTED, 1 / (1 + np.exp(-scores)), same, counts),
        "likely_from": _from(PRECISION_LIKELY, 1 / (1 + np.exp(-scores)), same, counts),
        "worded_alike": float(np.quantile(unrelated, _ALIKE_BEYOND)),
    }
    (FOLDER / "weights.json").write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
    return fitted


def _machine() -> LogisticRegression:
    return LogisticRegression(C=3.0, max_iter=5000)


def _from(precision: float, chances: np.ndarray, same: np.ndarray, counts: np.ndarray) -> float:
    """The lowest probability above which the wanted share of pairs is right, each counted as often as it will be met."""
    order = np.argsort(-chances)
    right = np.cumsum((same * counts)[order])
    good = np.flatnonzero(right / np.cumsum(counts[order]) >= precision)
    return float(chances[order][good[-1]]) if len(good) else 1.0


def _write_characters() -> None:
    texts = [Reading(example.text).text.lower() for example in read_examples(DATA / "reports")]
    counts = Counter(character for text in texts for character in set(text) if character.isalnum())
    lines = [f"{c}{n}" for c, n in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])) if n > 1]
    (FOLDER / "characters.txt").write_text("\n".join([str(len(texts)), *lines]) + "\n", encoding="utf-8")


def measure(suggester: Suggester, path: Path = TEST) -> dict[str, float]:
    """How the detection does on stories it was not fitted on, each telling looked for among the messages of the corpus.

    `likely`: tellings of one event that are shown as likely; `listed`: as possible; `first`: that come first, whatever their probability;
    `like_…`: tellings of another event by the same unit; `wrongly_…`: others a query, counted up to a hundred thousand reports.
    """
    tellings, around = read_tellings(path, suggester), corpus_stories(suggester)
    pairs = pairs_of(tellings, around)
    unrelated = [same_story(*pair) for pair in pairs.unrelated]
    strongest = dict.fromkeys((id(t.story) for t in tellings), 0.0)
    for (telling, _), found in zip(pairs.unrelated, unrelated, strict=True):
        strongest[id(telling)] = max(strongest[id(telling)], found.probability)
    told = [(pair, same_story(*pair)) for pair in pairs.same if not set(pair[0].keys).isdisjoint(pair[1].keys)]
    like = [same_story(*pair) for pair in pairs.like]
    up = REPORTS / len(around) / len(tellings)
    return {
        "pairs": len(pairs.same),
        "meet": len(told) / len(pairs.same),
        "likely": sum(r.is_likely for _, r in told) / len(pairs.same),
        "listed": sum(r.worth_showing for _, r in told) / len(pairs.same),
        "first": sum(r.probability > strongest[id(pair[0])] for pair, r in told) / len(pairs.same),
        "like_likely": sum(r.is_likely for r in like) / len(like),
        "like_listed": sum(r.worth_showing for r in like) / len(like),
        "wrongly_likely": sum(r.is_likely for r in unrelated) * up,
        "wrongly_listed": sum(r.worth_showing for r in unrelated) * up,
    }
