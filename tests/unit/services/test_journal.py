"""Whoever changes, removes or puts in a line is found, on both engines, even with full power over the database."""

from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import text

from app.database import make_engine, make_session_factory, transaction
from domain.terms import CaseEventKind
from domain.times import SHANGHAI
from services import Services
from services.journal import Anchor
from tests.fakes import A_MONDAY

TABLES = ("case_event", "journal_link", "journal_anchor")


@pytest.fixture
def chain(database_url, parts):
    """A journal of five lines in three transactions, anchored."""
    engine = make_engine(database_url)
    chain = Chain(engine, parts)
    chain.write(2)
    chain.write(2)
    with chain.open() as services:
        chain.anchor = services.journal.anchor()
    chain.write(1)
    yield chain
    engine.dispose()


class Chain:
    def __init__(self, engine, parts):
        self.engine, self.parts = engine, parts
        self.sessions = make_session_factory(engine)

    @contextmanager
    def open(self):
        with transaction(self.sessions) as session:
            yield Services(session, self.parts)

    def write(self, lines):
        with self.open() as services:
            for number in range(lines):
                services.journal.write(
                    CaseEventKind.DEADLINE_RECOMPUTED, actor="system", new_value="2026-11-23", reason=f"理由{number}"
                )

    def verify(self, held=()):
        with transaction(self.sessions, read_only=True) as session:
            return Services(session, self.parts).journal.verify(held)

    def tamper(self, *statements):
        """What somebody does who owns the database: triggers first, then the deed."""
        with self.engine.begin() as connection:
            if self.engine.dialect.name == "postgresql":
                connection.execute(text("SET session_replication_role = replica"))
            else:
                connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
                for table in TABLES:
                    for verb in ("update", "delete"):
                        connection.execute(text(f"DROP TRIGGER {table}_no_{verb}"))
            for statement in statements:
                connection.execute(text(statement))
            if self.engine.dialect.name == "postgresql":
                connection.execute(text("SET session_replication_role = origin"))


def test_an_untouched_journal_verifies(chain):
    found = chain.verify()

    assert (found.broken, found.entries, found.anchors) == (None, 5, 1)


def test_a_line_verifies_whatever_the_zone_of_the_clock_that_wrote_it(chain):
    chain.parts = replace(chain.parts, clock=lambda: A_MONDAY.astimezone(SHANGHAI))
    chain.write(1)

    assert chain.verify().broken is None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor", "'leader'"),
        ("new_value", "'2026-12-31'"),
        ("happened_at", "'2026-11-22 00:00:00.000000'"),
        ("kind", "'urged'"),
        ("kind", "'no such kind'"),
        ("reason", "NULL"),
        ("old_value", "'x'"),
    ],
)
def test_a_changed_line_is_found_at_its_place(chain, column, value):
    chain.tamper(f"UPDATE case_event SET {column} = {value} WHERE id = 3")

    found = chain.verify()
    assert (found.broken, found.position, found.event_id) == ("line_changed", 3, 3)


def test_a_reason_moved_from_another_line_is_found(chain):
    chain.tamper("UPDATE case_event SET reason = (SELECT reason FROM case_event WHERE id = 1) WHERE id = 2")

    assert (chain.verify().broken, chain.verify().position) == ("line_changed", 2)


def test_a_removed_line_is_found(chain):
    chain.tamper("DELETE FROM journal_link WHERE event_id = 2", "DELETE FROM case_event WHERE id = 2")

    assert (chain.verify().broken, chain.verify().position) == ("link_missing", 2)


def test_the_last_line_cannot_be_cut_off(chain):
    chain.tamper("DELETE FROM journal_link WHERE event_id = 5", "DELETE FROM case_event WHERE id = 5")

    assert chain.verify().broken == "end_missing"


def test_the_last_line_cannot_be_cut_off_even_with_the_head_set_back(chain):
    chain.tamper(
        "DELETE FROM journal_link WHERE event_id = 5",
        "DELETE FROM case_event WHERE id = 5",
        "UPDATE journal_head SET position = 4, digest = (SELECT digest FROM journal_link WHERE position = 4)",
    )

    assert chain.verify().broken == "end_forged"


def test_a_line_put_in_is_found(chain):
    chain.tamper(
        "INSERT INTO case_event (id, kind, happened_at, actor) VALUES (77, 'urged', '2026-11-23 00:00:00.000000', 'system')"
    )

    assert (chain.verify().broken, chain.verify().event_id) == ("line_inserted", 77)


def test_an_emptied_journal_is_found(chain):
    chain.tamper("DELETE FROM journal_link", "DELETE FROM case_event")

    assert chain.verify().broken == "end_missing"


def test_an_emptied_journal_with_its_head_set_to_nothing_is_found_by_the_anchor(chain):
    chain.tamper(
        "DELETE FROM journal_link",
        "DELETE FROM case_event",
        "UPDATE journal_head SET position = 0, digest = '" + "0" * 64 + "', seal = ''",
    )

    assert chain.verify().broken == "anchor_beyond_end"


def test_an_anchor_kept_on_paper_finds_a_journal_written_anew(chain, parts):
    paper = Anchor.from_line(chain.anchor.line)
    chain.tamper(
        "DELETE FROM journal_anchor",
        "DELETE FROM journal_link",
        "DELETE FROM case_event",
        "UPDATE journal_head SET position = 0, digest = '" + "0" * 64 + "', seal = ''",
    )
    chain.write(5)

    assert chain.verify().broken is None
    assert chain.verify([paper]).broken == "anchor_differs"


def test_a_forged_anchor_is_found(chain):
    chain.tamper("UPDATE journal_anchor SET position = 3")

    assert chain.verify().broken == "anchor_forged"


def test_a_journal_from_before_the_chain_is_taken_in_with_its_first_new_line(chain):
    chain.tamper(
        "DELETE FROM journal_anchor",
        "DELETE FROM journal_link",
        "UPDATE journal_head SET position = 0, digest = '" + "0" * 64 + "', seal = ''",
    )
    chain.write(1)

    assert (chain.verify().broken, chain.verify().entries) == (None, 6)


def test_a_printed_anchor_reads_back_and_anything_else_does_not(chain):
    assert Anchor.from_line(f" {chain.anchor.line}\n") == chain.anchor
    assert Anchor.from_line("qiaomen-journal 2026-11-23 1 abc") is None


def test_there_is_one_anchor_a_day(chain, clock):
    with chain.open() as services:
        assert services.journal.anchor() == chain.anchor
    clock.forward(days=1)
    with chain.open() as services:
        assert services.journal.anchor().position == 5


def test_lines_undone_with_a_savepoint_leave_no_gap(chain):
    with chain.open() as services:
        services.journal.write(CaseEventKind.URGED, actor="system")
        undone = services.session.begin_nested()
        services.journal.write(CaseEventKind.ESCALATED, actor="system")
        services.session.flush()
        undone.rollback()
        services.journal.write(CaseEventKind.URGED, actor="system")

    assert (chain.verify().broken, chain.verify().entries) == (None, 7)
