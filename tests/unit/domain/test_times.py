"""The county's days."""

from datetime import date

import pytest

from domain.times import begun_on


@pytest.mark.parametrize(
    ("day", "first_days"),
    [
        ("2026-11-27", ["2026-11-23", "2026-11-01", "2026-10-01", "2026-01-01"]),
        ("2026-03-31", ["2026-03-30", "2026-03-01", "2026-01-01", "2026-01-01"]),
        ("2027-01-01", ["2026-12-28", "2027-01-01", "2027-01-01", "2027-01-01"]),
    ],
)
def test_week_month_quarter_and_year_begin_on_their_first_day(day, first_days):
    assert [first.isoformat() for first in begun_on(date.fromisoformat(day))] == first_days
