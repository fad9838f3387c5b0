"""Every revision goes up, down and up again on both engines, and the head equals the models."""

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from app.database import make_engine
from app.migrations import config, is_current, migrate

REVISIONS = [r.revision for r in reversed(list(ScriptDirectory.from_config(config()).walk_revisions()))]


@pytest.fixture
def engine(database_url):
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


def alembic(engine, act, revision):
    settings = config()
    with engine.begin() as connection:
        settings.attributes["connection"] = connection
        act(settings, revision)


def test_there_is_one_head():
    assert len(ScriptDirectory.from_config(config()).get_heads()) == 1


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_revision_goes_down_and_up_again(engine, revision):
    below = ScriptDirectory.from_config(config()).get_revision(revision).down_revision or "base"
    alembic(engine, command.downgrade, below)
    alembic(engine, command.upgrade, revision)
    alembic(engine, command.upgrade, "head")

    assert is_current(engine)


def test_nothing_is_left_below_the_first_revision(engine):
    alembic(engine, command.downgrade, "base")

    assert set(inspect(engine).get_table_names()) == {"alembic_version"}


def test_the_head_equals_the_models(engine):
    settings = config()
    with engine.begin() as connection:
        settings.attributes["connection"] = connection
        command.check(settings)


def test_migrating_what_is_current_changes_nothing(engine):
    migrate(engine)

    assert is_current(engine)


def test_the_journal_refuses_changes_on_this_engine(database_url, engine):
    with engine.begin() as connection:
        connection.execute(
            text(
                'INSERT INTO "case" (case_number, query_code_hash, source, track, report_kind, status, identity_claim, '
                "in_danger, version, route_rule, owner, overlays, received_at, urging_count) VALUES ('n', 'h', 'web', 'accusation', "
                "'accusation', 'received', 'anonymous', false, 1, 'clarify', 'clarify', '', '2026-01-01 00:00:00', 0)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO case_event (case_id, kind, happened_at, actor) "
                "VALUES (1, 'lodged', '2026-01-01 00:00:00', 'citizen')"
            )
        )
    plain = create_engine(database_url)
    for statement in ("UPDATE case_event SET actor = 'x'", "DELETE FROM case_event"):
        with pytest.raises(Exception, match="append-only"), plain.begin() as connection:
            connection.execute(text(statement))
    plain.dispose()
