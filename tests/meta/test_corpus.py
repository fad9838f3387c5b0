"""Promises about the training messages."""

from collections import Counter

from app.real_cases import read_real_cases
from app.reference import DATA, load_directory, load_taxonomy
from classifier.corpus import read_examples
from classifier.text import normalise

EXAMPLES = read_examples(DATA / "reports")


def test_there_are_at_least_forty_messages_of_every_kind_and_twenty_five_of_every_other_label():
    taxonomy = load_taxonomy()
    counts = Counter(example.label for example in EXAMPLES)

    assert {k: counts[k] for k in taxonomy.kinds if counts[k] < 40} == {}
    assert {k: counts[k] for k in taxonomy.non_kinds if counts[k] < 25} == {}


def test_every_label_and_unit_is_one_of_ours():
    taxonomy, directory = load_taxonomy(), load_directory()

    assert {e.label for e in EXAMPLES} <= set(taxonomy.labels)
    assert {e.unit for e in EXAMPLES if e.unit} <= set(directory.units)


def test_several_writers_with_voices_of_their_own_wrote_them():
    assert len({e.writer for e in EXAMPLES}) >= 4


def test_no_message_stands_twice():
    repeated = [text for text, count in Counter(normalise(e.text) for e in EXAMPLES).items() if count > 1]

    assert repeated == []


def test_no_published_case_is_trained_on():
    trained = {normalise(e.text) for e in EXAMPLES}

    assert [row["id"] for row in read_real_cases() if normalise(row["text"]) in trained] == []


def test_there_are_seventy_published_cases_with_labels_of_ours():
    labels = set(load_taxonomy().labels)

    assert len(read_real_cases()) == 70
    assert all({row["label"], *row["secondary"]} <= labels for row in read_real_cases())
