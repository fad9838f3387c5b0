"""Days that are not as the week says, and years whose notice is published: `data/calendar.yaml` as sheets."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from domain.edited_lists import CODE, Data, Faults, Sheet, Tables
from domain.errors import UnfitRows
from domain.times import read_day
from services.work_calendar import ChinaCalendar

DAYS = Sheet("days", (CODE, "works", "note"), own_code=True)
YEARS = Sheet("years", (CODE,), own_code=True)
_FIRST_YEAR, _LAST_YEAR = 2000, 2099


class CalendarList:
    """`shipped` is the parsed `calendar.yaml`; `words` names `work` and `rest`."""

    sheets = (DAYS, YEARS)

    def __init__(self, shipped: Mapping[str, Any], words: Mapping[str, str]) -> None:
        days = [{"day": str(day), "works": works, "note": ""} for day, works in shipped["overrides"].items()]
        self.shipped: Data = {"published_years": shipped["published_years"], "days": days}
        self._words = words

    def built(self, data: Data) -> ChinaCalendar:
        """The calendar of a version. Raises KeyError or ValueError."""
        days = {row["day"]: row["works"] for row in data["days"]}
        return ChinaCalendar({"published_years": data["published_years"], "overrides": days})

    def check(self, data: Data) -> None:
        """Refuses what is no calendar."""
        self.built(data)

    def tables(self, data: Data, named_by: Data | None = None) -> Tables:
        """Days in order, then the years."""
        days = sorted(data["days"], key=lambda row: str(row["day"]))
        return {
            DAYS.key: [{CODE: row["day"], "works": self._words[row["works"]], "note": row["note"]} for row in days],
            YEARS.key: [{CODE: str(year)} for year in sorted(data["published_years"])],
        }

    def read(self, tables: Tables, base: Data) -> Data:
        """The calendar that the sheets say. Raises UnfitRows."""
        faults, before = Faults(), self.tables(base)
        by_word = {word: key for key, word in self._words.items()}
        days: dict[date, dict[str, str]] = {}
        for row in tables.get(DAYS.key, before[DAYS.key]):
            day, works = read_day(row[CODE]), by_word.get(row["works"])
            if day is None or not _FIRST_YEAR <= day.year <= _LAST_YEAR:
                faults.add("row_bad_day" if row[CODE] else "row_cell_empty", DAYS, row, CODE, row[CODE])
                continue
            if day in days:
                faults.add("row_twice", DAYS, row, CODE, row[CODE])
            if works is None:
                faults.add("row_work_or_rest", DAYS, row, "works", row["works"])
                continue
            days[day] = {"day": day.isoformat(), "works": works, "note": row["note"]}
        years = set()
        for row in tables.get(YEARS.key, before[YEARS.key]):
            year = row[CODE]
            if year.isdecimal() and _FIRST_YEAR <= int(year) <= _LAST_YEAR:
                years.add(int(year))
            elif year:
                faults.add("row_bad_year", YEARS, row, CODE, year)
        if faults.found:
            raise UnfitRows(faults.found)
        return {"published_years": sorted(years), "days": [days[day] for day in sorted(days)]}
