"""Goes from page to page by the links that stand on them, as one who knows no address by heart."""

from collections import deque
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

# Addresses of one page that are opened: a calendar has a next month for ever, and cases are alike.
ENOUGH = 12


class _Ways(HTMLParser):
    """Where a page leads: links and forms that ask, and the forms that send."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.sends: list[str] = []
        self._action = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "form":
            sends = given.get("method", "get").lower() == "post"
            (self.sends if sends else self.links).append(given.get("action", ""))
        for name in ("formaction", "hx-post"):
            if name in given:
                self.sends.append(given[name])


class Walk:
    """What one browser reached from `start`. `opens` is a test client's `get`."""

    def __init__(self, app: Flask, opens: Callable[..., object], start: str, enough: int = ENOUGH) -> None:
        self._adapter = app.url_map.bind("localhost")
        self.pages: dict[str, list[str]] = {}  # rule -> addresses that answered with a page
        self.files: set[str] = set()  # rules that answered with something to keep or to play
        self.redirects: set[str] = set()
        self.sends: set[str] = set()  # rules that a form on a page sends to
        self.broken: list[tuple[str, str, int]] = []  # (page, link, status)
        opened: dict[str, int] = {}
        seen, ahead = {start}, deque([("", start)])
        while ahead:
            page, address = ahead.popleft()
            rule = self._rule(address, "GET")
            if rule is None:
                self.broken.append((page, address, 404))
                continue
            opened[rule] = opened.get(rule, 0) + 1
            if opened[rule] > enough:
                continue
            answer = opens(address)
            if answer.status_code >= 400:
                self.broken.append((page, address, answer.status_code))
                continue
            if answer.status_code in {301, 302}:
                self.redirects.add(rule)
                found = [answer.headers["Location"]]
            elif answer.mimetype == "text/html":
                self.pages.setdefault(rule, []).append(address)
                found = list(self._leads(address, answer.get_data(as_text=True)))
            else:
                self.files.add(rule)
                found = []
            for link in found:
                if link not in seen:
                    seen.add(link)
                    ahead.append((address, link))

    @property
    def reached(self) -> set[str]:
        """Rules that answered, page or not."""
        return set(self.pages) | self.files | self.redirects

    def _leads(self, address: str, html: str) -> Iterator[str]:
        ways = _Ways()
        ways.feed(html)
        for action in ways.sends:
            rule = self._rule(urljoin(address, action), "POST")
            if rule:
                self.sends.add(rule)
        for link in ways.links:
            parts = urlsplit(urljoin(address, link))
            if not parts.scheme and not parts.netloc:
                yield parts.path + (f"?{parts.query}" if parts.query else "")

    def _rule(self, address: str, method: str) -> str | None:
        try:
            rule, _ = self._adapter.match(urlsplit(address).path, method=method, return_rule=True)
        except (HTTPException, RequestRedirect):
            return None
        return str(rule.rule)
