"""Saves and loads a fitted model as numbers and JSON: nothing is ever unpickled, and what does not fit is refused."""

import hashlib
import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
from sklearn.feature_extraction.text import TfidfVectorizer

from classifier.features import Features
from classifier.kinds import KindModel

_FORMAT = 1
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


def save(folder: Path, model: KindModel, figures: dict[str, float], data_digest: str) -> str:
    """Writes the model as a whole or not at all. Gives back its version."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".classifier-"))
    np.savez(
        draft / _WEIGHTS,
        weights=model.weights,
        intercept=model.intercept,
        character_idf=model.features.characters.idf_,
        word_idf=model.features.words.idf_,
    )
    description = {
        "format": _FORMAT,
        "sklearn": sklearn.__version__,
        "data_digest": data_digest,
        "weights_sha256": _sha256(draft / _WEIGHTS),
        "labels": list(model.labels),
        "temperature": model.temperature,
        "threshold": model.threshold,
        "characters": _terms(model.features.characters),
        "words": _terms(model.features.words),
        "figures": figures,
    }
    (draft / _MODEL).write_text(json.dumps(description, ensure_ascii=False), encoding="utf-8")
    version = _sha256(draft / _MODEL)[:12]
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)
    return version


def load_artefact(folder: Path, data_digest: str | None = None) -> Artefact:
    """Reads a model. Raises ArtefactError when it is missing, damaged, of another library version or other data."""
    try:
        text = (folder / _MODEL).read_text(encoding="utf-8")
        found: dict[str, Any] = json.loads(text)
    except (OSError, ValueError) as error:
        msg = f"no trained classifier in {folder.name}: run `flask classifier train`"
        raise ArtefactError(msg) from error
    if found.get("format") != _FORMAT or found["sklearn"] != sklearn.__version__:
        raise ArtefactError("the classifier was trained by another version: run `flask classifier train`")
    if data_digest is not None and found["data_digest"] != data_digest:
        raise ArtefactError("the training data changed since: run `flask classifier train`")
    if _sha256(folder / _WEIGHTS) != found["weights_sha256"]:
        raise ArtefactError("the classifier's weights were changed: run `flask classifier train`")
    with np.load(folder / _WEIGHTS, allow_pickle=False) as arrays:
        features = Features()
        _restore(features.characters, found["characters"], arrays["character_idf"])
        _restore(features.words, found["words"], arrays["word_idf"])
        model = KindModel(
            labels=tuple(found["labels"]),
            features=features,
            weights=arrays["weights"],
            intercept=arrays["intercept"],
            temperature=found["temperature"],
            threshold=found["threshold"],
        )
    version = hashlib.sha256(text.encode()).hexdigest()[:12]
    return Artefact(model, version, found["figures"], found["data_digest"])


def _terms(vectorizer: TfidfVectorizer) -> list[str]:
    return sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.__getitem__)


def _restore(vectorizer: TfidfVectorizer, terms: list[str], idf: Any) -> None:
    vectorizer.vocabulary = {term: column for column, term in enumerate(terms)}
    vectorizer.idf_ = idf
    # scikit-learn copies a fixed vocabulary on first use; doing it now keeps the first message quick.
    vectorizer._validate_vocabulary()


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
