"""Brings a database to the newest revision, one process at a time."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from app.settings import PROJECT

_ADVISORY_LOCK = 7_130_726  # any constant: two deployments must not migrate one PostgreSQL database at once


def config() -> Config:
    """Alembic's configuration of this project."""
    alembic = Config(str(PROJECT / "alembic.ini"))
    alembic.set_main_option("script_location", str(PROJECT / "migrations"))
    return alembic


def migrate(engine: Engine, revision: str = "head") -> None:
    """Upgrades to `revision`. On PostgreSQL under an advisory lock, on SQLite under its write lock."""
    alembic = config()
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        alembic.attributes["connection"] = connection
        command.upgrade(alembic, revision)


def is_current(engine: Engine) -> bool:
    """Whether the database is at the newest revision."""
    heads = set(ScriptDirectory.from_config(config()).get_heads())
    with engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == heads
