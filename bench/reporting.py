"""The whole reporting path beside the bare echo and the echo with one durable insert, in one run, on both engines."""

import os
import statistics
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bench import processes
from bench.load import Citizen, Echo, Figures, Person, drive
from bench.servers import Running, scratch_postgres, start_echo, start_site

Row = tuple[str, float, str]

_CROWDS = tuple(int(people) for people in os.environ.get("BENCH_CROWDS", "32,256").split(","))
_MESSAGES = int(os.environ.get("BENCH_MESSAGES", "2048"))  # of each crowd
_OURS, _ECHOES = "the reporting path", ("bare echo", "echo with an insert")


def rows(folder: Path, shelf: Path) -> Iterator[Row]:
    """Rates, waiting times, processor time, memory and the first reply. `shelf` holds a trained classifier."""
    yield from _of_engine(folder / "sqlite", shelf, "SQLite", "", f"sqlite:///{folder}/echo.sqlite3")
    with scratch_postgres() as ours, scratch_postgres() as theirs:
        if ours and theirs:
            yield from _of_engine(folder / "postgres", shelf, "PostgreSQL", ours, theirs)


def _of_engine(folder: Path, shelf: Path, engine: str, database: str, echo_database: str) -> Iterator[Row]:
    found: dict[tuple[str, int], Figures] = {}
    yield f"{engine}: load of the machine before", os.getloadavg()[0], ""
    with start_site(folder, database, shelf) as site:
        yield f"{engine}: make run, second start: command to /readyz", site.ready_seconds, "s"
        yield f"{engine}: first reply after /readyz says ready", Citizen(site).timed_first() * 1000, "ms"
        for people in _CROWDS:
            found[_OURS, people] = _measured(site, database, [Citizen(site).story for _ in range(people)])
        for name, megabytes in processes.memory(site.pid):
            yield f"{engine}: memory of {name}", megabytes, "MB"
    for name, at in zip(_ECHOES, ("", echo_database), strict=True):
        with start_echo(at) as echo:
            for people in _CROWDS:
                found[name, people] = _measured(echo, at, [Echo(echo).messages for _ in range(people)])
    for (name, people), figures in found.items():
        label = f"{engine}: {name}, {people} people"
        yield f"{label}: messages a second", figures.rate, "1/s"
        yield f"{label}: p50", statistics.median(figures.seconds) * 1000, "ms"
        yield f"{label}: p99", figures.quantile(0.99) * 1000, "ms"
        yield f"{label}: worst", max(figures.seconds) * 1000, "ms"
        yield f"{label}: processor of web and database a message", figures.processor_ms, "ms"
    for people in _CROWDS:
        ours = found[_OURS, people]
        for name in _ECHOES:
            theirs, label = found[name, people], f"{engine}: {people} people"
            yield f"{label}: our rate to that of the {name}", ours.rate / theirs.rate, ""
            yield f"{label}: processor of the {name} to ours", theirs.processor_ms / ours.processor_ms, ""
    yield f"{engine}: load of the machine after", os.getloadavg()[0], ""


def _measured(server: Running, database: str, people: Sequence[Callable[[], Person]]) -> Figures:
    """A crowd, with what the web processes and the database behind them worked meanwhile."""
    with processes.counted(server.pid, database) as spent:
        figures = drive(people, max(1, _MESSAGES // len(people) // Citizen.MESSAGES_OF_A_STORY))
    figures.processor = spent()
    return figures
