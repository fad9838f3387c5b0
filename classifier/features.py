"""Turns messages into sparse features: characters, pairs of them, and jieba words. The figures stand in `docs/model-card.md`."""

from itertools import pairwise

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from classifier.text import normalise, words


class Features:
    """Characters 1 to 2 and words 1 to 2, each as sublinear tf-idf, side by side."""

    def __init__(self) -> None:
        self.characters = TfidfVectorizer(
            analyzer="char", ngram_range=(1, 2), sublinear_tf=True, preprocessor=normalise, dtype=np.float32
        )
        self.words = TfidfVectorizer(analyzer=_word_pairs, sublinear_tf=True, min_df=2, dtype=np.float32)

    def fit(self, texts: list[str]) -> csr_matrix:
        """Learns the vocabulary from `texts` and gives their matrix."""
        return csr_matrix(hstack([self.characters.fit_transform(texts), self.words.fit_transform(texts)]))

    def transform(self, texts: list[str]) -> csr_matrix:
        """The matrix of `texts`, one row each."""
        return csr_matrix(hstack([self.characters.transform(texts), self.words.transform(texts)]))

    def words_of(self, text: str) -> list[str]:
        """The single words of `text`, for showing evidence."""
        return words(text)


def _word_pairs(text: str) -> list[str]:
    single = words(text)
    return single + [f"{a} {b}" for a, b in pairwise(single)]
