"""A backup is consistent while the system runs, opens only with the keys, and restores to the same on either engine."""

import errno
import secrets

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import make_url

from app.backup import _LEFT_OUT, CannotRestore, check_backup, make_backup, restore_backup
from app.database import make_engine, make_session_factory, transaction
from app.sealed_file import BrokenFile
from domain.terms import AttachmentKind, Source
from models import Case, Report
from models.sealing import Keyring, current_keyring, use_keyring
from services import Services
from services.intake import Identity, NewReport
from tests.conftest import POSTGRES_URL
from tests.fakes import A_MONDAY, PNG, suggestion


@pytest.fixture
def source(database_url, parts):
    """An instance with three cases, one of them named, one with a picture."""
    engine = make_engine(database_url)
    lodge(engine, parts, "第一件", identity=Identity("张三丰", "13800000000"))
    lodge(engine, parts, "第二件 unreadable-in-the-backup")
    lodge(engine, parts, "第三件", picture=PNG)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request, tmp_path):
    """A database of either engine that holds nothing, not even tables."""
    if request.param == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path / 'restored.sqlite3'}")
        yield engine
        engine.dispose()
        return
    request.getfixturevalue("postgres_url")  # skips, or fails in CI, without a server
    name = f"qiaomen_test_{secrets.token_hex(6)}"
    admin = create_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine = make_engine(make_url(POSTGRES_URL).set(database=name).render_as_string(hide_password=False))
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


def lodge(engine, parts, statement, identity=None, picture=None):
    with transaction(make_session_factory(engine)) as session:
        services = Services(session, parts)
        attachments = services.attachments.keep_uploads([(picture, AttachmentKind.IMAGE)]) if picture else ()
        services.intake.lodge_report(
            NewReport(
                statement=statement,
                source=Source.WEB,
                suggestion=suggestion(),
                identity=identity,
                attachment_ids=attachments,
            )
        )


def backed_up(source, tmp_path, name="backup.qm"):
    return make_backup(source, tmp_path / "attachments", tmp_path / name, A_MONDAY)


def statements(engine):
    with transaction(make_session_factory(engine), read_only=True) as session:
        return session.scalars(select(Report.statement).order_by(Report.id)).all()


def test_a_restored_instance_has_every_row_and_file_and_works_on(source, empty, parts, tmp_path):
    made = backed_up(source, tmp_path)
    restored = restore_backup(empty, tmp_path / "elsewhere", tmp_path / "backup.qm")

    assert restored == made
    assert made.rows["case"] == 3
    assert len(made.files) == 2  # the original and its clean copy
    assert statements(empty) == ["第一件", "第二件 unreadable-in-the-backup", "第三件"]
    names = sorted(path.name for path in (tmp_path / "elsewhere").glob("*/*"))
    assert names == sorted(made.files)
    lodge(empty, parts, "第四件")  # numbers go on where they stood
    assert len(statements(empty)) == 4
    with transaction(make_session_factory(empty), read_only=True) as session:
        assert Services(session, parts).journal.verify().broken is None


def test_counts_that_triggers_keep_are_restored_as_they_were(source, empty, tmp_path):
    with source.begin() as connection:  # leaves a count of nought behind, which no trigger makes from the cases alone
        connection.execute(text("UPDATE \"case\" SET assigned_body = 'elsewhere'"))
    made = backed_up(source, tmp_path)
    restore_backup(empty, tmp_path / "elsewhere", tmp_path / "backup.qm")

    again = make_backup(empty, tmp_path / "elsewhere", tmp_path / "again.qm", A_MONDAY)
    assert {"case_tally", "day_tally", "flow_tally"} <= made.rows.keys()
    assert again == made
    with empty.connect() as connection:
        for table, count, of in (("case_tally", "cases", 3), ("day_tally", "received", 6), ("flow_tally", "cases", 3)):
            # Days are counted for who has a case and once more for everybody.
            assert connection.scalar(text(f"SELECT sum({count}) FROM {table}")) == of
            assert connection.scalar(text(f"SELECT min({count}) FROM {table}")) == 0


@pytest.mark.parametrize("empty", ["sqlite"], indirect=True)
def test_a_backup_from_before_case_tally_was_held_still_restores(source, empty, tmp_path, monkeypatch):
    with monkeypatch.context() as before:
        before.setattr("app.backup._LEFT_OUT", _LEFT_OUT | {"case_tally"})
        made = backed_up(source, tmp_path)
    assert "case_tally" not in made.digests

    restore_backup(empty, tmp_path / "elsewhere", tmp_path / "backup.qm")

    with empty.connect() as connection:
        assert connection.scalar(text("SELECT sum(cases) FROM case_tally")) == 3


def test_the_file_shows_nothing_of_what_it_holds(source, tmp_path):
    backed_up(source, tmp_path)

    content = (tmp_path / "backup.qm").read_bytes()
    with transaction(make_session_factory(source), read_only=True) as session:
        numbers = session.scalars(select(Case.case_number)).all()
    for secret in (b"unreadable-in-the-backup", "张三丰".encode(), b"case_number", *(n.encode() for n in numbers)):
        assert secret not in content


def test_what_is_written_meanwhile_is_wholly_in_or_wholly_out(source, parts, tmp_path, monkeypatch):
    from app import backup

    add = backup._add

    def add_and_lodge(archive, name, content):
        add(archive, name, content)
        if name.startswith("tables/case/"):
            lodge(source, parts, "正在备份时来的")

    monkeypatch.setattr(backup, "_add", add_and_lodge)
    made = backed_up(source, tmp_path)

    assert (made.rows["case"], made.rows["report"]) == (3, 3)
    assert len(statements(source)) == 4


def test_an_instance_that_holds_anything_is_not_restored_over(source, tmp_path):
    backed_up(source, tmp_path)

    with pytest.raises(CannotRestore):
        restore_backup(source, tmp_path / "attachments", tmp_path / "backup.qm")
    assert len(statements(source)) == 3


@pytest.mark.parametrize("kept", [0, 10, 60, 500, -1])
def test_a_half_written_backup_restores_nothing(source, empty, tmp_path, kept):
    backed_up(source, tmp_path)
    path = tmp_path / "backup.qm"
    path.write_bytes(path.read_bytes()[:kept])

    with pytest.raises(BrokenFile):
        restore_backup(empty, tmp_path / "elsewhere", path)
    assert not (tmp_path / "elsewhere").exists()


def test_one_changed_byte_anywhere_is_noticed(source, tmp_path):
    backed_up(source, tmp_path)
    path = tmp_path / "backup.qm"
    content = path.read_bytes()
    for place in range(0, len(content), max(1, len(content) // 40)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with pytest.raises(BrokenFile):
            check_backup(path)


def test_other_keys_do_not_open_it(source, tmp_path):
    backed_up(source, tmp_path)
    keyring = current_keyring()
    use_keyring(Keyring([secrets.token_bytes(32)]))
    try:
        with pytest.raises(BrokenFile, match="other_keys"):
            check_backup(tmp_path / "backup.qm")
    finally:
        use_keyring(keyring)


def test_a_full_disk_leaves_the_last_good_backup_alone(source, tmp_path, monkeypatch):
    backed_up(source, tmp_path)
    good = (tmp_path / "backup.qm").read_bytes()

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("app.sealed_file.SealedWriter.finish", full)
    with pytest.raises(OSError, match="No space"):
        backed_up(source, tmp_path)
    assert (tmp_path / "backup.qm").read_bytes() == good
    assert not (tmp_path / "backup.qm.part").exists()
