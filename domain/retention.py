"""How long which records are kept. Nothing is destroyed by itself: a person sees the list first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from domain.terms import RecordKind


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """How long one kind of record is kept, and which regulation says so."""

    kind: RecordKind
    kept: timedelta
    basis: str


def rules_from(values: Mapping[str, Any]) -> Mapping[RecordKind, RetentionRule]:
    """The rules of `data/retention.yaml`. Raises ValueError for a kind that is unknown, missing or kept no whole day."""
    if set(values) != {kind.value for kind in RecordKind}:
        msg = f"retention.yaml needs exactly these kinds: {', '.join(RecordKind)}"
        raise ValueError(msg)
    for name, value in values.items():
        if not isinstance(value["days"], int) or value["days"] < 1:
            msg = f"retention.yaml, {name}: days must be a whole number of at least 1"
            raise ValueError(msg)
    return {
        RecordKind(name): RetentionRule(RecordKind(name), timedelta(days=value["days"]), str(value["basis"]))
        for name, value in values.items()
    }
