"""Nobody has to know an address: every page opens by links from the page that a role comes to, every form stands on a page."""

import pytest

from app.factory import assemble
from app.parts import build_system
from app.settings import Settings
from domain.terms import Rank, Role
from domain.values import Position
from services.staff import _HASHER
from tests.crawling import Walk
from tests.fakes import ScriptedSuggester, suggestion
from tests.meta.test_routes import TABLE
from tests.world import furnish

PEOPLE = {Role.GROUP: "group_agriculture", Role.INSPECTION: "inspection_2", Role.TOWNSHIP: "township_shimen"}
# Not behind a link on purpose, with the way that leads there instead.
BY_OTHER_WAYS = {
    "/admin/second-step": "the sign-in sends there, between password and console (tests/scenario/test_sign_in.py)",
    "/admin/classifier/training": "the page of the classifier asks for it by itself while a run is open",
}
SENT_BY_OTHER_WAYS = {
    "/admin/reference/<which>/proposal": "the form stands on the page that shows what an upload or a row would change",
    "/admin/second-step": "the form stands on the page of that name",
}


@pytest.fixture(scope="module")
def app(template_database, tmp_path_factory):
    folder = tmp_path_factory.mktemp("navigation")
    database = folder / "qiaomen.sqlite3"
    database.write_bytes(template_database.read_bytes())
    settings = Settings(
        instance=folder, database_url=f"sqlite:///{database}", secret_key="s" * 32, wechat_token="t",
        wechat_app_id="wx1", data_keys="QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=", wechat_app_secret="s",
        wechat_account="gh_1", wechat_api_base_url="http://127.0.0.1:1/none", demo_password="a long password",
    )  # fmt: skip
    own_staff = suggestion(positions=(Position("组里的干部", Rank.DISCIPLINE_STAFF),))
    app = assemble(build_system(settings, suggester=ScriptedSuggester({"纪检组": own_staff})))
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    app.extensions["system"].engine.dispose()


@pytest.fixture(scope="module")
def walks(app):
    """What each role reaches from the page it comes to after signing in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("services.staff._HASHER", type(_HASHER)(time_cost=1, memory_cost=8, parallelism=1))
        furnish(app.extensions["system"])
        found = {}
        for role in Role:
            browser = app.test_client()
            answer = browser.post(
                "/admin/sign-in", data={"username": PEOPLE.get(role, role.value), "password": "a long password"}
            )
            assert answer.status_code == 302, role
            found[role] = Walk(app, browser.get, answer.headers["Location"])
        return found


@pytest.mark.parametrize("role", Role)
def test_every_page_a_role_may_open_is_reached_by_links(walks, role):
    may_open = {rule for (rule, method), roles in TABLE.items() if method == "GET" and role in roles}
    # A file hangs on one case and another; that somebody reaches it is enough.
    files = {rule for walk in walks.values() for rule in walk.files}

    assert may_open - files - set(BY_OTHER_WAYS) - walks[role].reached == set()


@pytest.mark.parametrize("role", Role)
def test_no_link_of_the_console_is_broken(walks, role):
    assert walks[role].broken == []


def test_every_form_stands_on_a_page_that_somebody_reaches(walks):
    sent = {rule for walk in walks.values() for rule in walk.sends}

    assert {rule for rule, method in TABLE if method == "POST"} - set(SENT_BY_OTHER_WAYS) - sent == set()


def test_the_public_pages_are_reached_from_the_first_one(app):
    public = {r.rule for r in app.url_map.iter_rules() if r.endpoint.startswith("web.") and "GET" in r.methods}
    walk = Walk(app, app.test_client().get, "/")

    assert public - {"/web-static/<path:filename>"} - walk.reached == set()
    assert walk.broken == []
