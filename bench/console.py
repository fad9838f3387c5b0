"""The console as a browser waits for it: whole answers, with permissions, data, templates and the printed document."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta

from flask.testing import FlaskClient

from app.factory import assemble
from app.parts import System
from domain.errors import InvalidInput
from domain.permissions import StaffFacts
from domain.terms import Role
from services.views import WorklistFilter

# Two common words that stand in one text that many sent (`bench/county.py`), so that a small county has some too.
LOOKED_FOR = "检查 店里"
_NAME, _PASSWORD = "bench", "a long password of the bench"


def answers(system: System) -> Iterator[tuple[str, Callable[[], object]]]:
    """Each page by its name, as a step that asks for it. Adds an account of the head's to a system that is a demo county."""
    with suppress(InvalidInput), system.transact() as services:  # in a folder that was kept there is one already
        services.staff.create(
            username=_NAME, display_name=_NAME, role=Role.LEADER, body="principal", password=_PASSWORD
        )
    with system.transact(read_only=True) as services:
        today = services.statistics.today()
        [newest, *_] = services.worklists.page(StaffFacts(0, Role.LEADER, "principal"), WorklistFilter()).rows
    app = assemble(system)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/admin/sign-in", data={"username": _NAME, "password": _PASSWORD})
    month = today.replace(day=1) - timedelta(days=1)
    for name, address in (
        ("overview", "overview"),
        ("list", "cases"),
        ("list, everything, newest", "cases?sort=newest"),
        ("units complained of", "cases/units"),
        ("case page", f"cases/{newest.case_number}"),
        ("pictures", "pictures"),
        ("pictures of a month", f"pictures?from={today - timedelta(days=30)}"),
        ("pictures of a year", f"pictures?from={today - timedelta(days=365)}"),
        ("supervision", "supervision"),
        ("wall", "wall"),
    ):
        yield name, _ask(client, "GET", f"/admin/{address}")
    yield "search", _ask(client, "POST", "/admin/search", words=LOOKED_FOR)
    yield "report of a month", _ask(client, "POST", "/admin/paper/month", month=f"{month:%Y-%m}")


def _ask(client: FlaskClient, method: str, address: str, **values: str) -> Callable[[], object]:
    def ask() -> None:
        answer = client.open(address, method=method, data=values)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")

    return ask
