"""Trains classifiers: the shipped one from `data/reports/` alone, only when code or data changed; others with decisions of staff."""

from pathlib import Path

from app.reference import DATA, classifier_digest, load_taxonomy
from classifier.card import model_card
from classifier.corpus import Example, lessons_of, read_examples
from classifier.shelf import Shelf
from classifier.store import ArtefactError
from classifier.training import Trained, train


def train_if_needed(folder: Path) -> bool:
    """Trains the shipped classifier unless there is one of the same data, code and libraries. True when it trained."""
    try:
        Shelf(folder).load(data_digest=classifier_digest())
    except ArtefactError:
        train_shipped(folder)
        return True
    return False


def train_shipped(folder: Path) -> Trained:
    """Trains from the invented messages alone: what is used while nobody puts another version in use."""
    shelf = Shelf(folder)
    trained, version = _train_and_keep(shelf, read_examples(DATA / "reports"))
    shelf.ship(version)
    return trained


def retrain_with(folder: Path, decided: list[Example]) -> str:
    """Trains with what staff decided as well. Gives back the version, which nobody uses until it was compared and chosen."""
    return _train_and_keep(Shelf(folder), [*read_examples(DATA / "reports"), *decided])[1]


def _train_and_keep(shelf: Shelf, examples: list[Example]) -> tuple[Trained, str]:
    """A training run: the model with its card on the shelf, not yet in use. Gives the version too."""
    trained = train(examples, lessons_of(load_taxonomy()))
    figures = trained.figures.as_dict()
    return trained, shelf.keep(
        trained.model, figures, classifier_digest(), model_card(figures, examples, trained.model)
    )
