"""A way into the tables for very many rows, on both engines."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import psycopg
from sqlalchemy import Engine


class Pour(Protocol):
    """Puts rows of plain values into a table, all in one go."""

    def __call__(self, table: str, columns: str, rows: Iterable[Sequence[object]]) -> None: ...


@contextmanager
def bare(engine: Engine) -> Iterator[Pour]:
    """A way into the tables past triggers, foreign keys and secondary indexes, which are all there again afterwards."""
    engine.dispose()  # nobody else may have the file open
    if engine.dialect.name == "sqlite":
        with _bare_sqlite(str(engine.url.database)) as pour:
            yield pour
    else:
        with _bare_postgres(engine) as pour:
            yield pour


@contextmanager
def _bare_sqlite(path: str) -> Iterator[Pour]:
    base = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=DELETE", "synchronous=OFF", "cache_size=-400000", "temp_store=FILE"):
        base.execute(f"PRAGMA {pragma}")
    removed = base.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
    ).fetchall()
    for kind, name, _ in removed:
        base.execute(f"DROP {kind} {name}")
    base.execute("BEGIN")

    def pour(table: str, columns: str, rows: Iterable[Sequence[object]]) -> None:
        marks = ", ".join("?" * (columns.count(",") + 1))
        base.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', rows)

    yield pour
    base.execute("COMMIT")
    for _, _, sql in removed:
        base.execute(sql)
    base.execute("PRAGMA journal_mode=WAL")
    base.close()


@contextmanager
def _bare_postgres(engine: Engine) -> Iterator[Pour]:
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as base:
        for setting in (
            "session_replication_role = replica", "synchronous_commit = off", "maintenance_work_mem = '512MB'",
            "timezone = 'UTC'",
        ):  # fmt: skip
            base.execute(f"SET {setting}")  # type: ignore[arg-type]  # wants a literal: these are the ones above
        removed = base.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' "
            "AND indexname NOT IN (SELECT conname FROM pg_constraint)"
        ).fetchall()
        for name, _ in removed:
            base.execute(f"DROP INDEX {name}")

        def pour(table: str, columns: str, rows: Iterable[Sequence[object]]) -> None:
            with base.cursor().copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:  # type: ignore[arg-type]  # names of ours
                for row in rows:
                    copy.write_row(row)

        yield pour
        for _, sql in removed:
            base.execute(sql)
        owned = base.execute(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND column_default LIKE 'nextval%%'"
        ).fetchall()
        for (table,) in owned:
            base.execute(f"SELECT setval(pg_get_serial_sequence('\"{table}\"', 'id'), max(id)) FROM \"{table}\"")
