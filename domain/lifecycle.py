"""Which status may follow which. Who may make the step is `domain/permissions.py`'s question."""

from collections.abc import Mapping

from domain.errors import IllegalTransition
from domain.terms import CaseStatus

_S = CaseStatus

# Declined may be taken up again when a supplement brings what was missing; a handling body may give a case back
# to the office that handed it on (reports rule, art. 17); an objection with new evidence must be examined again.
TRANSITIONS: Mapping[CaseStatus, frozenset[CaseStatus]] = {
    _S.RECEIVED: frozenset({_S.ACCEPTED, _S.DECLINED, _S.SENT_UPWARD, _S.WITHDRAWN}),
    _S.ACCEPTED: frozenset({_S.ASSIGNED, _S.DECLINED, _S.SENT_UPWARD, _S.WITHDRAWN}),
    _S.DECLINED: frozenset({_S.ACCEPTED}),
    _S.ASSIGNED: frozenset({_S.IN_HANDLING, _S.TRANSFERRED, _S.ACCEPTED, _S.SENT_UPWARD}),
    _S.TRANSFERRED: frozenset({_S.IN_HANDLING, _S.TRANSFERRED, _S.ACCEPTED, _S.SENT_UPWARD}),
    _S.IN_HANDLING: frozenset({_S.CONCLUDED, _S.TRANSFERRED, _S.ACCEPTED, _S.SENT_UPWARD}),
    _S.CONCLUDED: frozenset({_S.FED_BACK, _S.IN_HANDLING}),
    _S.FED_BACK: frozenset({_S.SATISFIED, _S.OBJECTED}),
    _S.SATISFIED: frozenset(),
    _S.OBJECTED: frozenset({_S.IN_HANDLING, _S.FED_BACK}),
    _S.WITHDRAWN: frozenset(),
    _S.SENT_UPWARD: frozenset(),
}

# A citizen's withdrawal ends a case only while nobody works on it; later it is a wish on record, because a clue,
# once known, is examined whether or not the person who told it still wants that.
ENDED_BY_WITHDRAWAL = frozenset({_S.RECEIVED, _S.ACCEPTED})

OPEN = frozenset(_S) - {_S.SATISFIED, _S.WITHDRAWN, _S.SENT_UPWARD, _S.DECLINED, _S.FED_BACK}
WITH_A_BODY = frozenset({_S.ASSIGNED, _S.TRANSFERRED, _S.IN_HANDLING, _S.CONCLUDED})
CAN_BE_SUPPLEMENTED = frozenset(_S) - {_S.WITHDRAWN, _S.SENT_UPWARD}


def check_transition(old: CaseStatus, new: CaseStatus) -> None:
    """Raises IllegalTransition unless `new` may follow `old`."""
    if new not in TRANSITIONS[old]:
        msg = f"{old} -> {new}"
        raise IllegalTransition(msg)
