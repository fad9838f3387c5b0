"""The messages written to develop the finders, and what the command says of the finders on them."""

import json

import pytest

from app.finders import DEVELOPMENT, UNSEEN, FinderTrial, messages_of, on_messages
from app.reference import DATA, load_directory, load_taxonomy
from classifier.corpus import read_examples
from domain.routing import CLARIFY, REPLY_ONLY, SUPERIOR_COMMISSION, SUPERIOR_OF_UNIT, TOWNSHIP_COMMISSION

ROWS = [json.loads(line) for path in (DEVELOPMENT, UNSEEN) for line in path.read_text(encoding="utf-8").splitlines()]
OWNERS = {CLARIFY, REPLY_ONLY, SUPERIOR_COMMISSION, SUPERIOR_OF_UNIT, TOWNSHIP_COMMISSION}


def test_every_label_unit_and_owner_noted_is_one_of_ours():
    taxonomy, directory = load_taxonomy(), load_directory()

    assert {row["label"] for row in ROWS} <= set(taxonomy.labels)
    assert {unit for row in ROWS for unit in row["units"]} <= set(directory.units)
    trained_on = {example.owner for example in read_examples(DATA / "reports") if example.owner}
    assert ({row["owner"] for row in ROWS} | trained_on) - OWNERS <= set(directory.bodies)


def test_a_message_of_a_label_that_complains_of_nobody_notes_no_unit():
    taxonomy = load_taxonomy()

    assert [row["text"] for row in ROWS if row["unit"] and not taxonomy.accuses(row["label"])] == []


def test_every_person_noted_stands_in_the_message():
    assert [row["text"] for row in ROWS if not all(person in row["text"] for person in row["persons"])] == []


def test_no_message_that_was_not_looked_at_stands_among_those_mended_by():
    texts = [row["text"] for row in ROWS]

    assert len(texts) == len(set(texts))


def test_the_finders_are_as_good_on_these_messages_as_they_have_been(parts):
    figures = on_messages(FinderTrial(parts), messages_of(DEVELOPMENT)["development"])

    assert figures["unit"] >= 0.98
    assert figures["owner"] >= 0.98
    assert figures["persons"] >= 0.99
    assert figures["sums"] >= 0.97


NOT_LOOKED_AT = messages_of(UNSEEN)


def test_the_messages_nobody_looked_at_are_those_that_were_measured():
    assert {name: len(rows) for name, rows in NOT_LOOKED_AT.items()} == {
        "unseen": 656, "unseen, before_o": 84, "unseen, o": 176, "unseen, s": 132, "unseen, t": 132, "unseen, u": 132
    }  # fmt: skip


@pytest.mark.parametrize(
    ("lots", "least"),
    [
        (("before_o", "o", "s"), {"unit": 0.94, "owner": 0.94, "persons": 0.87, "sums": 0.95}),
        (("t", "u"), {"unit": 0.98, "owner": 0.97, "persons": 0.81, "sums": 0.91}),
    ],
)
def test_the_finders_are_as_good_on_messages_nobody_looked_at_as_they_have_been(parts, lots, least):
    figures = on_messages(FinderTrial(parts), [row for lot in lots for row in NOT_LOOKED_AT[f"unseen, {lot}"]])

    assert {name: figures[name] for name in least if figures[name] < least[name]} == {}
