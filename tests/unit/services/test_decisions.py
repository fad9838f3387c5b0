"""What staff confirmed, for the next training run."""

import pytest
from sqlalchemy import select

from domain.terms import Rank
from domain.values import Position
from models import Case
from tests.fakes import suggestion


@pytest.fixture
def petition(desk):
    return desk("petition", "petition_office")


def confirm(services, petition, number, label="illegal_fee"):
    services.session.flush()
    services.casework.classify(petition, number, label=label, unit="urban_management", version=1)


def confirmed(services):
    return [(d.statement, d.label, d.unit) for d in services.decisions.confirmed()]


def test_what_nobody_confirmed_teaches_nothing(services, lodge):
    lodge()
    services.session.flush()

    assert confirmed(services) == []


def test_a_confirmed_report_teaches_its_statement_label_and_unit(services, lodge, petition):
    confirm(services, petition, lodge(statement="他们收了我三百块没开票").case_number)

    assert confirmed(services) == [("他们收了我三百块没开票", "illegal_fee", "urban_management")]


def test_a_correction_teaches_who_made_it_and_why(services, lodge, petition):
    number = lodge().case_number
    services.casework.classify(petition, number, label="illegal_fee", unit=None, version=1, reason="收的是费，不是罚款")
    services.casework.classify(petition, number, label="arbitrary_fine", unit=None, version=2, reason="有罚单")

    decision = next(services.decisions.confirmed())

    assert (decision.annotator, decision.reason) == (petition.staff_id, "有罚单")
    assert (decision.suggested, decision.model_version) == ("enforcement_payoff", "test")
    assert decision.is_correction


@pytest.mark.parametrize("rank", [Rank.DISCIPLINE_STAFF, Rank.COMMISSION_MEMBER])
def test_reports_about_the_commissions_own_people_go_into_no_model(services, lodge, desk, rank):
    person = Position("副书记", rank)
    lodged = lodge(suggestion=suggestion(positions=(person,)))
    services.session.flush()
    case = services.session.scalars(select(Case).where(Case.case_number == lodged.case_number)).one()
    case.labelled_at = case.received_at

    assert confirmed(services) == []
