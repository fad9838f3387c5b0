"""Every page of the console and of the public site, by the links that lead there: nothing that axe finds (WCAG 2.2 AA),
nothing that sticks out of a telephone. Screenshots of all lie in `screenshots/` afterwards."""

import re

import pytest
from playwright.sync_api import Browser

from app import demo
from domain.terms import Role
from tests.crawling import Walk
from tests.meta.test_routes import TABLE
from tests.scenario.browsing import Fetched, enter
from tests.scenario.looking import Looker
from tests.world import furnish

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

# Who looks: each sees the pages that those before him do not, and everybody a case.
LOOKERS = {
    Role.PETITION: "petition",
    Role.LEADER: "leader",
    Role.GROUP: "group_agriculture",
    Role.AUDITOR: "auditor",
    Role.SYSADMIN: "sysadmin",
    Role.WALL: "wall",
}
CASE = "/admin/cases/<case_number>"
# Pages outside of the console that are no part of the site for citizens, or answer only what was sent to them.
NO_PAGES = {"/wechat", "/healthz", "/readyz", "/metrics"}
FILES = {
    "/admin/cases/<case_number>/attachments/<int:attachment_id>",
    "/admin/paper/import/sample",
    "/admin/reference/<which>/<int:version>",
    "/admin/reference/<which>/<int:version>/sheet",
}


def name_of(rule: str) -> str:
    """`/admin/cases/<case_number>` as the name of a file."""
    return re.sub(r"[^a-z]+", "-", re.sub(r"<(?:\w+:)?(\w+)>", r"\1", rule)).strip("-") or "home"


def look_at_all(site, browser: Browser, looker: Looker) -> set[str]:
    """Every page that anybody of LOOKERS reaches, once; a case by everybody. Gives back the rules."""
    seen: set[str] = set()
    stranger = browser.new_context().new_page()
    walk = Walk(site.app, lambda address: Fetched(stranger.context, site.url + address), "/", enough=2)
    for rule, addresses in [
        *walk.pages.items(),
        ("/admin/sign-in", ["/admin/sign-in"]),
        ("/simulator/", ["/simulator/"]),
    ]:
        stranger.goto(site.url + addresses[0])
        looker.look(stranger, name_of(rule))
        seen.add(rule)
    for role, username in LOOKERS.items():
        page = enter(browser, site.url, username)
        opens = page.context
        walk = Walk(site.app, lambda address, opens=opens: Fetched(opens, site.url + address), "/admin/")
        for rule, addresses in walk.pages.items():
            if rule not in seen or rule == CASE:
                page.goto(site.url + addresses[0])
                looker.look(page, f"{name_of(rule)}-{role.value}" if rule == CASE else name_of(rule))
                seen.add(rule)
        page.context.close()
    return seen


def test_every_page_is_open_to_everybody(browser, site):
    furnish(site.system)
    site.work()
    looker = Looker("furnished")
    seen = look_at_all(site, browser, looker)

    assert looker.wrong == []
    rules = {rule.rule for rule in site.app.url_map.iter_rules() if "GET" in rule.methods}
    public = {rule for rule in rules if not re.search("static|^/admin|^/simulator/.", rule)} - NO_PAGES
    console = {rule for rule, method in TABLE if method == "GET"} & rules
    assert public - seen == set()
    part = "/admin/classifier/training"  # of a page, which renews itself while a training runs
    leading_on = {"/admin/", "/admin/cases/next"}
    assert console - seen - FILES - leading_on - {"/admin/second-step", part} == set()


def test_every_page_says_so_when_there_is_nothing_on_it(browser, site):
    with site.system.transact() as services:
        for account in demo.demo_accounts(site.system):
            if account.username in LOOKERS.values():
                services.staff.create(
                    username=account.username,
                    display_name=account.username,
                    role=account.role,
                    body=account.body,
                    password="qiaomen-demo",
                )
    looker = Looker("empty")
    seen = look_at_all(site, browser, looker)

    assert looker.wrong == []
    assert {"/admin/cases", "/admin/pictures", "/admin/supervision", "/admin/wall", "/admin/staff/resets"} <= seen
