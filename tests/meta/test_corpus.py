"""Promises about the messages that train and test the classifier."""

import json
from collections import Counter

from app.real_cases import read_real_cases
from app.reference import DATA, load_directory, load_taxonomy
from app.stories import DEVELOPMENT, TEST
from app.testset import read_test_set
from classifier.agreement import message_id, read_second_labels
from classifier.corpus import read_examples
from classifier.similarity import same_messages
from classifier.text import normalise

EXAMPLES = read_examples(DATA / "reports")
TEST_SET = read_test_set()
DEVELOPMENT_STORIES, TEST_STORIES = (
    [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] for path in (DEVELOPMENT, TEST)
)
STORIES = [*DEVELOPMENT_STORIES, *TEST_STORIES]
# A message of a few characters says the same whoever writes it.
LEAST_TOLD = 12


def told(texts):
    return [text for text in texts if len(text) >= LEAST_TOLD]


def test_there_are_a_hundred_and_fifty_messages_of_every_kind_and_eighty_of_every_other_label():
    taxonomy = load_taxonomy()
    counts = Counter(example.label for example in EXAMPLES)

    assert {k: counts[k] for k in taxonomy.kinds if counts[k] < 150} == {}
    assert {k: counts[k] for k in taxonomy.non_kinds if counts[k] < 80} == {}


def test_every_tie_breaker_decides_at_least_forty():
    counts = Counter(example.tie for example in EXAMPLES if example.tie)

    assert {f"t{n}": counts[f"t{n}"] for n in range(1, 9) if counts[f"t{n}"] < 40} == {}


def test_a_third_of_those_whose_writer_noted_it_lies_next_to_another_label():
    noted = [e for e in EXAMPLES if e.writer > "writer_d"]

    assert sum(bool(e.near) for e in noted) >= len(noted) / 3


def test_the_test_set_has_fifteen_of_every_label():
    counts = Counter(row.label for row in TEST_SET)

    assert {label: counts[label] for label in load_taxonomy().labels if counts[label] < 15} == {}


def test_a_second_annotator_has_read_a_third_of_all():
    second = read_second_labels(DATA / "annotation")
    read = [
        text for text in [*(e.text for e in EXAMPLES), *(row.text for row in TEST_SET)] if message_id(text) in second
    ]

    assert len(read) >= (len(EXAMPLES) + len(TEST_SET)) / 3


def test_every_label_and_unit_is_one_of_ours():
    taxonomy, directory = load_taxonomy(), load_directory()

    assert {e.label for e in EXAMPLES} | {row.label for row in TEST_SET} <= set(taxonomy.labels)
    assert {e.unit for e in EXAMPLES if e.unit} | {row.unit for row in TEST_SET if row.unit} <= set(directory.units)


def test_nobody_wrote_for_both_training_and_testing():
    assert {e.writer for e in EXAMPLES}.isdisjoint(row.writer for row in TEST_SET)
    assert len({e.writer for e in EXAMPLES}) >= 16
    assert len({row.writer for row in TEST_SET}) >= 3


def test_no_message_stands_twice():
    repeated = [text for text, count in Counter(normalise(e.text) for e in EXAMPLES).items() if count > 1]

    assert repeated == []


def test_no_message_of_a_test_set_is_alike_to_one_that_is_trained_on():
    asked = told(
        [
            *(row.text for row in TEST_SET),
            *(row["text"] for row in read_real_cases()),
            *(row["text"] for row in STORIES),
        ]
    )

    assert same_messages(asked, told(e.text for e in EXAMPLES)) == []


def test_every_second_label_is_of_a_message_that_is_there():
    second = read_second_labels(DATA / "annotation")
    known = {message_id(text) for text in (*(e.text for e in EXAMPLES), *(row.text for row in TEST_SET))}

    assert set(second) <= known, "annotated messages that are no longer there"
    assert set(second.values()) <= set(load_taxonomy().labels)


def test_there_are_seventy_published_cases_with_labels_of_ours():
    labels = set(load_taxonomy().labels)

    assert len(read_real_cases()) == 70
    assert all({row["label"], *row["secondary"]} <= labels for row in read_real_cases())


def test_a_hundred_and_twenty_events_are_told_twice_and_as_many_resemble_them_without_being_the_same():
    tellings = Counter(row["story"] for row in STORIES if "resembles" not in row)

    assert len([event for event, count in tellings.items() if count >= 2]) >= 120
    assert len([row for row in STORIES if row.get("resembles") in tellings]) >= 120


def test_no_event_stands_in_both_halves_of_the_stories():
    halves = [{row.get("resembles", row["story"]) for row in half} for half in (DEVELOPMENT_STORIES, TEST_STORIES)]

    assert halves[0].isdisjoint(halves[1])


def test_no_telling_is_a_copy_of_another_of_its_event():
    for row in STORIES:
        others = [r["text"] for r in STORIES if r["story"] == row["story"] and r is not row]
        assert same_messages([row["text"]], others) == []
