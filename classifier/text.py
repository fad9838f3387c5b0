"""Makes one form of what people type, and cuts it into words. Knows the words of the county, not what they mean."""

import logging
import re
import tempfile
import unicodedata
from functools import cache
from itertools import accumulate
from pathlib import Path

import jieba

_DATA = Path(__file__).resolve().parent.parent / "data"
# In normalised text all marks but the ideographic full stop are half-width.
CLAUSE_END = re.compile(r"[,!?;:\u3002 ]|\.{3}")
SENTENCE_END = re.compile(r"[!?;\u3002]")

_SPACE = re.compile(r"\s+")
# Control, format (bidirectional marks, zero-width characters), surrogate and private-use characters carry no meaning
# for us and can hide words from the finders.
_REMOVED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co"})


def normalise(text: str) -> str:
    """`text` in one width (NFKC), without invisible characters, with single spaces, trimmed.

    The traditional forms of `data/traditional.txt` become simplified ones: enough to recognise titles and units.
    """
    folded = _SPACE.sub(" ", unicodedata.normalize("NFKC", text)).translate(_simplified())
    return "".join(c for c in folded if unicodedata.category(c) not in _REMOVED_CATEGORIES).strip()


def words(text: str) -> list[str]:
    """The words of `text` in order, normalised, without spaces and punctuation."""
    return [word for word in _tokenizer().lcut(normalise(text), HMM=False) if any(map(str.isalnum, word))]


def word_bounds(text: str) -> frozenset[int]:
    """The places in normalised `text` where one word ends and the next begins, both ends of the text included."""
    lengths = map(len, _tokenizer().cut(text, HMM=False))
    return frozenset(accumulate(lengths, initial=0))


def warm_up() -> None:
    """Loads the dictionary now (about a second) rather than at the first message."""
    _tokenizer()


@cache
def _simplified() -> dict[int, str]:
    pairs = (_DATA / "traditional.txt").read_text(encoding="utf-8").split()
    return {ord(pair[0]): pair[1] for pair in pairs}


@cache
def _tokenizer() -> jieba.Tokenizer:
    """A tokenizer of our own: the module-wide one could be changed by anybody."""
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    # jieba unmarshals its cache from the shared temporary folder, where anybody may have put it: give it an empty one.
    with tempfile.TemporaryDirectory() as empty:
        tokenizer.tmp_dir = empty
        tokenizer.initialize()
    with (_DATA / "domain_words.txt").open(encoding="utf-8") as lines:
        tokenizer.load_userdict(lines)
    return tokenizer
