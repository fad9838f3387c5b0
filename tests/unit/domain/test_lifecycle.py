import pytest

from domain.errors import IllegalTransition
from domain.lifecycle import OPEN, STEPS, fits, next_status
from domain.terms import Action, CaseEventKind, CaseStatus, Track


def test_every_status_is_reachable_from_received():
    reached, edge = {CaseStatus.RECEIVED}, {CaseStatus.RECEIVED}
    while edge:
        edge = {step.after for step in STEPS.values() if step.before & edge} - reached
        reached |= edge

    assert reached == set(CaseStatus)


@pytest.mark.parametrize("status", sorted(OPEN))
def test_no_open_case_is_a_dead_end(status):
    assert any(status in step.before for step in STEPS.values())


@pytest.mark.parametrize("status", [CaseStatus.SATISFIED, CaseStatus.WITHDRAWN, CaseStatus.SENT_UPWARD])
def test_an_ended_case_stays_ended(status):
    assert not any(status in step.before for step in STEPS.values())


def test_a_step_out_of_place_is_refused():
    with pytest.raises(IllegalTransition):
        next_status(CaseEventKind.CONCLUDED, CaseStatus.RECEIVED)


def test_a_step_in_place_leads_on():
    assert next_status(CaseEventKind.ACCEPTED, CaseStatus.RECEIVED) is CaseStatus.ACCEPTED


@pytest.mark.parametrize(
    ("action", "status", "track", "expected"),
    [
        (Action.ACCEPT, CaseStatus.RECEIVED, Track.ACCUSATION, True),
        (Action.ACCEPT, CaseStatus.ASSIGNED, Track.ACCUSATION, False),
        (Action.DISPOSE, CaseStatus.IN_HANDLING, Track.ACCUSATION, True),
        (Action.DISPOSE, CaseStatus.IN_HANDLING, Track.SERVICE_REQUEST, False),
        (Action.URGE, CaseStatus.ASSIGNED, Track.ACCUSATION, True),
        (Action.URGE, CaseStatus.RECEIVED, Track.ACCUSATION, False),
        (Action.CLASSIFY, CaseStatus.RECEIVED, Track.ACCUSATION, True),
        (Action.SUPERVISE, CaseStatus.SATISFIED, Track.ACCUSATION, False),
        (Action.VIEW_CASE, CaseStatus.WITHDRAWN, Track.ACCUSATION, True),
    ],
)
def test_actions_are_offered_where_they_make_sense(action, status, track, expected):
    assert fits(action, status, track) is expected
