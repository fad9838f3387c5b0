"""Looks at a page as everybody has to be able to use it: wide and narrow, by day and by night, with a screen reader."""

from itertools import product

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from app.settings import PROJECT

SCREENSHOTS = PROJECT / "screenshots"
WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")
# WCAG 2.2, levels A and AA; the size of targets is off in axe unless asked for by name.
OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
_UNFOLD = "document.querySelectorAll('details').forEach(d => { d.open = true; })"
_STICKS_OUT = """w => [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > w + 1
  && !e.closest('.scroll, .tabs, .views, [hidden]')).map(e => e.outerHTML.slice(0, 90)).slice(0, 2)"""

_axe = Axe()


class Looker:
    """Keeps screenshots, collects what is wrong."""

    def __init__(self, world: str) -> None:
        self._folder = SCREENSHOTS / world
        self._folder.mkdir(parents=True, exist_ok=True)
        self.wrong: list[tuple[str, ...]] = []

    def look(self, page: Page, name: str) -> None:
        """Both widths, both schemes: as it opens for the picture, with all of it unfolded for the checks."""
        ways = list(product(WIDTHS, SCHEMES))
        for chart in page.locator("[data-chart]:visible").all():
            chart.scroll_into_view_if_needed()  # a chart is drawn when it comes into sight
        for width, scheme in ways:
            _turn(page, width, scheme)
            page.screenshot(path=self._folder / f"{name}-{width}-{scheme}.png", full_page=True)
        page.evaluate(_UNFOLD)
        for width, scheme in ways:
            _turn(page, width, scheme)
            page.evaluate("scrollTo(0, 0)")  # where what stays at the top while one scrolls covers nothing
            if page.evaluate("document.documentElement.scrollWidth") > width:
                self.wrong.append((name, str(width), "scrolls sideways", *page.evaluate(_STICKS_OUT, width)))
            for rule in _axe.run(page, options=OPTIONS).response["violations"]:
                places = [" ".join(f"{node['html']} {node['failureSummary']}".split())[:300] for node in rule["nodes"]]
                self.wrong.append((name, str(width), scheme, rule["id"], *places[:2]))


def _turn(page: Page, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
