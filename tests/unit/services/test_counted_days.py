"""What is counted of some days is what a plain count of the cases says, whatever happens to a case, on both engines."""

from collections import Counter
from datetime import date, timedelta
from itertools import combinations

import pytest
from sqlalchemy import delete, insert, select, update

from app.database import make_engine
from bench.county import fill
from domain.lifecycle import OPEN
from domain.permissions import StaffFacts, scope_of
from domain.terms import CaseStatus, Role, RouteRule, Source
from domain.times import first_moment, local_day
from models import Case, CountedCase
from models.tallies import COUNTED, COUNTED_DAYS
from services.counted_days import CountedDays
from services.scope import in_scope

CLERK, LEADER = StaffFacts(1, Role.PETITION, "petition_office"), StaffFacts(3, Role.LEADER, "principal")
GROUP = StaffFacts(2, Role.GROUP, "g_market")
EVER = date.min, date.max


@pytest.fixture
def connection(database_url, parts):
    """Of a county of four hundred cases in ten years."""
    engine = make_engine(database_url)
    fill(engine, parts, 400)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def counted(connection, *names, staff=CLERK, days=EVER, **only):
    return CountedDays(connection, scope_of(staff), *days).by(*names, **only)


def cases_of(connection, *names, staff=CLERK, days=EVER):
    """By reading each case."""
    columns = [getattr(Case, name) for name in names]
    rows = connection.execute(select(Case.received_at, *columns).where(*in_scope(scope_of(staff), Case)))
    return Counter(
        tuple(value if name in COUNTED_DAYS else value or "" for name, value in zip(names, values, strict=True))
        for moment, *values in rows
        if days[0] <= local_day(moment) <= days[1]
    )


@pytest.mark.parametrize("staff", [CLERK, LEADER, GROUP], ids=lambda staff: str(staff.role))
def test_each_combination_is_counted_as_often_as_there_are_cases_of_it(connection, staff):
    for names in (*((name,) for name in COUNTED), *combinations(COUNTED, 2), COUNTED[:3]):
        assert counted(connection, *names, staff=staff) == cases_of(connection, *names, staff=staff) != {}


def test_days_are_counted_from_the_first_to_the_last_of_them(connection):
    days = sorted(connection.scalars(select(CountedCase.day).distinct()))
    for first, last in ((days[0], days[0]), (days[20], days[90]), (days[-30], days[-1]), (days[5], date.max)):
        assert counted(connection, "label", days=(first, last)) == cases_of(connection, "label", days=(first, last))
    assert counted(connection, "label", days=(days[-1] + timedelta(days=1), date.max)) == {}


def test_only_some_words_are_counted_where_only_they_are_asked_for(connection):
    everything = cases_of(connection, "unit", "status")

    assert counted(connection, "unit", "status", status=OPEN) == {
        key: cases for key, cases in everything.items() if key[1] in OPEN
    }
    assert counted(connection, "unit", status={"never heard of"}) == {}


def test_more_words_than_two_signs_can_tell_apart_are_still_told_apart(connection):
    ids = connection.scalars(select(Case.id).order_by(Case.id)).all()
    for (
        number
    ) in ids:  # so many names of units that their numbers need more than one byte, and three of them more than four
        connection.execute(update(Case).where(Case.id == number).values(unit=f"u{number}", label=f"l{number}"))
    names = ("unit", "label", "assigned_body", "status")

    assert counted(connection, *names) == cases_of(connection, *names)


def test_a_case_that_changes_is_counted_as_it_is_now(connection):
    number = connection.scalar(select(Case.id).where(Case.status == CaseStatus.IN_HANDLING).limit(1))
    connection.execute(
        update(Case)
        .where(Case.id == number)
        .values(
            status=CaseStatus.FED_BACK, unit="a unit of today", feedback_days=77, assigned_body=None,
            received_at=first_moment(date(2031, 3, 1)),
        )
    )  # fmt: skip
    names = ("status", "unit", "feedback_days", "assigned_body")
    day = date(2031, 3, 1), date(2031, 3, 1)

    assert counted(connection, *names, days=day) == {("fed_back", "a unit of today", 77, ""): 1}
    assert counted(connection, *names) == cases_of(connection, *names)


def test_a_case_that_closes_to_somebody_is_counted_for_him_no_more(connection):
    number = connection.scalar(select(Case.id).where(*in_scope(scope_of(CLERK), Case)).limit(1))
    before = counted(connection, "label").total()
    connection.execute(update(Case).where(Case.id == number).values(route_rule=RouteRule.COUNTY_LEADER))

    assert counted(connection, "label").total() == before - 1
    assert counted(connection, "label", staff=LEADER) == cases_of(connection, "label", staff=LEADER)
    assert counted(connection, "label", staff=StaffFacts(9, Role.SYSADMIN, None)) == {}


def test_a_case_that_comes_and_one_that_goes_are_counted(connection):
    [row] = connection.execute(select(*Case.__table__.columns).where(Case.id == 400)).mappings()
    new = {**row, "id": 401, "case_number": "another", "source": Source.VISIT, "label": "a new kind"}
    connection.execute(insert(Case.__table__), [{key: new[key] for key in new if key != "number_end"}])
    assert counted(connection, "label", "source") == cases_of(connection, "label", "source")
    connection.execute(delete(Case.__table__).where(Case.id == 401))

    assert counted(connection, "label", "source") == cases_of(connection, "label", "source")


def test_nothing_is_counted_where_there_is_nothing(database_url):
    engine = make_engine(database_url)
    with engine.connect() as connection:
        assert counted(connection, "label", "unit") == {}
    engine.dispose()
