"""How pages and jobs grow with the number of cases, on either engine: lists, case page, search, pictures, what the worker asks.

All sizes stand side by side and are asked in turn, so that what else the machine does meets each alike.
"""

import argparse
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from app.migrations import migrate
from app.parts import System, build_system
from app.reference import load_directory
from app.settings import Settings
from bench.console import LOOKED_FOR, answers
from bench.county import COMMON, COPIED, fill, openid_of
from bench.engines import own_postgres
from classifier import load
from domain.errors import InvalidInput
from domain.permissions import StaffFacts
from domain.terms import (
    CaseStatus,
    InboundStatus,
    Role,
    Satisfaction,
    Source,
    WorklistSort,
    WorklistView,
)
from domain.worklist_views import VIEWS_OF_ROLE
from outbox.indexing import index_reports
from services import Services
from services.conversations import Push
from services.intake import NewReport
from services.views import WorklistFilter

Row = tuple[str, float, str]
Step = Callable[[], object]

SIZES = tuple(int(size) for size in os.environ.get("BENCH_CASES", "1000,100000,1000000").split(","))
_REPEATS = 5
_CLERK = StaffFacts(1, Role.PETITION, "petition_office")
_LEADER = StaffFacts(2, Role.LEADER, None)
_GROUP = StaffFacts(3, Role.GROUP, "g_market")
_CLUE = StaffFacts(4, Role.CLUE, "clue_office")


@dataclass(frozen=True, slots=True)
class Page:
    """What is timed, and what must be done before each time."""

    name: str
    run: Step
    before: Step = lambda: None


def rows(shelf: Path) -> Iterator[Row]:
    """Milliseconds of each page at each size, and how the largest compares with the smallest. `shelf`: the classifier."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _rows_of("SQLite", filled_sqlite(Path(folder), shelf, SIZES), SIZES)
    with own_postgres() as cluster, tempfile.TemporaryDirectory() as folder:
        if cluster is not None:
            yield from _rows_of("PostgreSQL", filled_postgres(Path(folder), shelf, cluster.url, SIZES), SIZES)


def _rows_of(engine: str, systems: Sequence[System], sizes: Sequence[int]) -> Iterator[Row]:
    for name, found in measured(systems):
        for size, milliseconds in zip(sizes, found, strict=True):
            yield f"{engine}: {name} at {size} cases", milliseconds, "ms"
        yield f"{engine}: {name}: growth from {sizes[0]} to {sizes[-1]}", found[-1] / found[0], ""


def filled_sqlite(folder: Path, shelf: Path, sizes: Sequence[int]) -> list[System]:
    """A file for each size; one that is there already is taken as it is."""
    return [_filled(folder / str(n), shelf, f"sqlite:///{folder / str(n)}/growth.sqlite3", n) for n in sizes]


def filled_postgres(folder: Path, shelf: Path, server: str, sizes: Sequence[int]) -> list[System]:
    """A database for each size; one that is there already is taken as it is."""
    systems = []
    for size in sizes:
        url = make_url(server).set(database=f"growth_{size}").render_as_string(hide_password=False)
        admin = create_engine(server, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            if not connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :n"), {"n": f"growth_{size}"}):
                connection.execute(text(f'CREATE DATABASE "growth_{size}"'))
                # One process for each query, so that its time can be told.
                connection.execute(text(f'ALTER DATABASE "growth_{size}" SET max_parallel_workers_per_gather = 0'))
        admin.dispose()
        systems.append(_filled(folder / f"postgres-{size}", shelf, url, size))
    return systems


def settings_for(instance: Path, url: str) -> Settings:
    """Those of a county in which an account signs in with its password alone, as the pages over HTTP are asked."""
    return Settings(
        instance=instance, database_url=url, secret_key="x" * 32,
        data_keys="QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=", mode="demo", wechat_token="t", wechat_app_id="wx1",
        wechat_app_secret="s", wechat_account="gh_1", wechat_api_base_url="http://127.0.0.1:1/none",
    )  # fmt: skip


def _filled(instance: Path, shelf: Path, url: str, size: int) -> System:
    instance.mkdir(parents=True, exist_ok=True)
    system = build_system(settings_for(instance, url), suggester=load(shelf, load_directory()))
    migrate(system.engine)
    with system.engine.connect() as connection:
        is_there = connection.scalar(text('SELECT 1 FROM "case" LIMIT 1'))
    if not is_there:
        fill(system.engine, system.parts, size)
        if (
            system.engine.dialect.name == "postgresql"
        ):  # as its autovacuum does; SQLite has no statistics here (performance.md)
            with system.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")
    return system


def measured(systems: Sequence[System], only: str = "") -> Iterator[tuple[str, list[float]]]:
    """The best of some rounds of each page, in milliseconds of the processor, for each system.

    The processor's time, ours and that of the database, because machines are shared. `only`: pages whose name fits it.
    """
    clocks = [_Clock(system) for system in systems]
    for of_all in zip(*map(pages, systems), strict=True):
        if not re.search(only, of_all[0].name):
            continue
        best = [float("inf")] * len(of_all)
        for round_ in range(_REPEATS + 1):
            for place, (page, clock) in enumerate(zip(of_all, clocks, strict=True)):
                page.before()
                started = clock()
                page.run()
                if round_:  # the first one fills caches, as on any day
                    best[place] = min(best[place], (clock() - started) * 1000)
        yield of_all[0].name, best


class _Clock:
    """Seconds that the processor spent for one system: in this process, and in its one connection's server."""

    def __init__(self, system: System) -> None:
        self._server: Path | None = None
        if system.engine.dialect.name == "postgresql":
            system.engine.dispose()
            with system.engine.connect() as connection:
                pid = connection.scalar(text("SELECT pg_backend_pid()"))
            self._server = Path(f"/proc/{pid}/schedstat")

    def __call__(self) -> float:
        theirs = int(self._server.read_text(encoding="ascii").split()[0]) / 1e9 if self._server else 0.0
        return time.process_time() + theirs


