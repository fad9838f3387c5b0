"""Labelled rows in, fitted model and its figures out. Temperature and threshold come from writers the fold did not see."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.model_selection import GroupKFold

from classifier.corpus import Example
from classifier.evaluation import Figures, figures_of
from classifier.features import Features
from classifier.kinds import KindModel, fit_machine, softmax

# A wrong suggestion costs more trust than an extra question: abstain below the confidence that is right this often.
PRECISION_WANTED = 0.90


@dataclass(frozen=True, slots=True)
class Trained:
    """The model, and how it did on writers it had not seen while it was measured."""

    model: KindModel
    figures: Figures


def train(examples: list[Example]) -> Trained:
    """Fits on all examples; measures by leaving out each writer in turn. Raises ValueError for fewer than two writers."""
    texts, labels = [e.text for e in examples], [e.label for e in examples]
    names = tuple(sorted(set(labels)))
    margins = _margins_of_unseen_writers(examples, names)
    truth = np.array([names.index(label) for label in labels])
    temperature = _best_temperature(margins, truth)
    probabilities = softmax(margins / temperature)
    threshold = _threshold(probabilities, truth)

    features = Features()
    machine = fit_machine(features.fit(texts), labels)
    model = KindModel(
        labels=tuple(machine.classes_),
        features=features,
        weights=machine.coef_.astype(np.float32),
        intercept=machine.intercept_.astype(np.float32),
        temperature=temperature,
        threshold=threshold,
    )
    return Trained(model, figures_of(names, probabilities, truth, threshold))


def _margins_of_unseen_writers(examples: list[Example], names: tuple[str, ...]) -> NDArray[np.float64]:
    """Margins of every example from a machine that saw nothing by its writer."""
    writers = np.array([e.writer for e in examples])
    if len(set(writers)) < 2:
        msg = "at least two writers are needed: figures on one's own writer would flatter"
        raise ValueError(msg)
    texts, labels = np.array([e.text for e in examples], dtype=object), np.array([e.label for e in examples])
    margins = np.full((len(examples), len(names)), -10.0)
    for seen, unseen in GroupKFold(n_splits=len(set(writers))).split(texts, labels, writers):
        features = Features()
        machine = fit_machine(features.fit(list(texts[seen])), list(labels[seen]))
        columns = [names.index(name) for name in machine.classes_]
        margins[np.ix_(unseen, columns)] = machine.decision_function(features.transform(list(texts[unseen])))
    return margins


def _best_temperature(margins: NDArray[np.float64], truth: NDArray[np.int_]) -> float:
    """The one number that makes probabilities honest: least log loss on unseen writers."""

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
