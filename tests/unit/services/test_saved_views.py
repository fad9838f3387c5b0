"""Filters that a member of staff keeps: his own, few, sealed names."""

import pytest

from domain.errors import InvalidInput, NotFound
from services.saved_views import MAX_VIEWS


def test_what_is_kept_is_there_for_whoever_kept_it_and_nobody_else(services, desk):
    clerk, other = desk("petition"), desk("petition")
    services.saved_views.save(clerk, name=" 市监局逾期 ", query="due=late&unit=market_regulation")

    assert [(view.name, view.query) for view in services.saved_views.of(clerk)] == [
        ("市监局逾期", "due=late&unit=market_regulation")
    ]
    assert services.saved_views.of(other) == ()


@pytest.mark.parametrize(("name", "reason"), [("  ", "empty"), ("长" * 21, "too_long")])
def test_a_view_needs_a_short_name(services, desk, name, reason):
    with pytest.raises(InvalidInput) as refusal:
        services.saved_views.save(desk("petition"), name=name, query="open=1")

    assert refusal.value.reason == reason


def test_nobody_keeps_more_than_can_be_shown(services, desk):
    clerk = desk("petition")
    for number in range(MAX_VIEWS):
        services.saved_views.save(clerk, name=str(number), query="open=1")

    with pytest.raises(InvalidInput):
        services.saved_views.save(clerk, name="一个也嫌多", query="open=1")


def test_one_forgets_only_what_is_ones_own(services, desk):
    clerk, other = desk("petition"), desk("petition")
    services.saved_views.save(clerk, name="甲", query="open=1")
    view = services.saved_views.of(clerk)[0]

    with pytest.raises(NotFound):
        services.saved_views.forget(other, view.id)
    services.saved_views.forget(clerk, view.id)

    assert services.saved_views.of(clerk) == ()
