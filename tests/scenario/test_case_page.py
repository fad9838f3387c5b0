"""The case page under a clerk's hands, in headless Chromium: one press for a plain case, nothing moves, everything has a key."""

import pytest
from playwright.sync_api import Browser, Page, expect

from app import demo
from domain.terms import CaseStatus
from models import Case
from tests.scenario.browsing import sign_in
from tests.scenario.conftest import Site
from tests.world import account

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture
def numbers(site: Site) -> list[str]:
    """The plain cases of the demo county, where the petition office may take the one step."""
    demo.fill(site.system)
    with site.system.transact() as services:
        clerk = account(services, "petition")
        new = services.session.query(Case).filter_by(status=CaseStatus.RECEIVED).order_by(Case.id)
        return [case.case_number for case in new if services.triage.offered(clerk, case)]


@pytest.fixture
def page(browser: Browser, site: Site, numbers: list[str]) -> Page:
    """The page of a plain case, open for a clerk of the petition office."""
    opened = sign_in(browser, site.url, "petition")
    opened.goto(f"{site.url}/admin/cases/{numbers[0]}")
    opened.wait_for_load_state("load")
    return opened


def place_of(page: Page, selector: str) -> dict[str, float]:
    box = page.locator(selector).first.bounding_box()
    assert box
    return dict(box)


def test_a_plain_case_is_handed_on_with_one_key_and_taken_back_with_another(page):
    page.keyboard.press("y")
    expect(page.locator(".case-head .status")).to_have_text("已交办")
    expect(page.locator(".toast")).to_contain_text("以前可以撤销")
    page.keyboard.press("u")
    expect(page.locator(".case-head .status")).to_have_text("已收到")
    expect(page.locator(".suggestion h2")).to_contain_text("还没有人确认")
    expect(page.locator(".at-once")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_no_button_moves_away_when_a_step_is_done(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    before = place_of(page, ".pick")
    page.keyboard.press("2")
    expect(page.locator(".toast")).to_contain_text("已记录您的分类")
    afterwards = place_of(page, ".pick")

    assert afterwards == before


def test_what_was_done_stays_until_it_is_put_away_and_can_be_reached_by_keyboard(page):
    page.keyboard.press("1")
    expect(page.locator(".toast[role=status]")).to_be_visible()
    page.keyboard.press("Tab")
    for _ in range(20):
        if page.evaluate("!!document.activeElement.closest('.toast')"):
            break
        page.keyboard.press("Tab")
    expect(page.locator(".toast .undo button")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator(".toast")).to_be_hidden()
    expect(page.locator("#main")).to_be_focused()


def test_a_question_mark_shows_the_keys_and_escape_hides_them(page):
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="键盘怎么用")).to_be_visible()
    page.keyboard.press("y")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator(".case-head .status")).to_have_text("已收到")
    page.locator("footer").get_by_role("button", name="键盘怎么用").click()

    expect(page.get_by_role("dialog", name="键盘怎么用")).to_be_visible()


def test_a_question_mark_in_a_text_is_a_question_mark(page):
    page.locator("#accept-reason").press_sequentially("?")

    expect(page.locator("#accept-reason")).to_have_value("?")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_case_that_was_taken_in_says_that_it_waits_for_somebody(page):
    page.get_by_role("button", name="受理", exact=True).click()

    expect(page.locator(".waits")).to_contain_text("等交办")
    expect(page.locator(".waits")).to_contain_text("办理期限从交办那天起算")
