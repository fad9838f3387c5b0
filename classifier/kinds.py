"""Which label a message has: one linear machine over sparse features, its margins turned into probabilities by one temperature."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from classifier.features import Vocabulary, character_grams, word_grams
from classifier.text import Reading

SEED = 20261123
_C = 0.4
# A word of a message with its weight for or against a label.
Spoken = tuple[str, float]


@dataclass(slots=True)
class KindModel:
    """A fitted model. `weights` is features × labels, characters first; `temperature` scales margins.

    Below `threshold` the best label is not sure enough to be shown as the answer. `doubt` is the least probability that a
    label must have to stay among those that cannot be ruled out (conformal prediction).
    """

    labels: tuple[str, ...]
    characters: Vocabulary
    words: Vocabulary
    weights: NDArray[np.float32]
    intercept: NDArray[np.float32]
    temperature: float
    threshold: float
    doubt: float

    def probabilities(self, reading: Reading) -> NDArray[np.float64]:
        """One number a label; they add up to 1."""
        return softmax(self.margins(reading) / self.temperature)

    def margins(self, reading: Reading) -> NDArray[np.float64]:
        """Distances from each label's plane."""
        columns, values = self.characters.row(character_grams(reading))
        word_columns, word_values = self.words.row(word_grams(reading))
        by_characters = values @ self.weights[columns]
        by_words = word_values @ self.weights[word_columns + len(self.characters.terms)]
        return np.asarray(by_characters + by_words + self.intercept, dtype=np.float64)

    def evidence(self, reading: Reading, label: str, limit: int = 6) -> tuple[list[Spoken], list[Spoken]]:
        """The words that speak most for `label` and most against it, each with its weight, strongest first."""
        labels = self.labels.index(label)
        columns, values = self.words.row(reading.words)
        weights = values * self.weights[columns + len(self.characters.terms), labels]
        spoken = [
            (self.words.terms[column], round(float(weight), 4))
            for column, weight in zip(columns, weights, strict=True)
            if len(self.words.terms[column]) > 1
        ]
        spoken.sort(key=lambda item: item[1])
        against = [item for item in spoken[:limit] if item[1] < 0]
        return [item for item in reversed(spoken[-limit:]) if item[1] > 0], against


def fit_machine(matrix: csr_matrix, labels: list[str]) -> LinearSVC:
    """One plane a label, classes weighted alike, reproducible."""
    return LinearSVC(C=_C, class_weight="balanced", random_state=SEED).fit(matrix, labels)


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Over the last axis, safe for large numbers."""
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True))
