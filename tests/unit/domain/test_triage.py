"""What is next with a new case follows from its kind and its rule, or somebody is asked to look."""

from dataclasses import replace

import pytest

from app.reference import load_directory, load_taxonomy
from domain.terms import CaseStatus, RouteRule, SecondLook, TriageStep
from domain.triage import Proposal, TriageFacts, propose

PLAIN = TriageFacts(
    status=CaseStatus.RECEIVED,
    is_confirmed=False,
    suggested="enforcement_payoff",
    abstained=False,
    label="enforcement_payoff",
    unit="market_regulation",
    rule=RouteRule.DEFAULT_GROUP,
    owner="g_market",
    overlays=(),
    waits_for_answer=False,
    was_asked=False,
    names_facts=False,
    awaits_contact=False,
)
FOR_NOBODY = {"unit": None, "rule": RouteRule.OUT_OF_SCOPE, "owner": "reply_only"}


@pytest.fixture(scope="module")
def directory():
    return load_directory()


@pytest.fixture(scope="module")
def next_with(directory):
    return lambda **otherwise: propose(replace(PLAIN, **otherwise), directory, load_taxonomy())


def of_kind(label, **otherwise):
    return {"suggested": label, "label": label, **otherwise}


def test_a_plain_case_goes_to_the_body_that_the_rules_name(next_with):
    assert next_with() == Proposal(TriageStep.TAKE_IN, "enforcement_payoff", "g_market")


def test_a_township_is_handed_what_is_its_own(next_with, directory):
    township = next(iter(directory.townships))

    assert next_with(unit=township, owner="township_commission").body == township


def test_what_has_a_desk_of_its_own_goes_there_whatever_unit_it_names(next_with):
    appeal = next_with(**of_kind("nk_appeal", unit=None, rule=RouteRule.NON_KIND_NEXT, owner="trial_office"))

    assert appeal == Proposal(TriageStep.TAKE_IN, "nk_appeal", "trial_office")


def test_whoever_names_money_or_a_demand_is_not_asked_for_something_to_look_into_before_somebody_looked(next_with):
    case = of_kind("nk_no_substance", unit=None, rule=RouteRule.CLARIFY, owner="clarify", names_facts=True)

    assert next_with(**case).because is SecondLook.NAMES_FACTS
    assert next_with(**case, is_confirmed=True) == Proposal(TriageStep.ASK, "nk_no_substance")
    assert next_with(**{**case, "names_facts": False}).step is TriageStep.ASK


@pytest.mark.parametrize("label", ["nk_consumer", "nk_litigation", "nk_city_service"])
def test_a_kind_that_is_not_taken_is_declined(next_with, label):
    assert next_with(**of_kind(label, **FOR_NOBODY)) == Proposal(TriageStep.DECLINE, label)


@pytest.mark.parametrize("rule", [RouteRule.VERTICAL, RouteRule.EMBEDDED_STATION])
def test_a_unit_led_from_above_and_its_stations_are_declined(next_with, rule):
    assert next_with(unit="tax_bureau", rule=rule, owner="superior_of_unit").step is TriageStep.DECLINE


def test_a_kind_that_is_not_taken_and_yet_names_an_official_is_looked_at(next_with):
    assert next_with(**of_kind("nk_labour")).because is SecondLook.NAMES_OFFICIAL


def test_a_kind_of_ours_without_anybody_of_ours_is_looked_at(next_with):
    private = {"rule": RouteRule.PRIVATE_PARTY, "owner": "reply_only", "unit": "private_agency"}

    assert next_with(**private).because is SecondLook.NO_OFFICIAL


@pytest.mark.parametrize(
    "missing",
    [
        {"unit": None, "rule": RouteRule.CLARIFY, "owner": "clarify"},
        {"unit": "villages", "rule": RouteRule.TOWNSHIP_OR_VILLAGE, "owner": "township_commission"},
        of_kind("nk_no_substance", **FOR_NOBODY),
    ],
)
def test_the_reporter_is_asked_once_for_what_is_missing(next_with, missing):
    assert next_with(**missing).step is TriageStep.ASK
    assert next_with(**missing, waits_for_answer=True, was_asked=True).step is TriageStep.WAIT
    assert next_with(**missing, was_asked=True).because is SecondLook.ANSWERED


@pytest.mark.parametrize(
    "unsure",
    [{"abstained": True}, {"label": None}, {"label": "arbitrary_fine"}, {"suggested": None, "label": None}],
)
def test_an_unsure_suggestion_and_one_that_the_reporter_contradicts_wait_for_a_choice(next_with, unsure):
    assert next_with(**unsure) == Proposal(TriageStep.CHOOSE)


@pytest.mark.parametrize("unsure", [{"abstained": True}, {"suggested": "arbitrary_fine"}, {"suggested": None}])
def test_once_a_person_confirmed_the_kind_it_counts_however_unsure_the_classifier_was(next_with, unsure):
    assert next_with(is_confirmed=True, **unsure).step is TriageStep.TAKE_IN


@pytest.mark.parametrize(
    ("overlays", "because"),
    [
        (("x2_multi_subject", "x3_danger"), SecondLook.SEVERAL),
        (("x2_multi_subject",), SecondLook.SEVERAL),
        (("x1_conflict_of_interest",), SecondLook.CONFLICT),
    ],
)
def test_an_overlay_is_looked_at_whatever_the_kind(next_with, overlays, because):
    assert next_with(overlays=overlays).because is because
    assert next_with(**of_kind("nk_consumer", **FOR_NOBODY), overlays=overlays).because is because


@pytest.mark.parametrize("overlays", [("x3_danger",), ("x2_multi_subject", "x3_danger")])
def test_whoever_is_in_danger_is_spoken_with_before_anything_follows(next_with, overlays):
    assert next_with(overlays=overlays, awaits_contact=True).because is SecondLook.DANGER


def test_whoever_was_spoken_with_has_a_case_like_any_other(next_with):
    in_danger = of_kind("nk_emergency", **FOR_NOBODY, overlays=("x3_danger",))

    assert next_with(**in_danger) == Proposal(TriageStep.DECLINE, "nk_emergency")
    assert next_with(overlays=("x3_danger",)).step is TriageStep.TAKE_IN


@pytest.mark.parametrize("status", sorted(set(CaseStatus) - {CaseStatus.RECEIVED}))
def test_nothing_is_proposed_for_what_is_not_new(next_with, status):
    assert next_with(status=status) is None


def test_only_what_can_be_done_as_it_stands_has_a_button(next_with):
    assert next_with().is_one_press
    assert not any(next_with(**other).is_one_press for other in ({"abstained": True}, {"awaits_contact": True}))
