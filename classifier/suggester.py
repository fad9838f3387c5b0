"""Puts the answers together: label, units, persons and slots of one text. Suggests; `domain/routing.py` decides."""

from dataclasses import replace
from datetime import date

from classifier.positions import doubtful_upward
from classifier.slots import find_slots
from classifier.store import Artefact
from classifier.text import warm_up
from classifier.units import MentionFinder
from domain.directory import Directory
from domain.values import Mentions, Slots, Suggestion


class ArtefactSuggester:
    """The suggester that runs in production."""

    def __init__(self, artefact: Artefact, directory: Directory) -> None:
        self._artefact = artefact
        self._finder = MentionFinder(directory)
        warm_up()

    def suggest(self, text: str, reported_on: date) -> Suggestion:
        """The suggestion for a text as a citizen wrote it, empty text included."""
        model = self._artefact.model
        row = model.probabilities([text])[0]
        best = row.argsort()[::-1][:5]
        scores = tuple((model.labels[i], round(float(row[i]), 4)) for i in best)
        label = scores[0][0]
        mentions = self._finder.find(text)
        return Suggestion(
            label=label,
            scores=scores,
            abstained=bool(row[best[0]] < model.threshold),
            mentions=mentions,
            slots=_with_position(find_slots(text, reported_on), mentions),
            model_version=self._artefact.version,
            evidence=tuple(model.evidence(text, label)),
            doubtful=doubtful_upward(text),
        )


def _with_position(slots: Slots, mentions: Mentions) -> Slots:
    """A position stands in for a name: whoever wrote "a station head" need not be asked who it was."""
    if slots.person is not None:
        return slots
    return replace(slots, person=next((p.title for p in mentions.positions if p.accused), None))
