"""Labelled messages in, fitted model and its figures out. All that is chosen is chosen on writers the fold did not see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.metrics import f1_score
from sklearn.model_selection import GroupKFold, StratifiedKFold

from classifier.corpus import DECIDED, Example
from classifier.evaluation import Figures, figures_of
from classifier.features import Features
from classifier.kinds import KindModel, softmax
from classifier.machine import SEED, STRENGTHS, fit_machine
from classifier.text import Reading

# A wrong suggestion costs more trust than an extra question: abstain below the confidence that is right this often.
PRECISION_WANTED = 0.97
# How often the right label must be among those that are not ruled out.
COVERAGE_WANTED = 0.95
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Trained:
    """The model, and how it did on writers it had not seen while it was measured."""

    model: KindModel
    figures: Figures


def train(examples: list[Example], lessons: list[Example]) -> Trained:
    """Fits on all examples and `lessons`; measures on groups of writers left out in turn.

    `lessons` are known in every fold and never measured. Raises ValueError for fewer than two writers.
    """
    readings, labels = [Reading(e.text) for e in examples], [e.label for e in examples]
    names = tuple(sorted(set(labels)))
    truth = np.array([names.index(label) for label in labels])
    strength, margins = margins_of_unseen_writers(examples, readings, lessons, names)
    temperature = best_temperature(margins, truth)
    probabilities = softmax(margins / temperature)
    threshold = _threshold(probabilities, truth)

    features = Features()
    known, matrix = [*examples, *lessons], _fit_features(features, [*examples, *lessons], readings)
    machine = fit_machine(matrix, [example.label for example in known], strength)
    model = KindModel(
        labels=tuple(machine.classes_),
        features=features,
        weights=np.ascontiguousarray(machine.coef_.T, dtype=np.float16),
        intercept=machine.intercept_.astype(np.float32),
        temperature=temperature,
        threshold=threshold,
        doubt=_least_probability(probabilities, truth),
    )
    return Trained(model, figures_of(names, probabilities, truth, threshold, model.doubt))


def _fit_features(features: Features, examples: Sequence[Example], readings: Sequence[Reading]) -> csr_matrix:
    """Fits on examples of which the first have been read already."""
    rest = [Reading(example.text) for example in examples[len(readings) :]]
    return features.fit([*readings, *rest], [example.writer == DECIDED for example in examples])


def margins_of_unseen_writers(
    examples: list[Example], readings: list[Reading], lessons: list[Example], names: tuple[str, ...]
) -> tuple[float, NDArray[np.float64]]:
    """Margins of every example (rows) for every label (columns) from a machine that saw nothing by its writer; and its strength.

    The strength is the one that does best on the first writers left out: trying all on each would take three times as long.
    """
    writers = np.array([e.writer for e in examples])
    truth = np.array([names.index(e.label) for e in examples])
    folds = min(FOLDS, len(set(writers)))
    if folds < 2:
        msg = "at least two writers are needed: figures on one's own writer would flatter"
        raise ValueError(msg)
    margins = np.full((len(examples), len(names)), -10.0)
    strengths: tuple[float, ...] = STRENGTHS
    for seen, unseen in GroupKFold(n_splits=folds).split(readings, readings, writers):
        features, known = Features(), [*(examples[i] for i in seen), *lessons]
        matrix = _fit_features(features, known, [readings[i] for i in seen])
        asked = features.transform([readings[i] for i in unseen])
        tried = {}
        for strength in strengths:
            machine = fit_machine(matrix, [example.label for example in known], strength)
            tried[strength] = np.full((len(unseen), len(names)), -10.0)
            tried[strength][:, [names.index(name) for name in machine.classes_]] = machine.decision_function(asked)
        best = best_strength(tried, truth[unseen])
        margins[unseen], strengths = tried[best], (best,)
    return strengths[0], margins


def strength_for(matrix: csr_matrix, labels: NDArray[np.str_], folds: int = 3) -> float:
    """The strength that does best on parts of these messages left out in turn, where there are no writers to leave out."""
    names, truth = np.unique(labels, return_inverse=True)
    margins = {strength: np.zeros((len(labels), len(names))) for strength in STRENGTHS}
    for seen, unseen in StratifiedKFold(folds, shuffle=True, random_state=SEED).split(truth, truth):
        for strength, rows in margins.items():
            decided = fit_machine(matrix[seen], list(labels[seen]), strength).decision_function(matrix[unseen])
            rows[unseen] = decided if decided.ndim > 1 else np.column_stack([-decided, decided])
    return best_strength(margins, truth)


def best_strength(margins: Mapping[float, NDArray[np.float64]], truth: NDArray[np.int_]) -> float:
    """The strength whose machine has the highest macro-F1; of equals the least."""
    return max(sorted(margins), key=lambda s: f1_score(truth, margins[s].argmax(axis=1), average="macro"))


def best_temperature(margins: NDArray[np.float64], truth: NDArray[np.int_]) -> float:
    """The one number that makes probabilities honest: least log loss on unseen writers (Guo et al. 2017)."""

    def loss(temperature: float) -> float:
        p = softmax(margins / temperature)[np.arange(len(truth)), truth]
        return float(-np.log(np.clip(p, 1e-12, 1)).mean())

    return float(minimize_scalar(loss, bounds=(0.02, 5.0), method="bounded").x)


def _threshold(probabilities: NDArray[np.float64], truth: NDArray[np.int_]) -> float:
    """The lowest confidence above which the wanted share of suggestions is right."""
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    order = np.argsort(-confidence)
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(precision >= PRECISION_WANTED)
    return float(confidence[order][good[-1]]) if len(good) else 1.0


def _least_probability(probabilities: NDArray[np.float64], truth: NDArray[np.int_]) -> float:
    """The probability that the true label reaches in the wanted share of messages: split conformal prediction.

    Sadinle, Lei and Wasserman 2019, with the correction for a finite sample.
    """
    of_truth = np.sort(probabilities[np.arange(len(truth)), truth])
    rank = int(np.floor((1 - COVERAGE_WANTED) * (len(truth) + 1)))
    return float(of_truth[max(0, rank - 1)])
