"""Labelled messages in, fitted model and its figures out. All that is chosen is chosen on writers the fold did not see."""

import random
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import vstack
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC

from classifier.corpus import DECIDED, Example
from classifier.evaluation import Figures, figures_of
from classifier.features import Features
from classifier.kinds import SEED, KindModel, fit_machine, softmax
from classifier.noise import noisy
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


def train(examples: list[Example]) -> Trained:
    """Fits on all examples; measures on groups of writers left out in turn. Raises ValueError for fewer than two writers."""
    readings, labels = [Reading(e.text) for e in examples], [e.label for e in examples]
    names = tuple(sorted(set(labels)))
    margins = margins_of_unseen_writers(examples, readings, names)
    truth = np.array([names.index(label) for label in labels])
    temperature = best_temperature(margins, truth)
    probabilities = softmax(margins / temperature)
    threshold = _threshold(probabilities, truth)

    features = Features()
    machine = fit_with_noise(features, readings, labels, _decided(examples))
    model = KindModel(
        labels=tuple(machine.classes_),
        features=features,
        # Half precision is what the artefact holds; rounding now keeps the figures those of what is kept.
        weights=np.ascontiguousarray(machine.coef_.T).astype(np.float16).astype(np.float32),
        intercept=machine.intercept_.astype(np.float32),
        temperature=temperature,
        threshold=threshold,
        doubt=_least_probability(probabilities, truth),
    )
    return Trained(model, figures_of(names, probabilities, truth, threshold, model.doubt))


def margins_of_unseen_writers(
    examples: list[Example], readings: list[Reading], names: tuple[str, ...]
) -> NDArray[np.float64]:
    """Margins of every example (rows) for every label (columns) from a machine that saw nothing by its writer."""
    writers = np.array([e.writer for e in examples])
    folds = min(FOLDS, len(set(writers)))
    if folds < 2:
        msg = "at least two writers are needed: figures on one's own writer would flatter"
        raise ValueError(msg)
    texts, labels = np.array(readings, dtype=object), np.array([e.label for e in examples])
    decided = np.array(_decided(examples))
    margins = np.full((len(examples), len(names)), -10.0)
    for seen, unseen in GroupKFold(n_splits=folds).split(texts, labels, writers):
        features = Features()
        machine = fit_with_noise(features, list(texts[seen]), list(labels[seen]), list(decided[seen]))
        columns = [names.index(name) for name in machine.classes_]
        margins[np.ix_(unseen, columns)] = machine.decision_function(features.transform(list(texts[unseen])))
    return margins


def fit_with_noise(
    features: Features, readings: list[Reading], labels: list[str], decided: list[bool] | None = None
) -> LinearSVC:
    """Fits on each invented message twice: as it is, and as a hurried hand would write it. Real reports bring their own noise."""
    matrix = features.fit(readings, decided)
    real = decided or [False] * len(readings)
    chance = random.Random(SEED)  # noqa: S311  (no secret)
    invented = [(r, label) for r, label, is_real in zip(readings, labels, real, strict=True) if not is_real]
    copies = features.transform([Reading(noisy(r.text, chance)) for r, _ in invented])
    return fit_machine(vstack([matrix, copies]).tocsr(), [*labels, *(label for _, label in invented)])


def _decided(examples: list[Example]) -> list[bool]:
    return [example.writer == DECIDED for example in examples]


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
