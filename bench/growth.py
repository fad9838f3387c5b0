"""How pages and jobs grow with the number of cases, on either engine: console pages, search, overview, what the worker asks."""

import os
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, insert

from app.migrations import migrate
from app.parts import System, build_system
from app.settings import Settings
from bench.servers import scratch_postgres
from domain.permissions import StaffFacts
from domain.terms import (
    CaseStatus,
    DeadlineKind,
    IdentityClaim,
    InboundStatus,
    ReportKind,
    ReportPart,
    Role,
    RouteRule,
    Source,
    Track,
)  # fmt: skip
from domain.values import new_case_number
from models import Case, CaseDeadline, CaseWord, InboundMessage, Report
from models.sealing import current_keyring
from services.search import digest_of
from services.views import WorklistFilter

SIZES = tuple(int(size) for size in os.environ.get("BENCH_CASES", "1000,100000,1000000").split(","))
_BATCH = 10_000
_REPEATS = 9
_STATUSES = (
    CaseStatus.RECEIVED,
    CaseStatus.ACCEPTED,
    CaseStatus.IN_HANDLING,
    CaseStatus.CONCLUDED,
    CaseStatus.SATISFIED,
)
_CLERK = StaffFacts(1, Role.PETITION, "petition_office")
# Words of statements, and in one of how many cases each stands: common ones, and one that a handful of all cases hold.
_WORDS = (("罚款", 2), ("香烟", 3), ("检查", 5), ("所长", 11), ("加油站", 101), ("锅炉", 997))
_RARE = "测绘仪"
_RARE_CASES = 5


def rows() -> Iterator[tuple[str, float, str]]:
    """Milliseconds of each page at each size, and how the largest compares with the smallest."""
    yield from _of_engine("SQLite", SIZES)
    yield from _of_engine("PostgreSQL", SIZES)


def _of_engine(engine: str, sizes: Sequence[int]) -> Iterator[tuple[str, float, str]]:
    found: dict[tuple[str, int], float] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder, scratch_postgres() as postgres:
            url = f"sqlite:///{folder}/growth.sqlite3" if engine == "SQLite" else postgres
            if not url:
                return
            system = _filled(Path(folder), url, size)
            for name, page in _pages(system):
                page()  # the first one fills caches, as on any day
                found[name, size] = statistics.median(_timed(page) for _ in range(_REPEATS)) * 1000
            system.engine.dispose()
    for name in dict.fromkeys(name for name, _ in found):
        for size in sizes:
            yield f"{engine}: {name} at {size} cases", found[name, size], "ms"
        growth = found[name, sizes[-1]] / found[name, sizes[0]]
        yield f"{engine}: {name}: growth from {sizes[0]} to {sizes[-1]}", growth, ""


def _pages(system: System) -> Iterator[tuple[str, Callable[[], object]]]:
    with system.transact(read_only=True) as services:
        number = services.worklists.page(_CLERK, WorklistFilter()).rows[0].case_number

    def asked(ask: Callable[..., object], *, read_only: bool = False) -> Callable[[], object]:
        def run() -> object:
            # As a page does it: opening a case, and searching, write that it was done.
            with system.transact(read_only=read_only) as services:
                return ask(services)

        return run

    def listed(**wanted: object) -> Callable[[], object]:
        return asked(lambda s: s.worklists.page(_CLERK, WorklistFilter(**wanted)), read_only=True)  # type: ignore[arg-type]

    yield "worklist", listed(open_only=True)
    yield "worklist, satisfied ones", listed(status=CaseStatus.SATISFIED)
    yield "worklist, late ones", listed(due="late")
    yield "worklist, by kind and unit", listed(label="enforcement_payoff", unit="market_regulation")
    yield "worklist, by number", listed(number=number)
    yield "worklist, page 50", listed(page=50)
    yield "case page", asked(lambda s: s.queries.case_page(_CLERK, number))
    yield "overview", asked(lambda s: s.queries.overview(_CLERK), read_only=True)
    yield "pictures", asked(lambda s: s.statistics.pictures(_CLERK))
    yield "worklist, from a month of the trend", asked(lambda s: s.worklists.page(_CLERK, _a_month_ago()))
    yield "lights", asked(lambda s: s.calendar_of_due.lights(_CLERK))
    yield "calendar of a month", asked(lambda s: s.calendar_of_due.month(_CLERK, s.queries.today()))
    yield "wall", asked(lambda s: s.wall.figures())
    yield "search, a common word", asked(lambda s: s.search.find(_CLERK, _WORDS[0][0]))
    yield "search, two common words", asked(lambda s: s.search.find(_CLERK, f"{_WORDS[0][0]} {_WORDS[1][0]}"))
    yield "search, a common and a rare word", asked(lambda s: s.search.find(_CLERK, f"{_WORDS[0][0]} {_RARE}"))
    yield "search, a rare word", asked(lambda s: s.search.find(_CLERK, _RARE))
    yield "search, a word nowhere", asked(lambda s: s.search.find(_CLERK, "潜水艇"))
    yield "metrics", asked(lambda s: s.queries.figures(), read_only=True)
    yield "worker: messages due", asked(lambda s: s.notices.claim_due())
    yield "worker: files due", asked(lambda s: s.attachments.claim_due())
    yield "worker: turns left behind", asked(lambda s: s.conversations.left_behind(timedelta(seconds=10)))
    yield "worker: replies to forget", asked(lambda s: s.conversations.forget_replies())
    yield "worker: deadline sweep", asked(lambda s: list(s.supervision.sweep()))


