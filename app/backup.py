"""Backup and restore: every row and every attachment in one sealed file, the same on both engines.

The database is read in one transaction that sees a single state, so the system may go on working meanwhile. Sealed
columns stay sealed inside. A backup made on one engine can be restored on the other.
"""

import base64
import hashlib
import io
import json
import os
import tarfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Connection, DateTime, Engine, MetaData, Table, Text, collate, func, select, text

from app.migrations import migrate
from app.sealed_file import BrokenFile, SealedReader, SealedWriter

_ROWS = 2_000
# Not backed up: what alembic writes, and what triggers make of the cases that are put back.
_LEFT_OUT = frozenset({"alembic_version", "counted_case", "counted_value"})
# Counts that triggers fill already when the cases are put back.
_KEPT_BY_TRIGGERS = frozenset({"case_tally", "day_tally", "flow_tally", "span_tally", "unit_tally"})
# Rows that a migration itself puts into an empty database.
_MADE_BY_MIGRATION = frozenset({"journal_head"})


class CannotRestore(Exception):
    """The place to restore into is not empty."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds: rows by table, digests by table, attachment files with their digests."""

    revision: str
    made_at: str
    rows: dict[str, int]
    digests: dict[str, str]
    files: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        """For one line of output."""
        return {
            "made_at": self.made_at,
            "revision": self.revision,
            "rows": sum(self.rows.values()),
            "cases": self.rows.get("case", 0),
            "attachments": len(self.files),
        }


def make_backup(engine: Engine, attachments: Path, target: Path, now: datetime) -> Contents:
    """Writes `target`, reads it back and checks it before it gets its name. Raises OSError when the disk is full."""
    draft = target.with_name(target.name + ".part")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            contents = _write(engine, attachments, file, now)
            file.flush()
            os.fsync(file.fileno())
        check_backup(draft)
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)
    return contents


def check_backup(source: Path) -> Contents:
    """Reads a backup to its end. Raises BrokenFile when a piece is missing or changed, OSError when it is not there."""
    with source.open("rb") as file:
        members = _Members(file)
        for _member in members:
            pass
        return members.contents


def restore_backup(engine: Engine, attachments: Path, source: Path) -> Contents:
    """Fills an empty instance; all rows in one transaction, none when anything does not fit.

    Raises BrokenFile, CannotRestore for a database that holds anything, OSError when the disk is full.
    """
    # To the end first: of a file that was cut off nothing is restored, not even in part.
    contents = check_backup(source)
    _refuse_unless_empty(engine)
    migrate(engine, contents.revision)
    with engine.begin() as connection, source.open("rb") as file:
        tables = _tables(connection)
        for name in _MADE_BY_MIGRATION & tables.keys():
            connection.execute(tables[name].delete())
        tallies: list[tuple[Table, bytes]] = []
        for name, content in _Members(file):
            kind, _, rest = name.partition("/")
            if kind == "tables":
                table = tables[rest.partition("/")[0]]
                if table.name in _KEPT_BY_TRIGGERS:
                    tallies.append((table, content))
                else:
                    _insert(connection, table, content)
            elif kind == "attachments":
                _keep(attachments, rest, content)
        _let_triggers_finish(connection)
        # Only those that the backup holds: older ones hold no case_tally, and what the triggers filled in stays.
        for name in _KEPT_BY_TRIGGERS & contents.digests.keys():
            connection.execute(tables[name].delete())
        for table, content in tallies:
            _insert(connection, table, content)
        _set_sequences(connection, tables)
        found = {name: _digest_of(connection, tables[name]) for name in contents.digests}
        if found != contents.digests:
            raise BrokenFile("differs_after_restore")
    migrate(engine)
    return contents


# ── writing ──────────────────────────────────────────────────────────────────────────────────────
def _write(engine: Engine, attachments: Path, file: BinaryIO, now: datetime) -> Contents:
    options: dict[str, Any] = {"read_only": True}
    if engine.dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    sealed = SealedWriter(file)
    rows: Counter[str] = Counter()
    digests: dict[str, str] = {}
    files: dict[str, str] = {}
    with (
        tarfile.open(fileobj=cast("BinaryIO", sealed), mode="w|") as archive,
        engine.connect().execution_options(**options) as connection,
    ):
        revision = MigrationContext.configure(connection).get_current_revision() or ""
        for name, table in _tables(connection).items():
            digest = hashlib.sha256()
            for number, part in enumerate(_parts(connection, table)):
                digest.update(part)
                rows[name] += part.count(b"\n")
                _add(archive, f"tables/{name}/{number:06d}.jsonl", part)
            digests[name] = digest.hexdigest()
        for name in _attachment_names(connection):
            path = attachments / name[:2] / name
            if path.exists():
                content = path.read_bytes()
                files[name] = hashlib.sha256(content).hexdigest()
                _add(archive, f"attachments/{name}", content)
        contents = Contents(revision, now.isoformat(), dict(rows), digests, files)
        _add(archive, "contents.json", json.dumps(_as_dict(contents)).encode())
    sealed.finish()
    return contents


def _as_dict(contents: Contents) -> dict[str, Any]:
    return {key: getattr(contents, key) for key in Contents.__slots__}


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))


def _tables(connection: Connection) -> dict[str, Table]:
    """The tables of the database as it is, those that others refer to first."""
    metadata = MetaData()
    metadata.reflect(connection)
    return {table.name: table for table in metadata.sorted_tables if table.name not in _LEFT_OUT}


