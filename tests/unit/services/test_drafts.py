"""What staff are writing is kept, sealed, for whoever writes it, until it is sent."""

import pytest
from sqlalchemy import select, text

from domain.errors import InvalidInput, NotAllowed
from models import StaffDraft


@pytest.fixture
def clerk(desk):
    return desk("petition")


@pytest.fixture
def number(lodge):
    return lodge().case_number


def drafts(services, staff, number):
    return dict(services.drafts.of(staff, services.casework.case_by_number(number)))


def test_a_draft_is_there_again_and_only_its_last_state(services, clerk, number):
    services.drafts.keep(clerk, number, field="decline-reason", text="不属")
    services.drafts.keep(clerk, number, field="decline-reason", text="不属于受理范围")

    assert drafts(services, clerk, number) == {"decline-reason": "不属于受理范围"}
    assert services.queries.case_page(clerk, number).drafts == {"decline-reason": "不属于受理范围"}


def test_nobody_else_sees_it_and_the_dump_does_not_say_it(services, clerk, number, desk):
    services.drafts.keep(clerk, number, field="decline-reason", text="不属于受理范围")
    raw = services.session.execute(text("SELECT text FROM staff_draft")).scalar_one()

    assert drafts(services, desk("petition"), number) == {}
    assert "不属于".encode() not in bytes(raw)


def test_an_emptied_field_has_no_draft(services, clerk, number):
    services.drafts.keep(clerk, number, field="decline-reason", text="不属于")
    services.drafts.keep(clerk, number, field="decline-reason", text="  ")
    services.drafts.keep(clerk, number, field="accept-reason", text="")

    assert services.session.scalars(select(StaffDraft)).all() == []


def test_a_sent_step_takes_its_drafts_along_and_no_others(services, clerk, number):
    for field in ("decline-reason", "decline-destination", "ask-text"):
        services.drafts.keep(clerk, number, field=field, text="写了一半")
    services.drafts.forget(clerk, number, step="decline")

    assert drafts(services, clerk, number) == {"ask-text": "写了一半"}


def test_after_two_weeks_nobody_goes_on_writing(services, clerk, number, clock):
    services.drafts.keep(clerk, number, field="ask-text", text="写了一半")
    clock.forward(days=15)
    services.drafts.forget_old()

    assert drafts(services, clerk, number) == {}


def test_destroyed_content_takes_the_drafts_along(services, clerk, number):
    services.drafts.keep(clerk, number, field="ask-text", text="写了一半")
    services.retention._empty_cases([services.casework.case_by_number(number).id])

    assert drafts(services, clerk, number) == {}


@pytest.mark.parametrize(("field", "text"), [("x", "a"), ("../etc", "a"), ("ask-text", "字" * 2001)])
def test_a_crooked_draft_is_refused(services, clerk, number, field, text):
    with pytest.raises(InvalidInput):
        services.drafts.keep(clerk, number, field=field, text=text)


def test_whoever_may_not_read_the_statement_writes_no_draft(services, number, desk):
    with pytest.raises(NotAllowed):
        services.drafts.keep(desk("auditor"), number, field="ask-text", text="写了一半")