# ── pages ────────────────────────────────────────────────────────────────────────────────────────
def pages(system: System) -> Iterator[Page]:
    ask = _Asker(system)
    yield from _lists(ask)
    yield from _case_pages(ask)
    yield from _searches(ask)
    yield from _pictures(ask)
    yield from _supervision(ask)
    yield from _paper(ask)
    yield from _worker(ask)
    yield from _messages(ask)
    yield from (Page(f"answered: {name}", step) for name, step in answers(system))


class _Asker:
    """Asks as a page does: in one transaction, which reads only where the page only reads."""

    def __init__(self, system: System) -> None:
        self.system = system

    def __call__(self, ask: Callable[[Services], object], *, writes: bool = False) -> Step:
        def run() -> object:
            with self.system.transact(read_only=not writes) as services:
                return ask(services)

        return run

    def listed(self, staff: StaffFacts = _CLERK, **wanted: object) -> Step:
        return self(lambda s: s.worklists.page(staff, WorklistFilter(**wanted)))  # type: ignore[arg-type]


def _lists(ask: _Asker) -> Iterator[Page]:
    day = datetime.now(UTC).date()
    year = timedelta(days=365)
    with ask.system.transact(read_only=True) as services:
        number = services.worklists.page(_CLERK, WorklistFilter()).rows[0].case_number
    yield Page("worklist, in hand", ask.listed(open_only=True))
    yield Page("worklist, everything", ask.listed())
    yield Page("worklist, satisfied", ask.listed(status=CaseStatus.SATISFIED))
    yield Page("worklist, late", ask.listed(due="late"))
    yield Page("worklist, kind and unit", ask.listed(label="enforcement_payoff", unit="market_regulation"))
    yield Page("worklist, of a body", ask.listed(body="g_market"))
    yield Page("worklist, that nobody has", ask.listed(body="-"))
    yield Page("worklist, of an aspect", ask.listed(aspect="enforcement"))
    yield Page("worklist, without a kind", ask.listed(label="-"))
    yield Page("worklist, service requests", ask.listed(track="service_request"))
    yield Page("worklist, by number", ask.listed(number=number))
    yield Page("worklist, by part of a number", ask.listed(number=number[-4:]))
    yield Page("worklist, page 50", ask.listed(page=50))
    yield Page("worklist, last page", ask.listed(page=10**6))
    for sort in WorklistSort:
        yield Page(f"worklist, sorted: {sort}", ask.listed(sort=sort))
    for role, staff in ((Role.PETITION, _CLERK), (Role.CLUE, _CLUE), (Role.GROUP, _GROUP), (Role.LEADER, _LEADER)):
        yield Page(f"worklist of {role}", ask.listed(staff))
    for view in WorklistView:
        yield Page(f"view: {view}", ask.listed(_LEADER if view in VIEWS_OF_ROLE[Role.LEADER] else _CLERK, view=view))
    yield Page("from a picture: a month", ask.listed(since=day - 3 * year, until=day - 3 * year + timedelta(days=29)))
    yield Page("from a picture: concluded in a month", ask.listed(concluded_since=day - year, concluded_until=day))
    yield Page("from a picture: source", ask.listed(source=Source.VISIT))
    yield Page("from a picture: satisfaction", ask.listed(satisfaction=Satisfaction.FAIR))
    yield Page("from a picture: answered within", ask.listed(named=True, answered_in=(0, 5)))
    yield Page("from a picture: told within", ask.listed(named=False, told_in=(16, 20)))
    yield Page("units complained of", ask(lambda s: s.worklists.by_unit(_CLERK, only_open=False)))
    yield Page("counts of one's saved views", ask(_own_counts))


