"""The demo county is complete at whatever hour it is first opened."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from app import demo
from app.parts import build_system
from app.settings import Settings
from domain.times import first_moment, local_day
from models import Case
from services import Services
from services.staff import _HASHER
from tests.fakes import FixedClock, ScriptedSuggester


@pytest.mark.parametrize(
    "opened_at", [datetime(2026, 11, 28, 16, 0, tzinfo=UTC), datetime(2026, 11, 28, 6, 30, tzinfo=UTC)]
)
def test_somebody_has_written_today_even_right_after_midnight(sqlite_url, tmp_path, monkeypatch, opened_at):
    monkeypatch.setattr("services.staff._HASHER", type(_HASHER)(time_cost=1, memory_cost=8, parallelism=1))
    settings = Settings(
        instance=tmp_path, database_url=sqlite_url, secret_key="s" * 32,
        data_keys="QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=", demo_password="a long password",
    )  # fmt: skip
    system = build_system(settings, suggester=ScriptedSuggester(), clock=FixedClock(opened_at))

    demo.fill(system)

    today = first_moment(local_day(opened_at))
    with system.sessions() as session:
        of_today = session.scalar(select(func.count()).where(Case.received_at >= today))
        of_all = session.scalar(select(func.count()).select_from(Case))
        verified = Services(session, system.parts).journal.verify()
    system.engine.dispose()
    assert verified.broken is None
    assert 0 < of_today < of_all
