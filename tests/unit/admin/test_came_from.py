"""One comes back to the list that a case was opened from, and to nothing else."""

import pytest

from admin import came_from
from domain.terms import WorklistSort, WorklistView
from services.views import WorklistFilter


@pytest.mark.parametrize(
    ("wanted", "page", "leads_to"),
    [
        (WorklistFilter(view=WorklistView.TRIAGE, sort=WorklistSort.WAITING), 3, "/admin/cases?view=triage&page=3"),
        (WorklistFilter(unit="tax_bureau", open_only=True), 1, "/admin/cases?open=1&unit=tax_bureau"),
        (WorklistFilter(), 1, "/admin/cases"),
    ],
)
def test_a_list_is_found_again_with_its_filter_and_page(console, wanted, page, leads_to):
    with console.test_request_context("/admin/cases/X", query_string=came_from.of_list(wanted, page)):
        assert came_from.address() == leads_to


def test_a_case_opened_from_elsewhere_leads_to_what_is_in_hand(console):
    with console.test_request_context("/admin/cases/X"):
        assert came_from.address() == "/admin/cases?open=1"


@pytest.mark.parametrize("made_up", ["https://elsewhere.example", "view=nonsense&page=x", "number=%00"])
def test_nothing_but_a_filter_comes_through(console, made_up):
    with console.test_request_context("/admin/cases/X", query_string={"list": made_up}):
        assert came_from.address() == "/admin/cases"


def test_the_next_case_is_the_next_of_that_list(console):
    newest = WorklistFilter(view=WorklistView.TRIAGE, sort=WorklistSort.NEWEST)
    with console.test_request_context("/admin/cases/X", query_string=came_from.of_list(newest, 1)):
        assert came_from.view_if_any() == newest
    with console.test_request_context("/admin/cases/X"):
        assert came_from.view_if_any() is None
