"""What is done to be quick changes no answer: each shortcut beside the long way, on the training messages."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reference import DATA, load_directory
from classifier.corpus import read_examples
from classifier.features import terms_of_long, terms_of_short
from classifier.lexicon import any_of, read
from classifier.persons import description_expressions, nickname_expressions
from classifier.positions import find_titles
from classifier.sieve import Quick, Sieve
from classifier.text import Reading, normalise
from classifier.units import UnitFinder

MESSAGES = [example.text for example in read_examples(DATA / "reports")]
TEXTS = [normalise(text) for text in MESSAGES[::7]]
_SLOTS = read("slots.yaml")
SINGLE = [_SLOTS["goods"], *_SLOTS["when"], *_SLOTS["where"], *_SLOTS["demand"], *_SLOTS["evidence"]]
FINDER = UnitFinder(load_directory())


def same(left, right):
    assert np.array_equal(left.columns, right.columns)
    assert np.array_equal(left.counts, right.counts)
    assert np.array_equal(left.word_columns, right.word_columns)


@pytest.mark.parametrize("length", [1, 2, 19, 20, 21, 64, 79, 80, 81, 400])
def test_terms_are_the_same_character_by_character_and_by_arrays(length):
    for text in MESSAGES[::11]:
        reading = Reading(text[:length])
        same(terms_of_short(reading), terms_of_long(reading))


@given(st.text(max_size=90))
def test_terms_are_the_same_for_any_text(text):
    reading = Reading(text)
    same(terms_of_short(reading), terms_of_long(reading))


@pytest.mark.parametrize("expression", SINGLE)
def test_the_look_at_the_characters_hides_no_match(expression):
    quick = Quick(expression)

    missed = [text for text in TEXTS if re.search(expression, text) and not quick.search(text)]

    assert missed == []


@pytest.mark.parametrize(
    "expressions",
    [description_expressions(), nickname_expressions(), _SLOTS["when"]],
    ids=["descriptions", "nicknames", "moments"],
)
def test_expressions_tried_one_by_one_find_what_they_find_joined(expressions):
    quick, joined = Quick(*expressions), any_of(expressions)

    for text in TEXTS:
        assert [m.span() for m in quick.finditer(text)] == [m.span() for m in joined.finditer(text)]


def test_all_titles_in_one_sieve_are_found_as_one_by_one():
    expressions = [e for entry in read("positions.yaml")["titles"] for e in entry["match"]]
    sieve, alone = Sieve(expressions), [Sieve([e]) for e in expressions]

    for text in TEXTS[::4]:
        together = [match.span() for match in sieve.finditer(text)]
        assert together == [m.span() for one in alone for m in one.finditer(text)]


def test_the_words_of_matters_are_found_wherever_they_stand():
    words = {normalise(word): unit for unit, found in read("matters.yaml").items() for word in found}

    firm = read("names.yaml")["firm_after"]

    for text in TEXTS:
        held = {word: unit for word, unit in words.items() if word in text}
        spoken = {unit for word, unit in held.items() if re.search(f"{re.escape(word)}(?!{firm})", text)}
        assert FINDER.by_matter(text, ()) == (tuple(spoken) if len(spoken) == 1 else ())


def test_a_message_without_any_numeral_holds_no_sum_and_one_without_characters_of_titles_no_title():
    assert find_titles("好好好") == []
    assert Sieve(["局长"]).likely("好") == []
