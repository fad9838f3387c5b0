"""Reads the lists of names and titles in `data/` once, and says what a found name is. Holds no rule of its own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from classifier.sieve import Quick

_DATA = Path(__file__).resolve().parent.parent / "data"


class Weight(IntEnum):
    """How surely a name in a text stands for the body complained of. Lower ones count only where no higher one is found."""

    PLACE = 0  # where it happened
    THING = 1  # a word that is also a thing or a place
    CHANNEL = 2  # where the citizen turned to
    ACTOR = 3


@dataclass(frozen=True, slots=True)
class UnitHit:
    """A unit's name in a text, from `start` to `end`. `township` is set where the name holds one."""

    start: int
    end: int
    unit: str
    weight: Weight
    township: str | None = None
    embedded: bool = False


@cache
def read(name: str) -> Mapping[str, Any]:
    """A file of `data/`, parsed."""
    parsed: Mapping[str, Any] = yaml.load((_DATA / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return parsed


@cache
def pattern(expression: str) -> re.Pattern[str]:
    """An expression of a data file, compiled once."""
    return re.compile(expression)


def any_of(expressions: list[str]) -> re.Pattern[str]:
    """One expression that matches where any of `expressions` does."""
    return pattern("|".join(f"(?:{e})" for e in expressions))


@cache
def listed(file: str, key: str) -> re.Pattern[str]:
    """`any_of` the list `key` of a data file, joined and compiled once."""
    return any_of(read(file)[key])


@cache
def quick(*expressions: str) -> Quick:
    """Expressions of a data file, joined behind a look at the text, made once."""
    return Quick(*expressions)


@cache
def quickly_listed(file: str, key: str) -> Quick:
    """`listed` behind a look at the text."""
    return quick(*read(file)[key])
