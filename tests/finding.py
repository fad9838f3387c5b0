"""What the finders make of a text, as one call."""

from datetime import date

from app.reference import load_directory
from classifier.positions import Title, find_titles
from classifier.slots import find_slots
from classifier.text import Reading
from classifier.units import MentionFinder, UnitFinder
from domain.values import Mentions, Slots

DIRECTORY = load_directory()
_FINDER = MentionFinder(DIRECTORY)
_UNITS = UnitFinder(DIRECTORY)


def titles_in(text: str) -> list[Title]:
    return find_titles(Reading(text).text)


def mentions_in(text: str, kind: str | None = None) -> Mentions:
    return _FINDER.find(Reading(text), titles_in(text), kind=kind)


def units_in(text: str) -> Mentions:
    """The units alone, as if no person's title stood in the text."""
    return _UNITS.read(Reading(text)).mentions


def slots_in(text: str, reported_on: date) -> Slots:
    return find_slots(Reading(text).text, titles_in(text), reported_on)