def _own_counts(services: Services) -> object:
    wanted = (
        WorklistFilter(label="enforcement_payoff"),
        WorklistFilter(open_only=True, unit="market_regulation"),
        WorklistFilter(due="late"),
    )
    return services.saved_views.of(_CLERK), [services.worklists.total(_CLERK, filter_) for filter_ in wanted]


def _case_pages(ask: _Asker) -> Iterator[Page]:
    with ask.system.transact(read_only=True) as services:
        newest = services.worklists.page(_CLERK, WorklistFilter(sort=WorklistSort.NEWEST)).rows[0].case_number
        old = services.worklists.page(_CLERK, WorklistFilter(status=CaseStatus.FED_BACK, sort=WorklistSort.WAITING))
    for name, number in (("newest", newest), ("an old one", old.rows[0].case_number)):
        yield Page(f"case page, {name}", ask(lambda s, n=number: s.queries.case_page(_CLERK, n), writes=True))  # type: ignore[misc]
        yield Page(
            f"how it is pressed, {name}",
            ask(lambda s, n=number: s.supervision_letters.of_case(_LEADER, n)),  # type: ignore[misc]
        )


def _searches(ask: _Asker) -> Iterator[Page]:
    for name, words in (
        ("a common word", "罚款"), ("two common words", LOOKED_FOR), ("common and rare", "罚款 测绘"),
        ("a rare word", "测绘"), ("a word nowhere", "潜水艇"), ("a phrase", "收三百块卫生费不开票"),
    ):  # fmt: skip
        yield Page(f"search, {name}", ask(lambda s, w=words: s.search.find(_CLERK, w), writes=True))  # type: ignore[misc]


def _pictures(ask: _Asker) -> Iterator[Page]:
    yield Page("overview", ask(_overview))
    for role, staff in (("petition", _CLERK), ("leader", _LEADER), ("group", _GROUP)):
        yield Page(f"pictures of {role}", ask(lambda s, of=staff: s.statistics.pictures(of)))  # type: ignore[misc]
    # These grow with the cases of their days, of each of which ten signs are read.
    for name, days in (("a month", 30), ("a year", 365)):
        yield Page(f"pictures of {name}", ask(partial(_pictures_of, days=days)))


def _pictures_of(services: Services, days: int) -> object:
    since = services.statistics.today() - timedelta(days=days)
    return services.statistics.pictures(_LEADER, WorklistFilter(since=since))


def _overview(services: Services) -> object:
    return (
        services.queries.overview(_LEADER),
        services.calendar_of_due.lights(_LEADER),
        services.supervision_letters.waiting(_LEADER),
    )


def _supervision(ask: _Asker) -> Iterator[Page]:
    yield Page("supervision page", ask(_supervision_page))
    yield Page("lights of a group", ask(lambda s: s.calendar_of_due.lights(_GROUP)))
    yield Page("wall", ask(lambda s: s.wall.figures()))
    yield Page("metrics", ask(lambda s: s.queries.figures()))


def _supervision_page(services: Services) -> object:
    due = services.calendar_of_due
    return (
        due.lights(_LEADER),
        services.supervision_letters.waiting(_LEADER),
        due.month(_LEADER, due.today()),
        due.on(_LEADER, due.today()),
    )


def _paper(ask: _Asker) -> Iterator[Page]:
    month = datetime.now(UTC).date() - timedelta(days=30)
    wanted = WorklistFilter(status=CaseStatus.FED_BACK)
    small = WorklistFilter(status=CaseStatus.IN_HANDLING)
    yield Page("export, whether it is too long", ask(lambda s: _refused(s, wanted)))
    yield Page("export, what is in handling", ask(lambda s: list(s.ledgers.rows(_CLERK, small))))
    yield Page("report of a month", ask(lambda s: s.letters.month(_LEADER, month)))


def _refused(services: Services, wanted: WorklistFilter) -> object:
    try:
        return services.ledgers.count(_CLERK, wanted)
    except InvalidInput:
        return None


