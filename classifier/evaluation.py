"""Figures of a set of predictions: macro-F1, top-3, scope, calibration, abstention. Computes, never chooses."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from domain.taxonomy import NON_KIND_PREFIX


@dataclass(frozen=True, slots=True)
class Figures:
    """All between 0 and 1 but `examples` and `set_size`.

    `coverage` is the share answered, `precision` how many of those are right. `in_set` is how often the right label was
    among those not ruled out, `set_size` how many those are on average.
    """

    examples: int
    accuracy: float
    macro_f1: float
    macro_f1_kinds: float
    top3: float
    scope: float
    calibration_error: float
    coverage: float
    precision: float
    in_set: float
    set_size: float

    def as_dict(self) -> dict[str, float]:
        """Rounded to four places, for the card."""
        return {name: round(value, 4) for name, value in asdict(self).items()}


def figures_of(
    names: tuple[str, ...], probabilities: NDArray[np.float64], truth: NDArray[np.int_], threshold: float, doubt: float
) -> Figures:
    """The figures of `probabilities` (rows × labels) against the true columns."""
    guess = probabilities.argmax(axis=1)
    confidence = probabilities.max(axis=1)
    is_kind = np.array([not name.startswith(NON_KIND_PREFIX) for name in names])
    kinds = np.flatnonzero(is_kind)
    best3 = np.argsort(-probabilities, axis=1)[:, :3]
    answered = confidence >= threshold
    right = guess == truth
    kept = probabilities >= np.minimum(doubt, confidence)[:, None]
    return Figures(
        examples=len(truth),
        accuracy=float(right.mean()),
        macro_f1=float(f1_score(truth, guess, average="macro", zero_division=0.0)),
        macro_f1_kinds=float(f1_score(truth, guess, labels=kinds, average="macro", zero_division=0.0)),
        top3=float((best3 == truth[:, None]).any(axis=1).mean()),
        scope=float((is_kind[guess] == is_kind[truth]).mean()),
        calibration_error=expected_calibration_error(confidence, right),
        coverage=float(answered.mean()),
        precision=float(right[answered].mean()) if answered.any() else 0.0,
        in_set=float(kept[np.arange(len(truth)), truth].mean()),
        set_size=float(kept.sum(axis=1).mean()),
    )


def macro_f1(truth: Sequence[str], guesses: Sequence[str], labels: Sequence[str]) -> float:
    """The F1 of each of `labels`, averaged, each counted alike."""
    return float(f1_score(truth, guesses, labels=labels, average="macro", zero_division=0.0))


def expected_calibration_error(confidence: NDArray[np.float64], right: NDArray[np.bool_], bins: int = 10) -> float:
    """How far confidence is from being right that often, weighted over equal-width bins (Guo et al. 2017)."""
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    return float(
        sum(
            abs(confidence[which == b].mean() - right[which == b].mean()) * (which == b).mean()
            for b in range(bins)
            if (which == b).any()
        )
    )
