"""The forms of citizens and of staff, filled in by nobody in his right mind: never above 499, refused means nothing kept."""

import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from admin.views.steps import STEPS
from domain.terms import Role, Source
from services.intake import NewReport
from services.staff import _HASHER
from simulator.samples import voice
from tests.fakes import PNG, suggestion
from tests.fuzz.strategies import mutations, typed
from tests.target import PASSWORD

SLOW = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
STORY = "城管的协管员每个月来店里收五十块钱，没有票。"


def send(target, path, browser=None, **values):
    before = target.kept()
    answer = (browser or target.app.test_client()).post(path, data=values)
    assert answer.status_code < 500, (path, answer.status_code)
    if answer.status_code >= 400:
        assert target.kept() == before
    return answer


@SLOW
@given(
    st.fixed_dictionaries(
        {"statement": st.just(STORY) | typed, "agreed": st.sampled_from(("1", ""))},
        optional=dict.fromkeys(
            ("unit", "person", "when", "where", "signing", "name", "contact", "told", "ticket", "files"), typed
        ),
    )
)
def test_any_report_is_taken_or_refused(target, values):
    send(target, "/report", **values)


uploads = st.tuples(
    st.one_of(mutations(PNG), mutations(voice()[:500]), st.binary(max_size=200)),
    st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=30),
    st.sampled_from(("image/jpeg", "image/svg+xml", "audio/amr", "video/mp4", "text/html", "", "x/y; charset=\x80")),
)


@settings(SLOW, max_examples=12)
@given(st.lists(uploads, min_size=1, max_size=3))
def test_any_files_are_taken_or_refused_together(target, files):
    before = target.kept()
    answer = send(
        target,
        "/report",
        statement=STORY,
        signing="anonymous",
        agreed="1",
        files=[(io.BytesIO(content), name, kind) for content, name, kind in files],
    )
    after = target.kept()
    given_files = [name for _, name, _ in files if name]

    assert answer.status_code in {200, 400}
    if answer.status_code == 200:
        assert after["attachment"] - before["attachment"] <= len(given_files)
    assert (after["files"] > before["files"]) == (after["attachment"] > before["attachment"])


@SLOW
@given(
    st.sampled_from(("/track", "/track/supplement", "/track/withdraw", "/track/rate")),
    st.dictionaries(st.sampled_from(("number", "code", "statement", "reason", "value", "comment", "ticket")), typed),
)
def test_following_up_with_nonsense_opens_nothing(target, path, values):
    assert send(target, path, **values).status_code in {400, 404}


@SLOW
@given(typed, typed, typed)
def test_nonsense_does_not_sign_in(target, username, password, wanted):
    answer = send(target, f"/admin/sign-in?next={wanted.encode().hex()}", username=username, password=password)

    assert answer.status_code in {400, 401, 429}


# ── the console ──────────────────────────────────────────────────────────────────────────────────
@pytest.fixture(scope="module")
def browsers(target):
    """A clerk, a head and an administrator, signed in; and the number of a case."""
    patch = pytest.MonkeyPatch()
    patch.setattr("services.staff._HASHER", type(_HASHER)(time_cost=1, memory_cost=8, parallelism=1))
    found = {}
    for role in (Role.PETITION, Role.LEADER, Role.SYSADMIN):
        target.hire(role)
        found[role] = target.app.test_client()
        answer = found[role].post("/admin/sign-in", data={"username": role.value, "password": PASSWORD})
        assert answer.status_code == 302
    with target.system.transact() as services:
        found["number"] = services.intake.lodge_report(
            NewReport(statement=STORY, source=Source.WEB, suggestion=suggestion())
        ).case_number
    yield found
    patch.undo()


STEP_FIELDS = (
    "version", "label", "unit", "body", "reason", "destination", "disposition", "outcome", "text", "stage", "until",
    "request_id", "answer", "confirmed",
)  # fmt: skip
OF_IDENTITY = ("identity/request", "identity/decide", "identity/open", "identity/verify")
# A conflict would hide the case from whoever is to go on.
WAYS = sorted(set(STEPS) - {"declare-conflict", "send-upward"}) + list(OF_IDENTITY)


@settings(SLOW, max_examples=150)
@given(
    st.sampled_from((Role.PETITION, Role.LEADER)),
    st.sampled_from(WAYS),
    st.dictionaries(st.sampled_from(STEP_FIELDS), typed, max_size=6),
    st.booleans(),
)
def test_no_step_of_a_case_falls_over(target, browsers, role, step, values, is_current):  # noqa: PLR0917
    if is_current:
        with target.system.transact(read_only=True) as services:
            values["version"] = str(services.casework.case_by_number(browsers["number"]).version)
    send(target, f"/admin/cases/{browsers['number']}/{step}", browsers[role], **values)


@settings(SLOW, max_examples=100)
@given(
    st.sampled_from(("/admin/cases", "/admin/overview", "/admin/search", "/admin/account", "/admin/staff/resets")),
    st.dictionaries(
        st.sampled_from(
            ("page", "status", "track", "aspect", "label", "unit", "body", "due", "number", "open", "next", "_external")
        ),
        typed,
    ),
)
def test_no_address_falls_over(target, browsers, path, query):
    answer = browsers[Role.LEADER].get(path, query_string=query)

    assert answer.status_code < 500


@settings(SLOW, max_examples=60)
@given(typed)
def test_no_name_of_a_case_falls_over(target, browsers, name):
    answer = browsers[Role.PETITION].get(b"/admin/cases/".decode() + name.replace("?", "").replace("#", ""))

    assert answer.status_code < 500


@settings(SLOW, max_examples=100)
@given(
    st.sampled_from(
        ("/admin/search", "/admin/staff", "/admin/staff/1/reset", "/admin/staff/resets/1", "/admin/account/password",
         "/admin/account/second-factor", "/admin/second-step")
    ),
    st.dictionaries(
        st.sampled_from(("words", "username", "display_name", "role", "body", "answer", "old", "new", "code")), typed
    ),
)  # fmt: skip
def test_no_form_of_an_account_falls_over(target, browsers, path, values):
    role = Role.PETITION if path == "/admin/search" else Role.SYSADMIN
    send(target, path, browsers[role], **values)
