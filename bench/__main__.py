"""Runs the benchmarks and writes `bench/results.json`."""

import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from bench import classifier, growth, likeness, memory, outbox, stories
from bench.engines import own_postgres, own_redis
from bench.load import Citizen, Echo, Figures, drive
from bench.platform import PASSING
from bench.servers import scratch_postgres, start_echo, start_site
from bench.storm import Storm

Row = tuple[str, float, str]

HERE = Path(__file__).parent
CROWDS = (32, 256)
MESSAGES = 1_024
KILLS = 60


def main() -> None:
    """One table: name, value, unit. Rows come as they are measured, the longest part last."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        shelf = Path(folder) / "classifier"
        rows += classifier.rows(shelf)
        rows += likeness.rows()
        rows += stories.rows(shelf)
        rows += _paths(Path(folder) / "sqlite", shelf, "SQLite", "", f"sqlite:///{folder}/echo.sqlite3")
        with scratch_postgres() as ours, scratch_postgres() as theirs:
            if ours and theirs:
                rows += _paths(Path(folder) / "postgres", shelf, "PostgreSQL", ours, theirs)
        rows += outbox.rows(Path(folder), shelf)
        rows += _storm(Path(folder), shelf)
    rows += growth.rows()
    width = max(len(name) for name, _, _ in rows)
    for name, value, unit in rows:
        print(f"{name:<{width}}  {value:>10.3f} {unit}")
    machine = {"python": platform.python_version(), "cores": os.cpu_count()}
    results = {"machine": machine, "rows": [{"name": n, "value": round(v, 4), "unit": u} for n, v, u in rows]}
    (HERE / "results.json").write_text(json.dumps(results, indent=1), encoding="utf-8")


def _paths(folder: Path, shelf: Path, engine: str, database: str, echo_database: str) -> Iterator[Row]:
    """The whole reporting path beside the bare echo and the echo with one durable insert, in one run."""
    found: dict[tuple[str, int], Figures] = {}
    folder.mkdir(exist_ok=True)
    with start_site(folder, database, shelf) as site:
        yield f"{engine}: make run, second start: command to /readyz", site.ready_seconds, "s"
        yield f"{engine}: first reply after /readyz says ready", Citizen(site).timed_first() * 1000, "ms"
        for people in CROWDS:
            rounds = max(1, MESSAGES // people // 4)
            found["the reporting path", people] = drive([Citizen(site).story for _ in range(people)], rounds)
        for name, megabytes in memory.of(site.pid):
            yield f"{engine}: memory of {name}", megabytes, "MB"
    for name, at in (("bare echo", ""), ("echo with an insert", echo_database)):
        with start_echo(at) as echo:
            for people in CROWDS:
                rounds = max(1, MESSAGES // people // 8)
                found[name, people] = drive([Echo(echo).messages for _ in range(people)], rounds)
    for (name, people), figures in found.items():
        label = f"{engine}: {name}, {people} people"
        yield f"{label}: messages a second", figures.rate, "1/s"
        yield f"{label}: p50", statistics.median(figures.seconds) * 1000, "ms"
        yield f"{label}: p99", figures.quantile(0.99) * 1000, "ms"
        yield f"{label}: worst", max(figures.seconds) * 1000, "ms"
    for people in CROWDS:
        ours = found["the reporting path", people].rate
        for name in ("bare echo", "echo with an insert"):
            yield f"{engine}: our rate to that of the {name}, {people} people", ours / found[name, people].rate, ""


def _storm(folder: Path, shelf: Path) -> Iterator[Row]:
    """The crash tests, longer than in the suite; on PostgreSQL the database itself is stopped and started too."""
    yield from _weathered("SQLite", Storm(folder / "storm", f"sqlite:///{folder}/storm.sqlite3", shelf))
    with own_postgres() as postgres, own_redis() as redis:
        if postgres is None or redis is None:
            return
        strikes = count(1)

        def strike() -> None:
            if next(strikes) % 8 == 0:
                postgres.stop()
                time.sleep(1)
                postgres.start()

        storm = Storm(folder / "storm-postgres", postgres.url, shelf, redis.url, fails=PASSING)
        yield from _weathered("PostgreSQL", storm, strike)


def _weathered(engine: str, storm: Storm, strike: Callable[[], object] | None = None) -> Iterator[Row]:
    try:
        aftermath = storm.run(citizens=20, kills=KILLS, strike=strike)
    finally:
        storm.stop()
    yield f"{engine}: storm: kills", float(aftermath.kills), ""
    yield f"{engine}: storm: reports lodged meanwhile", float(aftermath.stories), ""
    yield f"{engine}: storm: things lost, doubled or stuck", float(len(aftermath.damage)), ""


if __name__ == "__main__":
    main()
