"""Makes one form of what people type, and cuts it into words. Knows the words of the county, not what they mean."""

import logging
import re
import tempfile
import unicodedata
from functools import cache, cached_property, lru_cache
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
    folded = _SPACE.sub(" ", unicodedata.normalize("NFKC", text))
    if not _simplified().keys().isdisjoint(map(ord, folded)):
        folded = folded.translate(_simplified())
    if not folded.isprintable():
        folded = "".join(c for c in folded if unicodedata.category(c) not in _REMOVED_CATEGORIES)
    return folded.strip()


class Reading:
    """A message as the finders see it: normalised and cut into words once, whoever asks first."""

    def __init__(self, text: str) -> None:
        self.text = normalise(text)

    @cached_property
    def tokens(self) -> list[str]:
        """Everything in order, punctuation and spaces included; joined they are the text."""
        return list(_tokenizer().cut(self.text, HMM=False))

    @cached_property
    def words(self) -> list[str]:
        """The words in order, without spaces and punctuation."""
        return [token for token in self.tokens if _has_sound(token)]

    @cached_property
    def bounds(self) -> frozenset[int]:
        """The places in the text where one word ends and the next begins, both ends of the text included."""
        return frozenset(accumulate(map(len, self.tokens), initial=0))


def is_word(text: str) -> bool:
    """Whether the dictionary has `text` as one word."""
    return bool(_tokenizer().FREQ.get(text))


def common_characters(least: int = 2000) -> list[str]:
    """The characters that the dictionary has seen at least so often as words of their own."""
    return sorted(word for word, count in _tokenizer().FREQ.items() if len(word) == 1 and count >= least)


def warm_up() -> None:
    """Loads the dictionary now (about a second) rather than at the first message."""
    _tokenizer()


@lru_cache(maxsize=100_000)
def _has_sound(token: str) -> bool:
    return any(map(str.isalnum, token))


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
