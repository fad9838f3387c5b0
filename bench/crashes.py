"""The crash tests, longer than in the suite; on PostgreSQL the database itself is stopped and started too."""

import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from bench.engines import own_postgres, own_redis
from bench.platform import PASSING
from bench.storm import Storm

Row = tuple[str, float, str]
_KILLS = 60


def rows(folder: Path, shelf: Path) -> Iterator[Row]:
    """What was lost, on both engines. `shelf` holds a trained classifier."""
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
        aftermath = storm.run(citizens=20, kills=_KILLS, strike=strike)
    finally:
        storm.stop()
    yield f"{engine}: storm: kills", float(aftermath.kills), ""
    yield f"{engine}: storm: reports lodged meanwhile", float(aftermath.stories), ""
    yield f"{engine}: storm: things lost, doubled or stuck", float(len(aftermath.damage)), ""
