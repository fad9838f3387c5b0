"""The sieve before the expressions."""

import re

import pytest

from app.reference import DATA
from classifier.corpus import read_examples
from classifier.lexicon import Sieve, needed_characters, read
from classifier.text import normalise

EXPRESSIONS = [e for entry in read("positions.yaml")["titles"] for e in entry["match"]]
TEXTS = [normalise(example.text) for example in read_examples(DATA / "reports")][::7]


@pytest.mark.parametrize(
    ("expression", "ways"),
    [
        ("副?局长", {frozenset("局长")}),
        ("(?:所|站)长", {frozenset("所长"), frozenset("站长")}),
        ("a+b?", {frozenset("a")}),
        ("[ab]c", {frozenset("ac"), frozenset("bc")}),
        ("[a-z]c", {frozenset("c")}),
        ("a|", {frozenset()}),
    ],
)
def test_the_characters_without_which_nothing_matches_are_known(expression, ways):
    assert set(needed_characters(expression)) == ways


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_the_sieve_lets_through_whatever_would_match(expression):
    sieve = Sieve([expression])

    missed = [t for t in TEXTS if re.search(expression, t) and not any(sieve.finditer(t, frozenset(t)))]

    assert missed == []
