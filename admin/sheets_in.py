"""Reads the first list of an Excel file as text. Looks at values only, never at formulas, links or macros."""

import io
import zipfile
from datetime import date, datetime

from openpyxl import load_workbook

from domain.errors import InvalidInput

MAX_BYTES = 4 << 20
MAX_ROWS = 2_000
_MAX_COLUMNS = 40
_MAX_UNPACKED = 60 << 20
_MAX_CELL = 30_000


def read_sheet(content: bytes) -> list[list[str]]:
    """The rows from the first that holds two cells on; days in ISO 8601. Raises InvalidInput for what is no such file."""
    if len(content) > MAX_BYTES:
        raise InvalidInput("file", "excel_too_large")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if sum(entry.file_size for entry in package.infolist()) > _MAX_UNPACKED:
                raise InvalidInput("file", "excel_too_large")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        rows: list[list[str]] = []
        sheet = book.worksheets[0]
        for row in sheet.iter_rows(max_row=MAX_ROWS, max_col=_MAX_COLUMNS, values_only=True):
            cells = [_text(value) for value in row]
            if rows or sum(map(bool, cells)) > 1:
                rows.append(cells)
        book.close()
    except InvalidInput:
        raise
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, IndexError, OSError, SyntaxError) as error:
        raise InvalidInput("file", "not_an_excel_file") from error
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
