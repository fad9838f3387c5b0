"""Which label a message has: one linear machine over sparse features, its margins turned into probabilities by one temperature."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from classifier.features import Features

SEED = 20261123
_C = 0.4


@dataclass(slots=True)
class KindModel:
    """A fitted model. `weights` is labels × features, `temperature` scales margins, `threshold` decides abstention."""

    labels: tuple[str, ...]
    features: Features
    weights: NDArray[np.float32]
    intercept: NDArray[np.float32]
    temperature: float
    threshold: float

    def probabilities(self, texts: list[str]) -> NDArray[np.float64]:
        """One row a text, one column a label; rows add up to 1."""
        return softmax(self.margins(self.features.transform(texts)) / self.temperature)

    def margins(self, matrix: csr_matrix) -> NDArray[np.float64]:
        """Distances from each label's plane."""
        return np.asarray(matrix @ self.weights.T + self.intercept, dtype=np.float64)

    def evidence(self, text: str, label: str, limit: int = 6) -> list[tuple[str, float]]:
        """The words of `text` that speak most for `label`, with their weight, strongest first."""
        row = self.weights[self.labels.index(label)]
        offset = len(self.features.characters.vocabulary_)
        values = self.features.words.transform([text])
        vocabulary = self.features.words.vocabulary_
        scores = {}
        for word in self.features.words_of(text):
            column = vocabulary.get(word)
            if column is not None and len(word) > 1:
                scores[word] = float(values[0, column] * row[offset + column])
        best = sorted(scores.items(), key=lambda item: -item[1])
        return [(word, round(weight, 4)) for word, weight in best[:limit] if weight > 0]


def fit_machine(matrix: csr_matrix, labels: list[str]) -> LinearSVC:
    """One plane a label, classes weighted alike, reproducible."""
    return LinearSVC(C=_C, class_weight="balanced", random_state=SEED).fit(matrix, labels)


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Row-wise, safe for large numbers."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))
