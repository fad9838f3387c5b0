"""A filter goes into an address and comes back the same; what is not known is left out."""

import pytest

from admin.worklist_address import read, read_query, write
from domain.terms import CaseStatus, Track, WorklistSort, WorklistView
from services.views import WorklistFilter


@pytest.mark.parametrize(
    "wanted",
    [
        WorklistFilter(),
        WorklistFilter(open_only=True, unit="tax", body="g_market"),
        WorklistFilter(view=WorklistView.TRIAGE, sort=WorklistSort.WAITING, received="today"),
        WorklistFilter(status=CaseStatus.ACCEPTED, track=Track.ACCUSATION, aspect="a", label="-", due="late"),
        WorklistFilter(view=WorklistView.TRIAGE, sort=WorklistSort.WAITING),
        WorklistFilter(view=WorklistView.TRIAGE, sort=WorklistSort.NEWEST, number="7KQ&4=XM"),
    ],
)
def test_a_filter_survives_its_address(wanted):
    assert read_query(write(wanted)) == wanted


def test_a_view_has_an_order_of_its_own_that_does_not_stand_in_the_address():
    assert read({"view": "triage"}).sort is WorklistSort.WAITING
    assert write(WorklistFilter(view=WorklistView.TRIAGE, sort=WorklistSort.WAITING)) == "view=triage"


@pytest.mark.parametrize(("page", "read_as"), [("3", 3), ("-5", 1), ("x", 1), ("", 1), ("9" * 5000, 1), ("\u0663", 1)])
def test_a_crooked_page_is_the_first(page, read_as):
    assert read({"page": page}).page == read_as


def test_only_times_of_receipt_that_there_are_are_read():
    assert read({"received": "week"}).received == "week"
    assert read({"received": "year"}).received is None
