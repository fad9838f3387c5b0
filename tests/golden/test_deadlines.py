"""Due dates that a clerk can check with a wall calendar (State Council's notice for 2026)."""

import csv
from datetime import date
from pathlib import Path

import pytest

from app.reference import read_data
from domain.deadlines import deadline
from domain.terms import DeadlineKind
from services.work_calendar import ChinaCalendar

ROWS = list(csv.DictReader((Path(__file__).parent / "deadlines.csv").read_text(encoding="utf-8").splitlines()))


@pytest.fixture(scope="module")
def calendar():
    return ChinaCalendar(read_data("calendar.yaml"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['kind']}-{row['from']}")
def test_a_deadline_falls_on_the_day_in_the_table(row, calendar):
    due = deadline(DeadlineKind(row["kind"]), date.fromisoformat(row["from"]), calendar)

    assert (due.due_on.isoformat(), due.provisional) == (row["due_on"], row["provisional"] == "yes")
