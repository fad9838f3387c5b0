"""Trains the classifier from `data/reports/` and keeps it in the instance folder, only when code or data changed."""

from pathlib import Path

from app.reference import DATA, load_taxonomy
from app.settings import PROJECT
from classifier.card import model_card
from classifier.corpus import Example, digest, lessons_of, read_examples
from classifier.shelf import Shelf
from classifier.store import ArtefactError
from classifier.training import Trained, train

# What a model depends on besides the library: the messages, the taxonomy, dictionary and characters, and the code that reads them.
_CODE = ("text.py", "features.py", "kinds.py", "training.py", "store.py")


def data_digest() -> str:
    """One hash over everything a model is made from."""
    return digest(
        [
            *sorted((DATA / "reports").glob("*.jsonl")),
            DATA / "taxonomy.yaml",
            DATA / "domain_words.txt",
            DATA / "traditional.txt",
            *(PROJECT / "classifier" / name for name in _CODE),
        ]
    )


def train_if_needed(folder: Path) -> bool:
    """Trains unless the classifier in use is of the same data, code and libraries. True when it trained."""
    try:
        Shelf(folder).load(data_digest=data_digest())
    except ArtefactError:
        train_into(folder)
        return True
    return False


def train_into(folder: Path) -> Trained:
    """Trains from the invented messages alone, and puts the result in use."""
    shelf = Shelf(folder)
    trained, version = _train_and_keep(shelf, read_examples(DATA / "reports"))
    shelf.use(version)
    return trained


def retrain_with(folder: Path, decided: list[Example]) -> str:
    """Trains with what staff decided as well. Gives back the version, which nobody uses until it was compared and chosen."""
    return _train_and_keep(Shelf(folder), [*read_examples(DATA / "reports"), *decided])[1]


def _train_and_keep(shelf: Shelf, examples: list[Example]) -> tuple[Trained, str]:
    """A training run: the model with its card on the shelf, not yet in use. Gives the version too."""
    trained = train(examples, lessons_of(load_taxonomy()))
    figures = trained.figures.as_dict()
    return trained, shelf.keep(trained.model, figures, data_digest(), model_card(figures, examples, trained.model))
