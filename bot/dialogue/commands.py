"""Reads short messages: commands, numbers in any width, the words of a choice, case numbers and codes."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from bot.dialogue.context import Command, Phrases
from domain.values import find_case_number

# Punctuation, symbols, separators, control characters and combining marks around a word mean nothing.
_MEANS_NOTHING = frozenset("PSZCM")
_CODE = re.compile(r"\d{10,20}")
_IDENTITY_CARD = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_PHONE = re.compile(r"\+?\d{7,15}")
_BETWEEN_DIGITS = re.compile(r"[\s()\-]")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several answers. The first of `words` stands on the screen, any of them is understood."""

    key: str
    words: tuple[str, ...]


def plain(text: str) -> str:
    """The text in one width and case, without spaces and without punctuation around it."""
    text = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    start, end = 0, len(text)
    while start < end and unicodedata.category(text[start])[0] in _MEANS_NOTHING:
        start += 1
    while end > start and unicodedata.category(text[end - 1])[0] in _MEANS_NOTHING:
        end -= 1
    return text[start:end]


def read_command(text: str, phrases: Phrases) -> Command | None:
    """The command a message consists of, if it is one."""
    return phrases.commands.get(plain(text))


def read_number(text: str, phrases: Phrases) -> int | None:
    """The number a message consists of: digits of any width, circled, or one Chinese numeral, with fillers around it."""
    word = plain(text)
    for filler in phrases.fillers:
        word = word.removeprefix(filler).removesuffix(filler)
    word = plain(word)
    if word.isdecimal() and len(word) <= 2:
        return int(word)
    value = unicodedata.numeric(word, -1.0) if len(word) == 1 else -1.0
    return int(value) if value >= 0 and value.is_integer() else None


def read_choice(text: str, choices: Sequence[Choice], phrases: Phrases) -> str | None:
    """The key of the choice a message names by number or by its words."""
    number = read_number(text, phrases)
    if number is not None and 1 <= number <= len(choices):
        return choices[number - 1].key
    word = plain(text)
    return next((c.key for c in choices if any(word == plain(words) for words in c.words)), None)


def read_leading_choice(text: str, choices: Sequence[Choice]) -> tuple[str, str] | None:
    """The choice a message begins with, by number or words, and the remark that follows it."""
    word = unicodedata.normalize("NFKC", text).strip()
    starts = [(str(number), c.key) for number, c in enumerate(choices, start=1)]
    starts += [(words, c.key) for c in choices for words in c.words]
    for start, key in sorted(starts, key=lambda pair: -len(pair[0])):
        rest = word.removeprefix(start)
        if rest != word and (not start.isdigit() or not rest[:1].isalnum()):
            return key, _without_edges(rest)
    return None


def read_case(text: str) -> tuple[str | None, str | None]:
    """Case number and query code in a message, each None if it is not there."""
    number = find_case_number(text)
    rest = "".join(unicodedata.normalize("NFKC", text).upper().split())
    if number:
        rest = rest.replace(number, "|", 1)
    code = _CODE.search(_BETWEEN_DIGITS.sub("", rest))
    return number, code.group(0) if code else None


def has_identity_card(text: str) -> bool:
    """Whether the text holds what looks like the number of an identity card, which nobody asked for."""
    return _IDENTITY_CARD.search(unicodedata.normalize("NFKC", text)) is not None


def read_phone(text: str) -> str | None:
    """The telephone number a message consists of, digits only."""
    digits = _BETWEEN_DIGITS.sub("", unicodedata.normalize("NFKC", text))
    return digits if _PHONE.fullmatch(digits) else None


def shorten(text: str, length: int) -> str:
    """The text on one line, cut with an ellipsis to at most `length` characters."""
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[: length - 1]}…"


def _without_edges(text: str) -> str:
    start = 0
    while start < len(text) and unicodedata.category(text[start])[0] in _MEANS_NOTHING:
        start += 1
    return text[start:].strip()
