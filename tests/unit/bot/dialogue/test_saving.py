"""A conversation as JSON."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.dialogue.saving import from_json, to_json
from bot.dialogue.states import Draft, Focus, Item, JustLodged, State, StateName, Topic
from domain.terms import RouteRule, Satisfaction

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
FULL = State(
    name=StateName.REVIEWING,
    draft=Draft(
        topic=Topic.BLOCKED,
        statement=("一", "二"),
        attachments=(3, 4),
        scores=(("arbitrary_fine", 0.8), ("illegal_fee", 0.1)),
        is_sure=True,
        is_elsewhere=True,
        in_danger=True,
        label="arbitrary_fine",
        unit="urban_management",
        unit_words="城管",
        ambiguous="执法队",
        found=(("when", "上周"),),
        answers=((Item.PERSON, "队长"),),
        settled=(Item.KIND, Item.PERSON),
        tried=(StateName.REPHRASING,),
        cleared=("县长",),
        rounds=2,
        is_hurried=True,
        is_named=True,
        name="张三",
        contact="13800001111",
    ),
    choices=("add", "change_kind"),
    heard="等着",
    loose=(5,),
    origin=StateName.TELLING,
    doubtful=("县长",),
    wanted=Topic.HELP,
    focus=Focus("SA20261123-7KQ4XM", "123456789012", ("leave",)),
    listed=(("SA20261123-7KQ4XM", "received"),),
    rating=Satisfaction.FAIR,
    rule=RouteRule.COUNTY_LEADER,
    lodged=JustLodged("SA20261123-7KQ4XM", NOW),
    tries=1,
    last_active_at=NOW,
    was_lost=True,
)


def over_json(state: State) -> State:
    return from_json(json.loads(json.dumps(to_json(state))))


@pytest.mark.parametrize("state", [State(), FULL, replace(FULL, undo=FULL)])
def test_what_was_saved_comes_back_the_same(state: State) -> None:
    assert over_json(state) == state


def test_a_new_person_begins_at_the_beginning() -> None:
    assert from_json(None) == State()


def test_fields_that_are_missing_or_unknown_do_no_harm() -> None:
    assert from_json({"name": "telling", "of_a_later_version": 1, "tries": None}) == State(name=StateName.TELLING)


BROKEN: list[dict[str, Any]] = [
    {"name": "gone_state"},
    {"name": "telling", "draft": 7},
    {"name": "telling", "draft": {"statement": "no list"}},
    {"choices": [1]},
    {"last_active_at": "2026-11-23T01:00:00"},
    {"listed": [["one"]]},
]


@pytest.mark.parametrize("data", BROKEN, ids=str)
def test_what_cannot_be_read_is_said_to_be_forgotten(data: dict[str, Any]) -> None:
    assert from_json(data) == State(was_lost=True)


def test_a_statement_in_a_state_that_cannot_be_read_is_offered_again() -> None:
    data = to_json(FULL) | {"name": "gone_state"}
    assert from_json(data) == State(name=StateName.RESUMING, draft=Draft(statement=("一", "二"), attachments=(3, 4)))


def test_a_draft_without_statement_in_such_a_state_is_said_to_be_forgotten() -> None:
    assert from_json({"name": "gone_state", "draft": {"attachments": [1]}}) == State(was_lost=True)
