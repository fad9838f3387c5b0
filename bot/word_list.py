"""What the bot says, as sheets that staff edit: letters, choices, states of a case, places to turn to.

Commands stay as shipped, and so do the two notices: what they are is part of the contract; and what is said while the
database is gone, because it cannot come from there. What the console calls things is nothing that citizens read.
"""

from collections.abc import Mapping
from typing import Any

from bot.words import Words, build_words, faults_of_letters, fields_of
from domain.edited_lists import CODE, Data, Faults, Row, Sheet, Tables, closed_rows
from domain.errors import UnfitRows

LETTERS = Sheet(
    "letters", (CODE, "text", "fields"), fixed=frozenset({"fields"}), long=frozenset({"text"}), is_closed=True
)
CHOICES = Sheet("choices", (CODE, "choice_words"), long=frozenset({"choice_words"}), is_closed=True)
STATUSES = Sheet("statuses", (CODE, "text"), is_closed=True)
REDIRECTS = Sheet("redirects", (CODE, "advice", "where", "phone", "hours"), long=frozenset({"advice"}), is_closed=True)

_AS_SHIPPED = frozenset({"notice_progress", "notice_keyword", "storage_failure"})
# The two lines that programs and people look for when a report was lodged (contract, section 4).
_LODGED = "lodged"
# Several letters make one message, and the platform takes 2047 bytes.
_MAX_BYTES = 1_500
_PLACE = ("advice", "where", "phone", "hours")


class WordList:
    """`shipped` has the four parts of `words/` that are edited; `words` is all of it."""

    sheets = (LETTERS, CHOICES, STATUSES, REDIRECTS)

    def __init__(self, words: Mapping[str, Mapping[str, Any]]) -> None:
        self._whole = words
        self.shipped: Data = {
            "letters": {key: text for key, text in words["letters"].items() if key not in _AS_SHIPPED},
            "choices": {str(key): list(map(str, shown)) for key, shown in words["choices"].items()},
            "statuses": dict(words["statuses"]),
            "redirects": {key: dict(place) for key, place in words["redirects"].items()},
        }

    def raw(self, data: Data) -> dict[str, Mapping[str, Any]]:
        """All words, with those of a version over the shipped ones: a letter that came with an update is there."""
        return {**self._whole, **{part: {**self._whole[part], **data[part]} for part in self.shipped}}

    def built(self, data: Data) -> Words:
        """The words of a version, with the shipped names of kinds. Raises ValueError."""
        return build_words(self.raw(data))

    def check(self, data: Data) -> None:
        """Refuses what the bot cannot say."""
        self.built(data)

    def tables(self, data: Data, named_by: Data | None = None) -> Tables:
        """The four sheets."""
        return {
            LETTERS.key: [
                {CODE: key, "text": text, "fields": " ".join(f"{{{field}}}" for field in sorted(fields_of(key)))}
                for key, text in data["letters"].items()
            ],
            CHOICES.key: [{CODE: key, "choice_words": "\n".join(words)} for key, words in data["choices"].items()],
            STATUSES.key: [{CODE: key, "text": text} for key, text in data["statuses"].items()],
            REDIRECTS.key: [{CODE: key, **place} for key, place in data["redirects"].items()],
        }

    def read(self, tables: Tables, base: Data) -> Data:
        """The words that the sheets say, over those of `base`. Raises UnfitRows."""
        faults, before = Faults(), self.tables(base)
        rows = {
            sheet: closed_rows(sheet, tables.get(sheet.key, ()), before[sheet.key], faults) for sheet in self.sheets
        }
        letters = {key: row["text"] for key, row in rows[LETTERS].items()}
        given = {row[CODE]: row for row in tables.get(LETTERS.key, ())}
        for letter, code, field in self._faults_of(letters):
            faults.add(code, LETTERS, given.get(letter, rows[LETTERS][letter]), "text", f"{letter} {field}".strip())
        if faults.found:
            raise UnfitRows(faults.found)
        return {
            "letters": letters,
            "choices": {key: _choices(row) for key, row in rows[CHOICES].items()},
            "statuses": {key: row["text"] for key, row in rows[STATUSES].items()},
            "redirects": {key: {name: row[name] for name in _PLACE} for key, row in rows[REDIRECTS].items()},
        }

    def _faults_of(self, letters: Mapping[str, str]) -> list[tuple[str, str, str]]:
        found = [
            fault for fault in faults_of_letters({**self._whole["letters"], **letters}) if fault[1] != "letter_missing"
        ]
        found += [(key, "letter_too_long", "") for key, text in letters.items() if len(text.encode()) > _MAX_BYTES]
        lines = letters[_LODGED].splitlines()
        must_stay = [line for line in self._whole["letters"][_LODGED].splitlines() if "{" in line]
        found += [(_LODGED, "letter_line_must_stay", line) for line in must_stay if line not in lines]
        return found


def _choices(row: Row) -> list[str]:
    """The words of a choice, one a line: the first stands on the screen."""
    return [word.strip() for word in row["choice_words"].splitlines() if word.strip()]