def _index(services: Services) -> int:
    """All steps of it in the one transaction that is timed."""
    return index_reports(lambda *, read_only=False: nullcontext(services))


def _worker(ask: _Asker) -> Iterator[Page]:
    yield Page("worker: messages due", ask(lambda s: s.notices.claim_due(), writes=True))
    yield Page("worker: files due", ask(lambda s: s.attachments.claim_due(), writes=True))
    yield Page("worker: recordings", ask(lambda s: s.attachments.claim_unconverted(), writes=True))
    yield Page("worker: files late", ask(lambda s: s.attachments.pending_since(s.attachments.now()), writes=True))
    yield Page("worker: turns left", ask(lambda s: s.conversations.left_behind(timedelta(seconds=10)), writes=True))
    yield Page("worker: replies", ask(lambda s: s.forgetting.drop_replies(), writes=True))
    yield Page("worker: never lodged", ask(lambda s: s.forgetting.drop_drafts(), writes=True))
    yield Page("worker: undo, drafts", ask(lambda s: (s.undoing.forget_old(), s.drafts.forget_old()), writes=True))
    yield Page("worker: deadline sweep", ask(lambda s: s.supervision.sweep(), writes=True))
    yield Page("worker: provisional dates", ask(lambda s: s.supervision.recompute(), writes=True))
    yield Page("worker: nothing to index", ask(_index, writes=True))
    for name, told in (("a new story", COMMON), ("a copied text", COPIED)):
        yield Page(
            f"worker: index {name}",
            ask(_index, writes=True),
            before=ask(lambda s, t=told: s.intake.lodge_report(_report(ask.system, t)), writes=True),  # type: ignore[misc]
        )


def _messages(ask: _Asker) -> Iterator[Page]:
    """What the database does for a pushed message: within a story, and the one that lodges."""
    numbers = count(int(time.time() * 1000))

    def push(people: int) -> Push:
        number = next(numbers)
        key = f"msg:{number}"
        return Push(openid_of(1 + number * 7 % people), key, str(number), "text", number // 1000, b"<xml/>" * 40)

    def answered(services: Services, push: Push, report: NewReport | None) -> None:
        turn = services.conversations.glance(push.openid)
        if report is not None:
            services.intake.lodge_report(report)
        services.conversations.store_answered(
            push, turn, received_at=services.conversations.now(), state=None, reply="-",
            status=InboundStatus.HANDLED, opens_window=5,
        )  # fmt: skip

    people = 200
    report = _report(ask.system, COMMON)
    yield Page("webhook: a message", ask(lambda s: answered(s, push(people), None), writes=True))
    yield Page("webhook: the one that lodges", ask(lambda s: answered(s, push(people), report), writes=True))
    yield Page("webhook: one's own cases", ask(lambda s: s.tracking.cases_of(7), writes=True))


def _report(system: System, told: str) -> NewReport:
    return NewReport(
        statement=told, source=Source.WECHAT, suggestion=system.parts.suggester.suggest(told, datetime.now(UTC).date())
    )


# ── by hand ──────────────────────────────────────────────────────────────────────────────────────
@contextmanager
def _systems(engine: str, folder: Path, shelf: Path, server: str) -> Iterator[list[System]]:
    with ExitStack() as stack:
        if engine == "sqlite":
            systems = filled_sqlite(folder, shelf, SIZES)
        else:
            if not server:
                cluster = stack.enter_context(own_postgres())
                server = cluster.url if cluster else ""
            systems = filled_postgres(folder, shelf, server, SIZES)
        yield systems
        for system in systems:
            system.engine.dispose()


def main() -> None:
    """One engine; the databases stay in the folder (SQLite), or on the server that was named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", choices=["sqlite", "postgresql"])
    parser.add_argument(
        "--folder", type=Path, required=True, help="where instances lie; what is filled already is kept"
    )
    parser.add_argument("--shelf", type=Path, required=True, help="folder of a trained classifier")
    parser.add_argument("--server", default="", help="PostgreSQL to use; one of its own without")
    parser.add_argument("--only", default="", help="pages whose name fits this pattern")
    asked = parser.parse_args()
    with _systems(asked.engine, asked.folder, asked.shelf, asked.server) as systems:
        print(f"{'':40}", *(f"{size:>10}" for size in SIZES), f"{'ratio':>8}")
        for name, found in measured(systems, asked.only):
            print(f"{name:40}", *(f"{ms:10.2f}" for ms in found), f"{found[-1] / found[0]:8.2f}", flush=True)


if __name__ == "__main__":
    main()
