"""What a ledger may say of a case that is not new: a past that a case can have, or a word for why not."""

from dataclasses import fields, replace
from datetime import date

import pytest

from domain.lifecycle import STEPS
from domain.past import DAYS, FIELDS, Past, faults_of, status_of, steps_of
from domain.terms import CaseEventKind, CaseStatus, Disposition

RECEIVED, TODAY = date(2026, 3, 2), date(2026, 11, 23)
TOLD = Past(
    CaseStatus.FED_BACK,
    "g_market",
    date(2026, 3, 5),
    date(2026, 3, 6),
    date(2026, 5, 11),
    date(2026, 5, 20),
    Disposition.CLOSED,
    "查无实据。",
)
WHOLE = {
    CaseStatus.RECEIVED: Past(CaseStatus.RECEIVED),
    CaseStatus.ACCEPTED: Past(CaseStatus.ACCEPTED, accepted_on=date(2026, 3, 5)),
    CaseStatus.ASSIGNED: Past(CaseStatus.ASSIGNED, "g_market", assigned_on=date(2026, 3, 6)),
    CaseStatus.TRANSFERRED: Past(CaseStatus.TRANSFERRED, "g_market", assigned_on=date(2026, 3, 6)),
    CaseStatus.IN_HANDLING: Past(CaseStatus.IN_HANDLING, "g_market", assigned_on=date(2026, 3, 6)),
    CaseStatus.CONCLUDED: replace(TOLD, status=CaseStatus.CONCLUDED, told_on=None),
    CaseStatus.FED_BACK: TOLD,
    CaseStatus.DECLINED: Past(CaseStatus.DECLINED, result="请到法院。"),
    CaseStatus.WITHDRAWN: Past(CaseStatus.WITHDRAWN),
}


def faults(past):
    return faults_of(past, RECEIVED, TODAY)


@pytest.mark.parametrize("status", FIELDS)
def test_a_whole_past_has_no_fault(status):
    assert faults(WHOLE[status]) == ()


@pytest.mark.parametrize(("status", "field"), [(status, name) for status, f in FIELDS.items() for name in f.needed])
def test_what_a_status_needs_is_asked_for(status, field):
    empty = "" if field == "result" else None

    assert f"row_needs_{field}" in faults(replace(WHOLE[status], **{field: empty}))


@pytest.mark.parametrize(
    ("status", "field"),
    [
        (s, f.name)
        for s, of in FIELDS.items()
        for f in fields(Past)
        if f.name not in {"status", *of.needed, *of.possible}
    ],
)
def test_what_a_status_cannot_have_yet_contradicts_it(status, field):
    assert faults(replace(WHOLE[status], **{field: getattr(TOLD, field)})) == ("row_beyond_status",)


@pytest.mark.parametrize("field", DAYS)
def test_days_follow_each_other(field):
    assert "row_days_disordered" in faults(replace(TOLD, **{field: date(2026, 3, 1)}))


def test_nothing_was_done_tomorrow():
    assert faults(replace(TOLD, told_on=date(2026, 11, 24))) == ("row_future_step",)


def test_all_on_one_day_is_no_disorder():
    day = RECEIVED
    assert faults(replace(TOLD, accepted_on=day, assigned_on=day, concluded_on=day, told_on=day)) == ()


@pytest.mark.parametrize(
    ("said", "days", "status"),
    [
        (None, (), CaseStatus.RECEIVED),
        (None, ("accepted_on",), CaseStatus.ACCEPTED),
        (None, ("accepted_on", "assigned_on"), CaseStatus.ASSIGNED),
        (None, ("assigned_on", "concluded_on"), CaseStatus.CONCLUDED),
        (None, ("concluded_on", "told_on"), CaseStatus.FED_BACK),
        (CaseStatus.CONCLUDED, ("concluded_on", "told_on"), CaseStatus.FED_BACK),
        (CaseStatus.CONCLUDED, ("concluded_on",), CaseStatus.CONCLUDED),
        (CaseStatus.IN_HANDLING, ("assigned_on", "told_on"), CaseStatus.IN_HANDLING),
    ],
)
def test_the_last_day_says_the_status_where_the_row_does_not(said, days, status):
    assert status_of(said, dict.fromkeys(days, RECEIVED)) is status


def test_the_steps_stand_in_the_order_in_which_the_lifecycle_takes_them():
    status = CaseStatus.RECEIVED
    for step, _ in steps_of(TOLD):
        if step is CaseEventKind.DISPOSED:
            continue  # a line in the journal, no step
        assert status in STEPS[step].before
        status = STEPS[step].after

    assert status is CaseStatus.FED_BACK


def test_a_day_that_nobody_wrote_down_is_by_when_it_must_have_been():
    bare = replace(TOLD, accepted_on=None, assigned_on=None)

    assert dict(steps_of(bare))[CaseEventKind.ACCEPTED] == TOLD.concluded_on
    assert steps_of(WHOLE[CaseStatus.WITHDRAWN]) == ()
