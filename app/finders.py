"""`flask classifier finders`: how the finders of units, sums and persons do on the training messages, writer by writer.

The model has no part in it: each message is taken to have the label that its writer gave it.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from classifier.corpus import Example
from classifier.found import Found, persons_found, sums_found, units_found
from classifier.persons import persons_in
from classifier.positions import find_titles
from classifier.slots import amounts_in
from classifier.text import Reading
from classifier.units import MentionFinder
from domain.taxonomy import NON_KIND_PREFIX
from services.base import Parts
from services.suggestions import Suggestions


class FinderTrial:
    """The finders of one installation, asked without the model."""

    def __init__(self, parts: Parts) -> None:
        self._suggestions = Suggestions(parts)
        self._mentions = MentionFinder(parts.directory)

    def unit_of(self, example: Example) -> str | None:
        """The unit that a suggestion of the writer's label would show."""
        reading = Reading(example.text)
        kind = None if example.label.startswith(NON_KIND_PREFIX) else example.label
        mentions = self._mentions.find(reading, find_titles(reading.text), kind=kind)
        route = self._suggestions.route(example.label, mentions)
        return self._suggestions.unit_of(example.label, mentions, route)

    def figures(self, examples: Sequence[Example]) -> dict[str, Found]:
        """Units of all messages, sums and persons of those whose writer noted them."""
        texts = [Reading(e.text).text for e in examples]
        return {
            "unit": units_found((e.unit, self.unit_of(e)) for e in examples),
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


def flat(figures: dict[str, Found]) -> dict[str, float]:
    """Precision and recall by name, of what writers noted at all, for a card or a table."""
    return {
        f"{name}_{which}": round(value, 4)
        for name, found in figures.items()
        if found.noted
        for which, value in (("precision", found.precision), ("recall", found.recall))
    }
