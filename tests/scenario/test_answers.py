"""Pages that no link leads to, because they answer a form: refusals with their reasons, confirmations, what a check found.

The same eyes as on every page (`looking.py`): axe by day and by night, wide and on a telephone.
"""

import io

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from domain.terms import Role
from tests.crawling import Walk
from tests.scenario.browsing import Fetched, enter
from tests.scenario.looking import Looker
from tests.scenario.test_pages import name_of
from tests.world import furnish

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

# Who has forms to fill that the others have not.
WRITERS = {Role.PETITION: "petition", Role.LEADER: "leader", Role.SYSADMIN: "sysadmin"}
_WRITTEN = "textarea, input:not([type=hidden], [type=checkbox], [type=radio], [type=submit])"
_EMPTY = f"""form => {{
  form.noValidate = true;
  form.querySelectorAll(`{_WRITTEN}`).forEach(field => {{ field.value = ''; }});
  form.removeAttribute('data-draft');
  form.requestSubmit();
}}"""
_WHERE = "form => form.getAttribute('action') || location.pathname"


def excel(*rows) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def refuse_every_form(page: Page, address: str, looker: Looker, seen: set[str], adapter) -> None:
    """Sends each form of a page with nothing in it and looks at what comes back, once for each rule."""
    page.goto(address)
    for number in range(page.locator("form[method=post]").count()):
        page.goto(address)
        form = page.locator("form[method=post]").nth(number)
        if not form.locator(_WRITTEN).count():
            continue  # a button by itself: it does what it says
        rule, values = adapter.match(form.evaluate(_WHERE).partition("?")[0], method="POST", return_rule=True)
        key = name_of(rule.rule) + "".join(f"-{values[name]}" for name in ("step", "what") if name in values)
        if key in seen:
            continue
        seen.add(key)
        with page.expect_response(lambda answer: answer.request.method == "POST") as sent:
            form.evaluate(_EMPTY)
        if sent.value.status == 400:
            page.wait_for_load_state()
            looker.look(page, f"refused-{key}")
            seen.add(f"refused {key}")


def test_a_form_that_is_refused_is_open_to_everybody(browser, site):
    furnish(site.system)
    site.work()
    looker, seen = Looker("answers"), set()
    adapter = site.app.url_map.bind("localhost")
    stranger = browser.new_context().new_page()
    for public in ("/report", "/track", "/admin/sign-in"):
        refuse_every_form(stranger, site.url + public, looker, seen, adapter)
    for username in WRITERS.values():
        page = enter(browser, site.url, username)
        walk = Walk(
            site.app, lambda address, opens=page.context: Fetched(opens, site.url + address), "/admin/", enough=3
        )
        for addresses in list(walk.pages.values()):
            refuse_every_form(page, site.url + addresses[-1], looker, seen, adapter)
        page.context.close()

    assert looker.wrong == []
    refused = {key.removeprefix("refused ") for key in seen if key.startswith("refused ")}
    assert {"report", "track", "admin-paper-entry", "admin-paper-import", "admin-staff"} <= refused


def test_a_form_that_is_answered_is_open_to_everybody(browser, site):
    furnish(site.system)
    site.work()
    looker = Looker("answers")
    citizen = browser.new_context().new_page()
    citizen.goto(f"{site.url}/report")
    citizen.fill("#statement", "城管的协管员每个月来店里收五十块钱，没有票，不交就把秤收走。")
    citizen.check("[name=agreed]")
    citizen.get_by_role("button", name="提交").click()
    number, code = citizen.locator("b.code").all_inner_texts()
    looker.look(citizen, "lodged")
    citizen.goto(f"{site.url}/track")
    citizen.fill("[name=number]", number)
    citizen.fill("[name=code]", code)
    citizen.locator("[name=code]").press("Enter")
    expect(citizen.locator("body")).to_contain_text("已收到")
    looker.look(citizen, "tracked")

    page = enter(browser, site.url, "petition")
    page.goto(f"{site.url}/admin/paper/entry")
    page.fill("#received_on", "2026-11-02")
    page.fill("#statement", "窗口的人让多跑了三趟，暗示要送礼。")
    page.get_by_role("button", name="录入").click()
    expect(page.locator("h1")).to_have_text("已录入")
    looker.look(page, "entered")
    ledger = excel(
        ["收到日期", "反映内容", "状态"], ["2026-11-02", "拖着不办。", "飞了"], ["2026-11-03", "要了两条烟。", ""]
    )
    page.goto(f"{site.url}/admin/paper/import")
    page.set_input_files("#file", {"name": "l.xlsx", "mimeType": "application/octet-stream", "buffer": ledger})
    page.get_by_role("button", name="上传并检查").click()
    expect(page.locator(".findings").first).to_contain_text("办理状态看不懂")
    looker.look(page, "ledger-with-faults")

    assert looker.wrong == []


def test_what_follows_a_step_is_open_to_everybody(browser, site):
    furnish(site.system)
    site.work()
    looker = Looker("answers")
    page = enter(browser, site.url, "petition")
    page.goto(f"{site.url}/admin/cases?status=received")
    page.wait_for_load_state("load")
    for key in "jxjx":
        page.keyboard.press(key)
    page.get_by_role("button", name="催办", exact=True).click()
    expect(page.locator("h1")).to_contain_text("没办成 2 件")
    looker.look(page, "bulk-urged")
    page.goto(f"{site.url}/admin/search")
    page.fill("#words", "材料")
    page.keyboard.press("Enter")
    expect(page.locator(".hits")).to_be_visible()
    looker.look(page, "found")

    page.goto(f"{site.url}/admin/cases?view=triage")
    numbers = page.locator("[data-rows] td.id a").all_inner_texts()
    number = next(n for n in numbers if at(page, site, n).locator(".at-once").count())
    page.locator(".at-once").click()
    expect(page.locator(".toast")).to_contain_text("以前可以撤销")
    looker.look(page, "taken-in-at-once")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    looker.look(page, "keys")

    late = at(page.context.new_page(), site, number)
    page = at(page, site, number)
    page.keyboard.press("u")
    expect(page.locator(".toast")).to_contain_text("已撤销")
    transfer = late.locator("form[action$='/transfer']")
    late.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    transfer.locator("select").select_option("g_market")
    transfer.locator("textarea").fill("不属本组")
    transfer.get_by_role("button").click()
    expect(late.locator(".notice.bad")).to_contain_text("您刚才写的")
    looker.look(late, "overtaken")

    page.locator("summary", has_text="本人需要回避").click()
    page.fill("#declare-conflict-reason", "被反映人是我的表弟")
    page.get_by_role("button", name="登记回避").click()
    expect(page.locator(".toast")).to_contain_text("已登记回避")
    looker.look(page, "conflict-declared")
    page.goto(f"{site.url}/admin/cases/{number}")
    expect(page.locator("body")).to_contain_text("没有办成")
    looker.look(page, "conflict-hides-the-case")

    assert looker.wrong == []


def at(page: Page, site, number: str) -> Page:
    page.goto(f"{site.url}/admin/cases/{number}")
    page.wait_for_load_state("load")
    return page
