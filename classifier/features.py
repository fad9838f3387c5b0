"""Turns messages into sparse features: characters and pairs, jieba words and pairs, and how the message begins.

People say what it is about at the start: its characters are counted again by themselves. What was tried: `docs/classifier.md`.

Features are hashed into a fixed number of columns. So a model holds no list of terms that somebody could read names from, it loads
at once, and a message is turned into columns by a dozen array operations instead of a thousand look-ups.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from classifier.text import Reading, has_sound

_BITS = 17
REGION = 2**_BITS
# The blocks of a message, each with a region of columns of its own, and the length of each block's values.
CHARACTERS, WORDS, *BEGINNINGS = range(4)
_BEGIN = (20, 80)  # characters
_WEIGHTS = np.array([1.0, 0.6, 0.5, 0.5], dtype=np.float32)
COLUMNS = len(_WEIGHTS) * REGION

_Term = TypeVar("_Term")
_Keys = NDArray[np.uint64]
# The value of a run of code points is a polynomial in this odd number, modulo 2**64 (Karp and Rabin 1987).
_BASE = 0x9E3779B97F4A7C15
_MODULUS = 1 << 64
_LONGEST = 1 << 12  # powers kept ready; longer messages make more
# Spreads the bits before the highest are taken (Steele, Lea and Flood 2014).
_SPREAD = np.uint64(0xBF58476D1CE4E5B9)
_PAIR = np.uint64(0x94D049BB133111EB)


@dataclass(frozen=True, slots=True)
class Row:
    """A message as columns and values. `word_columns` are those of its single words, in order, for showing evidence."""

    columns: NDArray[np.int64]
    values: NDArray[np.float32]
    word_columns: NDArray[np.int64]


class Features:
    """Sublinear tf-idf of the hashed terms, characters and words each of a length of their own."""

    def __init__(self, idf: NDArray[np.float32] | None = None) -> None:
        self.idf = idf if idf is not None else np.ones(COLUMNS, dtype=np.float32)

    def fit(self, readings: list[Reading], decided: list[bool] | None = None) -> csr_matrix:
        """Learns how common each column is and gives the matrix of the messages, one row each.

        `decided` marks real reports that staff labelled. What no invented message holds counts only if it stands in at
        least `_KEPT_FROM` different reports, so that no name of a single case leaves a trace in the artefact. A pair of
        words that stands in one message only tells nothing and is left out.
        """
        real = np.array(decided if decided is not None else [False] * len(readings))
        terms = [_terms(reading) for reading in readings]
        of_invented = _standing([t for t, is_real in zip(terms, real, strict=True) if not is_real])
        of_reports = _standing([t for t, is_real in zip(terms, real, strict=True) if is_real])
        least = np.where(np.arange(COLUMNS) // REGION == WORDS, 2, 1)
        kept = (of_invented >= least) | (of_reports >= _KEPT_FROM)
        standing = of_invented + of_reports
        idf = np.log((1 + len(readings)) / (1 + standing)) + 1
        self.idf = np.where(kept, idf, 0).astype(np.float32)
        return self._matrix([self._weighted(t) for t in terms])

    def transform(self, readings: list[Reading]) -> csr_matrix:
        """The matrix of messages, one row each."""
        return self._matrix([self.row(reading) for reading in readings])

    def row(self, reading: Reading) -> Row:
        """One message."""
        return self._weighted(_terms(reading))

    def _weighted(self, terms: "_Terms") -> Row:
        unique = terms.columns
        values = (np.log(terms.counts) + 1) * self.idf[unique]
        block = unique >> _BITS
        lengths = np.sqrt(np.bincount(block, weights=values * values, minlength=len(_WEIGHTS)))
        values *= (_WEIGHTS / np.maximum(lengths, _TINY)).astype(np.float32)[block]
        return Row(unique, values, terms.word_columns)

    @staticmethod
    def _matrix(rows: list[Row]) -> csr_matrix:
        ends = np.cumsum([0, *(len(row.columns) for row in rows)])
        if not rows:
            return csr_matrix((0, COLUMNS), dtype=np.float32)
        values, columns = np.concatenate([r.values for r in rows]), np.concatenate([r.columns for r in rows])
        matrix = csr_matrix((values, columns, ends), shape=(len(rows), COLUMNS), dtype=np.float32)
        matrix.eliminate_zeros()
        return matrix


_TINY = 1e-9
_SHORT = 64  # characters
_TABLE = 1 << 15
# In how many real reports a term must stand that no invented message holds.
_KEPT_FROM = 5


@dataclass(frozen=True, slots=True)
class _Terms:
    """The columns of a message, each once and in order, how often each stands in it; and those of its words as they follow."""

    columns: NDArray[np.int64]
    counts: NDArray[np.float32]
    word_columns: NDArray[np.int64]


def _standing(terms: list[_Terms]) -> NDArray[np.int64]:
    """In how many messages each column stands."""
    counts = np.zeros(COLUMNS, dtype=np.int64)
    for found in terms:
        counts[found.columns] += 1
    return counts


def _powers(base: int, size: int) -> _Keys:
    powers = np.ones(size, dtype=np.uint64)
    powers[1:] = np.uint64(base)
    return np.cumprod(powers)


_RISING = _powers(_BASE, _LONGEST)
_FALLING = _powers(pow(_BASE, -1, _MODULUS), _LONGEST)


_REGIONS = np.arange(len(_WEIGHTS), dtype=np.int64) * REGION
# Single terms and pairs of each block, in the order in which `_terms` makes them.
_REGIONS_OF_PARTS = np.repeat(_REGIONS, 2)


def _terms(reading: Reading) -> _Terms:
    """The terms of a message; a short one is read character by character, which costs less than arrays do. The same both ways."""
    return terms_of_short(reading) if len(reading.text) <= _SHORT else terms_of_long(reading)


def terms_of_short(reading: Reading) -> _Terms:
    """Columns looked up one by one in tables of what was met before."""
    text = reading.text.lower()
    singles = list(map(_column_of_character, text))
    pairs = list(map(_column_of_pair, map(str.__add__, text, text[1:])))
    keys = list(map(_key_of_word, reading.words if text == reading.text else _lowered_words(reading, text)))
    words = list(map(_column_of_key, keys))
    whole = _counted([*singles, *pairs])
    counted = [whole, _counted([*words, *map(_column_of_keys, pairwise(keys))])]
    for size in _BEGIN:
        counted.append(whole if len(text) <= size else _counted([*singles[:size], *pairs[: size - 1]]))
    return _Terms(
        np.concatenate([columns + region for (columns, _), region in zip(counted, _REGIONS, strict=True)]),
        np.concatenate([counts for _, counts in counted]),
        np.array(words, dtype=np.int64) + WORDS * REGION,
    )


def _counted(columns: list[int]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Columns each once and in order, and how often each was there."""
    in_order = np.array(columns, dtype=np.int64)
    in_order.sort()
    begins = np.empty(len(in_order) + 1, dtype=np.bool_)
    begins[:1] = begins[-1:] = True
    np.not_equal(in_order[1:], in_order[:-1], out=begins[1:-1])
    places = begins.nonzero()[0]
    return in_order[places[:-1]], (places[1:] - places[:-1]).astype(np.float32)


