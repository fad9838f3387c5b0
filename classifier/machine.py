"""The linear machine as scikit-learn fits it. Only training imports this: what is only asked needs no more than the weights."""

from collections.abc import Sequence

from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

SEED = 20261123
# How much the machine may trust single messages (C): which one is chosen on messages it has not seen, `training.choose_strength`.
STRENGTHS = (0.1, 0.3, 1.0)
_CLOSE_ENOUGH = 0.01  # a hundred times the library's default: half the time, and no figure changes


def fit_machine(matrix: csr_matrix, labels: Sequence[str], strength: float = STRENGTHS[-1]) -> LinearSVC:
    """One plane a label, classes weighted alike, reproducible."""
    machine = LinearSVC(C=strength, class_weight="balanced", tol=_CLOSE_ENOUGH, random_state=SEED)
    return machine.fit(matrix, labels)
