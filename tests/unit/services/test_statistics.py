"""Every picture says what a plain count says, on both engines, and what it counts is what the worklist lists."""

from collections import Counter
from datetime import date

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from app.database import make_engine, make_session_factory, transaction
from domain.permissions import StaffFacts
from domain.terms import CaseStatus, DeadlineKind, Disposition, Role, RouteRule, Satisfaction, Source, Track
from models import ConflictOfInterest, DayTally
from models.tallies import EVERYBODY
from services import Services
from services.intake import Identity, NewReport
from services.statistics import Band
from services.tracking import CitizenKey
from services.views import WorklistFilter
from tests.fakes import suggestion

GROUP = StaffFacts(2, Role.GROUP, "g_market")


CLERK, LEADER = StaffFacts(1, Role.PETITION, "petition_office"), StaffFacts(3, Role.LEADER, "principal")


@pytest.fixture
def services(database_url, parts, monkeypatch):
    """Both engines in turn, with three accounts."""
    monkeypatch.setattr("services.staff._HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    engine = make_engine(database_url)
    with transaction(make_session_factory(engine)) as session:
        services = Services(session, parts)
        for staff in (CLERK, GROUP, LEADER):
            made = services.staff.create(
                username=staff.role, display_name="演示", role=staff.role, body=staff.body, password="a long password"
            )
            assert made == staff.staff_id
        yield services
    engine.dispose()


def lodged(services, *, named=False, source=Source.WECHAT):
    return services.intake.lodge_report(
        NewReport(
            statement="市监局的所长来店里检查，走的时候拿了两条烟没给钱。",
            source=source,
            suggestion=suggestion(),
            identity=Identity("甲", "13800000000") if named else None,
        )
    )


def worked(services, clock, *, answer=2, feedback=1, said=None):
    """A named case on its whole way. Days are counted from a Monday."""
    case = lodged(services, named=True)
    number = case.case_number
    clock.forward(days=answer)
    services.casework.accept(CLERK, number, version=1)
    services.casework.assign(CLERK, number, version=2, body="g_market")
    services.casework.take_up(GROUP, number, version=3)
    services.casework.dispose(
        GROUP, number, version=4, disposition=Disposition.PRELIMINARY_VERIFICATION, reason="集体研究"
    )
    services.casework.conclude(GROUP, number, version=5, outcome="属实")
    clock.forward(days=feedback)
    services.casework.give_feedback(GROUP, number, version=6, text="属实，已处理")
    if said:
        key = CitizenKey(number, query_code=case.query_code)
        services.tracking.record_satisfaction(key, said, "")
    return number


def pictures(services, staff):
    services.session.commit()
    return services.statistics.pictures(staff)


def test_a_case_stands_in_every_picture_once(services, clock):
    worked(services, clock, said=Satisfaction.SATISFIED)
    lodged(services, source=Source.WEB)

    seen = pictures(services, CLERK)

    assert seen.total == 2
    assert seen.kinds == {"enforcement_payoff": 2}
    assert set(seen.bands) == {
        Band(1, source=Source.WECHAT, track=Track.ACCUSATION),
        Band(1, source=Source.WEB, track=Track.ACCUSATION),
        Band(1, track=Track.ACCUSATION, body="g_market"),
        Band(1, track=Track.ACCUSATION, body=""),
        Band(1, body="g_market", status=CaseStatus.SATISFIED),
        Band(1, body="", status=CaseStatus.RECEIVED),
    }
    assert sum(week.received for week in seen.weeks) == 2
    assert sum(week.concluded for week in seen.weeks) == 1
    assert seen.said[Satisfaction.SATISFIED] == 1


def test_the_time_an_answer_took_is_told_in_working_days(services, clock):
    worked(services, clock, answer=7, feedback=1)  # a week has five of them

    answer, told = pictures(services, CLERK).spans

    assert (answer.clock, answer.limit, answer.median) == (DeadlineKind.ACCEPTANCE_NOTICE, 15, 5)
    assert {bar.low: bar.named for bar in answer.bars if bar.named} == {5: 1}
    assert (told.clock, told.median) == (DeadlineKind.FEEDBACK, 1)


def test_what_took_longer_than_the_limit_is_counted_as_such(services, clock):
    worked(services, clock, answer=22)
    worked(services, clock, answer=1)

    answer = pictures(services, CLERK).spans[0]

    assert (answer.named, answer.beyond) == (2, 1)
    assert sum(bar.named for bar in answer.bars) == 2


def test_a_case_that_moves_leaves_no_trace_where_it_was(services, clock):
    number = worked(services, clock)
    services.session.commit()
    case = services.casework.case_by_number(number)
    case.assigned_body, case.received_at = "g_agriculture", clock.moment
    services.session.commit()
    rows = {
        (row.day, row.assigned_body, row.received, row.concluded)
        for row in services.session.scalars(select(DayTally).where(DayTally.assigned_body != EVERYBODY))
        if row.received or row.concluded
    }

    assert rows == {(date(2026, 11, 26), "g_agriculture", 1, 0), (date(2026, 11, 25), "g_agriculture", 0, 1)}


def test_a_month_begins_at_midnight_of_the_county(services, clock):
    clock.moment = clock.moment.replace(day=30, hour=15, minute=59)  # one minute to midnight of 30 November
    lodged(services)
    clock.forward(minutes=2)
    lodged(services)

    assert [month.received for month in pictures(services, CLERK).months][-2:] == [1, 1]


def test_everybody_counts_what_he_may_see(services, clock):
    worked(services, clock)
    lodged(services)
    hidden = lodged(services)
    services.casework.case_by_number(hidden.case_number).route_rule = RouteRule.DISCIPLINE_STAFF

    assert pictures(services, CLERK).total == 2
    assert pictures(services, LEADER).total == 3
    assert pictures(services, GROUP).total == 1
    assert pictures(services, StaffFacts(9, Role.SYSADMIN, None)).total == 0
    assert sum(month.received for month in pictures(services, GROUP).months) == 1


def test_a_case_one_has_a_conflict_with_is_in_no_picture(services, clock):
    number = worked(services, clock, said=Satisfaction.FAIR)
    case = services.casework.case_by_number(number)
    services.session.add(
        ConflictOfInterest(case_id=case.id, staff_id=CLERK.staff_id, reason="亲属", declared_at=clock.moment)
    )

    seen = pictures(services, CLERK)

    assert (seen.total, seen.kinds, seen.bands, seen.bodies, seen.units) == (0, {}, (), (), ())
    assert {(week.received, week.concluded) for week in seen.weeks} == {(0, 0)}
    assert [spans.named for spans in seen.spans] == [0, 0]
    assert set(seen.said.values()) == {0}


def test_groups_and_units_stand_with_their_figures(services, clock):
    worked(services, clock, answer=2, said=Satisfaction.DISSATISFIED)
    lodged(services)

    seen = pictures(services, CLERK)
    rows = {row.body: row for row in seen.bodies}

    assert (rows["g_market"].total, rows["g_market"].open, rows["g_market"].median_answer) == (1, 1, 2)
    assert rows["g_market"].said[Satisfaction.DISSATISFIED] == 1
    assert rows[""].open == 1
    assert [(row.unit, row.total) for row in seen.units] == [("market_regulation", 2)]


def test_every_number_of_a_picture_is_what_the_worklist_lists(services, clock):
    for days in (0, 1, 22):
        worked(services, clock, answer=days, said=Satisfaction.SATISFIED)
    lodged(services, source=Source.WEB)
    seen = pictures(services, CLERK)

    def listed(**wanted):
        return services.worklists.page(CLERK, WorklistFilter(**wanted)).total

    for period in (*seen.weeks, *seen.months):
        assert listed(since=period.since, until=period.until) == period.received
        assert listed(concluded_since=period.since, concluded_until=period.until) == period.concluded
    for answer, told in zip(*(spans.bars for spans in seen.spans), strict=True):
        assert listed(answered_in=(answer.low, answer.high), named=True) == answer.named
        assert listed(answered_in=(answer.low, answer.high), named=False) == answer.anonymous
        assert listed(told_in=(told.low, told.high), named=True) == told.named
    for band in seen.bands:
        body = None if band.body is None else band.body or "-"
        assert listed(source=band.source, track=band.track, body=body, status=band.status) == band.cases
    for word, cases in seen.said.items():
        assert listed(satisfaction=word) == cases
    assert listed(body="-") == Counter({row.body: row.total for row in seen.bodies})[""]


def test_a_period_counts_what_the_list_of_its_days_lists(services, clock):
    worked(services, clock, answer=3, said=Satisfaction.SATISFIED)  # received on the 23rd
    clock.forward(days=5)
    lodged(services, source=Source.WEB)
    services.session.commit()
    days = WorklistFilter(since=date(2026, 11, 23), until=date(2026, 11, 24))
    later = WorklistFilter(since=date(2026, 11, 25))

    first, rest = (services.statistics.pictures(CLERK, received) for received in (days, later))

    assert (first.total, rest.total) == (1, 1) == tuple(services.worklists.total(CLERK, of) for of in (days, later))
    assert [(band.source, band.cases) for band in first.bands if band.source] == [(Source.WECHAT, 1)]
    assert [(band.source, band.cases) for band in rest.bands if band.source] == [(Source.WEB, 1)]
    assert [spans.median for spans in first.spans] == [3, 1]
    assert [spans.median for spans in rest.spans] == [None, None]
    assert (first.said[Satisfaction.SATISFIED], rest.said[Satisfaction.SATISFIED]) == (1, 0)


def test_a_period_of_all_days_says_what_the_tallies_say(services, clock):
    worked(services, clock, answer=22)
    lodged(services, source=Source.WEB)
    services.session.commit()

    assert services.statistics.pictures(CLERK, WorklistFilter(since=date(2026, 1, 1))) == services.statistics.pictures(
        CLERK
    )


def test_a_case_one_has_a_conflict_with_is_in_no_period(services, clock):
    number = lodged(services).case_number
    case = services.casework.case_by_number(number)
    services.session.add(
        ConflictOfInterest(case_id=case.id, staff_id=CLERK.staff_id, declared_at=clock(), reason="亲属")
    )
    services.session.commit()

    assert services.statistics.pictures(CLERK, WorklistFilter(since=date(2026, 11, 23))).total == 0
