"""A member of staff at the console, over HTTP: finds the forms on the page and sends them as a browser would."""

import re
from html.parser import HTMLParser

import requests


class _Forms(HTMLParser):
    """Collects the forms of a page: address and the values their fields have."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self._fields: dict[str, str] | None = None
        self._select = ""
        self._area = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form" and given.get("method", "").lower() == "post":
            self._fields = self.forms.setdefault(given.get("action", ""), {})
        if self._fields is None:
            return
        if tag == "input" and given.get("type") not in {"radio", "checkbox"}:
            self._fields[given.get("name", "")] = given.get("value", "")
        if tag == "textarea":
            self._area = given.get("name", "")
            self._fields[self._area] = ""
        if tag == "select":
            self._select = given.get("name", "")
        if tag == "option" and "selected" in given:
            self._fields[self._select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._fields = None
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area and self._fields is not None:
            self._fields[self._area] += data


class Clerk:
    """Signed in as one of the demo accounts."""

    def __init__(self, url: str, username: str, password: str = "qiaomen-demo") -> None:
        self.url = url
        self.http = requests.Session()
        self.http.trust_env = False
        page = self.http.get(f"{url}/admin/sign-in", timeout=10).text
        answer = self.http.post(
            f"{url}/admin/sign-in",
            data={"csrf_token": _token(page), "username": username, "password": password},
            timeout=10,
        )
        self.landed = answer

    def get(self, path: str) -> requests.Response:
        return self.http.get(self.url + path, timeout=10)

    def step(self, number: str, step: str, **values: str) -> requests.Response:
        """Fills the form of a step on the case's page and sends it."""
        return self.step_expecting(200, number, step, **values)

    def step_expecting(self, status: int, number: str, step: str, **values: str) -> requests.Response:
        """The same, for a step that is to be answered with another status."""
        page = self.get(f"/admin/cases/{number}")
        parser = _Forms()
        parser.feed(page.text)
        address = next((a for a in parser.forms if a.endswith(f"/{step}")), None)
        assert address, f"no form for {step} on the page of {number}"
        answer = self.http.post(self.url + address, data={**parser.forms[address], **values}, timeout=10)
        assert answer.status_code == status, (
            step,
            answer.status_code,
            re.findall(r'class="error"[^>]*>([^<]+)', answer.text),
        )
        return answer

    def post(self, path: str, **values: str) -> requests.Response:
        token = _token(self.get("/admin/cases").text)
        return self.http.post(self.url + path, data={"csrf_token": token, **values}, timeout=10)


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, "no form on the page"
    return found.group(1)
