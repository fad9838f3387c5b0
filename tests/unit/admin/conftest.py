"""The console on its own: a small Flask app with services that only remember what they were asked."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from admin import make_blueprint
from admin.naming import Names
from admin.presenters import Presenter
from app.reference import load_directory, load_taxonomy, read_data
from bot.words import Words, load_words
from domain.errors import DomainError, NotAllowed
from domain.permissions import CaseFacts, StaffFacts, may
from domain.supervision import signal_of
from domain.terms import Action, CaseStatus, IdentityClaim, ReportKind, ReportPart, Role, RouteRule, Source, Track
from services.merging import Family
from services.staff import SignedIn
from services.supervision_letters import Pressure
from services.views import CasePage, IdentityState, Overview, ReportView, Worklist, WorklistFilter, WorklistRow
from services.work_calendar import ChinaCalendar

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ROW = WorklistRow(
    case_number="SA20261123-AAAAAA", version=3, received_at=MONDAY, status=CaseStatus.RECEIVED, track=Track.ACCUSATION,
    label=None, labelled=False, confidence=None, unit=None, owner="clarify", assigned_body=None,
    identity_claim=IdentityClaim.ANONYMOUS, in_danger=False, due_on=None, due_kind=None, provisional=False,
    urging_count=0, supervised_until=None, contact_requested=False,
)  # fmt: skip


PAGE = CasePage(
    case_number="", version=7, status=CaseStatus.RECEIVED, track=Track.ACCUSATION, report_kind=ReportKind.ACCUSATION,
    source=Source.WECHAT, scene_code=None, received_at=MONDAY, identity_claim=IdentityClaim.CLAIMED, in_danger=False,
    suggested_label=None, suggested_confidence=None, suggestion=None, model_version=None, citizen_label=None,
    label=None, labelled_at=None, unit=None, unit_words=(), facts=(), route_rule=RouteRule.DEFAULT_GROUP, owner="g_market", via=None,
    assigned_body=None, disposition=None, outcome=None, declined_to=None, supervised_until=None, urging_count=0,
    contact_requested_at=None, satisfaction=None, satisfaction_comment=None, content_destroyed_at=None,
    reports=(ReportView(ReportPart.ORIGINAL, Source.WECHAT, "<b>收钱</b>\u202e", MONDAY),),
    overlays=(), subjects=(), attachments=(), deadlines=(), feedbacks=(), inquiries=(), question=None, unit_history=None, similar=(), counterpart=None, undoable=None, proposal=None, proposed_body=None, needs_approval=False, abstained=True, drafts={},
    family=Family(None, (), None), events=(), allowed=frozenset(),
    identity=IdentityState((), has_asked=False, open_until=None),
)  # fmt: skip


@pytest.fixture(scope="session")
def words() -> Words:
    """The real words."""
    return load_words(Path(__file__).parents[3] / "words")


@pytest.fixture(scope="session")
def show(words: Words) -> Presenter:
    """What templates get."""
    names = Names(words, load_directory(), load_taxonomy(), ChinaCalendar(read_data("calendar.yaml")))
    return Presenter(lambda: names)


class FakeStaff:
    """Accounts whose password is `right`; a token is the username."""

    def __init__(self) -> None:
        self.accounts = {role.value: SignedIn(StaffFacts(1, role, None), role.value, role.value) for role in Role}
        self.ended: set[str] = set()

    def sign_in(self, username: str, password: str) -> str:
        if username not in self.accounts or password != "right":
            raise NotAllowed("sign_in")
        return username

    def signed_in(self, token: str, *, keeps_alive: bool = True) -> SignedIn | None:
        return None if token in self.ended else self.accounts.get(token)

    def sign_out(self, token: str) -> None:
        self.ended.add(token)


@dataclass
class FakeQueries:
    """Answers with one case; `wanted` are the filters that the worklist was given."""

    wanted: list[WorklistFilter] = field(default_factory=list)

    def now(self) -> datetime:
        return MONDAY

    def today(self) -> date:
        return MONDAY.date()

    def case_page(self, staff: StaffFacts, case_number: str) -> CasePage:
        return replace(PAGE, case_number=case_number, allowed=frozenset(a for a in Action if may(staff, a)))

    def overview(self, _staff: StaffFacts) -> Overview:
        return Overview(0, 0, 0, 0, 0, {}, (), 0)


class FakeWorklists:
    """Answers with one case on each of many pages; remembers the filter it was given."""

    def __init__(self, wanted: list[WorklistFilter]) -> None:
        self.wanted = wanted

    def page(self, _staff: StaffFacts, wanted: WorklistFilter) -> Worklist:
        self.wanted.append(wanted)
        return Worklist((ROW,), 1, 1, wanted.page, 9, {}, 0, 0, {})


class FakeDrafts:
    """Nobody writes anything."""

    def forget(self, _staff: StaffFacts, _case_number: str, *, step: str) -> None:
        pass


class FakeSavedViews:
    """Nobody keeps anything."""

    def of(self, _staff: StaffFacts) -> tuple[()]:
        return ()


class FakeCasework:
    """Remembers the steps it was asked for, refuses what it was told to; `rule` is the case's after the step."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, dict[str, Any]]] = []
        self.refusal: DomainError | None = None
        self.rule = RouteRule.DEFAULT_GROUP

    def case_for(self, _staff: StaffFacts, _case_number: str, _action: Action) -> None:
        if self.refusal is not None:
            raise self.refusal

    def __getattr__(self, step: str) -> Callable[..., None]:
        def take(_staff: StaffFacts, _case_number: str, **values: Any) -> None:
            if self.refusal is not None:
                raise self.refusal
            self.taken.append((step, values))

        return take

    def case_by_number(self, case_number: str) -> str:
        return case_number

    def facts_of(self, _case: str) -> CaseFacts:
        return CaseFacts(self.rule, CaseStatus.RECEIVED, None, None)


