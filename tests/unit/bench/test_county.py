"""The database that growth is measured on is one that the system itself could have made."""

from contextlib import contextmanager

import pytest
from sqlalchemy import insert, inspect, select

from app.database import make_engine, make_session_factory, transaction
from app.migrations import migrate
from bench.county import IN_HAND, fill
from domain.permissions import StaffFacts
from domain.terms import CaseStatus, Role
from models import Case, CaseTally, CountedCase, CountedValue, DayTally, FlowTally, Reporter, SpanTally, UnitTally
from models.tallies import COUNTED_WORDS, NO_SIGN
from services import Services
from services.views import WorklistFilter

CASES = 400
CLERK = StaffFacts(1, Role.PETITION, "petition_office")
TALLIES = (CaseTally, DayTally, FlowTally, SpanTally, UnitTally)


@pytest.fixture
def engine(database_url, parts):
    """A filled database on each engine in turn."""
    engine = make_engine(database_url)
    fill(engine, parts, CASES)
    yield engine
    engine.dispose()


@pytest.fixture
def transact(engine, parts):
    """Services on a transaction of their own."""

    @contextmanager
    def services():
        with transaction(make_session_factory(engine)) as session:
            yield Services(session, parts)

    return services


def rows_of(engine, table):
    with engine.connect() as connection:
        return connection.execute(select(*(c for c in table.__table__.columns if c.computed is None))).all()


def counts(engine, tally):
    """Combinations that count something; triggers leave others behind with nothing in them."""
    keys = len(inspect(tally).primary_key)
    return sorted(tuple(map(str, row)) for row in rows_of(engine, tally) if any(row[keys:]))


def counted_cases(engine):
    """Each with the words that its signs stand for: which number a word has depends on who came first."""
    words = dict(map(tuple, rows_of(engine, CountedValue)))
    for row in rows_of(engine, CountedCase):
        numbers = [ord(sign) - NO_SIGN for sign in row.signs]
        told = [words[number] for number in numbers[: len(COUNTED_WORDS)]]
        yield (*map(str, row[:-1]), *told, *numbers[len(COUNTED_WORDS) :])


def test_its_tallies_are_what_the_triggers_keep(engine, tmp_path):
    lodged = make_engine(f"sqlite:///{tmp_path}/lodged.sqlite3")
    migrate(lodged)
    with lodged.begin() as connection:
        for table in (Reporter, Case):
            connection.execute(insert(table.__table__), [row._asdict() for row in rows_of(engine, table)])

    assert [counts(engine, tally) for tally in TALLIES] == [counts(lodged, tally) for tally in TALLIES]
    assert sorted(counted_cases(engine)) == sorted(counted_cases(lodged))
    lodged.dispose()


def test_a_clerk_finds_its_cases_by_list_and_by_word(transact):
    with transact() as services:
        assert services.worklists.page(CLERK, WorklistFilter(open_only=True)).total >= min(IN_HAND, CASES * 6 // 10)
        assert services.search.find(CLERK, "罚款").hits


def indexes_of(engine):
    found = inspect(engine)
    return {
        table: sorted(i["name"] for i in found.get_indexes(table) if "duplicates_constraint" not in i)
        for table in found.get_table_names()
    }


def test_its_indexes_are_those_of_the_system(engine, tmp_path):
    fresh = make_engine(f"sqlite:///{tmp_path}/fresh.sqlite3")
    migrate(fresh)

    assert indexes_of(engine) == indexes_of(fresh)
    fresh.dispose()


def test_the_triggers_go_on_counting(transact):
    def open_ones():
        with transact() as services:
            return services.worklists.page(CLERK, WorklistFilter(open_only=True)).total

    before = open_ones()
    with transact() as services:
        services.session.scalars(
            select(Case).where(Case.status == CaseStatus.ACCEPTED).limit(1)
        ).one().status = CaseStatus.DECLINED

    assert open_ones() == before - 1
