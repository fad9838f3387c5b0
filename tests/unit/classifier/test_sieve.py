"""The sieve before the expressions."""

import re

import pytest

from app.reference import DATA
from classifier.corpus import read_examples
from classifier.lexicon import read
from classifier.sieve import Sieve, needed_pieces, quick_to_fail
from classifier.text import normalise

EXPRESSIONS = [e for entry in read("positions.yaml")["titles"] for e in entry["match"]]
TEXTS = [normalise(example.text) for example in read_examples(DATA / "reports")][::7]


@pytest.mark.parametrize(
    ("expression", "ways"),
    [
        ("副?局长", {frozenset({"局", "长", "局长"})}),
        ("(?:所|站)长", {frozenset({"所", "长", "所长"}), frozenset({"站", "长", "站长"})}),
        ("a+b?", {frozenset("a")}),
        ("a+b", {frozenset("ab")}),
        ("a(?!c)b", {frozenset({"a", "b", "ab"})}),
        ("ab?c", {frozenset("ac")}),
        ("a.c", {frozenset("ac")}),
        ("(?<=a)b", {frozenset({"a", "b", "ab"})}),
        ("b(?=a)", {frozenset("ab")}),
        ("c(?<=a)b", {frozenset({"a", "b", "c", "cb"})}),
        ("(?:a|bc)d", {frozenset({"a", "d", "ad"}), frozenset({"b", "c", "d", "bc", "cd"})}),
        ("[a-z]c", {frozenset("c")}),
        ("a|", {frozenset()}),
    ],
)
def test_the_pieces_without_which_nothing_matches_are_known(expression, ways):
    assert set(needed_pieces(expression)) == ways


def test_a_sieve_made_after_a_text_was_looked_at_finds_its_matches_all_the_same():
    early = Sieve(["ab"])
    assert len(early.likely("abcd")) == 1

    assert len(Sieve(["cd"]).likely("abcd")) == 1


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_the_sieve_lets_through_whatever_would_match(expression):
    sieve = Sieve([expression])

    missed = [t for t in TEXTS if re.search(expression, t) and not any(sieve.finditer(t))]

    assert missed == []


@pytest.mark.parametrize(
    ("expression", "tried"),
    [
        ("(?<=a)b?c", "(?=[bc])(?<=a)b?c"),
        ("b?c", "(?=[bc])b?c"),
        ("(?:(?<=a)|(?<=x))(?:de|f)", "(?=[df])(?:(?<=a)|(?<=x))(?:de|f)"),
        ("bc", "bc"),
        ("(?:bc|d)", "(?:bc|d)"),
        ("(?:[ab]c|d)", "(?=[abd])(?:[ab]c|d)"),
        ("(?<=a).c", "(?<=a).c"),
        ("(?<=a)b?", "(?<=a)b?"),
    ],
)
def test_what_hides_the_first_character_is_tried_only_where_one_stands_that_may_begin_it(expression, tried):
    assert quick_to_fail(expression) == tried
