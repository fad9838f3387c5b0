"""Every page of the console, opened as every role, compared with the table of `docs/permissions.md`."""

import pytest

from app import create_app
from app.settings import PROJECT, Settings
from domain.terms import Role
from services.staff import _HASHER

OPEN = {"admin.sign_in", "admin.static"}
SAMPLES = {
    "case_number": "SA20261123-AAAAAA",
    "attachment_id": 1,
    "step": "urge",
    "account_id": 99,
    "reset_id": 99,
    "view_id": 99,
    "what": "close",
    "which": "acceptance_letter",
    "version": 0,
    "name": "0123456789ab",
    "switch_id": 99,
}
BODIES = {Role.GROUP: "g_market", Role.INSPECTION: "inspection_1", Role.TOWNSHIP: "t_shunyang"}


def read_table():
    """(address, method) to the roles that a person marked in docs/permissions.md."""
    lines = (PROJECT / "docs" / "permissions.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    roles = [Role(name) for name in rows[0][3:]]
    return {
        (row[0].strip("`"), row[1]): {role for role, mark in zip(roles, row[3:], strict=True) if mark == "✓"}
        for row in rows[2:]
    }


TABLE = read_table()


@pytest.fixture
def app(sqlite_url, tmp_path):
    settings = Settings(
        instance=tmp_path, database_url=sqlite_url, secret_key="s" * 32, wechat_token="t", wechat_app_id="wx1",
        data_keys="QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=", wechat_app_secret="s", wechat_account="gh_1",
        wechat_api_base_url="http://127.0.0.1:1/none",
    )  # fmt: skip
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    app.extensions["system"].engine.dispose()


@pytest.fixture
def browsers(app, monkeypatch):
    """One signed-in browser a role."""
    monkeypatch.setattr("services.staff._HASHER", type(_HASHER)(time_cost=1, memory_cost=8, parallelism=1))
    system = app.extensions["system"]
    with system.transact() as services:
        for role in Role:
            services.staff.create(
                username=role.value,
                display_name=role.value,
                role=role,
                body=BODIES.get(role),
                password="a long password",
            )
    found = {}
    for role in Role:
        found[role] = browser = app.test_client()
        answer = browser.post("/admin/sign-in", data={"username": role.value, "password": "a long password"})
        assert answer.status_code == 302
    return found


def addresses(app):
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("admin.") and rule.endpoint not in OPEN:
            values = {name: SAMPLES[name] for name in rule.arguments}
            if "commit, drop" in rule.rule:
                values["what"] = "drop"
            if "confirm, refuse" in rule.rule:
                values["what"] = "confirm"
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield rule.rule, method, adapter.build(rule.endpoint, values, method=method)


def test_the_table_lists_every_page_and_no_other(app):
    assert {(rule, method) for rule, method, _ in addresses(app)} == set(TABLE)


def test_every_page_opens_to_the_roles_of_the_table_and_to_no_other(app, browsers):
    wrong = []
    for rule, method, address in addresses(app):
        if rule == "/admin/sign-out":
            continue  # would end the walk
        for role, browser in browsers.items():
            status = browser.open(address, method=method).status_code
            if (status != 403) != (role in TABLE[rule, method]):
                wrong.append((rule, method, role.value, status))

    assert wrong == []


def test_every_page_sends_a_stranger_to_the_sign_in(app):
    stranger = app.test_client()
    for _, method, address in addresses(app):
        answer = stranger.open(address, method=method)
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/admin/sign-in"), address


def test_the_system_administrator_may_open_no_page_about_cases():
    assert [rule for (rule, _), roles in TABLE.items() if "case" in rule and Role.SYSADMIN in roles] == []