def _a_month_ago() -> WorklistFilter:
    day = datetime.now(UTC).date() - timedelta(days=30)
    return WorklistFilter(since=day - timedelta(days=29), until=day)


def _timed(page: Callable[[], object]) -> float:
    started = time.perf_counter()
    page()
    return time.perf_counter() - started


def _filled(folder: Path, url: str, size: int) -> System:
    """A database with `size` cases of all kinds, spread over two years, and one push for each."""
    settings = Settings(
        instance=folder, database_url=url, secret_key="x" * 32,
        data_keys="QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=",
    )  # fmt: skip
    system = build_system(settings)
    migrate(system.engine)
    with system.transact() as services:
        services.staff.create(
            username="clerk", display_name="clerk", role=_CLERK.role, body=_CLERK.body, password=secrets.token_hex()
        )
    with system.engine.begin() as connection:
        for low in range(0, size, _BATCH):
            _add_cases(connection, system, range(low + 1, min(size, low + _BATCH) + 1), size)
        _add_words(connection, size)
    with system.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if system.engine.dialect.name == "sqlite" else "VACUUM ANALYZE")
    # What is late is escalated, as it would have been long ago.
    with system.transact() as services:
        list(services.supervision.sweep())
    return system


def _words_of(number: int, size: int) -> list[str]:
    words = [word for word, every in _WORDS if number % every == 0]
    return [*words, _RARE] if number % max(1, size // _RARE_CASES) == 0 else words


def _add_cases(connection: Connection, system: System, numbers: range, size: int) -> None:
    kinds = list(system.parts.taxonomy.kinds)
    units = [key for key in system.parts.directory.units if not key.startswith("t_")]
    bodies = sorted(system.parts.directory.bodies)
    start = datetime.now(UTC) - timedelta(days=730)
    moments = {n: start + timedelta(days=730 * n / size) for n in numbers}
    # Old cases are closed: what is open does not grow with the years.
    is_new = {n: n > size - 1_000 for n in numbers}
    statuses = {n: _STATUSES[n % 5] if is_new[n] else _STATUSES[3 + n % 2] for n in numbers}
    # And of what is open a quarter is late, whenever it came in.
    today = datetime.now(UTC).date()
    due = {n: today + timedelta(days=n % 40 - 10) if is_new[n] else moments[n].date() for n in numbers}
    key = current_keyring().first_id
    connection.execute(
        insert(Case),
        [
            {
                "id": n, "case_number": new_case_number(moments[n].date()) + secrets.token_hex(2),
                "query_code_hash": "-", "source": Source.WECHAT, "track": Track.ACCUSATION,
                "report_kind": ReportKind.ACCUSATION, "status": statuses[n],
                "identity_claim": IdentityClaim.ANONYMOUS, "in_danger": False, "version": 1,
                "label": kinds[n % len(kinds)], "unit": units[n % len(units)],
                "route_rule": RouteRule.DEFAULT_GROUP, "owner": "g_market", "overlays": "",
                "received_at": moments[n], "urging_count": 0, "assigned_body": bodies[n % len(bodies)] if n % 3 else None,
            }
            for n in numbers
        ],
    )  # fmt: skip
    connection.execute(
        insert(Report),
        [
            {
                "case_id": n, "part": ReportPart.ORIGINAL, "source": Source.WECHAT, "words_key": key,
                "statement": "，".join(_words_of(n, size)) or "没有", "received_at": moments[n],
            }
            for n in numbers
        ],
    )  # fmt: skip
    connection.execute(
        insert(CaseDeadline),
        [
            {
                "case_id": n, "kind": DeadlineKind.HANDLING, "counted_from": moments[n].date(),
                "due_on": due[n], "provisional": n % 7 == 0, "basis": "-",
                "met_at": None if statuses[n] in _STATUSES[:3] else moments[n] + timedelta(days=60),
            }
            for n in numbers
        ],
    )  # fmt: skip
    connection.execute(
        insert(InboundMessage),
        [
            {
                "dedupe_key": secrets.token_hex(16), "msg_id": str(n), "msg_type": "text", "create_time": n,
                "received_at": moments[n], "handled_at": moments[n], "status": InboundStatus.HANDLED,
            }
            for n in numbers
        ],
    )  # fmt: skip


def _add_words(connection: Connection, size: int) -> None:
    """In the order of the index, word by word: a tenth of the time that the order of the cases would take."""
    spread = [*_WORDS, (_RARE, max(1, size // _RARE_CASES))]
    for digest, every in sorted((digest_of(word), every) for word, every in spread):
        holders = range(every, size + 1, every)
        for low in range(0, len(holders), _BATCH):
            part = holders[low : low + _BATCH]
            connection.execute(insert(CaseWord), [{"digest": digest, "case_id": n} for n in part])
