"""The console as different people meet it: closed by default, each desk its own cases, errors in place."""

import re
from html.parser import HTMLParser

import pytest
import requests
from sqlalchemy import select

from app import demo
from domain.terms import CaseStatus, Source
from models import Case
from outbox.indexing import index_reports
from services.intake import NewReport
from tests.fakes import suggestion
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


def petition_clerk(county):
    """Signed in once: an account signs in twenty times in ten minutes at most."""
    if not hasattr(county, "petition"):
        county.petition = Clerk(county.url, "petition")
    return county.petition


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
    "next_address",
    ["https://evil.invalid/admin/", "//evil.invalid/admin/", "/report", "/admin/\\evil", "/admin/cases\r\nX-Evil: 1"],
)
def test_nobody_is_led_elsewhere_after_signing_in(county, next_address):
    http = requests.Session()
    page = http.get(f"{county.url}/admin/sign-in", params={"next": next_address}, timeout=10)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text).group(1)
    landed = http.post(page.url, data={"csrf_token": token, "username": "clue", "password": "qiaomen-demo"}, timeout=10)

    assert landed.url.startswith(f"{county.url}/admin/cases")


def test_a_text_that_comes_as_a_file_is_refused_in_plain_words(county):
    http = requests.Session()
    page = http.get(f"{county.url}/admin/sign-in", timeout=10)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text).group(1)
    answer = http.post(
        page.url, data={"csrf_token": token, "password": "x"}, files={"username": ("n.txt", b"petition")}, timeout=10
    )

    assert answer.status_code == 400
    assert "不能上传文件" in answer.text


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
    assert numbers(petition_clerk(county)) & closed == set()


def test_an_auditor_sees_no_word_of_a_statement(county):
    auditor = Clerk(county.url, "auditor")
    number = sorted(numbers(auditor))[0]
    page = auditor.get(f"/admin/cases/{number}").text

    assert "不查看反映内容" in page
    assert "流转记录" in page


def test_views_that_hold_nothing_stand_aside_until_one_looks_at_them(county):
    page = petition_clerk(county).get("/admin/cases?view=alike").text
    views = re.search(r'<nav class="views".*?</nav>', page, re.S)[0]
    at_hand, aside = views.split("<details")

    assert {int(count) for count in re.findall(r"<b>(\d+)</b>", aside)} == {0}
    assert "待分流" in at_hand
    assert 'aria-current="true">疑似重复' in at_hand


def test_filters_stand_in_the_address(county):
    petition = petition_clerk(county)

    assert len(numbers(petition, "?label=excessive_inspection")) == 1
    assert "没有符合条件的办件" in petition.get("/admin/cases?label=disguised_permit").text


@pytest.mark.parametrize(
    "query",
    [
        "?status=nonsense",
        "?page=-5",
        "?page=x",
        "?label=%00",
        "?number='--",
        "?due=never",
        "?from=2026-13-01",
        "?to=x",
        "?named=2",
        "?answered=5",
        "?told=a-b",
        "?source=post",
        "?satisfaction=x",
        "?from=0001-01-01",
        "?to=9999-12-31",
    ],
)
def test_a_crooked_address_shows_a_list_and_no_fault(county, query):
    assert petition_clerk(county).get(f"/admin/cases{query}").status_code == 200


def test_a_number_that_fits_one_case_opens_it(county):
    petition = petition_clerk(county)
    number = sorted(numbers(petition))[0]

    assert petition.get(f"/admin/cases?number={number[-6:].lower()}").url.endswith(number)


def received(county):
    with county.system.transact() as services:
        return (
            services.session.query(Case).where(Case.status == "received", Case.label == "policy_fund_withheld").first()
        )


def test_a_refused_form_keeps_what_was_written_and_says_what_is_missing(county):
    petition = petition_clerk(county)
    number = received(county).case_number
    answer = petition.post(f"/admin/cases/{number}/decline", version="1", reason="不归我们管", destination="")

    assert answer.status_code == 400
    assert "这一项还没有填写" in answer.text
    assert "不归我们管" in answer.text


def test_somebody_elses_change_is_noticed_and_told(county):
    petition = petition_clerk(county)
    number = received(county).case_number
    answer = petition.post(f"/admin/cases/{number}/accept", version="99")

    assert answer.status_code == 409
    assert "别的同志更新了" in answer.text


def test_what_is_for_others_is_declined_with_what_its_kind_says_and_the_next_case_is_one_press_away(county):
    petition = petition_clerk(county)
    said = "邻居半夜装修吵得睡不着，找物业也不管。"
    with county.system.transact() as services:
        report = NewReport(statement=said, source=Source.WEB, suggestion=suggestion("nk_civil", units=()))
        number = services.intake.lodge_report(report).case_number
    petition.step(number, "classify", label="nk_city_service", unit="")
    page = petition.get(f"/admin/cases/{number}").text
    assert "仍要受理" in page

    declined = petition.step(number, "decline")
    assert "12345" in declined.text
    assert "一般政务和城市服务诉求，不属受理范围。" in declined.text
    following = petition.get(f"/admin/cases/next?after={number}").url.rpartition("/")[2]
    with county.system.transact(read_only=True) as services:
        case = services.session.scalars(select(Case).where(Case.case_number == following)).one()
        assert (case.status, case.case_number != number) == (CaseStatus.RECEIVED, True)


