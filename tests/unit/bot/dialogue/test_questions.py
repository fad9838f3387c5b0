"""Which facts are asked for."""

from dataclasses import replace

import pytest

from bot.dialogue.questions import MATTERS, MAX_QUESTIONS, next_slot
from bot.dialogue.states import SLOTS, Draft, Item, StateName, Topic
from tests.dialogue.conversing import taxonomy

PAYOFF = Draft(statement=("x",), label="enforcement_payoff", settled=(Item.KIND,))


def test_every_kind_says_which_facts_matter() -> None:
    assert set(taxonomy().kinds) <= set(MATTERS)


def test_nothing_matters_that_is_no_label() -> None:
    assert set(MATTERS) <= set(taxonomy().labels)


@pytest.mark.parametrize("slots", MATTERS.values())
def test_facts_are_asked_in_one_order(slots: tuple[Item, ...]) -> None:
    assert slots == tuple(slot for slot in SLOTS if slot in slots)


def test_the_first_missing_fact_is_asked() -> None:
    assert next_slot(PAYOFF) is Item.WHEN


def test_what_the_statement_says_is_not_asked() -> None:
    assert next_slot(replace(PAYOFF, found=(("when", "上周"), ("where", "店里")))) is Item.PERSON


def test_what_was_answered_is_not_asked_again() -> None:
    assert next_slot(PAYOFF.settle(Item.WHEN).answer(Item.WHEN, "上周")) is Item.WHERE


def test_a_sum_of_money_tells_what_was_demanded() -> None:
    known = (("when", "x"), ("where", "x"), ("person", "x"), ("amount", "2000"))
    assert next_slot(replace(PAYOFF, found=known)) is Item.EVIDENCE


def test_a_picture_is_evidence() -> None:
    known = (("when", "x"), ("where", "x"), ("person", "x"), ("demand", "x"))
    assert next_slot(replace(PAYOFF, found=known, attachments=(1,))) is None


def test_a_kind_is_not_asked_for_what_does_not_matter_to_it() -> None:
    draft = replace(PAYOFF, label="buck_passing").settle(Item.WHEN)
    assert next_slot(draft) is None


@pytest.mark.parametrize("topic", [Topic.POLICY, Topic.HELP, Topic.BLOCKED])
def test_who_asks_for_help_is_not_asked_like_a_witness(topic: Topic) -> None:
    assert next_slot(replace(PAYOFF, topic=topic)) is None


def test_the_question_for_the_unit_counts_as_one_of_five() -> None:
    asked = PAYOFF
    for item in (Item.UNIT, Item.WHEN, Item.WHERE, Item.PERSON, Item.DEMAND):
        asked = asked.settle(item)
    assert (asked.questions_asked, next_slot(asked)) == (MAX_QUESTIONS, None)


def test_a_unit_that_had_to_be_asked_twice_counts_twice() -> None:
    asked = replace(PAYOFF.settle(Item.UNIT), tried=(StateName.ASKING_UNIT,))
    assert asked.questions_asked == 2
