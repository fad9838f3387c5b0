"""Holidays and make-up days as sheets."""

from datetime import date

import pytest

from app.reference import load_lists
from domain.errors import UnfitRows

LIST = load_lists().calendar


def days(*rows):
    return [{"key": day, "works": works, "note": ""} for day, works in rows]


def test_a_day_off_and_a_day_to_work_count_as_they_say():
    calendar = LIST.built(LIST.read({"days": days(("2026-11-30", "放假"), ("2026.12.5", "上班"))}, LIST.shipped))

    assert not calendar.is_working_day(date(2026, 11, 30))
    assert calendar.is_working_day(date(2026, 12, 5))


def test_a_year_that_was_published_makes_its_dates_sure():
    data = LIST.read({"years": [{"key": "2026"}, {"key": "2027"}]}, LIST.shipped)

    assert data["published_years"] == [2026, 2027]
    assert LIST.built(data).is_published(date(2027, 1, 4))


def test_out_and_back_is_the_same():
    data = LIST.read({"days": days(("2026-11-30", "放假"))}, LIST.shipped)

    assert LIST.read(LIST.tables(data), LIST.shipped) == data


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("某天", "放假"), "row_bad_day"),
        (("", "放假"), "row_cell_empty"),
        (("2026-11-30", "休"), "row_work_or_rest"),
        (("1888-01-01", "放假"), "row_bad_day"),
    ],
)
def test_a_day_that_cannot_be_read_is_refused(row, code):
    with pytest.raises(UnfitRows) as refused:
        LIST.read({"days": days(row)}, LIST.shipped)

    assert [fault.code for fault in refused.value.faults] == [code]


def test_a_day_twice_and_a_year_that_is_none_are_refused():
    with pytest.raises(UnfitRows) as refused:
        LIST.read(
            {"days": days(("2026-11-30", "放假"), ("2026-11-30", "上班")), "years": [{"key": "明年"}]}, LIST.shipped
        )

    assert [fault.code for fault in refused.value.faults] == ["row_twice", "row_bad_year"]
