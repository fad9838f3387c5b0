"""Makes one form of what people type, and cuts it into words. Knows the words of the county, not what they mean."""

import logging
import re
import unicodedata
from collections.abc import Iterator
from functools import cache, cached_property, lru_cache
from itertools import accumulate
from math import log
from pathlib import Path

import jieba
import numpy as np
from numpy.typing import NDArray

_DATA = Path(__file__).resolve().parent.parent / "data"
# In normalised text all marks but the ideographic full stop are half-width.
CLAUSE_END = re.compile(r"[,!?;:\u3002 ]|\.{3}")
_COUNTS = re.compile(
    r"[\d\u4e00\u4e8c\u4e24\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341\u767e\u5343\u4e07\u51e0\u7b2c\u534a]"
)
SENTENCE_END = re.compile(r"[!?;\u3002]")

# As in jieba: what is cut as words, and what stands between.
_BLOCK = re.compile(r"[\u4E00-\u9FD5a-zA-Z0-9+#&\._%\-]+|[^\u4E00-\u9FD5a-zA-Z0-9+#&\._%\-]+")
_HAN = re.compile(r"[\u4E00-\u9FD5a-zA-Z0-9+#&\._%\-]")
_SKIPPED = re.compile(r"(\r\n|\s)")
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")

# What stands for a fragment with which no word begins: a weight, as logarithms of frequencies are, that is none.
_NO_BEGINNING = 0.0

_SPACE = re.compile(r"\s+")
# Control, format (bidirectional marks, zero-width characters), surrogate and private-use characters carry no meaning
# for us and can hide words from the finders.
_REMOVED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co"})


def normalise(text: str) -> str:
    """`text` in one width (NFKC), without invisible characters, with single spaces, trimmed.

    The traditional forms of `data/traditional.txt` become simplified ones: enough to recognise titles and units.
    """
    folded = _SPACE.sub(" ", unicodedata.normalize("NFKC", text))
    if not _traditional().isdisjoint(folded):
        folded = folded.translate(_simplified())
    if not folded.isprintable():
        visible = "".join(c for c in folded if unicodedata.category(c) not in _REMOVED_CATEGORIES)
        folded = _SPACE.sub(" ", visible)
    return folded.strip()


class Reading:
    """A message as the finders see it: normalised and cut into words once, whoever asks first."""

    def __init__(self, text: str) -> None:
        self.text = normalise(text)

    @cached_property
    def tokens(self) -> list[str]:
        """Everything in order, punctuation and spaces included; joined they are the text."""
        return cut(self.text)

    @cached_property
    def words(self) -> list[str]:
        """The words in order, without spaces and punctuation."""
        return [token for token in self.tokens if has_sound(token)]

    def word_spans(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the words start and where they end in the text."""
        lengths = np.fromiter(map(len, self.tokens), dtype=np.int64, count=len(self.tokens))
        ends = lengths.cumsum()
        words = np.fromiter(map(has_sound, self.tokens), dtype=np.bool_, count=len(self.tokens))
        return (ends - lengths)[words], ends[words]

    @cached_property
    def bounds(self) -> frozenset[int]:
        """The places in the text where one word ends and the next begins, both ends of the text included."""
        return frozenset(accumulate(map(len, self.tokens), initial=0))


def cut(text: str) -> list[str]:
    """The words of `text` as `jieba.Tokenizer.cut(text, HMM=False)` gives them, in a third of its time.

    jieba collects all words that start at each place, then looks for the likeliest path, then follows it; this does the
    first two in one pass over logarithms taken beforehand. A test compares the two on the whole corpus.
    """
    pieces: list[str] = []
    for block in _BLOCK.findall(text):
        if _HAN.match(block):
            pieces += _likeliest(block)
        else:
            # What jieba leaves over: white space alone, then characters one by one.
            pieces += [
                piece for part in _SKIPPED.split(block) if part for piece in ([part] if _SKIPPED.match(part) else part)
            ]
    return pieces


def shorter_words(word: str) -> Iterator[str]:
    """Words of the dictionary of two and three characters inside a longer one, as jieba cuts for search engines."""
    weights, _ = _weights()
    for length in (2, 3):
        if len(word) > length:
            for start in range(len(word) - length + 1):
                part = word[start : start + length]
                if weights.get(part) is not None:
                    yield part


def _likeliest(block: str) -> list[str]:
    """The path through `block` with the greatest product of word frequencies; runs of Latin letters and digits stay whole."""
    weights, unseen = _weights()
    look_up, none, size = weights.get, _NO_BEGINNING, len(block)
    best, ends = [0.0] * (size + 1), [0] * size
    for start in range(size - 1, -1, -1):
        chosen = end = start + 1
        weight = look_up(block[start], none)
        score = (weight or unseen) + best[end]
        # One look a fragment: the dictionary is larger than the processor's caches.
        while weight is not none and end < size:
            end += 1
            weight = look_up(block[start:end], none)
            if weight and weight + best[end] >= score:
                score, chosen = weight + best[end], end
        best[start], ends[start] = score, chosen
    pieces: list[str] = []
    start, run = 0, -1
    while start < size:
        end = ends[start]
        if end == start + 1 and block[start] in _LATIN:
            run = start if run < 0 else run
        else:
            if run >= 0:
                pieces.append(block[run:start])
                run = -1
            pieces.append(block[start:end])
        start = end
    if run >= 0:
        pieces.append(block[run:])
    return pieces


def is_word(text: str) -> bool:
    """Whether the dictionary has `text` as one word."""
    return bool(_tokenizer().FREQ.get(text))


def says_little(word: str) -> bool:
    """Whether a word holds a sentence together, counts or says when, and does not say what it is about."""
    return word in _function_words() or _COUNTS.match(word) is not None


def common_characters(least: int = 2000) -> list[str]:
    """The characters that the dictionary has seen at least so often as words of their own."""
    return sorted(word for word, count in _tokenizer().FREQ.items() if len(word) == 1 and count >= least)


def warm_up() -> None:
    """Loads the dictionary now (about a second) rather than at the first message."""
    _weights()


@lru_cache(maxsize=100_000)
def has_sound(token: str) -> bool:
    return any(map(str.isalnum, token))


@cache
def _simplified() -> dict[int, str]:
    pairs = (_DATA / "traditional.txt").read_text(encoding="utf-8").split()
    return {ord(pair[0]): pair[1] for pair in pairs}


@cache
def _function_words() -> frozenset[str]:
    return frozenset((_DATA / "function_words.txt").read_text(encoding="utf-8").split())


@cache
def _traditional() -> frozenset[str]:
    return frozenset(map(chr, _simplified()))


@cache
def _weights() -> tuple[dict[str, float | None], float]:
    """The logarithm of each word's frequency, None for what only begins a word; and that of a character never seen."""
    tokenizer = _tokenizer()
    counts = np.fromiter(tokenizer.FREQ.values(), np.float64, len(tokenizer.FREQ))
    total = log(tokenizer.total)
    weights = (np.log(np.maximum(counts, 1)) - total).astype(object)
    weights[counts == 0] = None
    return dict(zip(tokenizer.FREQ, weights.tolist(), strict=True)), -total


@cache
def _tokenizer() -> jieba.Tokenizer:
    """A tokenizer of our own: the module-wide one could be changed by anybody."""
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    # Not `initialize`: it unmarshals a cache from the shared temporary folder, where anybody may have put it.
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    with (_DATA / "domain_words.txt").open(encoding="utf-8") as lines:
        tokenizer.load_userdict(lines)
    return tokenizer
