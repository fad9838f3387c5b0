"""Which day, month or year a written moment means, counted from the day of the report.

Own rules because the libraries do not hold up for how people write (figures in `docs/classifier.md`): the one that reads most of
it brings 200 megabytes and an advertisement. Numerals are read by cn2an, the lunar calendar by lunardate.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from lunardate import LunarDate

from classifier.lexicon import pattern, read
from classifier.numerals import value_of


@dataclass(frozen=True, slots=True)
class Moment:
    """A day; or a month, if `day` is None; or a year, if `month` is None too."""

    year: int
    month: int | None = None
    day: int | None = None

    def __str__(self) -> str:
        """As ISO 8601 with the precision it has: 2026, 2026-03, 2026-03-05."""
        parts = [f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part is not None)]
        return "-".join(parts)


def resolve(written: str, reported_on: date) -> Moment | None:
    """The moment that a span of `find_slots` means, never after `reported_on`; None if it is too vague to say."""
    lists = read("moments.yaml")
    if days := next((n for word, n in lists["days_ago"].items() if written.startswith(word)), None):
        return _on(reported_on - timedelta(days=days - 1))
    return (
        _ago(written, reported_on)
        or _in_week(written, reported_on)
        or _in_month(written, reported_on)
        or _day_alone(written, reported_on)
        or _in_year(written, reported_on)
    )


def _ago(written: str, today: date) -> Moment | None:
    """So many days, weeks, months or years before the report."""
    found = pattern(read("moments.yaml")["ago"]).match(written)
    if found is None:
        return None
    count = _number(found["count"])
    unit = read("moments.yaml")["units"][found["unit"]]
    if found["half"] and unit == "months" and not count:
        return _on(today - timedelta(days=15))
    if count is None:
        return None
    step = {
        "days": relativedelta(days=count),
        "weeks": relativedelta(weeks=count),
        "months": relativedelta(months=count),
    }
    then = today - step.get(unit, relativedelta(years=count))
    if unit == "years":
        return Moment(then.year)
    return Moment(then.year, then.month) if unit == "months" else _on(then)


def _in_week(written: str, today: date) -> Moment | None:
    """A day of this week, of the last or of the one before; without a word for the week, the last such day that has passed.

    Of a week without a day only the month is sure enough.
    """
    found = pattern(read("moments.yaml")["weekday"]).match(written)
    if found is None or not (found["day"] or found["week"]):
        return None
    weeks = read("moments.yaml")["weeks_ago"].get(found["week"], 0)
    if not found["day"]:
        then = today - timedelta(weeks=weeks)
        return Moment(then.year, then.month)
    day = read("moments.yaml")["weekdays"].index(re.sub(read("moments.yaml")["sunday"], "7", found["day"]))
    then = today - timedelta(days=today.weekday()) - timedelta(weeks=weeks) + timedelta(days=day % 7)
    return _on(then if then <= today else then - timedelta(weeks=1))


def _in_month(written: str, today: date) -> Moment | None:
    """A day of this month or of one before it, or the month as a whole."""
    found = pattern(read("moments.yaml")["month_ago"]).match(written)
    if found is None:
        return None
    then = today.replace(day=1) - relativedelta(months=read("moments.yaml")["months_ago"][found["which"]])
    moment = _valid(then.year, then.month, _number(found["day"]))
    return moment if moment and _start(moment) <= today else None


def _day_alone(written: str, today: date) -> Moment | None:
    """A day without its month: the last such day that has passed, or today."""
    found = pattern(read("moments.yaml")["day_alone"]).match(written)
    day = _number(found["day"]) if found else None
    months = (today.replace(day=1) - relativedelta(months=ago) for ago in range(3)) if day else ()
    moments = (_valid(month.year, month.month, day) for month in months)
    return next((moment for moment in moments if moment is not None and _start(moment) <= today), None)


def _in_year(written: str, today: date) -> Moment | None:
    """A date with or without its year; without one, the latest that has passed."""
    lists = read("moments.yaml")
    found = pattern(lists["date"]).match(written)
    year = _year(found["year"], today) if found and found["year"] else None
    rest = written[found.end("year") :] if found and found["year"] else written
    feast = next((rule for word, rule in lists["feasts"].items() if pattern(word).search(rest)), None)
    if feast is not None:
        return _feast(feast, rest, year, today)
    if found is None or (year is None and not found["month"]):
        return None
    month, day = _number(found["month"]), _number(found["day"])
    if year is not None:
        moment = _valid(year, month, day) if month else _part_of_year(rest, year)
        return moment if moment and _start(moment) <= today else None
    this = _valid(today.year, month, day)
    if this is None or _start(this) <= today:
        return this
    return _valid(today.year - 1, month, day)


def _year(written: str, today: date) -> int | None:
    lists = read("moments.yaml")
    if written in lists["years_ago"]:
        return int(today.year - lists["years_ago"][written])
    digits = "".join(
        str(lists["digits"].index(c) % 10) if c in lists["digits"] else c
        for c in written
        if c not in lists["year_marks"]
    )
    if not digits.isdigit():
        return None
    return int(digits) + (2000 if len(digits) == 2 else 0)


def _part_of_year(rest: str, year: int) -> Moment:
    month = next((m for word, m in read("moments.yaml")["parts_of_year"].items() if word in rest), None)
    return Moment(year, month)


def _feast(rule: dict[str, int], rest: str, year: int | None, today: date) -> Moment | None:
    """A feast or a month of the lunar calendar: with the day if one is written, else its month."""
    lists = read("moments.yaml")
    found = pattern(lists["lunar_day"]).search(rest) if rule.get("lunar") else None
    day = _number(found["day"]) if found else None
    for candidate in (year,) if year is not None else (today.year, today.year - 1):
        then = _solar(candidate, rule, day)
        if then is not None and then <= today:
            is_day = day is not None or "day" in rule
            return _on(then) if is_day and not rule.get("vague") else Moment(then.year, then.month)
    return None


def _solar(year: int, rule: dict[str, int], day: int | None) -> date | None:
    try:
        if rule.get("lunar"):
            solar: date = LunarDate(year, rule["month"], day or rule.get("day", 1)).to_solar_date()
            return solar
        return date(year, rule["month"], rule.get("day", 1))
    except ValueError:
        return None


def _number(written: str | None) -> int | None:
    """The value of an Arabic or Chinese numeral; None if there is none."""
    if not written:
        return None
    lists = read("moments.yaml")
    plain = re.sub(lists["not_numeral"], "", written)
    for odd, usual in lists["odd_numerals"].items():
        plain = plain.replace(odd, usual)
    value = value_of(plain)
    return None if value is None else int(value)


def _valid(year: int, month: int | None, day: int | None) -> Moment | None:
    if month is None:
        return Moment(year)
    if not 1 <= month <= 12 or (day is not None and not 1 <= day <= monthrange(year, month)[1]):
        return None
    return Moment(year, month, day)


def _on(day: date) -> Moment:
    return Moment(day.year, day.month, day.day)


def _start(moment: Moment) -> date:
    return date(moment.year, moment.month or 1, moment.day or 1)
