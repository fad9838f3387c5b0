"""What a statement already says: who, how much, when, where, what was asked for, what can prove it. Copies words, concludes nothing.

The lists stand in `data/slots.yaml`; Chinese numerals are read by cn2an.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from classifier.lexicon import listed, pattern, quick, quickly_listed, read
from classifier.moments import resolve
from classifier.numerals import MOST_SIGNS, value_of
from classifier.persons import first_person
from classifier.positions import Title, named_person
from classifier.sieve import Quick
from classifier.text import CLAUSE_END
from domain.values import Slots

_PLAIN_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_LEAST_BARE = 10  # yuan
_NEAR = 10  # characters around an amount that say what it was for


@dataclass(frozen=True, slots=True)
class _Amount:
    """A sum of money in a text, in yuan; `demanded` if it was asked for or paid, `total` if the text says it is the sum."""

    cny: float
    demanded: bool
    total: bool


def find_slots(text: str, titles: Sequence[Title], reported_on: date) -> Slots:
    """What normalised `text` says of itself; `titles`: those found in it.

    Amounts in yuan; moments and places as written, moments after `reported_on` left out.
    """
    when = _when(text, reported_on)
    moment = resolve(when, reported_on) if when else None
    return Slots(
        person=named_person(titles) or first_person(text, titles),
        amount_cny=_amount(text),
        goods=_goods(text),
        when=when,
        happened=str(moment) if moment else None,
        where=_first(text, "where"),
        demand=_demand(text),
        evidence=_evidence(text),
    )


def amounts_in(text: str) -> list[float]:
    """The sums of money in normalised `text`, in yuan and in order; of a range the upper end.

    A sum that is named again is the same sum.
    """
    return list(dict.fromkeys(amount.cny for amount in _amounts(text)))


def _goods(text: str) -> str | None:
    """Things given or asked for instead of money, as written and in order: two cartons of cigarettes, a case of spirits."""
    lists = read("slots.yaml")
    return lists["joiner"].join(dict.fromkeys(m.group() for m in quick(lists["goods"]).finditer(text))) or None


def _amount(text: str) -> float | None:
    """The total if the text states one, else the largest sum demanded or paid, else the largest sum."""
    amounts = _amounts(text)
    for chosen in ([a for a in amounts if a.total], [a for a in amounts if a.demanded], amounts):
        if chosen:
            return max(a.cny for a in chosen)
    return None


def _amounts(text: str) -> list[_Amount]:
    lists = read("slots.yaml")
    found: list[_Amount] = []
    if _numerals().isdisjoint(text):
        return found
    for match in _amount_pattern().finditer(text):
        if len(match.group()) == 1 and (_number(match.group()) or 0) < _LEAST_BARE:
            continue  # most numerals are digits alone, and such is never a sum
        before, after = text[max(0, match.start() - _NEAR) : match.start()], text[match.end() : match.end() + _NEAR]
        is_clock = pattern(lists["minutes_after"]).search(before) is not None
        before = CLAUSE_END.split(before)[-1]
        if is_clock or not _is_money(match, before, after):
            continue
        cny = _value(match)
        if cny is None:
            continue
        wanted = pattern(lists["demanded_before"]).search(before) or pattern(lists["demanded_after"]).match(after)
        business = pattern(lists["business_before"]).search(before) or pattern(lists["business_after"]).match(after)
        total = pattern(lists["total_before"]).search(before) is not None
        found.append(_Amount(cny, bool(wanted) and not business, total and not business))
    return found


@cache
def _numerals() -> frozenset[str]:
    """Every sum has one of these characters."""
    return frozenset(read("slots.yaml")["numerals"])


@cache
def _amount_pattern() -> re.Pattern[str]:
    lists = read("slots.yaml")
    return pattern(lists["amount"].replace("{numeral}", lists["numeral"]).replace("{about}", lists["about"]))


def _is_money(match: re.Match[str], before: str, after: str) -> bool:
    """Whether a numeral is a sum: it says so, or stands after a word of paying, or is large and measures nothing else."""
    lists = read("slots.yaml")
    if pattern(lists["no_money_before"]).search(before):
        return False
    if match["low"][0] in lists["scales"] and not (
        pattern(lists["round_before"]).search(before) or pattern(lists["round"]).fullmatch(match.group() + after[:1])
    ):
        return False
    if match["unit"] in lists["plain_units"]:
        return True
    is_one = match["low"] == lists["one"]
    if (is_one or not match["unit"]) and pattern(lists["measure_after"]).match(after):
        return False
    is_bare = not (match["unit"] or match["scale"])
    if is_bare and match["low"].isascii() and pattern(lists["dialled_before"]).search(before):
        return False
    if is_bare and match["low"] in lists["holidays"]:
        return False
    paid = pattern(lists["money_before"]).search(before) is not None
    if match["unit"]:
        # "Together" and "one piece" are written like "one yuan".
        return paid or match["dime"] is not None or not is_one or not match["unit"].startswith(tuple(lists["pieces"]))
    is_large = match["scale"] in lists["money_scales"] or pattern(lists["spoken_scale"]).search(
        match["high"] or match["low"]
    )
    # A few of something is no sum unless the word for money stands after it.
    number = _number(match["high"] or match["low"]) or 0
    said = paid or pattern(lists["per_after"]).match(after)
    if is_bare and match["low"].isascii() and pattern(lists["never_alone"]).match(match["low"]):
        is_hotline = pattern(lists["hotline"]).match(match["low"])
        return bool(said and not (is_hotline and not pattern(lists["hotline_priced_before"]).search(before)))
    return (
        bool(is_large) or bool(said and not (is_bare and number < _LEAST_BARE)) or _stands_alone(match, before, after)
    )


def _stands_alone(match: re.Match[str], before: str, after: str) -> bool:
    """Whether nothing but money can be meant by digits without a unit: between pauses, or a person and a verb."""
    lists = read("slots.yaml")
    return (
        match["low"].isascii()
        and (_number(match["high"] or match["low"]) or 0) >= lists["alone_least"]
        and pattern(lists["alone_before"]).search(before) is not None
        and pattern(lists["alone_after"]).match(after) is not None
    )


def _value(match: re.Match[str]) -> float | None:
    """The number of yuan; of a range the upper end."""
    number = _number(match["high"] or match["low"])
    if number is None:
        return None
    lists = read("slots.yaml")
    factor = float(lists["scales"].get((match["scale"] or "").lower(), 1))
    if match["unit"] in lists["tenths"]:
        factor /= 10
    tail, dime = _number(match["tail"] or ""), _number(match["dime"] or "")
    thousands = _number(match["thousands"] or "")
    return round(number * factor + (thousands or 0) * 1000 + (tail or 0) * factor / 10 + (dime or 0) / 10, 2)


@lru_cache(maxsize=10_000)
def _number(written: str) -> float | None:
    """The value of an Arabic or Chinese numeral; of neighbouring digits ("two or three") the greater; None if it has none.

    A digit after a scale counts for the next lower one, as it is spoken: four thousand five is 4500.
    """
    plain = written.replace(",", "")
    if len(plain) > MOST_SIGNS:
        return None
    for odd, usual in read("slots.yaml")["odd_numerals"].items():
        written = written.replace(odd, usual)
    if _PLAIN_NUMBER.fullmatch(plain):
        return float(plain)
    lists = read("slots.yaml")
    for pair in pattern(lists["neighbours"]).finditer(written):
        written = written.replace(pair.group(), pair.group()[1], 1)
    if spoken := pattern(lists["spoken_tail"]).search(written):
        written += lists["next_scale"][spoken["scale"]]
    if written and written[0] in lists["scales"]:
        written = lists["one"] + written  # "a ten thousand or so"
    return value_of(written)


def _when(text: str, reported_on: date) -> str | None:
    """The first moment in the text whose month is known and not later than the report, else the first of any kind."""
    first = None
    for match in quickly_listed("slots.yaml", "when").finditer(text):
        moment = resolve(match.group(), reported_on)
        if moment is not None and moment.month is not None:
            return match.group()
        if first is None and (moment is not None or not pattern(read("slots.yaml")["year_month"]).match(match.group())):
            first = match.group()
    return first


def _demand(text: str) -> str | None:
    """What was asked for, in the writer's words; what nobody asked for is nothing."""
    denied = pattern(read("slots.yaml")["no_demand_before"])
    matches = (
        match
        for expression in _expressions("demand")
        for match in expression.finditer(text)
        if not denied.search(CLAUSE_END.split(text[max(0, match.start() - _NEAR) : match.start()])[-1])
    )
    earliest = min(matches, key=lambda match: match.start("what"), default=None)
    return _balanced(earliest["what"]) if earliest else None


