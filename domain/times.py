"""The county's own clock: moments are aware UTC, days are days in Shanghai."""

from datetime import date, datetime, timedelta, timezone

# China has had one zone without daylight saving since 1991; a fixed offset needs no zone database.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


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
