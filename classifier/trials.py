"""What was tried for telling kinds apart, each measured alike: groups of writers left out, one table (`flask classifier trials`).

Only training messages are used: the development test set takes no part in choosing.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from classifier.corpus import Example, lessons_of
from classifier.evaluation import figures_of
from classifier.features import BEGINNINGS, CHARACTERS, REGION, WORDS, Features
from classifier.kinds import KindModel, softmax
from classifier.machine import SEED, fit_machine
from classifier.noise import noisy
from classifier.text import Reading
from classifier.training import FOLDS, best_temperature
from domain.taxonomy import Taxonomy

Margins = NDArray[np.float64]
Score = Callable[[Sequence[Reading]], Margins]
_SURE = 0.9  # of a pseudo-label
_TIMED = 400  # messages


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fitted candidate: its labels in the order of columns, margins of many messages, and its size."""

    labels: tuple[str, ...]
    score: Score
    megabytes: float


@dataclass(frozen=True, slots=True)
class Trial:
    """A candidate with the sentence that names it in the table."""

    name: str
    fit: Callable[[list[Reading], list[str]], Fitted]


@dataclass(slots=True)
class Result:
    """One line of the table. Times in seconds and milliseconds."""

    name: str
    macro_f1: float
    top3: float
    calibration_error: float
    train_seconds: float
    megabytes: float
    p50: float
    p99: float


def trials(taxonomy: Taxonomy) -> list[Trial]:
    """All candidates, the one that is shipped first."""
    return [
        Trial(
            "all features, with the taxonomy's definitions and signals as examples (shipped)", _with_lessons(taxonomy)
        ),
        Trial(
            "all features: characters 1-2, words 1-2, the first 20 and 80 characters again; linear SVM",
            _both(fit_machine),
        ),
        Trial("without the beginnings", _both(fit_machine, tuple(BEGINNINGS))),
        Trial("characters only", _both(fit_machine, (WORDS, *BEGINNINGS))),
        Trial("words only", _both(fit_machine, (CHARACTERS, *BEGINNINGS))),
        Trial("all, logistic regression C=10", _both(_logistic)),
        Trial("all, ridge", _both(_ridge)),
        Trial("all, complement naive Bayes", _both(_bayes)),
        Trial("all, linear SVM and Bayes added", _fit_added),
        Trial("all, stacking of SVM, Bayes and ridge", _fit_stacked),
        Trial("all, aspect first, then kind", _aspect_then_kind(taxonomy)),
        Trial("all, and the words of the taxonomy's signals and rules counted", _with_keywords(taxonomy)),
        Trial("all, self-training on the writers left out, unlabelled", _fit_self_trained),
        Trial("all, each message once more with noise", _fit_with_noise),
    ]


