"""The table of the machine against what the machine does."""

from collections.abc import Mapping

import pytest

from bot.dialogue.events import Event
from bot.dialogue.letters import LETTERS
from bot.dialogue.machine import NODES, step
from bot.dialogue.states import Draft, State, StateName
from tests.dialogue.conversing import context
from tests.dialogue.exploring import ANSWERS, CASES, HARMLESS, SUGGESTIONS, UPWARD, walk

# True all the same: a danger told only after everything was settled and the kind reopened.
_TOO_FAR_TO_WALK = {(StateName.WARNED, StateName.REVIEWING)}


def test_every_state_has_its_place_in_the_table() -> None:
    assert set(NODES) == set(StateName)


def test_no_answer_leads_where_the_table_does_not_say() -> None:
    walked = walk()[0]
    assert not {(a, b) for a, b in walked if a is not b and b not in NODES[a].leads_to}


def test_every_arrow_of_the_table_is_walked() -> None:
    walked = walk()[0]
    declared = {(a, b) for a, node in NODES.items() for b in node.leads_to if a is not b}
    assert declared - walked == _TOO_FAR_TO_WALK


def test_every_letter_is_given_exactly_the_values_that_staff_may_use_in_it() -> None:
    said: Mapping[str, set[frozenset[str]]] = {letter: {frozenset(names)} for letter, names in walk()[1]}
    assert {letter: {LETTERS[letter]} for letter in said} == said


@pytest.mark.parametrize("name", StateName)
def test_a_bare_state_survives_every_event(name: StateName) -> None:
    """As if an older version had saved it with nothing of what the state needs."""
    events: tuple[Event, ...] = (*HARMLESS, *ANSWERS, *CASES, *SUGGESTIONS, *UPWARD)
    bare = (State(name=name), State(name=name, heard="等着", choices=("yes", "none", "dissatisfied", "supplement_it")))
    assert all(isinstance(step(state, event, context())[0], State) for state in bare for event in events)


def test_a_state_with_nothing_to_ask_goes_on_to_the_telling() -> None:
    """Elsewhere by a label that `redirects.yaml` does not have any more: the statement is kept all the same."""
    draft = Draft(statement=("老板欠了我三个月的工资不给",), is_elsewhere=True, scores=(("nk_gone", 0.9),))
    state, _ = step(State(name=StateName.REDIRECTED, draft=draft), HARMLESS[0], context())
    assert (state.name, state.draft.statement) == (StateName.TELLING, draft.statement)
