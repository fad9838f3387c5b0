"""`flask classifier finders`: how the finders of units, owners, sums and persons do on the training messages, writer by writer.

Then the same on messages written for this purpose alone, with the body that takes them (`data/finders/`): those the finders
were mended by, and those that nobody looked at while mending. The model has no part in it: each message is taken to have the
label that its writer gave it.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from app.reference import DATA
from classifier.corpus import Example
from classifier.found import Found, persons_found, sums_found, units_found
from classifier.persons import persons_in
from classifier.positions import find_titles
from classifier.slots import amounts_in
from classifier.text import Reading
from classifier.units import MentionFinder
from domain.taxonomy import accusing
from services.base import Parts
from services.suggestions import Suggestions

DEVELOPMENT = DATA / "finders" / "development.jsonl"
UNSEEN = DATA / "finders" / "unseen.jsonl"


class FinderTrial:
    """The finders of one installation, asked without the model."""

    def __init__(self, parts: Parts) -> None:
        self._suggestions = Suggestions(parts)
        self._mentions = MentionFinder(parts.directory)

    def unit_and_owner(self, text: str, label: str) -> tuple[str | None, str]:
        """The unit that a suggestion of this label would show, and the body that would take it."""
        reading = Reading(text)
        mentions = self._mentions.find(reading, find_titles(reading.text), kind=accusing(label))
        route = self._suggestions.route(label, mentions)
        return self._suggestions.unit_of(label, mentions, route), route.owner

    def figures(self, examples: Sequence[Example]) -> dict[str, Found]:
        """Units of all messages, owners, sums and persons of those whose writer noted them."""
        texts = [Reading(e.text).text for e in examples]
        answers = [self.unit_and_owner(e.text, e.label) for e in examples]
        return {
            "unit": units_found((e.unit, unit) for e, (unit, _) in zip(examples, answers, strict=True)),
            "owner": units_found(
                (e.owner, owner) for e, (_, owner) in zip(examples, answers, strict=True) if e.owner is not None
            ),
            "sums": sums_found(
                (e.amounts, amounts_in(text)) for e, text in zip(examples, texts, strict=True) if e.amounts is not None
            ),
            "persons": persons_found(
                (e.persons, persons_in(text, find_titles(text)))
                for e, text in zip(examples, texts, strict=True)
                if e.persons is not None
            ),
        }


def by_writer(trial: FinderTrial, examples: Sequence[Example]) -> Iterator[tuple[str, dict[str, Found]]]:
    """The figures of each writer, then of all. `examples` as `read_examples` gives them, writer after writer."""
    for writer, theirs in groupby(examples, key=lambda e: e.writer):
        yield writer, trial.figures(list(theirs))
    yield "all", trial.figures(examples)


def messages_of(path: Path) -> dict[str, list[dict[str, Any]]]:
    """The messages of a file of `data/finders/`: all of them, and those of each writer where they are told apart."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    lots = {path.stem: rows}
    for row in rows:
        if "writer" in row:
            lots.setdefault(f"{path.stem}, {row['writer']}", []).append(row)
    return lots


def on_messages(trial: FinderTrial, rows: Sequence[dict[str, Any]]) -> dict[str, float]:
    """The shares of messages of `data/finders/` with the right unit and the right owner, of the persons found,
    and, where sums were noted, of the sums found and of those that are right."""
    answers = [trial.unit_and_owner(row["text"], row["label"]) for row in rows]
    texts = [Reading(row["text"]).text for row in rows]
    persons = persons_found(
        (row["persons"], persons_in(text, find_titles(text))) for row, text in zip(rows, texts, strict=True)
    )
    sums = sums_found(
        (row["amounts"], amounts_in(text)) for row, text in zip(rows, texts, strict=True) if "amounts" in row
    )
    right = {
        name: sum(answer[i] == row[name] for row, answer in zip(rows, answers, strict=True)) / len(rows)
        for i, name in enumerate(("unit", "owner"))
    }
    shares = {**right, "persons": persons.recall, "sums": sums.recall, "sums_precision": sums.precision}
    return {name: round(value, 4) for name, value in shares.items()}


def flat(figures: dict[str, Found]) -> dict[str, float]:
    """Precision and recall by name, of what writers noted at all, for a card or a table."""
    return {
        f"{name}_{which}": round(value, 4)
        for name, found in figures.items()
        if found.noted
        for which, value in (("precision", found.precision), ("recall", found.recall))
    }
