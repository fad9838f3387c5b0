"""Commands for machines and operators: JSON Lines in and out, as `contract` section 5 of the README lists them."""

import json
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup

from app import demo
from app.cli_answers import emit, emit_all, plainly, suggestion_as_json
from app.cli_keeping import add_keeping_commands
from app.in_use import keep_current
from app.parts import System
from app.training import train_if_needed
from domain.terms import Role
from domain.times import SHANGHAI, local_day
from services.suggestions import Suggestions

_MAX_LINE = 200_000


def add_commands(app: Flask, system: System) -> None:
    """Adds all commands to the `flask` program of this application."""
    _add_machine_commands(app, system)
    _add_worker_commands(app, system)
    _add_operator_commands(app, system)


def _add_machine_commands(app: Flask, system: System) -> None:
    @app.cli.command("suggest")
    @plainly
    def suggest() -> None:
        """Suggestions for messages on standard input, one JSON object a line."""
        if system.settings.is_demo:
            train_if_needed(system.settings.shelf)
        system.in_force.look()
        failed = False
        for answer in _suggestions(sys.stdin.buffer, Suggestions(system.parts)):
            failed = failed or "error" in answer
            emit(answer)
        sys.exit(1 if failed else 0)

    @app.cli.command("inbound")
    @plainly
    def inbound() -> None:
        """Every stored push."""
        with system.transact(read_only=True) as services:
            emit_all(services.queries.inbound())

    @app.cli.command("ledger")
    @click.option("--since", type=click.DateTime(["%Y-%m-%d"]), callback=_of_our_time)
    @click.option("--until", type=click.DateTime(["%Y-%m-%d"]), callback=_of_our_time)
    @plainly
    def ledger(since: datetime | None, until: datetime | None) -> None:
        """Every case; days of the county, both inclusive."""
        with system.transact(read_only=True) as services:
            emit_all(services.queries.ledger(since.date() if since else None, until.date() if until else None))

    deadlines = AppGroup("deadlines", help="Due dates.")

    @deadlines.command("sweep")
    @click.option("--now", "moment", help="ISO date or moment to look from; now by default.")
    @plainly
    def sweep(moment: str | None) -> None:
        """Urges what is due soon, escalates what is late."""
        with system.transact() as services:
            for done in services.supervision.sweep(_day(moment)):
                emit(
                    {
                        "case_number": done.case_number, "deadline": done.kind.value, "due_on": done.due_on.isoformat(),
                        "body": done.body, "action": done.action, "provisional": done.provisional,
                    }
                )  # fmt: skip

    @deadlines.command("recompute")
    @plainly
    def recompute() -> None:
        """Fixes provisional dates after a year's make-up days were entered in data/calendar.yaml."""
        with system.transact() as services:
            emit({"recomputed": services.supervision.recompute()})

    app.cli.add_command(deadlines)


def _add_worker_commands(app: Flask, system: System) -> None:
    outbox = AppGroup("outbox", help="Outgoing messages.")

    @outbox.command("run")
    @click.option("--once", is_flag=True, help="One round instead of running on.")
    @plainly
    def run(once: bool) -> None:
        """Delivers what waits, fetches media, runs periodic jobs. With --once exit code 1 if something in it failed."""
        from app.factory import make_worker

        worker = make_worker(system)
        if once:
            emit({"done": worker.run_once(), "failed": sorted(worker.failed)})
            sys.exit(1 if worker.failed else 0)
        stop = threading.Event()
        keep_current(lambda: system.parts.suggester, stop)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        worker.run(stop)

    app.cli.add_command(outbox)


def _add_operator_commands(app: Flask, system: System) -> None:
    app.cli.add_command(_ClassifierCommands(system))
    add_keeping_commands(app, system)

    staff = AppGroup("staff", help="Console accounts.")

    @staff.command("create")
    @click.argument("username")
    @click.option("--name", required=True, help="Shown in the console and the journal.")
    @click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
    @click.option("--body", help="Group, office or township key this account acts for.")
    @click.option(
        "--password", help="Better left out: it is asked for, or read from standard input where nobody types."
    )
    @plainly
    def create(username: str, name: str, role: str, body: str | None, password: str | None) -> None:
        """A new account."""
        if password is None and sys.stdin.isatty():
            password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        elif password is None:
            password = sys.stdin.readline().rstrip("\n")
        with system.transact() as services:
            staff_id = services.staff.create(
                username=username, display_name=name, role=Role(role), body=body, password=password
            )
        emit({"id": staff_id, "username": username})

    app.cli.add_command(staff)

    demo_group = AppGroup("demo", help="The demo county.")

    @demo_group.command("fill")
    @plainly
    def fill() -> None:
        """Fills an empty database with accounts and invented cases; refused in production."""
        if not system.settings.is_demo:
            raise click.ClickException("only in demo mode")
        made = demo.fill(system)
        if made:
            click.echo(f"demo county: {made} cases")

    app.cli.add_command(demo_group)


class _ClassifierCommands(AppGroup):
    """`flask classifier ...`, made when it is asked for: what trains and measures takes a second to load, and a web process never does."""

    def __init__(self, system: System) -> None:
        super().__init__("classifier", help="Training and figures.")
        self._system = system

    def list_commands(self, ctx: click.Context) -> list[str]:
        self._make()
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        self._make()
        return super().get_command(ctx, cmd_name)

    def _make(self) -> None:
        if not self.commands:
            from app.cli_classifier import add_classifier_commands

            add_classifier_commands(self, self._system)


def _suggestions(lines: Iterable[bytes], suggestions: Suggestions) -> Iterator[dict[str, Any]]:
    """One answer a line of input; a line that cannot be read is answered with its error, the rest go on."""
    for line in lines:
        if not line.strip():
            continue
        message_id: Any = None
        try:
            if len(line) > _MAX_LINE:
                raise ValueError("too_long")
            message = json.loads(line)
            message_id = message.get("id")
            if not isinstance(message.get("text"), str):
                raise ValueError("text_missing")
        except (ValueError, AttributeError, RecursionError) as error:
            known = str(error) in {"too_long", "text_missing"}
            yield {"id": message_id, "error": str(error) if known else "invalid_json"}
            continue
        yield {
            "id": message_id,
            **suggestion_as_json(suggestions.advise(message["text"]), suggestions),
        }


def _day(moment: str | None) -> date | None:
    if moment is None:
        return None
    try:
        parsed = datetime.fromisoformat(moment)
        if not _is_of_our_time(parsed):
            raise ValueError(moment)
    except ValueError as error:
        raise click.BadParameter("an ISO date or moment, for example 2026-11-23T09:00:00+08:00") from error
    return local_day(parsed if parsed.tzinfo else parsed.replace(tzinfo=SHANGHAI))


def _of_our_time(_context: click.Context, _parameter: click.Parameter, value: datetime | None) -> datetime | None:
    if value is not None and not _is_of_our_time(value):
        raise click.BadParameter("a day between 2000 and 2999")
    return value


def _is_of_our_time(moment: datetime) -> bool:
    """Days and hours are added to it: at the ends of the calendar there would be none."""
    return 2000 <= moment.year <= 2999
