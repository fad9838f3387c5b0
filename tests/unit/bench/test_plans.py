"""What the pages of the console and the worker's looks ask is found by an index: nothing that grows is read from end to end."""

import re

import pytest
from sqlalchemy import event, text

from app.parts import build_system
from bench.county import fill
from bench.growth import pages, settings_for
from models.base import Base

CASES = 400
# One row or more for each case or message.
GROWS = {
    "attachment", "case", "case_deadline", "case_event", "case_person", "case_word", "conversation", "counted_case", "feedback",
    "inbound_message", "journal_link", "outbox_message", "report", "report_key", "report_sketch", "reporter", "similar_case",
}  # fmt: skip
FEW = {
    index.name
    for table in Base.metadata.tables.values()
    for index in table.indexes
    if index.dialect_options["sqlite"]["where"] is not None
}
SCAN = re.compile(r"SCAN (?P<table>\w+?)(?:_\d+)?(?: USING (?:COVERING )?INDEX (?P<index>\w+))?$")
# A range of one end over all reporters or cases is a scan by another name.
HIDDEN_SCAN = re.compile(r"SEARCH (?P<table>\w+?)(?:_\d+)? USING .*\(\w*id>\?\)$")


@pytest.fixture
def system(database_url, tmp_path, suggester, monkeypatch):
    """A small county whose lists count as long ones: SQLite, which has no statistics, plans for it as for a large one."""
    monkeypatch.setattr("services.worklists._FEW", CASES // 10)
    settings = settings_for(tmp_path / "instance", database_url)
    settings.instance.mkdir(exist_ok=True)
    system = build_system(settings, suggester=suggester)
    fill(system.engine, system.parts, CASES)
    yield system
    system.engine.dispose()


def plans(system):
    """Page, statement and plan of whatever the pages ask."""
    asked = []

    def note(_connection, _cursor, statement, parameters, _context, executes_many):
        if statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")) and not executes_many:
            asked.append((statement, parameters))

    found = {}
    for page in pages(system):
        page.before()
        event.listen(system.engine, "before_cursor_execute", note)
        page.run()
        event.remove(system.engine, "before_cursor_execute", note)
        for statement, parameters in asked:
            found.setdefault(statement, (page.name, parameters))
        asked.clear()
    with system.engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if not is_sqlite:
            # So small a table is quicker read from end to end: only what no index answers is still read so.
            connection.execute(text("SET enable_seqscan = off"))
        for statement, (page, parameters) in found.items():
            plan = connection.exec_driver_sql(
                f"EXPLAIN {'QUERY PLAN ' if is_sqlite else ''}{statement}", parameters
            ).all()
            yield page, statement, [str(line[-1]) for line in plan]


def read_whole(system):
    """Steps of plans that read from end to end what grows."""
    for page, statement, plan in plans(system):
        for step in plan:
            if system.engine.dialect.name == "postgresql":
                scan = re.search(r"Seq Scan on \"?(?P<table>\w+)", step)
                is_bounded = False
            else:
                scan = SCAN.match(step) or HIDDEN_SCAN.match(step)
                # In the order of an index as far as a page goes, or an index that holds few.
                index = scan.groupdict().get("index") if scan else None
                is_bounded = index in FEW or (index is not None and " LIMIT " in statement)
            if scan and scan["table"] in GROWS and not is_bounded:
                yield f"{page}: {step.strip()}: {' '.join(statement.split())[:300]}"


def test_no_page_and_no_look_of_the_worker_reads_from_end_to_end_what_grows(system):
    assert list(read_whole(system)) == []


@pytest.mark.parametrize(
    "index",
    ["ix_outbox_message_leased", "ix_inbound_message_left", "ix_case_number_end", "ix_report_words_key",
     "ix_conversation_telling", "ix_case_deadline_running", "ix_attachment_fetch"],
)  # fmt: skip
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_would_be_noticed_if_an_index_were_gone(system, index):
    with system.engine.begin() as connection:
        connection.execute(text(f"DROP INDEX {index}"))

    assert list(read_whole(system))
