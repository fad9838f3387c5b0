"""Headless Chromium, and what tests do with it again and again."""

import re
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def enter(browser: Browser, url: str, username: str) -> Page:
    """A page of its own, signed in, wherever that leads."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(f"{url}/admin/sign-in")
    page.fill("#username", username)
    page.fill("#password", "qiaomen-demo")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/admin/(?!sign-in)"))
    return page


def sign_in(browser: Browser, url: str, username: str, lands_on: str = "办件") -> Page:
    """A page of its own, signed in, at the page whose heading is `lands_on`."""
    page = enter(browser, url, username)
    expect(page.locator("h1")).to_have_text(lands_on)
    return page


class Fetched:
    """An answer that a browser got behind its page, read as a test client's."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        answer = context.request.get(url, max_redirects=0)
        self.status_code = answer.status
        self.headers = {name.title(): value for name, value in answer.headers.items()}
        self.mimetype = self.headers.get("Content-Type", "").partition(";")[0]
        self._body = answer.body()

    def get_data(self, *, as_text: bool) -> str:
        return self._body.decode() if as_text else ""
