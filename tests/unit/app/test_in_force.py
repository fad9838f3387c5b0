"""What staff put in force is used by every process without a restart, and what will not do never is."""

import json

import pytest

from app.parts import build_system
from app.settings import Settings
from domain.terms import ReferenceList, VersionStatus
from models import ReferenceVersion, Staff
from tests.fakes import ScriptedSuggester

DIRECTORY, CALENDAR = ReferenceList.DIRECTORY, ReferenceList.CALENDAR


@pytest.fixture
def processes(sqlite_url, tmp_path, clock):
    """Two systems on one database, as a web process and a worker are."""
    settings = Settings(
        instance=tmp_path, database_url=sqlite_url, secret_key="s" * 32, wechat_token="t", wechat_app_id="wx1",
        data_keys="QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=", wechat_app_secret="s", wechat_account="gh_1",
        wechat_api_base_url="http://127.0.0.1:1/none",
    )  # fmt: skip
    pair = [build_system(settings, suggester=ScriptedSuggester(), clock=clock) for _ in range(2)]
    yield pair
    for system in pair:
        system.engine.dispose()


def renamed(system, name="县市场监管局"):
    """The content of a directory in which one unit is called otherwise."""
    shipped = system.parts.lists[DIRECTORY].shipped
    units = [{**u, "name": name} if u["key"] == "market_regulation" else u for u in shipped["units"]]
    return json.dumps({**shipped, "units": units}, ensure_ascii=False).encode()


def put_in_force(system, which, content, day=None):
    """A version as two people would have made it."""
    with system.transact() as services:
        staff = services.session.query(Staff).first()
        staff_id = staff.id if staff else services.staff.create(
            username="petition", display_name="周立", role="petition", body=None, password="a long password"
        )  # fmt: skip
        version = ReferenceVersion(
            list=which, content=content, status=VersionStatus.ACTIVE, note="x", proposed_by=staff_id,
            effective_from=day or services.reference_lists.today(), proposed_at=services.reference_lists.now(),
            decided_at=services.reference_lists.now(),
        )  # fmt: skip
        services.session.add(version)


def name_in(system):
    system.in_force._look_again_at = 0.0  # a second later
    with system.transact(read_only=True) as services:
        return services.parts.directory.unit("market_regulation").name


def test_a_version_in_force_is_used_by_every_process(processes):
    web, worker = processes
    before = name_in(worker)
    put_in_force(web, DIRECTORY, renamed(web))

    assert before == "县市场监督管理局"
    assert [name_in(system) for system in processes] == ["县市场监管局"] * 2


def test_a_message_is_understood_by_what_is_in_force_from_its_first_look_on(processes):
    web, other = processes
    put_in_force(other, DIRECTORY, renamed(other))
    web.in_force._look_again_at = 0.0  # a second later
    with web.look() as services:
        assert services.parts.directory.unit("market_regulation").name == "县市场监管局"


def test_a_version_holds_from_its_day_on(processes, clock):
    web, _ = processes
    tomorrow = clock().date().replace(day=24)
    put_in_force(web, DIRECTORY, renamed(web), day=tomorrow)
    today = name_in(web)
    clock.forward(days=1)

    assert (today, name_in(web)) == ("县市场监督管理局", "县市场监管局")


@pytest.mark.parametrize("content", [b"not a list", b"{}", b'{"units": []}', b"[]"])
def test_a_version_that_the_program_cannot_work_with_gives_way_to_the_shipped_one(processes, content):
    put_in_force(processes[0], DIRECTORY, content)

    assert name_in(processes[0]) == "县市场监督管理局"


def test_a_list_that_did_not_change_leaves_the_finders_of_units_as_they_are(processes):
    web, _ = processes
    shipped = web.parts.lists[CALENDAR].shipped
    before = web.parts.suggester
    put_in_force(web, CALENDAR, json.dumps({**shipped, "published_years": [2026, 2027]}).encode())
    name_in(web)

    assert web.parts.suggester is before
    assert web.parts.calendar.is_published(clock_day(2027))


def clock_day(year):
    from datetime import date

    return date(year, 1, 4)


def test_words_and_units_change_together_and_a_transaction_keeps_those_it_began_with(processes):
    web, _ = processes
    with web.transact(read_only=True) as services:
        put_in_force(web, DIRECTORY, renamed(web))
        name_in(web)
        kept = services.parts.directory.unit("market_regulation").name

    assert (kept, web.parts.directory.unit("market_regulation").name) == ("县市场监督管理局", "县市场监管局")


def test_a_database_that_does_not_answer_leaves_in_force_what_was(processes):
    web, worker = processes
    put_in_force(web, DIRECTORY, renamed(web))
    name_in(worker)
    worker.in_force._look_again_at = 0.0
    with worker.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE reference_version")
    worker.in_force.look()

    assert worker.parts.directory.unit("market_regulation").name == "县市场监管局"
