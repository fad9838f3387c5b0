"""A conversation as JSON and back. What an older version wrote is read as far as it can be; a statement is never thrown away."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any

from bot.dialogue.states import Draft, Focus, Item, JustLodged, State, StateName, Topic
from domain.terms import RouteRule, Satisfaction

Reader = Callable[[Any], Any]


def to_json(state: State) -> dict[str, Any]:
    """The conversation as values JSON knows."""
    written: dict[str, Any] = _plain(state)
    return written


def from_json(data: Mapping[str, Any] | None) -> State:
    """The conversation that was saved; a new one for None.

    If it cannot be read, a statement in it is offered again, and without one the person is told that it is forgotten.
    """
    if data is None:
        return State()
    try:
        state: State = _state(data)
        return state
    except (KeyError, TypeError, ValueError, AttributeError):
        return _salvaged(data)


def _plain(value: Any) -> Any:
    names = _names_of(value.__class__)
    if names is not None:
        return {name: _plain(getattr(value, name)) for name in names}
    match value:
        case str():
            return str(value)
        case tuple():
            return [_plain(inner) for inner in value]
        case datetime():
            return value.isoformat()
        case _:
            return value


@cache
def _names_of(kind: type) -> tuple[str, ...] | None:
    """The fields of a dataclass. Not `asdict`, which copies everything first: it was a tenth of a message's cost."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else None


def _salvaged(data: Mapping[str, Any]) -> State:
    try:
        draft = _draft(data["draft"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return State(was_lost=True)
    if not draft.statement:
        return State(was_lost=True)
    return State(name=StateName.RESUMING, draft=Draft(statement=draft.statement, attachments=draft.attachments))


def _list_of(read: Reader) -> Reader:
    def read_list(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise TypeError(type(value).__name__)
        return tuple(read(inner) for inner in value)

    return read_list


def _pair_of(first: Reader, second: Reader) -> Reader:
    def read_pair(value: Any) -> tuple[Any, Any]:
        one, two = value
        return first(one), second(two)

    return read_pair


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(type(value).__name__)
    return value


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment


def _record(kind: type, readers: Mapping[str, Reader]) -> Reader:
    """Reads the fields that are there; what is missing has its default, what is unknown is left alone."""

    def read_record(value: Any) -> Any:
        return kind(**{name: read(value[name]) for name, read in readers.items() if value.get(name) is not None})

    return read_record


_texts = _list_of(_text)
_draft = _record(
    Draft,
    {
        "topic": Topic,
        "statement": _texts,
        "attachments": _list_of(int),
        "scores": _list_of(_pair_of(_text, float)),
        "is_sure": bool,
        "is_elsewhere": bool,
        "in_danger": bool,
        "label": _text,
        "unit": _text,
        "unit_words": _text,
        "ambiguous": _text,
        "found": _list_of(_pair_of(_text, _text)),
        "answers": _list_of(_pair_of(Item, _text)),
        "settled": _list_of(Item),
        "tried": _list_of(StateName),
        "cleared": _texts,
        "rounds": int,
        "is_hurried": bool,
        "is_named": bool,
        "name": _text,
        "contact": _text,
    },
)
_STATE: dict[str, Reader] = {
    "name": StateName,
    "draft": _draft,
    "choices": _texts,
    "heard": _text,
    "loose": _list_of(int),
    "origin": StateName,
    "doubtful": _texts,
    "wanted": Topic,
    "focus": _record(Focus, {"case_number": _text, "query_code": _text, "actions": _texts, "told": int}),
    "listed": _list_of(_pair_of(_text, _text)),
    "rating": Satisfaction,
    "rule": RouteRule,
    "lodged": _record(JustLodged, {"case_number": _text, "at": _moment}),
    "tries": int,
    "last_active_at": _moment,
    "undo": from_json,
    "was_lost": bool,
}
_state = _record(State, _STATE)
