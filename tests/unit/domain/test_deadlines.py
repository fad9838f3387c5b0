from datetime import date, timedelta

import pytest

from domain.deadlines import add_months, add_working_days, deadlines_on_assignment, deadlines_on_receipt
from domain.terms import RouteRule, Track


class PlainWeek:
    """Monday to Friday, everything published."""

    def is_working_day(self, day: date) -> bool:
        return day.weekday() < 5

    def is_published(self, day: date) -> bool:
        return True


MONDAY = date(2026, 11, 23)


def received(rule=RouteRule.DEFAULT_GROUP, track=Track.ACCUSATION, *, named=False, in_danger=False):
    return [d.kind for d in deadlines_on_receipt(rule, track, MONDAY, PlainWeek(), named=named, in_danger=in_danger)]


def test_the_first_day_does_not_count():
    assert add_working_days(MONDAY, 1, PlainWeek()) == MONDAY + timedelta(days=1)


def test_no_working_days_is_the_same_day():
    assert add_working_days(MONDAY, 0, PlainWeek()) == MONDAY


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_one(start, months, end):
    assert add_months(start, months) == end


@pytest.mark.parametrize(
    ("values", "kinds"),
    [
        ({}, []),
        ({"named": True}, ["acceptance_notice"]),
        ({"in_danger": True}, ["same_day_contact"]),
        ({"rule": RouteRule.OUT_OF_SCOPE}, ["out_of_scope_notice"]),
        ({"rule": RouteRule.PRIVATE_PARTY, "named": True}, ["out_of_scope_notice", "acceptance_notice"]),
        ({"rule": RouteRule.DISCIPLINE_STAFF}, ["discipline_staff_intake"]),
        ({"rule": RouteRule.VERTICAL}, ["vertical_notice"]),
        ({"rule": RouteRule.COUNTY_LEADER}, ["send_upward"]),
        ({"rule": RouteRule.NON_KIND_NEXT, "track": Track.SERVICE_REQUEST, "named": True}, ["help_request_reply"]),
    ],
)
def test_receipt_starts_the_clocks_of_its_rule(values, kinds):
    assert received(**values) == kinds


@pytest.mark.parametrize(
    ("rule", "track", "kinds"),
    [
        (RouteRule.DEFAULT_GROUP, Track.ACCUSATION, ["handling", "disposal_opinion"]),
        (RouteRule.TOWNSHIP_OR_VILLAGE, Track.ACCUSATION, ["handling", "township_registration"]),
        (RouteRule.NON_KIND_NEXT, Track.SERVICE_REQUEST, ["handling"]),
    ],
)
def test_assignment_starts_the_clocks_of_the_body(rule, track, kinds):
    assert [d.kind for d in deadlines_on_assignment(rule, track, MONDAY, PlainWeek())] == kinds
