"""Excel files: typed cells, a frozen header that filters, widths, a page that prints. A text is never a formula."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

Value = str | int | date | datetime | None

_A4 = 9  # the number that the format gives this size
_IN_MEMORY = 4 << 20
_LINE_HEIGHT, _HIGHEST = 15, 409  # points; more than the second the format does not allow
_WIDE = 2.15  # a Chinese character, in those by which the width of a column is counted
_SONG, _HEI = "SimSun", "SimHei"  # the two fonts every office has: for text, for headings
_LINE = Side(style="thin", color="FFB8BEC6")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
# What spreadsheets take for the beginning of a formula, also after a way through a CSV file.
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FORMATS = {date: "yyyy-mm-dd", datetime: "yyyy-mm-dd hh:mm", int: "0"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its width in characters, the type of its values."""

    heading: str
    width: float
    type: type = str


@dataclass(frozen=True, slots=True)
class Page:
    """One list of a workbook of several."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]


def write_book(pages: Iterable[Page], *, about: tuple[str, Mapping[str, Value]]) -> IO[bytes]:
    """A workbook with several lists to be filled in, and a last sheet that tells how. Whoever gets it closes it."""
    book = Workbook(write_only=True)
    for page in pages:
        sheet = book.create_sheet(page.title)
        _lay_out(sheet, page.columns)
        _fill(sheet, page.columns, page.rows)
    _tell(book.create_sheet(about[0]), about[1])
    return _saved(book)


def write_sheet(
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    *,
    title: str,
    footer: str,
    stamp: str,
    about: tuple[str, Mapping[str, Value]] | None = None,
) -> IO[bytes]:
    """A workbook with one list, and a second sheet that tells about it. Rows are written as they come, not kept.

    The file lies in memory while it is small and on disk after that; whoever gets it closes it.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    _lay_out(sheet, columns)
    sheet.oddFooter.left.text = stamp
    sheet.oddFooter.right.text = footer
    _fill(sheet, columns, rows)
    if about is not None:
        _tell(book.create_sheet(about[0]), about[1])
    return _saved(book)


def _fill(sheet: Any, columns: Sequence[Column], rows: Iterable[Sequence[Value]]) -> None:
    widths = [column.width for column in columns]
    headings = [column.heading for column in columns]
    _append(sheet, 1, [_heading(sheet, heading) for heading in headings], _lines(headings, widths))
    pens = [_Pen(sheet, column.type) for column in columns]
    count = 1
    try:
        for row in rows:
            count += 1
            _append(
                sheet,
                count,
                [pen.write(value) for pen, value in zip(pens, row, strict=True)],
                _lines(row, widths),
            )
    except BaseException:
        sheet.close()  # or its half-written file would complain when it is forgotten
        raise
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{count}"


def _append(sheet: Any, number: int, cells: list[Any], lines: int) -> None:
    """A row that is high enough for its texts.

    LibreOffice takes the height from the file, and one line where there is none. It is not said to be anybody's choice
    (`customHeight`, which a `RowDimension` would say): Excel then measures again when somebody writes into the row.
    """
    if lines > 1:
        sheet.row_dimensions[number] = {"ht": str(min(lines * _LINE_HEIGHT, _HIGHEST))}
    sheet.append(cells)
    sheet.row_dimensions.pop(number, None)


def _lines(values: Sequence[Value], widths: Sequence[float]) -> int:
    """How many lines the longest text of a row takes in its column."""
    return max(
        sum(_lines_of(line, width - 1) for line in value.split("\n")) if isinstance(value, str) else 1
        for value, width in zip(values, widths, strict=True)
    )


def _lines_of(line: str, room: float) -> int:
    # Most texts fit however wide their signs are: only of the others each sign is looked at.
    return 1 if len(line) * _WIDE <= room else ceil(_width(line) / room)


def _width(text: str) -> float:
    return sum(_WIDE if east_asian_width(sign) in "WFA" else 1 for sign in text)


def _saved(book: Workbook) -> IO[bytes]:
    file: IO[bytes] = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  (whoever gets it closes it)
    book.save(file)
    file.seek(0)
    return file


def _lay_out(sheet: Any, columns: Sequence[Column]) -> None:
    """Everything that must stand before the first row of a sheet that is not kept in memory."""
    sheet.freeze_panes = "B2"
    # More than this on one page of A4 cannot be read.
    pages_wide = -(-int(sum(column.width for column in columns)) // 190)
    for number, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    sheet.print_title_rows, sheet.print_title_cols = "1:1", "A:A"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = pages_wide, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom, sheet.page_margins.footer = 0.6, 0.8, 0.3  # room for the footer


def _heading(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, text)
    cell.font = Font(name=_HEI, size=11, bold=True)
    cell.fill = PatternFill("solid", fgColor="FFECEFF3")
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    cell.border = _BOX
    return cell


class _Pen:
    """Writes a column into one cell that is filled anew for each row: making a million styles is what takes long.

    A second cell writes what must carry the mark of a text; a style that was written once must not change.
    """

    def __init__(self, sheet: Any, kind: type = str) -> None:
        self._plain = _cell(sheet, kind)
        self._marked = _cell(sheet, kind)
        self._marked.quotePrefix = True

    def write(self, value: Value) -> Any:
        """The cell with this value."""
        if not isinstance(value, str):
            self._plain.value = value
            return self._plain
        cell = self._marked if value.startswith(_STARTS_A_FORMULA) else self._plain
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        # Never "f" nor "e": a text that looks like a formula or an error stays a text.
        cell.data_type = "s"
        return cell


def _cell(sheet: Any, kind: type) -> Any:
    cell = WriteOnlyCell(sheet)
    cell.font = Font(name=_SONG, size=11)
    cell.border = _BOX
    cell.alignment = Alignment(horizontal="left" if kind is str else "center", vertical="center", wrap_text=True)
    if kind in _FORMATS:
        cell.number_format = _FORMATS[kind]
    return cell


def _tell(sheet: Any, about: Mapping[str, Value]) -> None:
    widths = (20, 62)
    for letter, width in zip("AB", widths, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    names, values = _Pen(sheet), _Pen(sheet)
    for number, (name, value) in enumerate(about.items(), 1):
        told = (name, str(value))
        _append(sheet, number, [names.write(told[0]), values.write(told[1])], _lines(told, widths))
