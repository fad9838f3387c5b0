"""The county's own clock: moments are aware UTC, days are days in Shanghai."""

import re
from datetime import date, datetime, timedelta, timezone

# China has had one zone without daylight saving since 1991; a fixed offset needs no zone database.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


_DAY = re.compile(r"(\d{4})\D+(\d{1,2})\D+(\d{1,2})\D*(?:\d{1,2}:\d{2}.*)?")
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")

# No file of the commission is older, and no term runs further; beyond these the arithmetic of days and moments ends.
FIRST_DAY, LAST_DAY = date(1949, 10, 1), date(2199, 12, 31)


def is_plausible(day: date) -> bool:
    """Whether somebody can have meant this day."""
    return FIRST_DAY <= day <= LAST_DAY


def day_of_address(value: str | None) -> date | None:
    """A day as addresses write it (2026-11-23) that somebody can have meant; None for anything else."""
    try:
        day = date.fromisoformat(value or "")
    except ValueError:
        return None
    return day if is_plausible(day) else None


def read_day(text: str) -> date | None:
    """A day as ledgers write it, with whatever stands between the numbers, that somebody can have meant; None for what is none."""
    found = _COMPACT_DAY.fullmatch(text.strip()) or _DAY.fullmatch(text.strip())
    try:
        day = date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None
    return day if day is not None and is_plausible(day) else None


def first_moment(day: date) -> datetime:
    """Midnight at the beginning of a day of the county, aware."""
    return datetime.combine(day, datetime.min.time(), SHANGHAI)


def local_day(moment: datetime) -> date:
    """The day in the county at an aware moment."""
    return moment.astimezone(SHANGHAI).date()


def begun_on(day: date) -> tuple[date, date, date, date]:
    """The first days of the week, the month, the quarter and the year of a day."""
    month = day.replace(day=1)
    return (
        day - timedelta(days=day.weekday()),
        month,
        month.replace(month=day.month - (day.month - 1) % 3),
        month.replace(month=1),
    )
