"""Small classifiers that cost nothing to make: real artefacts, with weights of nothing."""

import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from classifier.features import COLUMNS, Features
from classifier.kinds import KindModel
from classifier.shelf import Shelf
from services.classifier_views import Measured, NewVersion

TESTS = "the test sets"


def a_model(threshold: float = 0.5) -> KindModel:
    """A model of two labels; each threshold makes another version."""
    return KindModel(
        labels=("approval_payoff", "nk_spam"),
        features=Features(),
        weights=np.zeros((COLUMNS, 2), dtype=np.float16),
        intercept=np.array([0.5, -0.5], dtype=np.float32),
        temperature=1.0,
        threshold=threshold,
        doubt=0.05,
    )


@cache
def a_version(threshold: float = 0.5, *, data_digest: str = "", right: int = 8) -> NewVersion:
    """A trained version with its parcel, measured on ten messages, of which it got `right`."""
    with tempfile.TemporaryDirectory() as folder:
        shelf = Shelf(Path(folder))
        name = shelf.keep(a_model(threshold), {"macro_f1": threshold}, data_digest, f"# Card of {threshold}")
        parcel = shelf.pack(name)
    measured = Measured(TESTS, {"test_top3": right / 10}, {"approval_payoff": (10, right)})
    return NewVersion(
        name=name, figures={"macro_f1": threshold}, card=f"# Card of {threshold}", messages=100, decisions=7,
        corrections=2, measured=measured, parcel=parcel,
    )  # fmt: skip


def the_shipped(threshold: float = 0.1, *, right: int = 7) -> NewVersion:
    """The version without decisions of staff, which each host makes by itself."""
    return replace(a_version(threshold, right=right), parcel=None, decisions=0, corrections=0)
