"""Labelled messages in, fitted model and its figures out. All that is chosen is chosen on writers the fold did not see."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC

from classifier.corpus import DECIDED, Example
from classifier.evaluation import Figures, figures_of
from classifier.features import Features
from classifier.kinds import KindModel, fit_machine, softmax
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
    margins = margins_of_unseen_writers(examples, readings, lessons, names)
    truth = np.array([names.index(label) for label in labels])
    temperature = best_temperature(margins, truth)
    probabilities = softmax(margins / temperature)
    threshold = _threshold(probabilities, truth)

    features = Features()
    machine = fit_on(features, [*examples, *lessons])
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


def fit_on(features: Features, examples: list[Example]) -> LinearSVC:
    """Fits `features` and one linear machine on these examples."""
    decided = [example.writer == DECIDED for example in examples]
    matrix = features.fit([Reading(example.text) for example in examples], decided)
    return fit_machine(matrix, [example.label for example in examples])


def margins_of_unseen_writers(
    examples: list[Example], readings: list[Reading], lessons: list[Example], names: tuple[str, ...]
) -> NDArray[np.float64]:
    """Margins of every example (rows) for every label (columns) from a machine that saw nothing by its writer."""
    writers = np.array([e.writer for e in examples])
    folds = min(FOLDS, len(set(writers)))
    if folds < 2:
        msg = "at least two writers are needed: figures on one's own writer would flatter"
        raise ValueError(msg)
    margins = np.full((len(examples), len(names)), -10.0)
    for seen, unseen in GroupKFold(n_splits=folds).split(readings, readings, writers):
        features = Features()
        machine = fit_on(features, [*(examples[i] for i in seen), *lessons])
        columns = [names.index(name) for name in machine.classes_]
        margins[np.ix_(unseen, columns)] = machine.decision_function(features.transform([readings[i] for i in unseen]))
    return margins


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
