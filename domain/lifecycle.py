"""Which step may follow from which status. Who may take the step is `domain/permissions.py`'s question."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from domain.errors import IllegalTransition
from domain.terms import Action, CaseEventKind, CaseStatus, Track

_S, _K = CaseStatus, CaseEventKind


@dataclass(frozen=True, slots=True)
class Step:
    """A step is possible from any of `before` and leads to `after`."""

    before: frozenset[CaseStatus]
    after: CaseStatus


_WITH_A_BODY = frozenset({_S.ASSIGNED, _S.TRANSFERRED, _S.IN_HANDLING})
# Steps that a proposal to hand a case on outlives: what is proposed is done, or its present body begins meanwhile.
KEEPS_PROPOSAL = frozenset({_K.ASSIGNED, _K.TRANSFERRED, _K.TAKEN_UP})
NOBODY_WORKS_ON_IT = frozenset({_S.RECEIVED, _S.ACCEPTED})

# Declined may be taken in again when a supplement brings what was missing; a handling body may give a case back to
# the office that handed it on (reports rule, art. 17); an objection must be examined again or answered again.
STEPS: Mapping[CaseEventKind, Step] = {
    _K.ACCEPTED: Step(frozenset({_S.RECEIVED, _S.DECLINED}), _S.ACCEPTED),
    _K.DECLINED: Step(NOBODY_WORKS_ON_IT, _S.DECLINED),
    _K.ASSIGNED: Step(frozenset({_S.ACCEPTED}), _S.ASSIGNED),
    _K.TRANSFERRED: Step(_WITH_A_BODY, _S.TRANSFERRED),
    _K.TAKEN_UP: Step(frozenset({_S.ASSIGNED, _S.TRANSFERRED, _S.OBJECTED}), _S.IN_HANDLING),
    _K.CONCLUDED: Step(frozenset({_S.IN_HANDLING}), _S.CONCLUDED),
    _K.FED_BACK: Step(frozenset({_S.CONCLUDED, _S.OBJECTED}), _S.FED_BACK),
    _K.RETURNED: Step(_WITH_A_BODY, _S.ACCEPTED),
    _K.SENT_UPWARD: Step(NOBODY_WORKS_ON_IT | _WITH_A_BODY | {_S.DECLINED}, _S.SENT_UPWARD),
    # A citizen's withdrawal ends a case only while nobody works on it; later it is a wish on record, because a clue,
    # once known, is examined whether or not the person who told it still wants that.
    _K.WITHDRAWN: Step(NOBODY_WORKS_ON_IT, _S.WITHDRAWN),
    _K.SATISFACTION_RECORDED: Step(frozenset({_S.FED_BACK}), _S.SATISFIED),
    _K.OBJECTED: Step(frozenset({_S.FED_BACK}), _S.OBJECTED),
}

# A slip is taken back so long after it, by whoever made it (services/undoing.py). What the reporter reads of a decision
# that can be taken back without a word to him waits as long.
UNDO_WITHIN = timedelta(minutes=10)

# Lines of the journal after which a case is what it was before: somebody looked, the citizen spoke. They neither count up
# its version nor keep a slip from being taken back.
LEAVES_AS_IT_WAS = frozenset(
    {
        _K.CASE_OPENED,
        _K.ATTACHMENT_OPENED,
        _K.IDENTITY_REQUESTED,
        _K.IDENTITY_REFUSED,
        _K.IDENTITY_APPROVED,
        _K.IDENTITY_OPENED,
        _K.SUPPLEMENTED,
        _K.CONTACT_REQUESTED,
        _K.CODE_RENEWED,
    }
)

OPEN = frozenset(_S) - {_S.SATISFIED, _S.WITHDRAWN, _S.SENT_UPWARD, _S.DECLINED, _S.FED_BACK}
CAN_BE_SUPPLEMENTED = frozenset(_S) - {_S.WITHDRAWN, _S.SENT_UPWARD}

_STEP_OF_ACTION: Mapping[Action, CaseEventKind] = {
    Action.ACCEPT: _K.ACCEPTED,
    Action.DECLINE: _K.DECLINED,
    Action.ASSIGN: _K.ASSIGNED,
    Action.TRANSFER: _K.TRANSFERRED,
    Action.TAKE_UP: _K.TAKEN_UP,
    Action.CONCLUDE: _K.CONCLUDED,
    Action.GIVE_FEEDBACK: _K.FED_BACK,
    Action.RETURN: _K.RETURNED,
    Action.SEND_UPWARD: _K.SENT_UPWARD,
}


def next_status(step: CaseEventKind, status: CaseStatus) -> CaseStatus:
    """The status after `step`. Raises IllegalTransition when the step does not start there."""
    if status not in STEPS[step].before:
        msg = f"{step} from {status}"
        raise IllegalTransition(msg)
    return STEPS[step].after


def status_before(steps: tuple[CaseEventKind, ...], first: CaseStatus) -> CaseStatus:
    """Where a case stood before the last of `steps`, which were taken one after another from `first` on."""
    moved = [step for step in steps[:-1] if step in STEPS]
    return STEPS[moved[-1]].after if moved else first


def fits(action: Action, status: CaseStatus, track: Track) -> bool:
    """Whether `action` makes sense where the case stands, whoever asks."""
    if action in _STEP_OF_ACTION:
        return status in STEPS[_STEP_OF_ACTION[action]].before
    match action:
        case Action.DISPOSE:
            # Only a clue has a disposition; a help request is answered.
            return status is _S.IN_HANDLING and track is Track.ACCUSATION
        case Action.URGE:
            return status in _WITH_A_BODY
        case Action.APPROVE_ASSIGNMENT | Action.WITHDRAW_ASSIGNMENT:
            # What is proposed is an assignment, or a transfer to another body.
            return fits(Action.ASSIGN, status, track) or fits(Action.TRANSFER, status, track)
        case Action.OPEN_CLUE:
            return status in OPEN and track is Track.ACCUSATION
        case Action.HAND_UPWARD:
            return status is _S.SENT_UPWARD
        case Action.CLASSIFY | Action.SUPERVISE | Action.ASK_REPORTER | Action.CORRECT_FACTS:
            return status in OPEN
        case _:
            return True
