"""The console as different people meet it: closed by default, each desk its own cases, errors in place."""

import re

import pytest
import requests

from app import demo
from models import Case
from tests.scenario.staff import Clerk


@pytest.fixture(scope="module")
def county(trained, tmp_path_factory):
    """A demo county that the tests of this file only read, or change in their own case."""
    import os

    from app.migrations import migrate
    from app.settings import Settings
    from tests.scenario.conftest import Site, free_port

    folder = tmp_path_factory.mktemp("county")
    (folder / "classifier").symlink_to(trained)
    settings = Settings(
        instance=folder, port=free_port(), database_url=f"sqlite:///{folder / 'q.sqlite3'}", secret_key="s" * 32,
        data_keys="QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=", wechat_token="t", wechat_app_id="wx1",
        wechat_app_secret="s", wechat_account="gh_1", wechat_api_base_url="http://127.0.0.1:1/none",
    )  # fmt: skip
    from app.database import make_engine

    engine = make_engine(settings.database_url)
    migrate(engine)
    engine.dispose()
    site = Site(settings)
    demo.fill(site.system)
    yield site
    site.stop()
    assert os.environ.get("QIAOMEN_MODE") != "production"


@pytest.mark.parametrize("path", ["/admin/", "/admin/cases", "/admin/overview", "/admin/cases/SA20261123-AAAAAA"])
def test_whoever_is_not_signed_in_is_sent_to_the_sign_in_page(county, path):
    answer = requests.get(county.url + path, allow_redirects=False, timeout=10)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/admin/sign-in")


def test_a_wrong_password_is_answered_in_plain_words(county):
    clerk = Clerk(county.url, "auditor", "not the password")

    assert clerk.landed.status_code == 401
    assert "账号或密码不对" in clerk.landed.text


def test_after_signing_in_one_comes_to_the_page_one_wanted(county):
    http = requests.Session()
    page = http.get(f"{county.url}/admin/overview", timeout=10)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text).group(1)
    landed = http.post(page.url, data={"csrf_token": token, "username": "clue", "password": "qiaomen-demo"}, timeout=10)

    assert landed.url.endswith("/admin/overview")


@pytest.mark.parametrize(
    "next_address", ["https://evil.invalid/admin/", "//evil.invalid/admin/", "/report", "/admin/\\evil"]
)
def test_nobody_is_led_elsewhere_after_signing_in(county, next_address):
    http = requests.Session()
    page = http.get(f"{county.url}/admin/sign-in", params={"next": next_address}, timeout=10)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text).group(1)
    landed = http.post(
        page.url, data={"csrf_token": token, "username": "petition", "password": "qiaomen-demo"}, timeout=10
    )

    assert landed.url.startswith(f"{county.url}/admin/cases")


def test_a_form_without_its_token_is_refused(county):
    clerk = Clerk(county.url, "leader")
    answer = clerk.http.post(f"{county.url}/admin/sign-out", timeout=10)

    assert answer.status_code == 400


def test_the_system_administrator_sees_no_case(county):
    clerk = Clerk(county.url, "sysadmin")

    assert "看不到任何办件" in clerk.landed.text
    assert clerk.get("/admin/cases").status_code == 403
    assert clerk.get("/admin/overview").status_code == 403


def numbers(clerk, query=""):
    return set(re.findall(r"SA\d{8}-\w{6}", clerk.get(f"/admin/cases{query}").text))


def test_a_group_sees_what_was_assigned_to_it_and_nothing_else(county):
    with county.system.transact() as services:
        own = {case.case_number for case in services.session.query(Case).where(Case.assigned_body == "g_agriculture")}

    assert numbers(Clerk(county.url, "group_agriculture")) == own
    assert own


def test_a_report_about_discipline_staff_is_seen_by_the_cadre_office_and_not_by_the_petition_office(county):
    with county.system.transact() as services:
        closed = {c.case_number for c in services.session.query(Case).where(Case.route_rule == "e04_discipline_staff")}

    assert closed
    assert numbers(Clerk(county.url, "cadre")) == closed
    assert numbers(Clerk(county.url, "petition")) & closed == set()


def test_an_auditor_sees_no_word_of_a_statement(county):
    auditor = Clerk(county.url, "auditor")
    number = sorted(numbers(auditor))[0]
    page = auditor.get(f"/admin/cases/{number}").text

    assert "不查看反映内容" in page
    assert "流转记录" in page


def test_filters_stand_in_the_address(county):
    petition = Clerk(county.url, "petition")

    assert len(numbers(petition, "?label=excessive_inspection")) == 1
    assert "没有符合条件的办件" in petition.get("/admin/cases?label=disguised_permit").text


@pytest.mark.parametrize(
    "query", ["?status=nonsense", "?page=-5", "?page=x", "?label=%00", "?number='--", "?due=never"]
)
def test_a_crooked_address_shows_a_list_and_no_fault(county, query):
    assert Clerk(county.url, "petition").get(f"/admin/cases{query}").status_code == 200


def test_a_number_that_fits_one_case_opens_it(county):
    petition = Clerk(county.url, "petition")
    number = sorted(numbers(petition))[0]

    assert petition.get(f"/admin/cases?number={number[-6:].lower()}").url.endswith(number)


def received(county):
    with county.system.transact() as services:
        return (
            services.session.query(Case).where(Case.status == "received", Case.label == "policy_fund_withheld").first()
        )


def test_a_refused_form_keeps_what_was_written_and_says_what_is_missing(county):
    petition = Clerk(county.url, "petition")
    number = received(county).case_number
    answer = petition.post(f"/admin/cases/{number}/decline", version="1", reason="不归我们管", destination="")

    assert answer.status_code == 400
    assert "这一项还没有填写" in answer.text
    assert "不归我们管" in answer.text


def test_somebody_elses_change_is_noticed_and_told(county):
    petition = Clerk(county.url, "petition")
    number = received(county).case_number
    answer = petition.post(f"/admin/cases/{number}/accept", version="99")

    assert answer.status_code == 409
    assert "别的同志更新了" in answer.text


@pytest.mark.parametrize("step", ["nonsense", "assign", "take-up", "conclude"])
def test_a_step_that_is_not_possible_is_refused(county, step):
    number = received(county).case_number
    answer = Clerk(county.url, "petition").post(
        f"/admin/cases/{number}/{step}", version="1", body="g_market", outcome="x", reason="x"
    )

    assert 400 <= answer.status_code < 500


def test_an_identity_is_shown_after_a_reason_and_the_timeline_says_so(county):
    petition = Clerk(county.url, "petition")
    with county.system.transact() as services:
        case = services.session.query(Case).where(Case.label == "contract_arrears").one()
    refused = petition.step_expecting(400, case.case_number, "identity/open", reason="")
    shown = petition.step(case.case_number, "identity/open", reason="电话核实是否本人")

    assert "这一项还没有填写" in refused.text
    assert "演示人丙" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    page = petition.get(f"/admin/cases/{case.case_number}").text
    assert "查看身份" in page
    assert "演示人丙" not in page


def test_pages_carry_the_headers_that_keep_them_inside(county):
    headers = requests.get(f"{county.url}/admin/sign-in", timeout=10).headers

    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_an_unknown_address_is_answered_in_chinese_without_a_trace(county):
    answer = requests.get(f"{county.url}/nothing-here", timeout=10)

    assert answer.status_code == 404
    assert "没有这个页面" in answer.text
