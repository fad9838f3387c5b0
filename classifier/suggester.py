"""Puts the answers together: label, units, persons and slots of one text. Suggests; `domain/routing.py` decides."""

from dataclasses import replace
from datetime import date
from itertools import takewhile

from classifier.positions import doubtful_upward, find_titles
from classifier.slots import find_slots
from classifier.store import Artefact
from classifier.text import Reading, warm_up
from classifier.units import MentionFinder
from domain.directory import Directory
from domain.taxonomy import accusing
from domain.values import Mentions, Slots, Suggestion

_SCORES = 5


class ArtefactSuggester:
    """The suggester that runs in production."""

    def __init__(self, artefact: Artefact, directory: Directory) -> None:
        self._artefact = artefact
        self._finder = MentionFinder(directory)
        warm_up()

    def knowing(self, directory: Directory) -> "ArtefactSuggester":
        """The same classifier with the units of another directory."""
        return ArtefactSuggester(self._artefact, directory)

    def suggest(self, text: str, reported_on: date) -> Suggestion:
        """The suggestion for a text as a citizen wrote it, empty text included."""
        model, reading = self._artefact.model, Reading(text)
        row = model.features.row(reading)
        chances = model.probabilities(row)
        order, likely = chances.argsort()[::-1].tolist(), chances.tolist()
        scores = tuple((model.labels[i], round(likely[i], 4)) for i in order[:_SCORES])
        label, confidence = scores[0]
        least = min(model.doubt, likely[order[0]])
        titles = find_titles(reading.text)
        mentions = self._finder.find(reading, titles, kind=accusing(label))
        speaks_for, speaks_against = model.evidence(reading, row, label)
        return Suggestion(
            label=label,
            scores=scores,
            abstained=confidence < model.threshold,
            mentions=mentions,
            slots=_with_position(find_slots(reading.text, titles, reported_on), mentions),
            model_version=self._artefact.version,
            evidence=tuple(speaks_for),
            counter_evidence=tuple(speaks_against),
            not_ruled_out=tuple(model.labels[i] for i in takewhile(lambda i: likely[i] >= least, order)),
            doubtful=doubtful_upward(titles),
        )

    def words_for(self, unit: str, text: str) -> tuple[str, ...]:
        """The words of a text that named this unit, as the finders read it; none where it was found in another way."""
        reading = Reading(text)
        return self._finder.words_for(unit, reading, find_titles(reading.text))


def _with_position(slots: Slots, mentions: Mentions) -> Slots:
    """A position stands in for a name: whoever wrote "a station head" need not be asked who it was."""
    if slots.person is not None:
        return slots
    accused = next((p.title for p in mentions.positions if p.accused), None)
    return slots if accused is None else replace(slots, person=accused)
