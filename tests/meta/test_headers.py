"""Every address of the application, public ones too: what an answer must carry so that nothing leaves by the browser."""

import re

import pytest

from app import create_app
from app.settings import PROJECT, Settings

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
}
PLACE = re.compile(r"<(?:(?P<kind>[a-z]+)(?:\((?P<choice>\w+)[^)]*\))?:)?\w+>")


@pytest.fixture
def app(sqlite_url, tmp_path):
    settings = Settings(
        instance=tmp_path, database_url=sqlite_url, secret_key="s" * 32, wechat_token="t", wechat_app_id="wx1",
        data_keys="QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=", wechat_app_secret="s", wechat_account="gh_1",
        wechat_api_base_url="http://127.0.0.1:1/none", public_base_url="https://report.example",
    )  # fmt: skip
    app = create_app(settings)
    yield app
    app.extensions["system"].engine.dispose()


def filled(rule):
    """An address of the rule: the first of a choice, 1 for a number, a letter for a name."""
    return PLACE.sub(lambda place: place["choice"] or ("1" if place["kind"] == "int" else "x"), rule.rule)


def answers(app):
    """Every address with every method, and some that do not exist, as a stranger gets them."""
    browser = app.test_client()
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods - {"OPTIONS"}):
            yield f"{method} {rule.rule}", browser.open(filled(rule), method=method, base_url="https://report.example")
    yield "POST /wechat", browser.post("/wechat", base_url="https://report.example")
    for address in ("/wechat", "/none", "/admin/none", "/admin/cases/x/none", "/web-static/../x"):
        yield address, browser.get(address, base_url="https://report.example")


def test_every_answer_keeps_the_browser_inside(app):
    wrong = []
    for name, answer in answers(app):
        policy = answer.headers.get("Content-Security-Policy", "")
        wrong += [(name, header) for header, value in EXPECTED.items() if answer.headers.get(header) != value]
        if "default-src 'self'" not in policy or re.search(r"unsafe|\*|https?:", policy):
            wrong.append((name, policy))
        if "/static/" not in name and "-static/" not in name and answer.headers.get("Cache-Control") != "no-store":
            wrong.append((name, answer.headers.get("Cache-Control")))
        wrong += (
            [(name, "server fault", answer.status_code)] if answer.status_code >= 500 and "readyz" not in name else []
        )

    assert wrong == []


def test_every_cookie_is_out_of_reach_of_scripts_and_other_sites(app):
    cookies = [(name, cookie) for name, answer in answers(app) for cookie in answer.headers.getlist("Set-Cookie")]

    assert cookies
    assert [
        (name, cookie)
        for name, cookie in cookies
        if not all(flag in cookie for flag in ("Secure", "HttpOnly", "SameSite=Lax"))
    ] == []


def test_every_form_is_refused_without_its_token_except_where_the_platform_signs(app):
    browser = app.test_client()
    refused = {}
    for rule in app.url_map.iter_rules():
        if "POST" in rule.methods and rule.endpoint.partition(".")[0] in {"web", "admin"}:
            refused[rule.rule] = browser.post(filled(rule)).status_code

    assert len(refused) > 10
    assert {rule: status for rule, status in refused.items() if status != 400} == {}


def test_no_template_holds_a_script_or_a_style_of_its_own():
    found = [
        f"{path.relative_to(PROJECT)}: {match[0]}"
        for path in PROJECT.glob("*/templates/**/*.html")
        for match in re.finditer(
            r"<script(?![^>]*\bsrc=)[^>]*>|\sstyle=|\son[a-z]+=\"|javascript:", path.read_text("utf-8")
        )
    ]

    assert found == []


def test_no_page_asks_another_site_for_anything():
    found = [
        f"{path.relative_to(PROJECT)}: {match[0]}"
        for path in PROJECT.glob("*/templates/**/*.html")
        for match in re.finditer(r"(src|href|action)=\"(https?:)?//[^\"]*", path.read_text("utf-8"))
    ]

    assert found == []


@pytest.mark.parametrize("address", ["/admin", "/admin/cases", "//somewhere.else/x", "/admin//cases", "/simulator"])
def test_a_redirect_names_no_host_whatever_the_request_says_of_it(app, address):
    answer = app.test_client().get(address, base_url="https://somewhere.else")

    where = answer.headers.get("Location", "/")
    assert "somewhere.else" not in where.split("?")[0].removeprefix("/somewhere.else")
    assert where.startswith("/")
    assert not where.startswith("//")
