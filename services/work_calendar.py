"""Working days of China: statutory holidays and make-up days from `holidays`, published years and corrections from our data."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import holidays


class ChinaCalendar:
    """Implements `domain.deadlines.WorkCalendar`.

    For a year whose notice the State Council has not published yet, `holidays` knows the statutory days but no
    make-up days: dates there are provisional, and whoever computes them says so.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        """`data` is `data/calendar.yaml`. Raises ValueError for an override that is neither `work` nor `rest`."""
        self._published = frozenset(int(year) for year in data["published_years"])
        self._known: dict[date, bool] = {_day(day): word == "work" for day, word in data["overrides"].items()}
        if any(word not in {"work", "rest"} for word in data["overrides"].values()):
            msg = "calendar.yaml: an override is `work` or `rest`"
            raise ValueError(msg)
        self._holidays = holidays.country_holidays("CN")

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on `day`."""
        known = self._known.get(day)
        if known is None:
            # Remembered: counting every running clock anew asks for the same days again and again.
            known = self._known[day] = bool(self._holidays.is_working_day(day))
        return known

    def is_published(self, day: date) -> bool:
        """Whether the year of `day` is published."""
        return day.year in self._published


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
