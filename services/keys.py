"""Moves what is sealed under an old data key to the one that seals now, some rows at a time, while the system works on."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, ColumnElement, LargeBinary, Table, func, literal, or_, select, type_coerce, update

from domain.terms import CaseEventKind
from models import Attachment, Base, Reporter
from models.sealing import HEAD, SealedBytes, current_keyring
from services.base import SYSTEM, Service

_REPORTER = Reporter.__table__


class Keys(Service):
    """Re-seals. Each call is one short transaction; two may run at once, and a change by others always wins."""

    def waiting(self) -> dict[str, int]:
        """How many rows of which table still lie under an old key; tables with none are left out."""
        counts = {
            table.name: self.session.scalar(select(func.count()).select_from(table).where(_is_old(table))) or 0
            for table in _sealed_tables()
        }
        return {name: count for name, count in counts.items() if count}

    def reseal_rows(self, limit: int = 200) -> int:
        """Re-seals up to `limit` rows. Gives back how many, 0 when there is nothing left.

        Raises SealError when a value cannot be opened with any key.
        """
        for table in _sealed_tables():
            key = table.primary_key.columns
            columns = [type_coerce(column, LargeBinary).label(column.name) for column in _sealed_columns(table)]
            rows = self.session.execute(select(*key, *columns).where(_is_old(table)).limit(limit)).all()
            for row in rows:
                self._reseal_row(table, row._mapping)
            if rows:
                return len(rows)
        return 0

    def reseal_files(self, after: int, limit: int = 50) -> int | None:
        """Re-seals the files of the next attachments. Gives back the id to go on after, None at the end."""
        rows = self.session.execute(
            select(Attachment.id, Attachment.original_name, Attachment.clean_name)
            .where(Attachment.id > after)
            .order_by(Attachment.id)
            .limit(limit)
        ).all()
        for _, *names in rows:
            for name in filter(None, names):
                self.parts.attachments.reseal(name)
        return rows[-1].id if rows else None

    def finish(self) -> None:
        """Seals the end of the journal under the new key too, and puts on record that the keys were changed."""
        self.services.journal.write(CaseEventKind.KEYS_ROTATED, actor=SYSTEM)

    def _reseal_row(self, table: Table, row: Any) -> None:
        ring = current_keyring()
        sealed = {column: row[column.name] for column in _sealed_columns(table) if row[column.name] is not None}
        values: dict[Any, Any] = {
            column: literal(ring.reseal(value, _context(column)), LargeBinary) for column, value in sealed.items()
        }
        if table is _REPORTER and row["openid"] is not None:
            # The digest to find a person by is keyed as well; until now every key was tried.
            openid = ring.open(row["openid"], "reporter.openid").decode()
            values[_REPORTER.c.openid_digest] = ring.digests(openid)[0]
        unchanged = [type_coerce(column, LargeBinary) == value for column, value in sealed.items()]
        key = [column == row[column.name] for column in table.primary_key.columns]
        self.session.execute(update(table).where(*key, *unchanged).values(values))


def _sealed_tables() -> Iterator[Table]:
    return (table for table in Base.metadata.sorted_tables if _sealed_columns(table))


def _sealed_columns(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if isinstance(column.type, SealedBytes)]


def _context(column: Column[Any]) -> str:
    return column.type.context if isinstance(column.type, SealedBytes) else ""


def _is_old(table: Table) -> ColumnElement[bool]:
    """Some value of the row was sealed under another key or suite than those that seal now."""
    start, length = HEAD
    first = literal(current_keyring().first_head, LargeBinary)
    return or_(
        *(func.substr(type_coerce(column, LargeBinary), start, length) != first for column in _sealed_columns(table))
    )
