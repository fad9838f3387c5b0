"""A citizen's step and a member of staff's at the same moment: whoever comes second sees what the first one did."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text

from domain.errors import IllegalTransition
from domain.terms import CaseStatus, Disposition, Role, RouteRule, Satisfaction, Source
from models import Case, CaseDeadline, Report
from services.intake import Lodged, NewReport
from services.tracking import CitizenKey
from tests.conftest import Desk
from tests.fakes import suggestion

STATEMENT = "市监局的所长来店里检查，走的时候拿了两条烟没给钱。"


@pytest.fixture
def staff(transact, desk):
    """Petition office, the group it assigns to, and the head."""
    with transact() as services:
        here = Desk(services)
        return {
            Role.PETITION: here("petition", "petition_office"),
            Role.GROUP: here("group", "g_market"),
            Role.LEADER: here("leader"),
        }


@pytest.fixture
def lodged(transact, staff) -> Lodged:
    """Taken in, with nobody at work on it yet."""
    with transact() as services:
        lodged = services.intake.lodge_report(NewReport(STATEMENT, Source.WEB, suggestion()))
        services.casework.accept(staff[Role.PETITION], lodged.case_number, version=1)
        return lodged


@pytest.fixture
def key(lodged) -> CitizenKey:
    return CitizenKey(lodged.case_number, query_code=lodged.query_code)


def while_open(transact, first: Callable, second: Callable) -> object:
    """Takes the step `second` while the transaction of `first` is still open, and ends that as soon as it is waited for."""
    with ThreadPoolExecutor() as threads:

        def take_second():
            with transact() as services:
                return second(services)

        with transact() as services:
            first(services)
            services.session.flush()
            waiting = threads.submit(take_second)
            # SQLite lets only one write from the beginning; on PostgreSQL it is waited until the second has come upon the first.
            while (
                services.session.connection().dialect.name == "postgresql"
                and not waiting.done()
                and not _is_waited_for(services)
            ):
                time.sleep(0)
        return waiting.result(timeout=20)


def _is_waited_for(services) -> bool:
    found = services.session.connection().execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))
    return bool(found.scalar())


def test_who_withdraws_while_the_case_is_assigned_leaves_it_with_the_body(transact, staff, lodged, key):
    ended = while_open(
        transact,
        lambda services: services.casework.assign(staff[Role.PETITION], lodged.case_number, version=2, body="g_market"),
        lambda services: services.tracking.withdraw(key, "想通了"),
    )

    with transact() as services:
        case = services.session.scalars(select(Case)).one()
        running = services.session.scalars(select(CaseDeadline).where(CaseDeadline.met_at.is_(None))).all()
        assert (ended, case.status, case.assigned_body) == (False, CaseStatus.ASSIGNED, "g_market")
        assert running
        services.casework.take_up(staff[Role.GROUP], lodged.case_number, version=case.version)


def test_nothing_is_added_to_a_case_that_is_sent_upward_meanwhile(transact, staff, lodged, key):
    with pytest.raises(IllegalTransition):
        while_open(
            transact,
            lambda services: services.casework.send_upward(
                staff[Role.PETITION],
                lodged.case_number,
                version=2,
                about=RouteRule.COUNTY_LEADER,
                reason="反映的是县级领导",
            ),
            lambda services: services.tracking.supplement(key, "还有一次是在十月"),
        )

    with transact() as services:
        assert [report.statement for report in services.session.scalars(select(Report))] == [STATEMENT]


def test_an_outcome_that_is_rated_twice_at_once_is_rated_once(transact, staff, lodged, key):
    with transact() as services:
        work, number, group = services.casework, lodged.case_number, staff[Role.GROUP]
        work.assign(staff[Role.PETITION], number, version=2, body="g_market")
        work.take_up(group, number, version=3)
        work.dispose(group, number, version=4, disposition=Disposition.CLOSED, reason="已报批")
        work.conclude(group, number, version=5, outcome="查无实据")
        work.give_feedback(group, number, version=6, text="给您的反馈")

    with pytest.raises(IllegalTransition):
        while_open(
            transact,
            lambda services: services.tracking.record_satisfaction(key, Satisfaction.SATISFIED, ""),
            lambda services: services.tracking.record_satisfaction(key, Satisfaction.DISSATISFIED, "没人问过我"),
        )

    with transact() as services:
        assert services.session.scalars(select(Case)).one().satisfaction is Satisfaction.SATISFIED
