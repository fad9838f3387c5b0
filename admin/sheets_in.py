"""Reads the lists of an Excel file as text. Looks at values only, never at formulas, links or macros."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook

from domain.errors import InvalidInput

MAX_BYTES = 4 << 20
MAX_ROWS = 2_000
_MAX_COLUMNS = 40
_MAX_SHEETS = 8
_MAX_UNPACKED = 60 << 20
_MAX_CELL = 30_000


def read_sheet(content: bytes) -> list[list[str]]:
    """The rows from the first that holds two cells on; days in ISO 8601. Raises InvalidInput for what is no such file."""
    first = next(iter(read_book(content, most_sheets=1).values()))
    start = next((number for number, row in enumerate(first) if sum(map(bool, row)) > 1), len(first))
    return first[start:]


def read_book(content: bytes, *, most_sheets: int = _MAX_SHEETS) -> dict[str, list[list[str]]]:
    """All rows of each sheet by its title, as far as they are filled in. Raises InvalidInput for what is no such file."""
    if len(content) > MAX_BYTES:
        raise InvalidInput("file", "excel_too_large")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if sum(entry.file_size for entry in package.infolist()) > _MAX_UNPACKED:
                raise InvalidInput("file", "excel_too_large")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        read = {sheet.title: _rows(sheet) for sheet in book.worksheets[:most_sheets]}
        book.close()
    except InvalidInput:
        raise
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, IndexError, OSError, SyntaxError) as error:
        raise InvalidInput("file", "not_an_excel_file") from error
    if not read:
        raise InvalidInput("file", "not_an_excel_file")
    return read


def _rows(sheet: Any) -> list[list[str]]:
    rows = [
        [_text(value) for value in row]
        for row in sheet.iter_rows(max_row=MAX_ROWS, max_col=_MAX_COLUMNS, values_only=True)
    ]
    while rows and not any(rows[-1]):
        rows.pop()
    width = max((number for row in rows for number, cell in enumerate(row, 1) if cell), default=0)
    return [(row + [""] * width)[:width] for row in rows]


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value).strip()[:_MAX_CELL]
