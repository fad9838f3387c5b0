"""Saves and loads a fitted model as numbers and JSON: nothing is ever unpickled, and what does not fit is refused."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

import jieba
import numpy as np

from classifier.features import Features
from classifier.kinds import KindModel

_FORMAT = 4
_VERSION_LENGTH = 12
_MODEL, _WEIGHTS = "model.json", "weights.npz"


class ArtefactError(Exception):
    """There is no trained model that fits this code, data and library."""


@dataclass(frozen=True, slots=True)
class Artefact:
    """A loaded model and its version: the first twelve digits of its content's hash."""

    model: KindModel
    version: str
    figures: dict[str, float]
    data_digest: str


def libraries() -> dict[str, str]:
    """The versions a model depends on: who cut the words and who fitted the numbers."""
    return {"jieba": jieba.__version__, "scikit-learn": installed("scikit-learn")}


def write_artefact(folder: Path, model: KindModel, figures: Mapping[str, float], data_digest: str) -> str:
    """Writes a model into an empty folder. Gives back its version, the same for the same model on any machine."""
    np.savez_compressed(
        folder / _WEIGHTS,
        weights=model.weights,
        intercept=model.intercept,
        idf=model.features.idf,
    )
    description = {
        "format": _FORMAT,
        "libraries": libraries(),
        "data_digest": data_digest,
        "weights_sha256": _sha256(folder / _WEIGHTS),
        "labels": list(model.labels),
        "temperature": model.temperature,
        "threshold": model.threshold,
        "doubt": model.doubt,
        "figures": figures,
    }
    (folder / _MODEL).write_text(json.dumps(description, ensure_ascii=False), encoding="utf-8")
    return _sha256(folder / _MODEL)[:_VERSION_LENGTH]


def load_artefact(folder: Path, data_digest: str | None = None) -> Artefact:
    """Reads a model whose folder bears the name of its version.

    Raises ArtefactError when it is missing, damaged, of another library version or, with `data_digest`, of other data.
    """
    try:
        text = (folder / _MODEL).read_text(encoding="utf-8")
        found: dict[str, Any] = json.loads(text)
    except (OSError, ValueError) as error:
        msg = f"no trained classifier in {folder.name}: run `flask classifier train`"
        raise ArtefactError(msg) from error
    version = hashlib.sha256(text.encode()).hexdigest()[:_VERSION_LENGTH]
    if version != folder.name:
        raise ArtefactError(f"the classifier {folder.name} was changed: run `flask classifier train`")
    if found.get("format") != _FORMAT or found["libraries"] != libraries():
        raise ArtefactError("the classifier was trained by another version: run `flask classifier train`")
    if data_digest is not None and found["data_digest"] != data_digest:
        raise ArtefactError("the training data changed since: run `flask classifier train`")
    if _sha256(folder / _WEIGHTS) != found["weights_sha256"]:
        raise ArtefactError("the classifier's weights were changed: run `flask classifier train`")
    with np.load(folder / _WEIGHTS, allow_pickle=False) as arrays:
        model = KindModel(
            labels=tuple(found["labels"]),
            features=Features(arrays["idf"]),
            weights=arrays["weights"],
            intercept=arrays["intercept"],
            temperature=found["temperature"],
            threshold=found["threshold"],
            doubt=found["doubt"],
        )
    return Artefact(model, version, found["figures"], found["data_digest"])


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
