"""Whether two messages are the same text, copied or reworked: MinHash signatures and the keys under which they meet.

Broder 1997; banding after Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", section 3.4. The figures by which the
numbers below were chosen come from `make bench` (100 thousand messages; `docs/classifier.md`).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.text import Reading

_SHINGLE = 3  # characters
_BANDS, _ROWS = 20, 3
_PERMUTATIONS = _BANDS * _ROWS
# Two messages that share this share of their shingles are shown to staff as alike.
ALIKE = 0.35


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is kept of a message: two bytes a permutation, and one key a band. Without the secret it says nothing of the text."""

    signature: bytes
    bands: tuple[int, ...]

    def likeness(self, other: "Sketch") -> float:
        """The estimated share of shingles in common, 0 to 1."""
        return float((_values(self.signature) == _values(other.signature)).mean())


class Sketcher:
    """Makes sketches under a secret of the installation: who holds a dump cannot test whether a text he guesses is in it."""

    def __init__(self, secret: bytes) -> None:
        self._secret = hashlib.blake2b(secret, person=b"sketch").digest()
        stream = np.random.default_rng(list(self._secret))
        self._factors = stream.integers(1, 2**63, size=_PERMUTATIONS, dtype=np.uint64) | np.uint64(1)

    def sketch(self, reading: Reading) -> Sketch:
        """The sketch of a message; of one without letters or digits, that of the empty text."""
        shingles = self._shingles(reading)
        # Multiply-shift hashing (Dietzfelbinger et al. 1997): the high bits of an odd multiple are as good as a permutation.
        lowest = (shingles[:, None] * self._factors[None, :]).min(axis=0)
        bands = (
            int.from_bytes(
                hashlib.blake2b(bytes([n]) + band.tobytes(), key=self._secret, digest_size=8).digest(), signed=True
            )
            for n, band in enumerate(lowest.reshape(_BANDS, _ROWS))
        )
        return Sketch((lowest >> np.uint64(48)).astype(np.uint16).tobytes(), tuple(bands))

    def _shingles(self, reading: Reading) -> NDArray[np.uint64]:
        """The runs of three characters, punctuation left out, each as a number under the secret."""
        plain = "".join(c for c in reading.text.lower() if c.isalnum())
        runs = {plain[i : i + _SHINGLE] for i in range(max(1, len(plain) - _SHINGLE + 1))}
        digests = b"".join(hashlib.blake2b(r.encode(), key=self._secret, digest_size=8).digest() for r in runs)
        return np.frombuffer(digests, dtype=np.uint64)


def _values(signature: bytes) -> NDArray[np.uint16]:
    return np.frombuffer(signature, dtype=np.uint16)


def same_messages(texts: Sequence[str], others: Sequence[str], least: float = 0.5) -> list[tuple[str, str]]:
    """Pairs of a text and another one that share at least `least` of their shingles: what must not stand in two splits."""
    sketcher = Sketcher(b"splits")
    meeting: dict[int, list[int]] = {}
    known = [sketcher.sketch(Reading(text)) for text in others]
    for number, sketch in enumerate(known):
        for key in sketch.bands:
            meeting.setdefault(key, []).append(number)
    pairs = []
    for text in texts:
        sketch = sketcher.sketch(Reading(text))
        met = {number for key in sketch.bands for number in meeting.get(key, ())}
        pairs += [(text, others[number]) for number in sorted(met) if sketch.likeness(known[number]) >= least]
    return pairs