def run_trials(examples: list[Example], taxonomy: Taxonomy) -> Iterator[Result]:
    """Measures each candidate on groups of writers it has not seen. Takes minutes."""
    readings = [Reading(e.text) for e in examples]
    labels = np.array([e.label for e in examples])
    writers = [e.writer for e in examples]
    names = tuple(sorted(set(labels)))
    truth = np.array([names.index(label) for label in labels])
    folds = list(GroupKFold(FOLDS).split(readings, labels, writers))
    for trial in trials(taxonomy):
        margins = np.full((len(readings), len(names)), -10.0)
        seconds = 0.0
        for seen, unseen in folds:
            started = time.perf_counter()
            known, asked = [readings[i] for i in seen], [readings[i] for i in unseen]
            fitted = _fit(trial, known, list(labels[seen]), asked)
            seconds += time.perf_counter() - started
            margins[np.ix_(unseen, [names.index(label) for label in fitted.labels])] = fitted.score(asked)
        temperature = best_temperature(margins, truth)
        figures = figures_of(names, softmax(margins / temperature), truth, threshold=1.0, doubt=0.0)
        p50, p99 = _times(fitted, readings[:: max(1, len(readings) // _TIMED)])
        yield Result(
            trial.name, figures.macro_f1_kinds, figures.top3, figures.calibration_error, seconds / len(folds),
            fitted.megabytes, p50, p99,
        )  # fmt: skip


def as_table(results: Sequence[Result]) -> str:
    """The results as Markdown."""
    lines = [
        "| candidate | macro-F1 | top-3 | calibration error | train s | MB | p50 ms | p99 ms |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {r.name} | {r.macro_f1:.3f} | {r.top3:.3f} | {r.calibration_error:.3f} | {r.train_seconds:.1f} "
        f"| {r.megabytes:.1f} | {r.p50:.2f} | {r.p99:.2f} |"
        for r in results
    ]
    return "\n".join(lines)


def _fit(trial: Trial, known: list[Reading], labels: list[str], asked: list[Reading]) -> Fitted:
    if trial.fit is _fit_self_trained:
        return _fit_self_trained(known, labels, asked)
    return trial.fit(known, labels)


def _times(fitted: Fitted, readings: Sequence[Reading]) -> tuple[float, float]:
    """Milliseconds a message, cutting into words included: the half and the ninety-ninth of a hundred."""
    taken = []
    for reading in readings:
        started = time.perf_counter()
        fitted.score([Reading(reading.text)])
        taken.append((time.perf_counter() - started) * 1000)
    return float(np.percentile(taken, 50)), float(np.percentile(taken, 99))


# ── The candidates ───────────────────────────────────────────────────────────────────────────────


def _both(
    fit: Callable[[csr_matrix, list[str]], Any], left_out: tuple[int, ...] = ()
) -> Callable[[list[Reading], list[str]], Fitted]:
    """A linear machine over all blocks of features but those left out."""

    def fitted(readings: list[Reading], labels: list[str]) -> Fitted:
        features = Features()
        matrix = features.fit(readings)
        for block in left_out:
            features.idf[block * REGION : (block + 1) * REGION] = 0
        machine = fit(features.transform(readings) if left_out else matrix, labels)
        return _as_fitted(tuple(machine.classes_), features, *_planes(machine))

    return fitted


def _as_fitted(labels: tuple[str, ...], features: Features, coefficients: Margins, intercept: Margins) -> Fitted:
    """Any linear machine runs through the code that is shipped, so that times compare."""
    weights = np.ascontiguousarray(coefficients.T, dtype=np.float16)
    model = KindModel(labels, features, weights, intercept.astype(np.float32), 1.0, 0.0, 0.0)
    size = (weights.nbytes + features.idf.nbytes) / 1e6
    return Fitted(labels, lambda readings: np.array([model.margins(features.row(r)) for r in readings]), size)


def _planes(machine: Any) -> tuple[Margins, Margins]:
    """The planes of any linear machine of scikit-learn; of naive Bayes its log odds."""
    if isinstance(machine, OneVsRestClassifier):
        planes = machine.estimators_
        return np.vstack([p.coef_ for p in planes]), np.concatenate([p.intercept_ for p in planes])
    if isinstance(machine, ComplementNB):
        return np.asarray(machine.feature_log_prob_), np.zeros(len(machine.classes_))
    return np.asarray(machine.coef_), np.asarray(machine.intercept_)


def _logistic(matrix: csr_matrix, labels: list[str]) -> Any:
    one = LogisticRegression(C=10, class_weight="balanced", solver="liblinear", random_state=SEED)
    return OneVsRestClassifier(one).fit(matrix, labels)


def _ridge(matrix: csr_matrix, labels: list[str]) -> Any:
    return RidgeClassifier(alpha=1.0, class_weight="balanced", solver="sparse_cg", random_state=SEED).fit(
        matrix, labels
    )


def _bayes(matrix: csr_matrix, labels: list[str]) -> Any:
    return ComplementNB(alpha=0.3).fit(matrix, labels)


def _fit_added(readings: list[Reading], labels: list[str]) -> Fitted:
    """Margins of two machines, each in units of its own spread, added: still one set of planes."""
    features = Features()
    matrix = features.fit(readings)
    planes = []
    machines: list[Any] = [fit_machine(matrix, labels), _bayes(matrix, labels)]
    for machine in machines:
        coefficients, intercept = _planes(machine)
        spread = float((matrix @ coefficients.T + intercept).std())
        planes.append((coefficients / spread, intercept / spread))
    (c1, i1), (c2, i2) = planes
    return _as_fitted(tuple(machines[0].classes_), features, c1 + 0.5 * c2, i1 + 0.5 * i2)


def _fit_stacked(readings: list[Reading], labels: list[str]) -> Fitted:
    """A logistic regression over what three machines say of messages they have not seen."""
    features = Features()
    matrix = features.fit(readings)
    machines = [
        LinearSVC(C=0.4, class_weight="balanced", random_state=SEED),
        ComplementNB(alpha=0.3),
        RidgeClassifier(alpha=1.0, class_weight="balanced", solver="sparse_cg", random_state=SEED),
    ]
    said = np.hstack(
        [
            cross_val_predict(
                m,
                matrix,
                labels,
                cv=3,
                method="predict_log_proba" if hasattr(m, "predict_proba") else "decision_function",
            )
            for m in machines
        ]
    )
    scale = said.std(axis=0) + 1e-9
    judge = LogisticRegression(C=0.1, max_iter=500).fit(said / scale, labels)
    for machine in machines:
        machine.fit(matrix, labels)

    def score(asked: Sequence[Reading]) -> Margins:
        rows = features.transform(list(asked))
        heard = [
            m.predict_log_proba(rows) if hasattr(m, "predict_proba") else m.decision_function(rows) for m in machines
        ]
        return np.asarray(judge.decision_function(np.hstack(heard) / scale))

    return Fitted(tuple(judge.classes_), score, 3 * matrix.shape[1] * len(judge.classes_) * 4 / 1e6)


def _aspect_then_kind(taxonomy: Taxonomy) -> Callable[[list[Reading], list[str]], Fitted]:
    """First the aspect (each other label is one of its own), then the kind within it; log probabilities are added."""

    def group(label: str) -> str:
        return taxonomy.aspect_of(label) or label

    def fitted(readings: list[Reading], labels: list[str]) -> Fitted:
        features = Features()
        matrix = features.fit(readings)
        groups = np.array([group(label) for label in labels])
        first = fit_machine(matrix, list(groups))
        second = {
            g: fit_machine(matrix[groups == g], [x for x in labels if group(x) == g])
            for g in set(groups)
            if len({x for x in labels if group(x) == g}) > 1
        }
        names = tuple(sorted(set(labels)))

        def score(asked: Sequence[Reading]) -> Margins:
            rows = features.transform(list(asked))
            of_group = np.log(softmax(first.decision_function(rows) / 0.3) + 1e-9)
            result = np.zeros((rows.shape[0], len(names)))
            within = {
                g: np.log(softmax(m.decision_function(rows) / 0.3) + 1e-9)
                for g, m in second.items()
                if len(m.classes_) > 2
            }
            for column, name in enumerate(names):
                g = group(name)
                result[:, column] = of_group[:, list(first.classes_).index(g)]
                if g in within:
                    result[:, column] += within[g][:, list(second[g].classes_).index(name)]
            return result

        return Fitted(names, score, 2 * matrix.shape[1] * len(names) * 4 / 1e6)

    return fitted


def _with_keywords(taxonomy: Taxonomy) -> Callable[[list[Reading], list[str]], Fitted]:
    """How many words a message shares with the definition, signals and separating rule of each kind, as further features."""
    lists = [
        frozenset(Reading(" ".join((kind.definition, *kind.signals, kind.separating_rule))).words)
        for kind in taxonomy.kinds.values()
    ]

    def keywords(readings: Sequence[Reading]) -> csr_matrix:
        rows = [[len(words & set(r.words)) / (1 + len(set(r.words))) for words in lists] for r in readings]
        return csr_matrix(np.array(rows, dtype=np.float32))

    def fitted(readings: list[Reading], labels: list[str]) -> Fitted:
        features = Features()
        matrix = hstack([features.fit(readings), keywords(readings)]).tocsr()
        machine = fit_machine(matrix, labels)

        def score(asked: Sequence[Reading]) -> Margins:
            return np.asarray(
                machine.decision_function(hstack([features.transform(list(asked)), keywords(asked)]).tocsr())
            )

        return Fitted(tuple(machine.classes_), score, matrix.shape[1] * len(machine.classes_) * 4 / 1e6)

    return fitted


def _fit_self_trained(readings: list[Reading], labels: list[str], unlabelled: Sequence[Reading] = ()) -> Fitted:
    """Fits, labels what it is sure of among messages without labels, fits again."""
    features = Features()
    matrix = features.fit(readings)
    machine = fit_machine(matrix, labels)
    if unlabelled:
        rows = features.transform(list(unlabelled))
        chances = softmax(machine.decision_function(rows) / 0.3)
        sure = chances.max(axis=1) >= _SURE
        guessed = list(machine.classes_[chances.argmax(axis=1)][sure])
        machine = fit_machine(vstack([matrix, rows[sure]]).tocsr(), [*labels, *guessed])
    return _as_fitted(tuple(machine.classes_), features, machine.coef_, machine.intercept_)


def _with_lessons(taxonomy: Taxonomy) -> Callable[[list[Reading], list[str]], Fitted]:
    """What the taxonomy says of each kind stands among the examples."""
    lessons = lessons_of(taxonomy)

    def fitted(readings: list[Reading], labels: list[str]) -> Fitted:
        return _both(fit_machine)(
            [*readings, *(Reading(lesson.text) for lesson in lessons)], [*labels, *(lesson.label for lesson in lessons)]
        )

    return fitted


def _fit_with_noise(readings: list[Reading], labels: list[str]) -> Fitted:
    """Each message a second time with typos, homophones and without some of its punctuation."""
    chance = random.Random(SEED)  # noqa: S311  (no secret)
    copies = [Reading(noisy(r.text, chance)) for r in readings]
    return _both(fit_machine)([*readings, *copies], [*labels, *labels])
