"""Runs the benchmarks and writes `bench/results.json`."""

import json
import os
import platform
import statistics
import tempfile
from pathlib import Path

from bench import classifier, likeness
from bench.load import Citizen, Echo, drive
from bench.servers import start_echo, start_site

HERE = Path(__file__).parent
PEOPLE, STORIES = 8, 6


def main() -> None:
    """One table: name, value, unit."""
    rows: list[tuple[str, float, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        rows += classifier.rows(Path(folder) / "classifier")
        rows += likeness.rows()
        with start_site(Path(folder)) as site:
            rows.append(("make run, second start: command to ready", site.ready_seconds, "s"))
            first = Citizen(site).timed_follow()
            rows.append(("first message after start", first * 1000, "ms"))
            rows.append(("command to first reply", site.ready_seconds + first, "s"))
            path = drive([Citizen(site).story for _ in range(PEOPLE)], STORIES)
        with start_echo() as echo:
            bare = drive([Echo(echo).messages for _ in range(PEOPLE)], STORIES)
    for name, figures in (("whole reporting path", path), ("bare Flask + wechatpy echo", bare)):
        rows.append((f"{name}: messages a second", len(figures.seconds) / figures.elapsed, "1/s"))
        rows.append((f"{name}: p50", statistics.median(figures.seconds) * 1000, "ms"))
        rows.append((f"{name}: p99", figures.quantile(0.99) * 1000, "ms"))
    rows.append(
        (
            "ratio of rates, ours to the echo",
            (len(path.seconds) / path.elapsed) / (len(bare.seconds) / bare.elapsed),
            "",
        )
    )
    rows.append(("ratio of p99, ours to the echo", path.quantile(0.99) / bare.quantile(0.99), ""))
    rows.append(("cases lodged", float(path.lodged), ""))
    width = max(len(name) for name, _, _ in rows)
    for name, value, unit in rows:
        print(f"{name:<{width}}  {value:>10.3f} {unit}")
    machine = {"python": platform.python_version(), "cores": os.cpu_count()}
    results = {"machine": machine, "rows": [{"name": n, "value": round(v, 4), "unit": u} for n, v, u in rows]}
    (HERE / "results.json").write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
