"""Excel files: what is typed as text stays text, whatever it looks like."""

import re
from datetime import date
from zipfile import ZipFile

import openpyxl
import pytest

from admin.sheets import Column, write_sheet

COLUMNS = (Column("甲", 10), Column("乙", 10, date))


def written(*rows):
    with write_sheet(COLUMNS, rows, title="台账", footer="&P", stamp="内部", about=("说明", {"件数": 1})) as file:
        return openpyxl.load_workbook(file)


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(A1)", "#N/A", "\tx"])
def test_a_text_is_never_a_formula(text):
    cell = written([text, None]).worksheets[0]["A2"]

    assert (cell.data_type, cell.value) == ("s", text)


@pytest.mark.parametrize(("text", "quoted"), [("=1", True), ("@x", True), ("舜安", False)])
def test_what_a_csv_would_turn_into_a_formula_carries_the_mark_of_a_text(text, quoted):
    assert bool(written([text, None]).worksheets[0]["A2"].quotePrefix) is quoted


def test_the_mark_of_one_row_does_not_stay_for_the_next():
    sheet = written(["=1", None], ["舜安", None], [None, None]).worksheets[0]

    assert [bool(sheet[f"A{row}"].quotePrefix) for row in (2, 3, 4)] == [True, False, False]


def test_characters_that_excel_refuses_are_left_out():
    assert written(["甲\x00乙\x0b丙", None]).worksheets[0]["A2"].value == "甲乙丙"


def test_a_day_is_a_day_with_its_format():
    cell = written(["甲", date(2026, 11, 23)]).worksheets[0]["B2"]

    assert (cell.is_date, cell.number_format, cell.value.date()) == (True, "yyyy-mm-dd", date(2026, 11, 23))


def test_a_second_sheet_tells_about_the_first():
    sheet = written(["甲", None])["说明"]

    assert (sheet["A1"].value, sheet["B1"].value) == ("件数", "1")


def test_a_row_with_too_few_values_is_an_error():
    with pytest.raises(ValueError, match="zip"):
        written(["甲"])


@pytest.mark.parametrize(
    ("text", "lines"),
    [("舜安", None), ("舜安县市场监督管理局", 3), ("abcdefghi", None), ("一\n二", 2), ("舜" * 2000, None)],
)
def test_a_row_is_as_high_as_its_longest_text(text, lines):
    height = written([text, None]).worksheets[0].row_dimensions[2].height

    assert height == (409 if len(text) == 2000 else lines and lines * 15)


def test_a_row_grows_when_somebody_writes_into_it():
    with (
        write_sheet(COLUMNS, [["一\n二", None]], title="台账", footer="&P", stamp="内部") as file,
        ZipFile(file) as parts,
    ):
        [row] = re.findall(rb'<row r="2"[^>]*>', parts.read("xl/worksheets/sheet1.xml"))

    assert b"ht=" in row
    assert b"customHeight" not in row
