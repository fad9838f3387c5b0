"""Lists as sheets that people can edit: which columns a row has, what is wrong with one, how two states of a list differ.

A list is a few sheets of rows of text, as they stand in a spreadsheet. The first column is the row's code: it ties a row
to what cases and rules know it by, and never changes.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from domain.errors import Fault

Row = Mapping[str, str]
Tables = Mapping[str, Sequence[Row]]
Data = Mapping[str, Any]

CODE = "key"
NUMBER = "#"  # which row of the spreadsheet it was; only while it is read


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. `columns` are keys of `ListColumn` in `words/labels.yaml`; `fixed` ones are shown and not read.

    A closed sheet has the rows that the program knows: none can be added or removed, and one left out stays as it is.
    The code of a row is ours, but where it is a word of people's `own_code`: a day, a name.
    """

    key: str
    columns: tuple[str, ...]
    fixed: frozenset[str] = frozenset()
    long: frozenset[str] = frozenset()
    is_closed: bool = False
    own_code: bool = False


class EditedList(Protocol):
    """One list that staff edit: how it stands in sheets, and back. `shipped` is version 0 in the shape of the shipped file."""

    @property
    def sheets(self) -> tuple[Sheet, ...]: ...

    @property
    def shipped(self) -> Data: ...

    def tables(self, data: Data, named_by: Data | None = None) -> Tables:
        """The sheets of a version. What rows point at is called as in `named_by`, where that has it."""

    def read(self, tables: Tables, base: Data) -> Data:
        """The version that these sheets say; sheets that are not there stay as in `base`. Raises UnfitRows."""

    def built(self, data: Data) -> object:
        """A version as the program works with it. Raises ValueError or KeyError."""

    def check(self, data: Data) -> None:
        """Raises ValueError or KeyError for a version that the program cannot work with."""


@dataclass(frozen=True, slots=True)
class Change:
    """One row that differs. `before` is None for a row that is new, `after` for one that is gone."""

    sheet: str
    before: Row | None
    after: Row | None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that differ."""
        before, after = self.before or {}, self.after or {}
        return tuple(name for name in {**before, **after} if before.get(name, "") != after.get(name, ""))


def differences(before: Tables, after: Tables) -> tuple[Change, ...]:
    """Rows added, removed and changed, sheet by sheet in the order of the new state; the order of rows says nothing."""
    found = []
    for sheet in dict.fromkeys((*after, *before)):
        old = {row[CODE]: row for row in before.get(sheet, ())}
        new = {row[CODE]: row for row in after.get(sheet, ())}
        found += [Change(sheet, old.get(key), row) for key, row in new.items() if old.get(key) != row]
        found += [Change(sheet, row, None) for key, row in old.items() if key not in new]
    return tuple(found)


def split_cell(text: str) -> tuple[str, ...]:
    """The words of a cell that holds several, in order, none twice."""
    return tuple(dict.fromkeys(part for part in re.split(r"[\u3001\uff0c,;\uff1b\s]+", text) if part))


def joined(words: Iterable[object]) -> str:
    """Several words as one cell."""
    return "\u3001".join(map(str, words))


class Faults:
    """Collects what is wrong with rows."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def add(self, code: str, sheet: Sheet, row: Row, column: str = "", detail: str = "") -> None:
        """Notes a fault of a row."""
        self.found.append(Fault(code, sheet.key, int(row.get(NUMBER, 0)), column, detail))


def closed_rows(sheet: Sheet, rows: Sequence[Row], base: Sequence[Row], faults: Faults) -> dict[str, Row]:
    """The rows of a closed sheet over those of `base`, by code: unknown codes, codes twice and emptied cells are faults."""
    known = {row[CODE]: row for row in base}
    found, seen = dict(known), set()
    for row in rows:
        key = row[CODE]
        if key not in known or key in seen:
            faults.add("row_twice" if key in seen else "row_unknown_code", sheet, row, CODE, key)
            continue
        seen.add(key)
        free = [name for name in sheet.columns if name != CODE and name not in sheet.fixed]
        for name in free:
            if known[key][name] and not row.get(name, known[key][name]):
                faults.add("row_cell_empty", sheet, row, name)
        found[key] = {**known[key], **{name: row.get(name, known[key][name]) for name in free}}
    return found