def terms_of_long(reading: Reading) -> _Terms:
    """Columns of all terms at once, by array operations."""
    text = reading.text.lower()
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    pairs = codes[:-1] * _PAIR + codes[1:]
    words = _word_keys(reading, codes)
    keys = [codes, pairs, words, words[:-1] * _PAIR + words[1:]]
    beginnings = [codes[:size] for size in _BEGIN], [pairs[: size - 1] for size in _BEGIN]
    parts = [*keys, *(part for both in zip(*beginnings, strict=True) for part in both)]
    regions = np.repeat(_REGIONS_OF_PARTS, [len(part) for part in parts])
    columns = _columns(np.concatenate(parts)) + regions
    unique, counts = np.unique(columns, return_counts=True)
    words_from = len(codes) + len(pairs)
    return _Terms(unique, counts.astype(np.float32), columns[words_from : words_from + len(words)])


def _word_keys(reading: Reading, codes: _Keys) -> _Keys:
    """A number for each word: its run of code points as a polynomial, all runs at once from sums up to each place."""
    starts, ends = reading.word_spans()
    rising, falling = (_RISING, _FALLING) if len(codes) < _LONGEST else _longer(len(codes) + 1)
    sums = np.zeros(len(codes) + 1, dtype=np.uint64)
    np.cumsum(codes * rising[: len(codes)], out=sums[1:])
    return np.asarray((sums[ends] - sums[starts]) * falling[starts] + (ends - starts).astype(np.uint64))


def _longer(size: int) -> tuple[_Keys, _Keys]:
    return _powers(_BASE, size), _powers(pow(_BASE, -1, _MODULUS), size)


def _lowered_words(reading: Reading, lowered: str) -> list[str]:
    """The words as they stand in `lowered`, the text in small letters."""
    starts = accumulate(map(len, reading.tokens), initial=0)
    spans = zip(starts, reading.tokens, strict=False)
    return [lowered[start : start + len(token)] for start, token in spans if has_sound(token)]


class _Table(dict[_Term, int]):
    """What was worked out for each term met so far; emptied when it has grown too large."""

    def __init__(self, work_out: Callable[[_Term], int]) -> None:
        self._work_out = work_out

    def __missing__(self, term: _Term) -> int:
        if len(self) >= _TABLE:
            self.clear()
        self[term] = found = self._work_out(term)
        return found


def _table(work_out: Callable[[_Term], int]) -> Callable[[_Term], int]:
    """`work_out`, which looks terms up that it has met before."""
    return _Table(work_out).__getitem__


@_table
def _column_of_character(character: str) -> int:
    return _column(ord(character))


@_table
def _column_of_pair(pair: str) -> int:
    return _column(ord(pair[0]) * int(_PAIR) + ord(pair[1]))


@_table
def _key_of_word(word: str) -> int:
    return (sum(ord(c) * pow(_BASE, i, _MODULUS) for i, c in enumerate(word)) + len(word)) % _MODULUS


@_table
def _column_of_key(key: int) -> int:
    return _column(key)


@_table
def _column_of_keys(keys: tuple[int, int]) -> int:
    return _column(keys[0] * int(_PAIR) + keys[1])


def _column(key: int) -> int:
    """As `_columns`, of one key."""
    key %= _MODULUS
    mixed = (key ^ (key >> 30)) * int(_SPREAD) % _MODULUS
    mixed = (mixed ^ (mixed >> 27)) * int(_PAIR) % _MODULUS
    return mixed >> (64 - _BITS)


def _columns(keys: _Keys) -> NDArray[np.int64]:
    """The highest bits of the spread keys."""
    mixed = (keys ^ (keys >> np.uint64(30))) * _SPREAD
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _PAIR
    return (mixed >> np.uint64(64 - _BITS)).astype(np.int64)
