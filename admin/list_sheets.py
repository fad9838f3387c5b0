"""Lists that staff edit as Excel files: one sheet a table, headings in Chinese, and back. Decides nothing."""

from collections.abc import Mapping
from typing import IO

from admin.presenters import Presenter
from admin.sheets import Column, Page, write_book
from admin.sheets_in import read_book
from domain.edited_lists import CODE, NUMBER, EditedList, Sheet, Tables
from domain.errors import Fault, UnfitRows
from domain.terms import ReferenceList

_WIDE = frozenset({"aliases", "candidates", "ask", "role", "superior", "question"})


def write_tables(show: Presenter, which: ReferenceList, form: EditedList, tables: Tables) -> IO[bytes]:
    """The file, at its beginning; its last sheet tells how columns are filled in."""
    hints = show.words.labels["ListHint"]
    about = {
        f"{show.sheet(sheet.key)} · {show.column(sheet.key, column)}": hint
        for sheet in form.sheets
        for column in sheet.columns
        if (hint := show.column_hint(sheet.key, column))
    }
    return write_book(
        [
            Page(
                show.sheet(sheet.key),
                [Column(show.column(sheet.key, column), _width(sheet, column)) for column in sheet.columns],
                [[row[column] for column in sheet.columns] for row in tables[sheet.key]],
            )
            for sheet in form.sheets
        ],
        about=(show.words.labels["Sheet"]["about"], {show.words.label(which): hints["whole"], **about}),
    )


def read_tables(show: Presenter, form: EditedList, content: bytes) -> Tables:
    """The sheets of an uploaded file that are known by their title. Raises UnfitRows, and InvalidInput for no Excel file."""
    book, faults = read_book(content), []
    tables: dict[str, list[Mapping[str, str]]] = {}
    for sheet in form.sheets:
        rows = book.get(show.sheet(sheet.key))
        if not rows:
            continue
        heading = {title: at for at, title in enumerate(rows[0])}
        columns = [column for column in sheet.columns if column not in sheet.fixed]
        missing = [column for column in columns if show.column(sheet.key, column) not in heading]
        if missing:
            faults += [Fault("list_column_missing", sheet.key, 1, column) for column in missing]
            continue
        tables[sheet.key] = [
            {**{column: row[heading[show.column(sheet.key, column)]] for column in columns}, NUMBER: str(number)}
            for number, row in enumerate(rows[1:], 2)
            if any(row)
        ]
    if not tables and not faults:
        faults.append(Fault("list_no_sheet", "", 0))
    if faults:
        raise UnfitRows(faults)
    return tables


def _width(sheet: Sheet, column: str) -> float:
    if column == CODE and not sheet.own_code:
        return 18
    return 60 if column in sheet.long else 36 if column in _WIDE else 22
