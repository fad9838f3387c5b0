"""Attachments on the case page, in headless Chromium: pages that are seen, a recording that is heard, originals to keep."""

import pytest
from playwright.sync_api import Page, expect

from app import demo
from domain.terms import AttachmentKind, Source
from services.intake import NewReport
from simulator import samples
from tests.fakes import suggestion
from tests.scenario.browsing import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def case_with(site, content: bytes, kind: AttachmentKind) -> str:
    """The number of a case with this one file."""
    with site.system.transact() as services:
        files = services.attachments.keep_uploads([(content, kind)])
        report = NewReport("所长说要两条烟，不给就封门。", Source.WEB, suggestion(), attachment_ids=files)
        return services.intake.lodge_report(report).case_number


def watched(browser, site, username: str = "petition") -> tuple[Page, list[str]]:
    """A page of somebody signed in, and what its console complains about."""
    complaints: list[str] = []
    page = sign_in(browser, site.url, username)
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    return page, complaints


def test_a_citizen_sends_a_document_and_staff_see_its_pages_while_the_original_is_never_opened(browser, site):
    demo.fill(site.system)
    citizen = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    citizen.goto(f"{site.url}/report")
    citizen.fill("#statement", "城管的协管员每个月来店里收五十块钱，收据扫成了文件。")
    citizen.set_input_files("#files", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": samples.document(12)})
    citizen.check("[name=agreed]")
    citizen.get_by_role("button", name="提交").click()
    number = citizen.locator("b.code").first.inner_text()

    page, complaints = watched(browser, site)
    page.goto(f"{site.url}/admin/cases/{number}")
    expect(page.locator(".files")).to_contain_text("正在转成可以在这里打开的格式")
    site.work()
    page.reload()
    pictures = page.locator(".pages img")
    expect(pictures).to_have_count(10)
    for at in (0, 9):
        pictures.nth(at).scroll_into_view_if_needed()
        page.wait_for_function("at => document.querySelectorAll('.pages img')[at].naturalWidth === 1200", arg=at)
        expect(page.locator(".pages li").nth(at)).to_contain_text(f"第 {at + 1} 页，共 12 页")
    expect(page.locator(".files")).to_contain_text("第 10 页以后在原件里看")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载原件").click()
    assert download.value.path().read_bytes() == samples.document(12)
    assert download.value.suggested_filename.endswith(".pdf")
    assert complaints == []
    pictures.first.click()
    page.wait_for_url("**/attachments/*?page=1")
    assert page.evaluate("document.contentType") == "image/jpeg"


def test_a_document_that_cannot_be_shown_says_why_on_the_page(browser, site):
    demo.fill(site.system)
    number = case_with(site, samples.document()[:5000], AttachmentKind.DOCUMENT)
    site.work()
    page, complaints = watched(browser, site)
    page.goto(f"{site.url}/admin/cases/{number}")

    expect(page.locator(".files")).to_contain_text("打不开，可能已经损坏或者太复杂，请下载原件")
    expect(page.locator(".files img")).to_have_count(0)
    expect(page.get_by_role("link", name="下载原件")).to_be_visible()
    assert complaints == []


def test_a_page_that_the_copy_does_not_hold_is_not_found(browser, site):
    demo.fill(site.system)
    number = case_with(site, samples.document(2), AttachmentKind.DOCUMENT)
    site.work()
    page, _ = watched(browser, site)
    page.goto(f"{site.url}/admin/cases/{number}")
    address = site.url + page.locator(".pages img").first.get_attribute("src").partition("?")[0]

    answers = [page.context.request.get(f"{address}?page={n}").status for n in ("1", "2", "0", "3", "-1", "99999")]
    assert answers == [200, 200, 404, 404, 404, 404]


def test_a_recording_is_played_on_the_page(browser, site):
    demo.fill(site.system)
    number = case_with(site, samples.voice(), AttachmentKind.VOICE)
    site.work()
    page, complaints = watched(browser, site)
    page.goto(f"{site.url}/admin/cases/{number}")
    player = page.locator(".files audio")
    assert (
        player.evaluate("e => e.readyState") == 0
    )  # nothing is fetched, and nothing journalled, before somebody plays
    player.focus()
    page.keyboard.press("Space")
    page.wait_for_function("() => document.querySelector('.files audio').currentTime > 0.5")

    assert player.evaluate("e => [e.readyState > 1, e.paused, e.error]") == [True, False, None]
    assert player.evaluate("e => e.duration") == pytest.approx(samples.VOICE_SECONDS, abs=0.3)
    page.wait_for_function("() => document.querySelector('.files audio').ended")
    assert complaints == []