class FakeAssignmentProposals:
    """Remembers the steps it was asked for; `waiting` are the cases that wait for the head."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, dict[str, Any]]] = []
        self.waiting: set[str] = set()

    def __getattr__(self, step: str) -> Callable[..., None]:
        return lambda _staff, _case_number, **values: self.taken.append((step, values))

    def waiting_among(self, numbers: Collection[str]) -> frozenset[str]:
        return frozenset(self.waiting.intersection(numbers))


class FakeSupervisionLetters:
    """No case is pressed; remembers the steps it was asked for."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, dict[str, Any]]] = []

    def of_case(self, _staff: StaffFacts, _case_number: str) -> Pressure:
        return Pressure(
            signal_of([], MONDAY.date(), ChinaCalendar({"published_years": [], "overrides": {}})),
            (),
            (),
            (),
            may_talk=False,
        )

    def waiting(self, _staff: StaffFacts) -> tuple[()]:
        return ()

    def __getattr__(self, step: str) -> Callable[..., None]:
        return lambda _staff, _case_number, **values: self.taken.append((step, values))


class FakeCalendarOfDue:
    """Nothing is due and no light is on."""

    def lights(self, _staff: StaffFacts) -> tuple[()]:
        return ()


@dataclass
class FakeSession:
    """Counts what was undone."""

    undone: int = 0

    def rollback(self) -> None:
        self.undone += 1


class FakeLetters:
    """No letter can be written about any case."""

    def possible(self, _staff: StaffFacts, _case_number: str) -> tuple[()]:
        return ()


@dataclass
class FakeServices:
    """What a view may ask for."""

    staff: FakeStaff = field(default_factory=FakeStaff)
    queries: FakeQueries = field(default_factory=FakeQueries)
    drafts: FakeDrafts = field(default_factory=FakeDrafts)
    saved_views: FakeSavedViews = field(default_factory=FakeSavedViews)
    casework: FakeCasework = field(default_factory=FakeCasework)
    assignment_proposals: FakeAssignmentProposals = field(default_factory=FakeAssignmentProposals)
    supervision_letters: FakeSupervisionLetters = field(default_factory=FakeSupervisionLetters)
    calendar_of_due: FakeCalendarOfDue = field(default_factory=FakeCalendarOfDue)
    session: FakeSession = field(default_factory=FakeSession)
    letters: FakeLetters = field(default_factory=FakeLetters)

    @property
    def worklists(self) -> FakeWorklists:
        return FakeWorklists(self.queries.wanted)


@pytest.fixture
def fake() -> FakeServices:
    """The services behind the console of this test."""
    return FakeServices()


@pytest.fixture
def console(show: Presenter, fake: FakeServices) -> Flask:
    """The console and nothing else."""
    app = Flask("console")
    app.config.update(SECRET_KEY="k" * 32, WTF_CSRF_ENABLED=False)
    app.jinja_env.globals["csrf_token"] = lambda: ""
    app.before_request(lambda: setattr(g, "open_services", lambda: fake))
    app.register_error_handler(NotAllowed, lambda _error: ("no", 403))
    app.register_blueprint(
        make_blueprint(
            lambda: Names(show.words, show.directory, show.taxonomy, show.calendar), lambda _limit, _who: True
        ),
        url_prefix="/admin",
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
