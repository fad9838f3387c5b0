"""Ready is a system whose worker lives and does its jobs; what an operator must look into is said beside it."""

from datetime import timedelta

import pytest

from app.health import collect, problems, readiness
from app.parts import build_system
from app.settings import Settings
from outbox.worker import HEARTBEAT, JOBS
from tests.fakes import ScriptedSuggester

JOB = JOBS[0]


@pytest.fixture
def system(sqlite_url, tmp_path, clock):
    settings = Settings(
        instance=tmp_path, database_url=sqlite_url, secret_key="s" * 32, wechat_token="t", wechat_app_id="wx1",
        data_keys="QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=", wechat_app_secret="s", wechat_account="gh_1",
        wechat_api_base_url="http://127.0.0.1:1/none",
    )  # fmt: skip
    system = build_system(settings, suggester=ScriptedSuggester(), clock=clock)
    yield system
    system.engine.dispose()


def beat(system):
    with system.transact() as services:
        services.schedule.beat(HEARTBEAT)


def fail(system):
    with system.transact() as services:
        services.schedule.failed(JOB.name, JOB.every)


def test_a_worker_that_beats_and_has_nothing_overdue_is_ready(system):
    beat(system)

    assert readiness(system)["worker"]


def test_a_worker_that_beats_and_leaves_a_job_undone_is_not_ready(system, clock):
    with system.transact() as services:
        services.schedule.claim(JOB.name, JOB.every)
    clock.moment += JOB.every + timedelta(minutes=11)
    beat(system)

    assert not readiness(system)["worker"]


def test_a_job_that_fails_is_a_problem_and_does_not_take_the_service_away(system):
    beat(system)
    fail(system)

    assert problems(system) == {"failing_jobs": {JOB.name: 1}}
    assert readiness(system)["worker"]


def test_monitoring_counts_how_often_a_job_failed(system):
    fail(system)

    assert f'qiaomen_failing_jobs{{state="{JOB.name}"}} 1.0' in collect(system).decode()


def test_where_all_is_well_there_are_no_problems(system):
    assert problems(system) == {}


def test_a_disk_that_is_nearly_full_is_a_problem_before_anything_is_refused(system):
    assert problems(system, free=lambda folder: 199)["disk_megabytes_left"] == 199
    assert "disk_megabytes_left" not in problems(system, free=lambda folder: 200)
