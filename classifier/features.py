"""Turns messages into sparse features: characters, pairs of them, and jieba words. What was tried stands in `docs/classifier.md`."""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from classifier.text import Reading

_SPACE = " "
# In how many messages a term must stand to be kept: invented ones, and real reports.
_LEAST_CHARACTERS = 1
_LEAST_WORDS = 2
_KEPT_FROM = 5


class Features:
    """Characters and words, each as sublinear tf-idf of unit length, side by side."""

    def __init__(self) -> None:
        self.characters = TfidfVectorizer(
            analyzer=character_grams, sublinear_tf=True, lowercase=False, dtype=np.float32
        )
        self.words = TfidfVectorizer(analyzer=word_grams, sublinear_tf=True, lowercase=False, dtype=np.float32)

    def fit(self, readings: list[Reading], decided: list[bool] | None = None) -> csr_matrix:
        """Learns the vocabulary from messages and gives their matrix, one row each.

        `decided` marks real reports that staff labelled. An artefact can be copied and read, so a term that no invented
        message holds enters it only if it stands in at least `_KEPT_FROM` different reports: no name of one case gets in.
        """
        invented = [r for r, real in zip(readings, decided, strict=True) if not real] if decided else readings
        reports = [r for r, real in zip(readings, decided, strict=True) if real] if decided else []
        for vectorizer, grams, least in (
            (self.characters, character_grams, _LEAST_CHARACTERS),
            (self.words, word_grams, _LEAST_WORDS),
        ):
            terms = _terms(invented, grams, least) | _terms(reports, grams, _KEPT_FROM)
            vectorizer.set_params(vocabulary=sorted(terms))
            vectorizer.fit(readings)
        return self.transform(readings)

    def transform(self, readings: list[Reading]) -> csr_matrix:
        """The matrix of messages, one row each."""
        return csr_matrix(hstack([self.characters.transform(readings), self.words.transform(readings)]))

    def vocabularies(self) -> "tuple[Vocabulary, Vocabulary]":
        """What a fitted instance knows, as plain values: characters, then words."""
        return tuple(  # type: ignore[return-value]
            Vocabulary(sorted(v.vocabulary_, key=v.vocabulary_.__getitem__), v.idf_.astype(np.float32))
            for v in (self.characters, self.words)
        )


class Vocabulary:
    """The terms of one block of features, in the order of their columns, with the weight of each."""

    def __init__(self, terms: list[str], idf: NDArray[np.float32]) -> None:
        self.terms = terms
        self.idf = idf
        self.column = {term: column for column, term in enumerate(terms)}

    def row(self, grams: Iterable[str]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The columns that `grams` fall into and their values: what TfidfVectorizer would give, a hundred times sooner."""
        counts = Counter(map(self.column.get, grams))
        counts.pop(None, None)
        columns = np.fromiter(counts, dtype=np.int32, count=len(counts))
        values = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        values = (np.log(values) + 1) * self.idf[columns]
        length = float(np.sqrt(values @ values))
        return columns, values / length if length else values


def _terms(readings: list[Reading], grams: Callable[[Reading], list[str]], least: int) -> set[str]:
    """The terms that stand in at least `least` messages."""
    standing = Counter(term for reading in readings for term in set(grams(reading)))
    return {term for term, count in standing.items() if count >= least}


def character_grams(reading: Reading) -> list[str]:
    """The characters of a message and the pairs of neighbours."""
    text = reading.text.lower()
    return [*text, *map("".join, pairwise(text))]


def word_grams(reading: Reading) -> list[str]:
    """The words of a message and the pairs of neighbours."""
    words = reading.words
    return [*words, *map(_SPACE.join, pairwise(words))]
