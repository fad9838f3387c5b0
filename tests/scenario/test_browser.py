"""The story in headless Chromium: a citizen in the simulator, staff in the console, the result read and rated."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from app import demo
from tests.conftest import missing

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture
def browser():
    if not CHROMIUM.exists():
        missing("no Chromium at /usr/bin/chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield running
        running.close()


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


def sign_in(browser: Browser, url: str, username: str) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(f"{url}/admin/sign-in")
    page.fill("#username", username)
    page.fill("#password", "qiaomen-demo")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("办件")
    return page


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
    petition.select_option("#classify-label", "enforcement_payoff")
    petition.select_option("#classify-unit", "market_regulation")
    press(petition, "确认分类")
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
