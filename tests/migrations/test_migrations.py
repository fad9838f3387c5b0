"""Every revision goes up, down and up again on both engines, and the head equals the models."""

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, select, text

from app.database import make_engine, make_session_factory, transaction
from app.migrations import config, is_current, migrate
from domain.permissions import StaffFacts
from domain.terms import Role, Source
from models import Case
from services import Services
from services.intake import Identity, NewReport
from tests.fakes import suggestion

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


def test_no_row_is_lost_on_the_way_down_and_up_again(engine, parts):
    with transaction(make_session_factory(engine)) as session:
        services = Services(session, parts)
        staff_id = services.staff.create(
            username="clerk", display_name="甲", role=Role.PETITION, body=None, password="a long password"
        )
        services.staff.sign_in("clerk", "a long password")
        case = services.intake.lodge_report(
            NewReport(
                statement="一件事",
                source=Source.WEB,
                suggestion=suggestion(),
                identity=Identity("张三丰", "13800000000"),
            )
        )
        clerk = StaffFacts(staff_id, Role.PETITION, None)
        services.casework.accept(clerk, case.case_number, version=1)
    tables = ("staff", "staff_session", "case", "report", "reporter_identity", "case_event", "case_deadline")
    before = counts(engine, tables)
    for below in ("0003", "0002", "0001"):
        alembic(engine, command.downgrade, below)
        alembic(engine, command.upgrade, "head")

    assert min(before.values()) >= 1
    assert counts(engine, tables) == before


def test_recordings_from_before_wait_for_their_copy_and_nothing_else_does(engine):
    alembic(engine, command.downgrade, "0012")
    rows = [("voice", "stored"), ("voice", "pending"), ("image", "stored")]
    with engine.begin() as connection:
        for kind, status in rows:
            connection.execute(
                text(
                    "INSERT INTO attachment (kind, status, received_at, tries) "
                    f"VALUES ('{kind}', '{status}', '2026-01-01 00:00:00', 2)"
                )
            )
    alembic(engine, command.upgrade, "head")

    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT copy_status, next_try_at IS NOT NULL, tries FROM attachment ORDER BY id")
        ).all()
    assert [tuple(row) for row in found] == [("waiting", True, 0), (None, False, 2), (None, False, 2)]


def test_where_citizens_were_sent_is_sealed_on_the_way_and_readable_after_it(engine):
    alembic(engine, command.downgrade, "0022")
    with engine.begin() as connection:
        connection.execute(
            text(
                'INSERT INTO "case" (case_number, query_code_hash, source, track, report_kind, status, identity_claim, '
                "in_danger, version, route_rule, owner, overlays, received_at, urging_count, declined_to) VALUES ('n', 'h', "
                "'web', 'accusation', 'accusation', 'declined', 'anonymous', false, 1, 'clarify', 'clarify', '', "
                "'2026-01-01 00:00:00', 0, '请拨打 12333')"
            )
        )
    alembic(engine, command.upgrade, "head")

    with engine.connect() as connection:
        lying = bytes(connection.scalar(text('SELECT redirection FROM "case"')))
    with transaction(make_session_factory(engine)) as session:
        assert session.scalar(select(Case.declined_to)) == "请拨打 12333"
    assert b"12333" not in lying


def test_answers_from_before_count_as_seen(engine, parts, clock):
    with transaction(make_session_factory(engine)) as session:
        services = Services(session, parts)
        staff_id = services.staff.create(
            username="clerk", display_name="甲", role=Role.PETITION, body=None, password="a long password"
        )
        lodged = services.intake.lodge_report(NewReport(statement="一件事", source=Source.WEB, suggestion=suggestion()))
        clerk = StaffFacts(staff_id, Role.PETITION, None)
        services.inquiries.ask(clerk, lodged.case_number, version=1, text="是哪一天？")
        clock.forward(minutes=10)
        services.inquiries.answered(services.casework.case_by_number(lodged.case_number))
    alembic(engine, command.downgrade, "0025")
    alembic(engine, command.upgrade, "head")

    with engine.connect() as connection:
        assert connection.scalar(text("SELECT seen_at = answered_at FROM inquiry"))


def test_the_window_of_a_person_moves_to_the_conversation_and_back(engine):
    alembic(engine, command.downgrade, "0031")
    with engine.begin() as connection:
        for number, left, followed in ((1, 3, True), (2, 0, False)):
            connection.execute(
                text(
                    "INSERT INTO reporter (id, is_following, last_spoke_at, messages_left, created_at)"
                    " VALUES (:id, :followed, :at, :left, :at)"
                ),
                {"id": number, "at": "2026-11-02 03:04:05", "left": left, "followed": followed},
            )
        connection.execute(text("INSERT INTO conversation (id, reporter_id, version) VALUES (7, 2, 5)"))
    alembic(engine, command.upgrade, "head")

    windows = text(
        "SELECT reporter_id, messages_left, last_spoke_at IS NOT NULL FROM conversation ORDER BY reporter_id"
    )
    with engine.connect() as connection:
        assert [tuple(row) for row in connection.execute(windows)] == [(1, 3, True), (2, 0, True)]
    alembic(engine, command.downgrade, "0031")
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT id, messages_left, last_spoke_at IS NOT NULL FROM reporter ORDER BY id"))
        assert [tuple(row) for row in kept] == [(1, 3, True), (2, 0, True)]


def counts(engine, tables):
    with engine.connect() as connection:
        return {name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) for name in tables}