def _parts(connection: Connection, table: Table) -> Iterator[bytes]:
    """The rows as JSON lines, in order of the primary key, some thousand at a time."""
    # Words in the order of their bytes: each engine, and each locale, has another idea of the alphabet.
    is_postgresql = connection.dialect.name == "postgresql"
    order = [collate(c, "C") if is_postgresql and isinstance(c.type, Text) else c for c in table.primary_key.columns]
    rows = connection.execution_options(yield_per=_ROWS).execute(select(*_columns(table)).order_by(*order))
    for part in rows.partitions(_ROWS):
        yield b"".join(json.dumps([_plain(value) for value in row]).encode() + b"\n" for row in part)


def _columns(table: Table) -> list[Column[Any]]:
    return sorted((column for column in table.columns if column.computed is None), key=lambda column: column.name)


def _digest_of(connection: Connection, table: Table) -> str:
    digest = hashlib.sha256()
    for part in _parts(connection, table):
        digest.update(part)
    return digest.hexdigest()


def _attachment_names(connection: Connection) -> list[str]:
    table = _tables(connection)["attachment"]
    rows = connection.execute(select(table.c.original_name, table.c.clean_name))
    return sorted({name for row in rows for name in row if name})


def _plain(value: Any) -> Any:
    """A value as JSON holds it, the same whichever engine it came from."""
    match value:
        case bytes() | memoryview():
            return {"b": base64.b64encode(bytes(value)).decode()}
        case datetime():
            return {"t": (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()}
        case date():
            return {"d": value.isoformat()}
        case _:
            return value


# ── reading ──────────────────────────────────────────────────────────────────────────────────────
class _Members:
    """The members of an open backup, checked against its table of contents, which comes last."""

    def __init__(self, file: BinaryIO) -> None:
        self._stream = io.BufferedReader(SealedReader(file))
        self._digests: dict[str, Any] = {}
        self._rows: Counter[str] = Counter()
        self._files: dict[str, str] = {}
        self._contents: Contents | None = None

    @property
    def contents(self) -> Contents:
        """The table of contents; read all members first."""
        if self._contents is None:
            raise BrokenFile("cut_off")
        return self._contents

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        try:
            with tarfile.open(fileobj=self._stream, mode="r|") as archive:
                for entry in archive:
                    member = archive.extractfile(entry)
                    content = member.read() if member else b""
                    self._note(entry.name, content)
                    yield entry.name, content
            while self._stream.read(1 << 16):
                pass
        except tarfile.TarError as error:
            raise BrokenFile("changed") from error
        found = {name: digest.hexdigest() for name, digest in self._digests.items()}
        empty = hashlib.sha256().hexdigest()
        wanted = {name: digest for name, digest in self.contents.digests.items() if digest != empty}
        if found != wanted or dict(self._rows) != self.contents.rows or self._files != self.contents.files:
            raise BrokenFile("changed")

    def _note(self, name: str, content: bytes) -> None:
        kind, _, rest = name.partition("/")
        if kind == "tables":
            table = rest.partition("/")[0]
            self._digests.setdefault(table, hashlib.sha256()).update(content)
            self._rows[table] += content.count(b"\n")
        elif kind == "attachments":
            self._files[rest] = hashlib.sha256(content).hexdigest()
        else:
            self._contents = Contents(**json.loads(content))


def _refuse_unless_empty(engine: Engine) -> None:
    with engine.connect() as connection:
        for name, table in _tables(connection).items():
            if name in _MADE_BY_MIGRATION or name == "scheduled_job":
                continue
            if connection.scalar(select(func.count()).select_from(select(1).select_from(table).limit(1).subquery())):
                raise CannotRestore(name)


def _insert(connection: Connection, table: Table, lines: bytes) -> None:
    columns = _columns(table)
    is_sqlite = connection.dialect.name == "sqlite"
    rows = [
        {
            column.name: _value(value, naive=is_sqlite and isinstance(column.type, DateTime))
            for column, value in zip(columns, json.loads(line), strict=True)
        }
        for line in lines.splitlines()
    ]
    if rows:
        connection.execute(table.insert(), rows)


def _value(value: Any, *, naive: bool) -> Any:
    match value:
        case {"b": encoded}:
            return base64.b64decode(encoded)
        case {"t": moment}:
            aware = datetime.fromisoformat(moment)
            return aware.replace(tzinfo=None) if naive else aware
        case {"d": day}:
            return date.fromisoformat(day)
        case _:
            return value


def _keep(folder: Path, name: str, content: bytes) -> None:
    if len(name) != 32 or not set(name) <= set("0123456789abcdef"):
        raise BrokenFile("changed")
    path = folder / name[:2] / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(".part")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)


def _let_triggers_finish(connection: Connection) -> None:
    """PostgreSQL puts some triggers off to the commit, where they would change what was compared before."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


def _set_sequences(connection: Connection, tables: dict[str, Table]) -> None:
    """PostgreSQL numbers rows by sequences, which know nothing of rows put in with their numbers."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables.values():
        for column in table.primary_key.columns:
            sequence = connection.scalar(
                text("SELECT pg_get_serial_sequence(:table, :column)"),
                {"table": f'"{table.name}"', "column": column.name},
            )
            if sequence:
                highest = connection.scalar(select(func.max(column)))
                connection.execute(
                    text("SELECT setval(:sequence, :value, :called)"),
                    {"sequence": sequence, "value": highest or 1, "called": highest is not None},
                )
