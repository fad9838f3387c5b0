"""The console with its real services, without a server and with a suggester that is told what to say."""

import pytest

from app.factory import assemble
from app.parts import build_system
from app.settings import Settings
from domain.terms import Role, Source
from services.intake import NewReport
from tests.fakes import FixedClock, ScriptedSuggester, suggestion

SECRET = "所长要了两条软中华，门口的小饭馆都知道"


@pytest.fixture
def clock():
    return FixedClock()


@pytest.fixture
def app(sqlite_url, tmp_path, clock, monkeypatch):
    monkeypatch.setattr("services.staff._HASHER", _cheap())
    settings = Settings(
        instance=tmp_path, database_url=sqlite_url, secret_key="s" * 32, wechat_token="t", wechat_app_id="wx1",
        data_keys="QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=", wechat_app_secret="s", wechat_account="gh_1",
        wechat_api_base_url="http://127.0.0.1:1/none",
    )  # fmt: skip
    app = assemble(build_system(settings, suggester=ScriptedSuggester(), clock=clock))
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    app.extensions["system"].engine.dispose()


def _cheap():
    from services.staff import _HASHER

    return type(_HASHER)(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def system(app):
    return app.extensions["system"]


@pytest.fixture
def sign_in(app, system):
    """A browser of somebody with a role."""

    def browser(role, body=None):
        with system.transact() as services:
            services.staff.create(
                username=role.value, display_name="周立", role=role, body=body, password="a long password"
            )
        client = app.test_client()
        client.post("/admin/sign-in", data={"username": role.value, "password": "a long password"})
        return client

    return browser


@pytest.fixture
def lodge(system):
    """Lodges a report; gives its number."""

    def lodged(**values):
        given = {"statement": SECRET, "source": Source.WECHAT, "suggestion": suggestion(), **values}
        with system.transact() as services:
            return services.intake.lodge_report(NewReport(**given)).case_number

    return lodged


@pytest.fixture
def petition(sign_in):
    return sign_in(Role.PETITION)
