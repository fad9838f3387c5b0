"""Facts that were read wrongly are struck out and brought back; the journal says which, never what they were."""

import pytest

from domain.errors import Conflict, InvalidInput, NotAllowed
from domain.terms import CaseEventKind, Fact
from services.views import FactView

SLOTS = (("when", "今天"), ("evidence", "照片"))


@pytest.fixture
def clerk(desk):
    return desk("petition")


@pytest.fixture
def number(lodge):
    return lodge(slots=SLOTS).case_number


def shown(services, staff, number):
    return {one.fact: one.is_struck for one in services.queries.case_page(staff, number).facts}


def test_what_was_found_is_shown_with_what_a_moment_means(services, clerk, lodge):
    number = lodge(slots=(("when", "三月"), ("happened", "2026-03"), ("amount_cny", 50.0))).case_number

    assert services.queries.case_page(clerk, number).facts == (
        FactView(Fact.WHEN, "三月", "2026-03"),
        FactView(Fact.AMOUNT, 50.0),
    )


def test_a_fact_is_struck_out_and_brought_back(services, clerk, number):
    services.facts.strike(clerk, number, version=1, fact=Fact.WHEN)
    struck = shown(services, clerk, number)
    services.facts.restore(clerk, number, version=2, fact=Fact.WHEN)

    assert struck == {Fact.WHEN: True, Fact.EVIDENCE: False}
    assert shown(services, clerk, number) == {Fact.WHEN: False, Fact.EVIDENCE: False}


def test_the_journal_says_which_fact_and_not_what_it_was(services, clerk, number):
    services.facts.strike(clerk, number, version=1, fact=Fact.WHEN)
    line = services.queries.case_page(clerk, number).events[-2]

    assert (line.kind, line.old_value, line.new_value, line.reason) == (CaseEventKind.FACT_STRUCK, None, "when", None)


def test_striking_out_is_taken_back_like_any_slip(services, clerk, number):
    services.facts.strike(clerk, number, version=1, fact=Fact.WHEN)
    services.facts.strike(clerk, number, version=2, fact=Fact.EVIDENCE)
    services.undoing.undo(clerk, number)

    assert shown(services, clerk, number) == {Fact.WHEN: True, Fact.EVIDENCE: False}


def test_what_was_not_found_or_is_struck_already_is_not_struck_out(services, clerk, number):
    services.facts.strike(clerk, number, version=1, fact=Fact.WHEN)

    for change, fact in (
        (services.facts.strike, Fact.WHEN),
        (services.facts.strike, Fact.GOODS),
        (services.facts.restore, Fact.EVIDENCE),
    ):
        with pytest.raises(InvalidInput):
            change(clerk, number, version=2, fact=fact)


def test_whoever_does_not_handle_cases_or_has_not_seen_the_last_change_strikes_nothing(services, clerk, number, desk):
    with pytest.raises(NotAllowed):
        services.facts.strike(desk("auditor"), number, version=1, fact=Fact.WHEN)
    services.facts.strike(clerk, number, version=1, fact=Fact.WHEN)

    with pytest.raises(Conflict):
        services.facts.strike(clerk, number, version=1, fact=Fact.EVIDENCE)
