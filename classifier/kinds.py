"""Which label a message has: one linear machine over sparse features, its margins turned into probabilities by one temperature."""

from dataclasses import dataclass
from itertools import filterfalse, islice
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from classifier.features import Features, Row
from classifier.text import Reading, says_little

# A word of a message with its weight for or against a label.
Spoken = tuple[str, float]


@dataclass(slots=True)
class KindModel:
    """A fitted model. `weights` is columns × labels in half precision; `temperature` scales margins.

    Below `threshold` the best label is not sure enough to be shown as the answer. `doubt` is the least probability that a
    label must have to stay among those that cannot be ruled out (conformal prediction).
    """

    labels: tuple[str, ...]
    features: Features
    weights: NDArray[np.float16]
    intercept: NDArray[np.float32]
    temperature: float
    threshold: float
    doubt: float

    def probabilities(self, row: Row) -> NDArray[np.float64]:
        """One number a label; they add up to 1."""
        return softmax(self.margins(row) / self.temperature)

    def margins(self, row: Row) -> NDArray[np.float64]:
        """Distances from each label's plane."""
        return np.asarray(
            row.values @ self.weights.take(row.columns, axis=0).astype(np.float32) + self.intercept, dtype=np.float64
        )

    def evidence(self, reading: Reading, row: Row, label: str, limit: int = 6) -> tuple[list[Spoken], list[Spoken]]:
        """The words that speak most for `label` and most against it, each with its weight, strongest first.

        Words that only hold a sentence together count for the label as they count, but show nobody anything.
        """
        columns = row.word_columns
        values = self.weights[columns, self.labels.index(label)].astype(np.float32) * self.features.idf[columns]
        spoken = sorted(
            {word: value for word, value in zip(reading.words, values.tolist(), strict=True) if len(word) > 1}.items(),
            key=itemgetter(1),
        )
        # Only as many are looked at as are shown: a message of a citizen waits for this.
        strongest, weakest = (islice(filterfalse(_says_little, way), limit) for way in (reversed(spoken), spoken))
        return (
            [(word, round(value, 4)) for word, value in strongest if value > 0],
            [(word, round(value, 4)) for word, value in weakest if value < 0],
        )


def _says_little(spoken: Spoken) -> bool:
    return says_little(spoken[0])


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Over the last axis, safe for large numbers."""
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True))
