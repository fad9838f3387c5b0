"""The messages written to develop the finders, and what the command says of the finders on them."""

import json

from app.finders import DEVELOPMENT, FinderTrial, on_development_messages
from app.reference import load_directory, load_taxonomy
from domain.routing import CLARIFY, REPLY_ONLY, SUPERIOR_COMMISSION, SUPERIOR_OF_UNIT, TOWNSHIP_COMMISSION

ROWS = [json.loads(line) for line in DEVELOPMENT.read_text(encoding="utf-8").splitlines()]
OWNERS = {CLARIFY, REPLY_ONLY, SUPERIOR_COMMISSION, SUPERIOR_OF_UNIT, TOWNSHIP_COMMISSION}


def test_every_label_unit_and_owner_noted_is_one_of_ours():
    taxonomy, directory = load_taxonomy(), load_directory()

    assert {row["label"] for row in ROWS} <= set(taxonomy.labels)
    assert {unit for row in ROWS for unit in row["units"]} <= set(directory.units)
    assert {row["owner"] for row in ROWS} - OWNERS <= set(directory.bodies)


def test_a_message_of_a_label_that_complains_of_nobody_notes_no_unit():
    taxonomy = load_taxonomy()

    assert [row["text"] for row in ROWS if row["unit"] and not taxonomy.accuses(row["label"])] == []


def test_every_person_noted_stands_in_the_message():
    assert [row["text"] for row in ROWS if not all(person in row["text"] for person in row["persons"])] == []


def test_the_finders_are_as_good_on_these_messages_as_they_have_been(parts):
    figures = on_development_messages(FinderTrial(parts))

    assert figures["unit"] >= 0.96
    assert figures["owner"] >= 0.95
    assert figures["persons"] >= 0.93
