"""What a ledger that was kept elsewhere may say of a case that is not new: which status needs which days and words.

Knows days, as ledgers write them, no files and no cases.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from domain.terms import CaseEventKind, CaseStatus, Disposition

_S = CaseStatus


@dataclass(frozen=True, slots=True)
class Past:
    """What became of a report before it came here. `result` is the outcome; of a declined one, where its reporter was sent."""

    status: CaseStatus
    body: str | None = None
    accepted_on: date | None = None
    assigned_on: date | None = None
    concluded_on: date | None = None
    told_on: date | None = None
    disposition: Disposition | None = None
    result: str = ""


@dataclass(frozen=True, slots=True)
class _Fields:
    """What a status must come with, and what it may."""

    needed: frozenset[str]
    possible: frozenset[str] = frozenset()


_WITH_A_BODY = frozenset({"body", "assigned_on"})
_ENDED = frozenset({"body", "concluded_on", "result"})
_ON_THE_WAY = frozenset({"accepted_on", "assigned_on", "disposition"})
FIELDS: Mapping[CaseStatus, _Fields] = {
    _S.RECEIVED: _Fields(frozenset()),
    _S.ACCEPTED: _Fields(frozenset({"accepted_on"})),
    _S.ASSIGNED: _Fields(_WITH_A_BODY, frozenset({"accepted_on"})),
    _S.TRANSFERRED: _Fields(_WITH_A_BODY, frozenset({"accepted_on"})),
    _S.IN_HANDLING: _Fields(_WITH_A_BODY, frozenset({"accepted_on", "disposition"})),
    _S.CONCLUDED: _Fields(_ENDED, _ON_THE_WAY),
    _S.FED_BACK: _Fields(_ENDED | {"told_on"}, _ON_THE_WAY),
    _S.DECLINED: _Fields(frozenset({"result"}), frozenset({"accepted_on"})),
    _S.WITHDRAWN: _Fields(frozenset(), frozenset({"accepted_on"})),
}
DAYS = ("accepted_on", "assigned_on", "concluded_on", "told_on")
_FURTHEST = {
    "told_on": _S.FED_BACK, "concluded_on": _S.CONCLUDED, "assigned_on": _S.ASSIGNED, "accepted_on": _S.ACCEPTED,
}  # fmt: skip


def status_of(said: CaseStatus | None, days: Mapping[str, date]) -> CaseStatus:
    """The status that a row means: what it says, or, where it says nothing, what its last day says. Told is more than concluded."""
    if said is None:
        return next((status for name, status in _FURTHEST.items() if name in days), CaseStatus.RECEIVED)
    return CaseStatus.FED_BACK if said is CaseStatus.CONCLUDED and "told_on" in days else said


def faults_of(past: Past, received_on: date, today: date) -> tuple[str, ...]:
    """Codes of what does not go together; nothing for a past that a case can have."""
    fields = FIELDS[past.status]
    said = {name for name in Past.__dataclass_fields__ if name != "status" and getattr(past, name)}
    days = [received_on, *(day for name in DAYS if (day := getattr(past, name)) is not None)]
    return (
        *(f"row_needs_{name}" for name in sorted(fields.needed - said)),
        *(["row_beyond_status"] if said - fields.needed - fields.possible else []),
        *(["row_days_disordered"] if days != sorted(days) else []),
        *(["row_future_step"] if days[-1] > today else []),
    )


def steps_of(past: Past) -> tuple[tuple[CaseEventKind, date], ...]:
    """The steps that must have been taken, each with the first day by which it was."""
    handed_on = past.assigned_on or past.concluded_on
    is_taken_up = past.status is CaseStatus.IN_HANDLING or past.concluded_on is not None
    steps = (
        (CaseEventKind.ACCEPTED, past.accepted_on or handed_on),
        (CaseEventKind.ASSIGNED, handed_on),
        (CaseEventKind.TAKEN_UP, handed_on if is_taken_up else None),
        (CaseEventKind.DISPOSED, handed_on if past.disposition else None),
        (CaseEventKind.CONCLUDED, past.concluded_on),
        (CaseEventKind.FED_BACK, past.told_on),
    )
    return tuple((step, day) for step, day in steps if day is not None)