@pytest.mark.parametrize("step", ["nonsense", "assign", "take-up", "conclude"])
def test_a_step_that_is_not_possible_is_refused(county, step):
    number = received(county).case_number
    answer = petition_clerk(county).post(
        f"/admin/cases/{number}/{step}", version="1", body="g_market", outcome="x", reason="x"
    )

    assert 400 <= answer.status_code < 500


def test_an_identity_is_shown_after_another_person_approved_and_the_timeline_says_so(county):
    petition, leader = petition_clerk(county), Clerk(county.url, "leader")
    with county.system.transact() as services:
        case = services.session.query(Case).where(Case.label == "contract_arrears").one()
    refused = petition.step_expecting(400, case.case_number, "identity/request", reason="")
    petition.step(case.case_number, "identity/request", reason="电话核实是否本人")
    alone = petition.post(f"/admin/cases/{case.case_number}/identity/open")
    leader.step(case.case_number, "identity/decide", answer="yes")
    shown = petition.step(case.case_number, "identity/open")

    assert "这一项还没有填写" in refused.text
    assert alone.status_code == 403
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


def test_statements_are_searched_in_the_body_of_a_request_not_in_an_address(county):
    clerk = petition_clerk(county)
    while index_reports(county.system.transact):
        pass
    found = clerk.post("/admin/search", words="修车行 灭火器")

    assert found.status_code == 200
    assert "<mark>修车行</mark>" in found.text
    assert "修车行" not in found.url


def test_a_word_too_short_to_search_by_is_explained(county):
    answer = petition_clerk(county).post("/admin/search", words="烟")

    assert answer.status_code == 400
    assert "每个词至少两个字" in answer.text


class _Numbers(HTMLParser):
    """Links to the worklist whose text is, or begins with, a number."""

    def __init__(self):
        super().__init__()
        self.found = {}
        self._address = None
        self._text = ""

    def handle_starttag(self, tag, attributes):
        if tag == "a":
            address = dict(attributes).get("href") or ""
            self._address = address if address.startswith("/admin/cases?") or address == "/admin/cases" else None
            self._text = ""

    def handle_data(self, data):
        self._text += f" {data} "

    def handle_endtag(self, tag):
        if tag == "a" and self._address:
            number = re.match(r"\s*(\d+)", self._text) or re.search(r"(\d+)\s*$", self._text)
            if number:
                self.found[self._address] = int(number[1])
            self._address = None


def numbers_on(page):
    parser = _Numbers()
    parser.feed(page)
    return parser.found


def listed(clerk, address):
    page = clerk.get(address).text
    total = re.search(r"共 (\d+) 件，第", page)
    return int(total[1]) if total else 0


@pytest.mark.parametrize("who", ["clue", "group_agriculture"])
@pytest.mark.parametrize("path", ["/admin/overview", "/admin/pictures"])
@pytest.mark.timeout(240)
def test_every_number_of_the_overview_leads_to_a_list_with_the_same_number(county, who, path):
    clerk = Clerk(county.url, who)
    numbers = numbers_on(clerk.get(path).text)
    lists = {address: listed(clerk, address) for address in numbers}

    assert len(numbers) > 5
    assert lists == numbers


def test_the_head_presses_in_writing_the_group_answers_and_the_head_sends_back_and_accepts(county):
    leader, group = Clerk(county.url, "leader"), Clerk(county.url, "group_agriculture")
    number = sorted(numbers(group, "?open=1"))[0]
    leader.step(number, "letter", kind="supervision", text="请说明为什么超过一个月没有处置意见", answer_by="2099-01-04")
    waits = group.get("/admin/supervision").text
    group.step(number, "answer-letter", text="已约谈相关人员")
    leader.step(number, "decide-letter", answer="no", remark="写清哪天办完")
    back = group.step(number, "answer-letter", text="十二月四日前办结")
    done = leader.step(number, "decide-letter", answer="yes", remark="")

    assert "等您回复" in waits
    assert "写清哪天办完" in back.text
    assert "已认可" in done.text
    assert number not in leader.get("/admin/supervision").text.partition("等回复的函")[2].partition("到期日历")[0]


def test_the_calendar_counts_for_each_day_what_the_day_lists(county):
    clerk = Clerk(county.url, "clue")
    page = clerk.get("/admin/supervision").text
    days = re.findall(r'href="(/admin/supervision\?day=[^"#]+)#that-day"[^>]*到期 (\d+) 项，函 (\d+) 封', page)

    assert days
    for address, due, letters in days:
        listed_there = re.search(r"到期 <small>(\d+) 项", clerk.get(address.replace("&amp;", "&")).text)
        assert listed_there, address
        assert int(listed_there[1]) == int(due) + int(letters)


def test_the_wall_shows_figures_and_no_case(county):
    wall = Clerk(county.url, "wall")

    assert wall.landed.url.endswith("/admin/wall")
    assert 'http-equiv="refresh"' in wall.landed.text
    assert "今日收到" in wall.landed.text
    assert re.search(r"SA\d{8}-", wall.landed.text) is None
    assert wall.get("/admin/cases").status_code == 403
