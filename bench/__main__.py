"""Runs the benchmarks, all or those named, prints one table and writes `bench/results.json`."""

import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from app.training import train_if_needed
from bench import classifier, crashes, growth, kinds_of_message, likeness, outbox, reporting, stories

Row = tuple[str, float, str]

RESULTS = Path(__file__).parent / "results.json"
# What each part needs is a folder of its own and a trained classifier. The longest part comes last.
PARTS: dict[str, Callable[[Path, Path], Iterator[Row]]] = {
    "classifier": lambda _folder, shelf: classifier.rows(shelf),
    "likeness": lambda _folder, _shelf: likeness.rows(),
    "stories": lambda _folder, shelf: stories.rows(shelf),
    "messages": kinds_of_message.rows,
    "reporting": reporting.rows,
    "outbox": outbox.rows,
    "storm": crashes.rows,
    "growth": lambda _folder, shelf: growth.rows(shelf),
}


def main(parts: list[str]) -> int:
    """Rows are printed as they are measured, and written after each part: what takes long may be stopped."""
    unknown = set(parts) - PARTS.keys()
    if unknown:
        print(f"no such part: {' '.join(sorted(unknown))}; there are {' '.join(PARTS)}", file=sys.stderr)
        return 2
    measured: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        shelf = Path(folder) / "shelf"
        train_if_needed(shelf)
        for part in parts or PARTS:
            own = Path(folder) / part
            own.mkdir()
            for name, value, unit in PARTS[part](own, shelf):
                print(f"{name:<78}  {value:>10.3f} {unit}", flush=True)
                measured.append((name, value, unit))
            _write(measured)
    return 0


def _write(rows: list[Row]) -> None:
    machine = {"python": platform.python_version(), "cores": os.cpu_count()}
    results = {"machine": machine, "rows": [{"name": n, "value": round(v, 4), "unit": u} for n, v, u in rows]}
    RESULTS.write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