def _balanced(words: str) -> str:
    """Words cut out of a text without a quotation mark whose other half was left outside."""
    opened, _, _ = words.partition("\u201d") if "\u201c" not in words else (words, "", "")
    return (opened if "\u201d" in opened else opened.replace("\u201c", "")).strip()


def _evidence(text: str) -> str | None:
    """The kinds of proof the writer says he has, in order; what he says he was not given is none."""
    lists = read("slots.yaml")
    kinds = []
    for match in listed("slots.yaml", "evidence").finditer(text):
        before = CLAUSE_END.split(text[max(0, match.start() - _NEAR) : match.start()])[-1]
        after = text[match.end() : match.end() + 4]
        if not pattern(lists["no_evidence_before"]).search(before) and not pattern(lists["no_evidence_after"]).match(
            after
        ):
            kinds.append(match.group())
    return lists["joiner"].join(dict.fromkeys(kinds)) or None


def _first(text: str, key: str) -> str | None:
    """The earliest span that one of the expressions `key` finds."""
    matches = filter(None, (expression.search(text) for expression in _expressions(key)))
    earliest = min(matches, key=lambda match: match.start("what"), default=None)
    return earliest["what"].strip() if earliest else None


@cache
def _expressions(key: str) -> tuple[Quick, ...]:
    return tuple(map(quick, read("slots.yaml")[key]))
