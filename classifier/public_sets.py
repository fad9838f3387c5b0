"""Cross-validates the pipeline on public complaint data, for measuring only: the files are never copied nor trained into anything.

The best figures of linear models on the same files, measured before this project began, stand in `BEFORE`.
"""

import csv
import gzip
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold

from classifier.features import Features
from classifier.machine import SEED, fit_machine
from classifier.text import Reading
from classifier.training import strength_for

FOLDS = 5
# A class must be able to stand in every fold with a handful of examples, as in the measurement before.
_LEAST = 36


@dataclass(frozen=True, slots=True)
class PublicSet:
    """A file of labelled messages and the macro-F1 that was the best before."""

    name: str
    file: str
    before: float
    row: Callable[[dict[str, str]], tuple[str, str]]


SETS = (
    PublicSet(
        "teddy", "teddy_labelled.csv.gz", 0.866, lambda row: (f"{row['title']}\u3002{row['body']}", row["label"])
    ),
    PublicSet("msga intent", "msga.csv.gz", 0.822, lambda row: (row["text"], row["intent"])),
    PublicSet("msga domain", "msga.csv.gz", 0.538, lambda row: (row["text"], row["domain"])),
)


def read_public_set(chosen: PublicSet, folder: Path) -> tuple[list[str], list[str]]:
    """Texts and labels; rows without a label and classes too rare to fold are left out. Raises FileNotFoundError."""
    with gzip.open(folder / chosen.file, "rt", encoding="utf-8-sig", newline="") as lines:
        rows = [(text, label) for text, label in map(chosen.row, csv.DictReader(lines)) if label]
    sizes = Counter(label for _, label in rows)
    kept = [(text, label) for text, label in rows if sizes[label] >= _LEAST]
    return [text for text, _ in kept], [label for _, label in kept]


def cross_validate(texts: list[str], labels: list[str]) -> float:
    """Macro-F1 of the pipeline that is shipped, averaged over the folds; what it chooses it chooses within each training part."""
    readings, truth = np.array([Reading(text) for text in texts], dtype=object), np.array(labels)
    return float(np.mean(list(_scores(readings, truth))))


def _scores(readings: np.ndarray, truth: np.ndarray) -> Iterator[float]:
    for seen, unseen in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(readings, truth):
        features = Features()
        matrix = features.fit(list(readings[seen]))
        machine = fit_machine(matrix, list(truth[seen]), strength_for(matrix, truth[seen]))
        guesses = machine.predict(features.transform(list(readings[unseen])))
        yield f1_score(truth[unseen], guesses, average="macro")
