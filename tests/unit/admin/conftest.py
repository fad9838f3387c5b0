"""The console on its own: a small Flask app with services that only remember what they were asked."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from admin import make_blueprint
from admin.presenters import Presenter
from app.reference import load_directory, load_taxonomy
from bot.words import Words, load_words
from domain.errors import NotAllowed
from domain.permissions import StaffFacts
from domain.terms import CaseStatus, IdentityClaim, Role, Track
from services.staff import SignedIn
from services.views import Overview, Worklist, WorklistFilter, WorklistRow

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ROW = WorklistRow(
    case_number="SA20261123-AAAAAA", received_at=MONDAY, status=CaseStatus.RECEIVED, track=Track.ACCUSATION,
    label=None, labelled=False, unit=None, owner="clarify", assigned_body=None,
    identity_claim=IdentityClaim.ANONYMOUS, in_danger=False, due_on=None, due_kind=None, provisional=False,
    urging_count=0, supervised_until=None, contact_requested=False,
)  # fmt: skip


@pytest.fixture(scope="session")
def words() -> Words:
    """The real words."""
    return load_words(Path(__file__).parents[3] / "words")


@pytest.fixture(scope="session")
def show(words: Words) -> Presenter:
    """What templates get."""
    return Presenter(words, load_directory(), load_taxonomy())


class FakeStaff:
    """Accounts whose password is `right`; a token is the username."""

    def __init__(self) -> None:
        self.accounts = {role.value: SignedIn(StaffFacts(1, role, None), role.value, role.value) for role in Role}
        self.ended: set[str] = set()

    def sign_in(self, username: str, password: str) -> str:
        if username not in self.accounts or password != "right":
            raise NotAllowed("sign_in")
        return username

    def signed_in(self, token: str) -> SignedIn | None:
        return None if token in self.ended else self.accounts.get(token)

    def sign_out(self, token: str) -> None:
        self.ended.add(token)


@dataclass
class FakeQueries:
    """Answers with one case on each of many pages; remembers the filter it was given."""

    wanted: list[WorklistFilter] = field(default_factory=list)
    pages: int = 9

    def now(self) -> datetime:
        return MONDAY

    def worklist(self, _staff: StaffFacts, wanted: WorklistFilter) -> Worklist:
        self.wanted.append(wanted)
        return Worklist((ROW,), 1, wanted.page, self.pages, {}, 0, 0)

    def overview(self, _staff: StaffFacts) -> Overview:
        return Overview(0, 0, 0, 0, 0, 0, {}, {}, 0, {}, (), 0, 0, (), 0)


@dataclass
class FakeServices:
    """What a view may ask for."""

    staff: FakeStaff = field(default_factory=FakeStaff)
    queries: FakeQueries = field(default_factory=FakeQueries)


@pytest.fixture
def fake() -> FakeServices:
    """The services behind the console of this test."""
    return FakeServices()


@pytest.fixture
def console(words: Words, fake: FakeServices) -> Flask:
    """The console and nothing else."""
    app = Flask("console")
    app.config.update(SECRET_KEY="k" * 32, WTF_CSRF_ENABLED=False)
    app.jinja_env.globals["csrf_token"] = lambda: ""
    app.before_request(lambda: setattr(g, "open_services", lambda: fake))
    app.register_error_handler(NotAllowed, lambda _error: ("no", 403))
    app.register_blueprint(
        make_blueprint(words, load_directory(), load_taxonomy(), lambda _limit, _who: True), url_prefix="/admin"
    )
    return app


@pytest.fixture
def signed_in(console: Flask) -> Callable[[str], FlaskClient]:
    """A browser that is signed in with a role."""

    def sign_in(role: str) -> FlaskClient:
        browser = console.test_client()
        answer: Any = browser.post("/admin/sign-in", data={"username": role, "password": "right"})
        assert answer.status_code == 302
        return browser

    return sign_in
