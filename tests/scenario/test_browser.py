"""The story in headless Chromium: a citizen in the simulator, staff in the console, the result read and rated."""

import re

import pytest
from playwright.sync_api import Page, expect

from app import demo
from domain.lifecycle import UNDO_WITHIN
from domain.terms import CaseStatus, Role, Track
from models import Case, Inquiry
from tests.scenario.browsing import enter, sign_in
from tests.world import furnish

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


class Chat:
    """The citizen's page of the simulator."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        page.goto(f"{url}/simulator/")

    def answers(self) -> int:
        return self.page.locator(".theirs .bubble").count()

    def does(self, act) -> str:
        before = self.answers()
        act()
        self.page.wait_for_function("n => document.querySelectorAll('.theirs .bubble').length > n", arg=before)
        return self.page.locator(".theirs .bubble").last.inner_text()

    def says(self, text: str) -> str:
        def send() -> None:
            self.page.fill("#text", text)
            self.page.press("#text", "Enter")

        return self.does(send)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator(".notice.good")).to_be_visible()


def test_a_citizen_reports_staff_decide_and_the_citizen_reads_and_rates(browser, site):
    demo.fill(site.system)
    complaints: list[str] = []
    phone = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    phone.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    chat = Chat(phone, site.url)
    follow = phone.get_by_role("button", name="关注", exact=False).first
    chat.does(follow.click)
    reply = chat.says("市监局的一个所长来我店里检查，说不给两条烟就要罚我五千，上个月的事。")
    for _ in range(12):
        if "受理编号：" in reply:
            break
        reply = chat.says("提交" if "提交" in reply else "1" if re.search(r"^1\.", reply, re.M) else "跳过")
    lodged = re.search(r"受理编号：(\S+)", reply)
    assert lodged, phone.inner_text("body")
    number = lodged.group(1)

    petition = sign_in(browser, site.url, "petition")
    petition.goto(f"{site.url}/admin/cases?number={number}")
    expect(petition.locator("h1")).to_have_text(number)
    expect(petition.locator(".statement")).to_contain_text("不给两条烟")
    petition.get_by_text("改成别的种类或单位").click()
    petition.select_option("#classify-unit", "market_regulation")
    petition.locator(".kind[value=enforcement_payoff]").click()
    expect(petition.locator(".notice.good")).to_be_visible()
    press(petition, "受理")
    petition.select_option("#assign-body", "g_market")
    press(petition, "交办")

    group = sign_in(browser, site.url, "group_market")
    group.goto(f"{site.url}/admin/cases/{number}")
    press(group, "开始办理")
    group.get_by_text("登记处置方式").first.click()
    group.fill("#dispose-reason", "集体研究，已报批")
    press(group, "登记")
    group.locator("summary", has_text="办结").click()
    group.fill("#conclude-outcome", "属实，已处理")
    press(group, "办结")
    group.fill("#feedback-text", "您反映的情况属实，有关人员已受到处理。")
    group.get_by_role("button", name="预览").click()
    expect(group.locator(".preview")).to_contain_text("有关人员已受到处理")
    press(group, "确认发出")

    site.work()
    expect(phone.locator("body")).to_contain_text("您的事项有新进展", timeout=15_000)
    reply = chat.says("查询")
    for _ in range(3):
        if "有关人员已受到处理" in reply:
            break
        reply = chat.says("1")
    assert "有关人员已受到处理" in reply
    for _ in range(4):
        if site_status(site, number) == "satisfied":
            break
        reply = chat.says("满意" if "满意" in reply else "评价")
    assert site_status(site, number) == "satisfied"
    assert complaints == []


def site_status(site, number: str) -> str:
    with site.system.transact(read_only=True) as services:
        return str(next(row["status"] for row in services.queries.ledger() if row["case_number"] == number))


@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_scrolls_sideways_or_complains(browser, site, width):
    demo.fill(site.system)
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(f"{site.url}/admin/sign-in")
    page.fill("#username", "petition")
    page.fill("#password", "qiaomen-demo")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("办件")
    number = page.locator("[data-rows] tbody tr a").first.inner_text()
    for path in ("/", "/report", "/track", "/admin/cases", "/admin/overview", f"/admin/cases/{number}", "/simulator/"):
        page.goto(site.url + path)
        wide = page.evaluate(
            "w => [...document.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > w"
            " && !e.closest('.scroll, .tabs')).map(e => e.outerHTML.slice(0, 80)).slice(0, 3)",
            width,
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, wide)
    assert complaints == []


def test_the_worklist_is_worked_with_the_keyboard(browser, site):
    demo.fill(site.system)
    page = sign_in(browser, site.url, "petition")
    second = page.locator("[data-rows] tbody tr a").nth(1).inner_text()
    page.wait_for_load_state("load")  # the script that listens to keys is deferred: rows stand before it runs
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")

    expect(page.locator("h1")).to_have_text(second)


@pytest.mark.parametrize("width", [1280, 390])
def test_every_picture_is_drawn_and_nothing_complains(browser, site, width):
    demo.fill(site.system)
    page = sign_in(browser, site.url, "leader", lands_on="总览")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site.url}/admin/pictures")
    charts = page.locator("[data-chart]:visible")
    expect(charts.first).to_be_visible()
    for chart in charts.all():
        chart.scroll_into_view_if_needed()
        expect(chart.locator("canvas")).to_be_visible()

    assert charts.count() >= 6
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []


def test_a_column_of_a_chart_opens_the_cases_it_counts(browser, site):
    demo.fill(site.system)
    page = sign_in(browser, site.url, "leader", lands_on="总览")
    page.goto(f"{site.url}/admin/pictures")
    chart = page.locator("[data-table=by-body]")
    chart.scroll_into_view_if_needed()
    expect(chart.locator("canvas")).to_be_visible()
    box = chart.bounding_box()
    assert box
    # The longest bar is the first one, just right of the axis.
    for x in range(120, int(box["width"]), 20):
        if "/admin/cases" in page.url:
            break
        chart.click(position={"x": x, "y": 52})

    expect(page.locator("h1")).to_have_text("办件")
    assert "body=" in page.url


def test_several_cases_are_chosen_with_the_keyboard_and_urged_at_once(browser, site):
    demo.fill(site.system)
    page = sign_in(browser, site.url, "petition")
    page.goto(f"{site.url}/admin/cases?status=in_handling")
    page.wait_for_load_state("load")
    for key in "jxjx":
        page.keyboard.press(key)
    expect(page.locator("[data-count]")).to_have_text("2")
    page.fill("#bulk-reason", "请抓紧办理")
    page.get_by_role("button", name="催办", exact=True).click()

    expect(page.locator("h1")).to_have_text("催办：办成 2 件")


def test_filters_and_views_come_without_loading_the_page_anew(browser, site):
    demo.fill(site.system)
    page = sign_in(browser, site.url, "petition")
    page.wait_for_load_state("load")
    page.evaluate("window.sameAsBefore = true")
    page.locator(".tabs a", has_text="全部").click()
    expect(page.locator(".tabs [aria-current]")).to_contain_text("全部")
    page.locator(".views a", has_text="待分流").click()
    expect(page.locator(".views [aria-current]")).to_contain_text("待分流")
    page.locator(".filters summary").click()
    page.select_option("[name=label]", "excessive_inspection")
    page.get_by_role("button", name="查询", exact=True).click()
    expect(page.locator("[data-rows] tbody tr")).to_have_count(1)

    assert page.url.endswith("/admin/cases?view=triage&label=excessive_inspection&sort=waiting")
    assert (
        page.evaluate("window.sameAsBefore && Object.keys(localStorage).concat(Object.keys(sessionStorage)).length")
        == 0
    )
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.locator("h1")).to_have_text("检索原文")


def test_a_clerk_confirms_with_one_key_and_asks_the_reporter_who_answers_unseen(browser, site):
    citizen = site.citizen()
    number, _ = citizen.lodges("市监局的一个所长来我店里检查，说不给两条烟就要罚我五千，上个月的事。")
    demo.fill(site.system)
    page = sign_in(browser, site.url, "petition")
    page.goto(f"{site.url}/admin/cases/{number}")
    page.wait_for_load_state("load")
    assert page.locator(".statement mark.for").count() > 0
    first = page.locator(".pick span").first.inner_text()
    page.keyboard.press("1")
    expect(page.locator(".decided")).to_have_text(first)
    page.get_by_text("问反映人一个问题").click()
    page.fill("#ask-text", "是哪一天的事？")
    press(page, "发出问题")
    site.work()
    before_it_leaves = citizen.says("查询")
    with site.system.transact() as services:
        services.session.query(Inquiry).one().asked_at -= UNDO_WITHIN

    assert "是哪一天的事" not in before_it_leaves
    assert "是哪一天的事" in citizen.says("查询")
    citizen.says("补充")
    citizen.says("是十月十二号上午")
    page.reload()
    expect(page.locator(".asked")).to_contain_text("有补充")
    expect(page.locator(".statement").last).to_contain_text("十月十二号")


def test_the_letter_stands_in_the_telephone_while_it_is_written(browser, site):
    demo.fill(site.system)
    with site.system.transact() as services:
        case = services.session.query(Case).filter_by(status=CaseStatus.IN_HANDLING).first()
        case.status, case.track = CaseStatus.CONCLUDED, Track.ACCUSATION
        number = case.case_number
    page = sign_in(browser, site.url, "petition")
    page.goto(f"{site.url}/admin/cases/{number}")
    page.select_option("#feedback-draft", label="属实")
    expect(page.locator(".phone [data-said]")).to_contain_text("您反映的情况属实")
    page.fill("#feedback-text", "【写明结果】")
    expect(page.locator(".phone [data-said]")).to_have_text("【写明结果】")
    page.get_by_role("button", name="预览").click()

    expect(page.locator(".error")).to_contain_text("没有换成实际内容")


def test_a_draft_survives_the_end_of_the_sign_in_and_a_slip_is_taken_back(browser, site):
    demo.fill(site.system)
    page = sign_in(browser, site.url, "petition")
    page.goto(f"{site.url}/admin/cases?label=excessive_inspection")
    number = page.locator("[data-rows] tbody td.id a").first.inner_text()
    page.goto(f"{site.url}/admin/cases/{number}")
    page.locator("summary", has_text="不予受理").click()
    page.fill("#decline-reason", "写了一半的理由")
    expect(page.locator("#decline-reason + .kept")).to_contain_text("草稿已存")
    page.context.clear_cookies()
    again = sign_in(browser, site.url, "petition")
    again.goto(f"{site.url}/admin/cases/{number}")
    expect(again.locator("#decline-reason")).to_have_value("写了一半的理由")
    again.locator("h1").click()
    again.keyboard.press("2")
    expect(again.locator(".undo")).to_contain_text("撤销")
    again.locator("h1").click()
    again.keyboard.press("u")

    expect(again.locator(".notice.good")).to_contain_text("已撤销")
    expect(again.locator(".suggestion h2")).to_contain_text("还没有人确认")


@pytest.mark.parametrize("width", [1280, 390])
def test_supervision_fits_and_the_wall_fills_its_screen(browser, site, width):
    demo.fill(site.system)
    page = sign_in(browser, site.url, "leader", lands_on="总览")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("/admin/overview", "/admin/supervision", "/admin/supervision?view=week", "/admin/wall"):
        page.goto(site.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(f"{site.url}/admin/wall")
    smallest = page.evaluate(
        "Math.min(...[...document.querySelectorAll('main li, main b, main h2, main p, footer span')]"
        ".map(e => parseFloat(getComputedStyle(e).fontSize)))"
    )

    assert page.evaluate("document.documentElement.scrollHeight") <= 1080
    assert smallest >= 30
    assert complaints == []


def test_what_was_found_is_walked_through_with_the_keyboard(browser, site):
    demo.fill(site.system)
    site.work()
    petition = sign_in(browser, site.url, "petition")
    petition.keyboard.press("/")
    expect(petition.locator("h1")).to_have_text("检索原文")
    petition.keyboard.type("材料")
    petition.keyboard.press("Enter")
    expect(petition.locator(".hits")).to_be_visible()
    petition.keyboard.press("j")
    number = petition.locator("tr.at a").first.inner_text()
    petition.keyboard.press("Enter")
    expect(petition.locator("h1")).to_have_text(number)


def test_a_list_without_anything_on_it_says_where_its_cases_will_come_from(browser, site):
    with site.system.transact() as services:
        services.staff.create(
            username="petition", display_name="周立", role=Role.PETITION, body=None, password="qiaomen-demo"
        )
    petition = sign_in(browser, site.url, "petition")
    petition.goto(f"{site.url}/admin/cases")

    expect(petition.locator(".empty")).to_contain_text("还没有办件")
    petition.goto(f"{site.url}/admin/cases?status=concluded")
    expect(petition.locator(".empty")).to_contain_text("可以去掉一个条件")


@pytest.mark.parametrize(
    ("username", "path", "leads_to"),
    [
        ("leader", "/admin/supervision", r"/admin/cases/SA"),
        ("leader", "/admin/overview", r"/admin/cases/SA"),
        ("petition", "/admin/cases/units", r"/admin/cases\?unit="),
        ("petition", "/admin/reference", r"/admin/reference/\w+$"),
        ("petition", "/admin/reference/kinds/rows", r"/admin/reference/kinds/row\?"),
    ],
)
def test_every_table_that_leads_somewhere_is_walked_with_the_same_keys(browser, site, username, path, leads_to):
    furnish(site.system)
    page = enter(browser, site.url, username)
    page.goto(site.url + path)
    page.wait_for_load_state("load")
    page.keyboard.press("j")
    expect(page.locator("tr.at a").first).to_be_focused()
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile(leads_to))
