"""Trains the classifier from `data/reports/` and keeps it in the instance folder, only when code or data changed."""

from pathlib import Path

from app.reference import DATA
from app.settings import PROJECT
from classifier.corpus import digest, read_examples
from classifier.store import ArtefactError, load_artefact, save
from classifier.training import Trained, train

# What a model depends on besides the library: the messages, the taxonomy, the dictionary and the code that reads them.
_CODE = ("text.py", "features.py", "kinds.py", "training.py", "store.py")


def data_digest() -> str:
    """One hash over everything a model is made from."""
    return digest(
        [
            *sorted((DATA / "reports").glob("*.jsonl")),
            DATA / "taxonomy.yaml",
            DATA / "domain_words.txt",
            *(PROJECT / "classifier" / name for name in _CODE),
        ]
    )


def train_if_needed(folder: Path) -> bool:
    """Trains unless `folder` holds a model of the same data, code and library. True when it trained."""
    try:
        load_artefact(folder, data_digest())
    except ArtefactError:
        train_into(folder)
        return True
    return False


def train_into(folder: Path) -> Trained:
    """Trains and saves."""
    trained = train(read_examples(DATA / "reports"))
    save(folder, trained.model, trained.figures.as_dict(), data_digest())
    return trained
