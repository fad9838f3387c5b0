"""The classifier that a running process uses."""

from datetime import date

import pytest

from app.parts import DeferredSuggester
from classifier.store import ArtefactError
from tests.fakes import ScriptedSuggester, suggestion

TODAY = date(2026, 11, 23)


class ShelfOfAnswers:
    """Gives a suggester that says which version it is; can be broken."""

    def __init__(self):
        self.version = "first"
        self.broken = False
        self.loads = 0

    def load(self):
        self.loads += 1
        if self.broken:
            raise ArtefactError("damaged")
        return ScriptedSuggester(otherwise=suggestion(self.version))

    def stamp(self):
        return self.version


@pytest.fixture
def shelf():
    return ShelfOfAnswers()


@pytest.fixture
def suggester(shelf):
    return DeferredSuggester(shelf.load, shelf.stamp)


def test_nothing_is_loaded_before_it_is_asked(suggester, shelf):
    assert not suggester.is_loaded
    assert shelf.loads == 0


def test_it_loads_once(suggester, shelf):
    suggester.suggest("", TODAY)
    suggester.suggest("", TODAY)

    assert shelf.loads == 1


def test_another_version_put_in_use_answers_the_next_message(suggester, shelf):
    suggester.suggest("", TODAY)
    shelf.version = "second"

    assert suggester.suggest("", TODAY).label == "second"


def test_a_version_that_cannot_be_loaded_leaves_the_one_in_memory_at_work(suggester, shelf, caplog):
    suggester.suggest("", TODAY)
    shelf.version, shelf.broken = "second", True

    assert suggester.suggest("", TODAY).label == "first"
    assert "not taken up" in caplog.text
    assert shelf.loads == 2


def test_with_nothing_loaded_and_nothing_to_load_it_says_so(suggester, shelf):
    shelf.broken = True

    with pytest.raises(ArtefactError):
        suggester.suggest("", TODAY)
