"""A new case goes in one step only where there is nothing to look at twice."""

from dataclasses import replace

import pytest

from app.reference import load_directory, load_taxonomy
from domain.terms import CaseStatus
from domain.triage import TriageFacts, body_in_one_step

PLAIN = TriageFacts(
    status=CaseStatus.RECEIVED,
    is_confirmed=False,
    suggested="enforcement_payoff",
    confidence=0.9,
    abstained=False,
    label="enforcement_payoff",
    unit="market_regulation",
    owner="g_market",
    overlays=(),
    waits_for_answer=False,
)


@pytest.fixture(scope="module")
def directory():
    return load_directory()


@pytest.fixture(scope="module")
def body(directory):
    return lambda **otherwise: body_in_one_step(replace(PLAIN, **otherwise), directory, load_taxonomy())


def test_a_plain_case_goes_to_the_body_that_the_rules_name(body):
    assert body() == "g_market"


def test_a_township_is_handed_what_is_its_own(body, directory):
    township = next(iter(directory.townships))

    assert body(unit=township, owner="township_commission") == township


def test_what_is_taken_in_without_being_one_of_the_thirty_is_plain_too(body):
    assert body(suggested="nk_appeal", label="nk_appeal", owner="trial_office") == "trial_office"


@pytest.mark.parametrize(
    "otherwise",
    [
        {"status": CaseStatus.ACCEPTED},
        {"status": CaseStatus.DECLINED},
        {"is_confirmed": True},
        {"abstained": True},
        {"confidence": 0.59},
        {"confidence": None},
        {"label": None},
        {"label": "arbitrary_fine"},
        {"suggested": "nk_litigation", "label": "nk_litigation"},
        {"suggested": None, "label": None},
        {"unit": None},
        {"owner": "clarify"},
        {"owner": "reply_only"},
        {"owner": "superior_of_unit"},
        {"overlays": ("x2_multi_subject",)},
        {"overlays": ("x3_danger",)},
        {"waits_for_answer": True},
    ],
)
def test_what_is_not_plain_is_looked_at_step_by_step(body, otherwise):
    assert body(**otherwise) is None
