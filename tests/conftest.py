"""Fixtures that many tests share: a migrated database, services on it, a clock that stands still."""

import os
import secrets
import uuid
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.database import make_engine, make_session_factory
from app.migrations import migrate
from app.reference import (
    load_directory,
    load_import_words,
    load_letters,
    load_lists,
    load_retention,
    load_taxonomy,
    read_data,
)
from classifier.search import StatementWords
from domain.permissions import StaffFacts
from domain.terms import Role
from models.sealing import Keyring, use_keyring
from services import Services
from services.attachment_store import AttachmentStore
from services.base import Parts
from services.work_calendar import ChinaCalendar
from tests.fakes import FixedClock, ScriptedSuggester

# Machines here are shared and noisy: a slow example is no fault of the code.
hypothesis.settings.register_profile("qiaomen", deadline=None, max_examples=60)
hypothesis.settings.load_profile("qiaomen")

REQUIRE_ALL = os.environ.get("QIAOMEN_TEST_REQUIRE_ALL") == "1"
POSTGRES_URL = os.environ.get("QIAOMEN_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")


def missing(reason: str) -> None:
    """Skips, or fails where everything must be there (CI)."""
    if REQUIRE_ALL:
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(autouse=True, scope="session")
def keyring() -> Keyring:
    """Fresh data keys for the whole run."""
    ring = Keyring([secrets.token_bytes(32)])
    use_keyring(ring)
    return ring


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests never see a developer's environment or `.env`."""
    for name in [name for name in os.environ if name.startswith("QIAOMEN_") and "TEST" not in name]:
        monkeypatch.delenv(name)
    monkeypatch.setattr("app.settings.Settings.model_config", {**_model_config(), "env_file": None})


def _model_config() -> dict[str, object]:
    from app.settings import Settings

    return dict(Settings.model_config)


@pytest.fixture(scope="session")
def template_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy, so that each test does not migrate anew."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    engine = make_engine(f"sqlite:///{path}")
    migrate(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()
    return path


@pytest.fixture
def sqlite_url(template_database: Path, tmp_path: Path) -> str:
    """A migrated SQLite database of its own."""
    path = tmp_path / "qiaomen.sqlite3"
    path.write_bytes(template_database.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """A migrated PostgreSQL database of its own, dropped afterwards."""
    name = f"qiaomen_test_{uuid.uuid4().hex[:12]}"
    admin = create_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3})
    try:
        with admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
    except OperationalError:
        missing("no PostgreSQL at QIAOMEN_TEST_POSTGRES_URL")
    url = make_url(POSTGRES_URL).set(database=name).render_as_string(hide_password=False)
    engine = make_engine(url)
    migrate(engine)
    engine.dispose()
    yield url
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each engine in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def engine(sqlite_url: str) -> Iterator[Engine]:
    """An engine on a migrated SQLite database."""
    engine = make_engine(sqlite_url)
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> FixedClock:
    """Monday, 23 November 2026, ten in the morning in the county."""
    return FixedClock()


@pytest.fixture
def suggester() -> ScriptedSuggester:
    """Suggests a payoff by the market regulator unless a test scripts it otherwise."""
    return ScriptedSuggester()


@pytest.fixture
def parts(tmp_path: Path, clock: FixedClock, suggester: ScriptedSuggester) -> Parts:
    """Real reference data, fake clock and suggester."""
    return Parts(
        directory=load_directory(),
        taxonomy=load_taxonomy(),
        calendar=ChinaCalendar(read_data("calendar.yaml")),
        suggester=suggester,
        attachments=AttachmentStore(tmp_path / "attachments"),
        clock=clock,
        retention=load_retention(),
        words=StatementWords(),
        letters=load_letters(),
        lists=load_lists().by_name,
        import_words=load_import_words(),
    )


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """One session; nothing is committed unless the test does."""
    with make_session_factory(engine)() as session:
        yield session


@pytest.fixture
def services(session: Session, parts: Parts) -> Services:
    """All services on that session."""
    return Services(session, parts)


class Desk:
    """Makes staff accounts on demand: `desk("petition")`, `desk("group", "g_market")`."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._count = 0

    def __call__(self, role: str, body: str | None = None) -> StaffFacts:
        self._count += 1
        staff_id = self._services.staff.create(
            username=f"{role}{self._count}",
            display_name=f"演示{self._count}",
            role=Role(role),
            body=body,
            password="a long password",
        )
        return StaffFacts(staff_id, Role(role), body)


@pytest.fixture
def desk(services: Services, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Staff accounts; their password hash is made the quick way."""
    from argon2 import PasswordHasher

    monkeypatch.setattr("services.staff._HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    return Desk(services)
