"""Commands of whoever keeps the records: the journal's chain, backups, keys (contract, section 5)."""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from app.backup import CannotRestore, check_backup, make_backup, restore_backup
from app.cli_answers import emit, plainly
from app.parts import System
from app.sealed_file import BrokenFile
from domain.errors import Conflict
from domain.terms import RecordKind
from models.sealing import SealError
from outbox.indexing import index_reports
from services.journal import Anchor

P = ParamSpec("P")


def add_keeping_commands(app: Flask, system: System) -> None:
    """Adds `flask journal`, `flask backup`, `flask restore` and `flask keys`."""
    _add_backup_commands(app, system)
    _add_key_commands(app, system)
    _add_retention_commands(app, system)
    journal = AppGroup("journal", help="The tamper-evident journal.")

    @journal.command("verify")
    @click.option(
        "--anchors",
        "held",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="File of lines that `flask journal anchor` printed earlier; each must still fit.",
    )
    @plainly
    def verify(held: Path | None) -> None:
        """Walks the chain from its first line; exit 1 and the first broken entry if one was changed."""
        anchors = _read_anchors(held) if held else []
        with system.transact(read_only=True) as services:
            found = services.journal.verify(anchors)
        answer = {"ok": found.broken is None, "entries": found.entries, "anchors": found.anchors, "head": found.head}
        if found.broken is not None:
            answer |= {"broken": found.broken, "position": found.position, "event_id": found.event_id}
        emit(answer)
        sys.exit(0 if found.broken is None else 1)

    @journal.command("anchor")
    @plainly
    def anchor() -> None:
        """Today's signed line, to print or to send out of the house."""
        with system.transact() as services:
            click.echo(services.journal.anchor().line)

    app.cli.add_command(journal)


def _add_backup_commands(app: Flask, system: System) -> None:
    attachments = system.settings.instance / "attachments"

    @app.cli.command("backup")
    @click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
    @_mendable
    @plainly
    def backup(file: Path) -> None:
        """Writes one encrypted file with database and attachments; the system may go on working meanwhile."""
        contents = make_backup(system.engine, attachments, file, system.parts.clock())
        emit({"backup": "made and read back", **contents.as_json()})

    @app.cli.command("restore")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--check", is_flag=True, help="Only read the file to its end, restore nothing.")
    @_mendable
    @plainly
    def restore(file: Path, check: bool) -> None:
        """Fills an empty instance from a backup, and compares what was restored with what was backed up."""
        if check:
            emit({"backup": "whole", **check_backup(file).as_json()})
            return
        contents = restore_backup(system.engine, attachments, file)
        with system.transact(read_only=True) as services:
            journal = services.journal.verify()
        emit({"restored": "compared, the same", **contents.as_json(), "journal_ok": journal.broken is None})


def _add_key_commands(app: Flask, system: System) -> None:
    keys = AppGroup("keys", help="Data keys (QIAOMEN_DATA_KEYS).")

    @keys.command("status")
    @plainly
    def status() -> None:
        """How many rows still lie under an old key."""
        with system.transact(read_only=True) as services:
            emit({"waiting": services.keys.waiting()})

    @keys.command("rotate")
    @_mendable
    @plainly
    def rotate() -> None:
        """Re-seals everything under the first key, in short steps, while the system works on. Can be repeated."""
        rows = 0
        while True:
            with system.transact() as services:
                done = services.keys.reseal_rows()
            rows += done
            if not done:
                break
        after: int | None = 0
        while after is not None:
            with system.transact(read_only=True) as services:
                after = services.keys.reseal_files(after)
        indexed, done = 0, 1
        while done:
            done = index_reports(system.transact)
            indexed += done
        with system.transact() as services:
            services.keys.finish()
        emit({"resealed_rows": rows, "reports_indexed_anew": indexed})

    app.cli.add_command(keys)


def _add_retention_commands(app: Flask, system: System) -> None:
    retention = AppGroup("retention", help="Records that were kept long enough (data/retention.yaml).")

    @retention.command("preview")
    @plainly
    def preview() -> None:
        """What may be destroyed, one line a kind; destroys nothing."""
        with system.transact(read_only=True) as services:
            found = services.retention.preview()
        for expired in found:
            emit(
                {
                    "kind": expired.rule.kind,
                    "kept_days": expired.rule.kept.days,
                    "basis": expired.rule.basis,
                    "records": len(expired.ids),
                    "records_in_all": expired.total,
                    "oldest": expired.oldest.isoformat() if expired.oldest else None,
                    "token": expired.token if expired.ids else None,
                }
            )

    @retention.command("destroy")
    @click.argument("kind", type=click.Choice([kind.value for kind in RecordKind]))
    @click.option("--token", required=True, help="From the preview; stands for exactly the list that was shown.")
    @click.option("--asked-by", required=True, help="Who decided it; goes into the certificate.")
    @plainly
    def destroy(kind: str, token: str, asked_by: str) -> None:
        """Destroys the previewed records of one kind and prints the certificate, which the journal keeps."""
        try:
            with system.transact() as services:
                made = services.retention.destroy(RecordKind(kind), token, asked_by)
        except Conflict as error:
            raise click.ClickException("the list is another one by now: run `flask retention preview` again") from error
        emit(
            {
                "destroyed": made.kind,
                "records": made.records,
                "kept_days": made.kept_days,
                "basis": made.basis,
                "digest": made.digest,
                "asked_by": made.asked_by,
                "destroyed_at": made.destroyed_at.isoformat(),
            }
        )

    app.cli.add_command(retention)


_BROKEN = {
    "not_a_backup": "this file was not written by `flask backup`",
    "cut_off": "the backup is not whole: it ends too early; take another one",
    "changed": "the backup was changed or damaged; take another one",
    "other_keys": "the backup does not open: QIAOMEN_DATA_KEYS must hold the keys of the system it was made on",
    "differs_after_restore": "what was restored differs from what was backed up; nothing was kept",
}


def _mendable(command: Callable[P, None]) -> Callable[P, None]:
    """Says in one line what an operator can mend about a backup."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except BrokenFile as error:
            raise click.ClickException(_BROKEN[str(error)]) from error
        except SealError as error:
            raise click.ClickException(f"{error}; nothing more was changed, what is done stays done") from error
        except CannotRestore as error:
            raise click.ClickException(
                f"the database is not empty (table {error}); restore into a new one, nothing was changed"
            ) from error
        except SQLAlchemyError as error:
            raise click.ClickException(f"the database cannot be used ({type(error).__name__})") from error
        except OSError as error:
            raise click.ClickException(f"the file cannot be used: {error.strerror}") from error

    return run


def _read_anchors(path: Path) -> list[Anchor]:
    anchors = []
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        if not line.strip():
            continue
        anchor = Anchor.from_line(line)
        if anchor is None:
            raise click.ClickException(f"line {number} of {path} is no anchor")
        anchors.append(anchor)
    return anchors
