"""Closed before it is opened: who reaches which page, and where a sign-in leads."""

import pytest

from domain.terms import CaseStatus


def get_routes(console):
    return [rule for rule in console.url_map.iter_rules() if rule.endpoint.startswith("admin.")]


def test_every_page_says_what_it_takes(console):
    open_pages = {"admin.sign_in", "admin.sign_out", "admin.static"}
    silent = [
        rule.endpoint
        for rule in get_routes(console)
        if rule.endpoint not in open_pages and not hasattr(console.view_functions[rule.endpoint], "required_action")
    ]

    assert silent == []


@pytest.mark.parametrize(
    ("role", "landed"),
    [
        ("petition", "/admin/cases?view=triage"),
        ("group", "/admin/cases"),
        ("leader", "/admin/overview"),
        ("auditor", "/admin/overview"),
    ],
)
def test_everybody_starts_at_the_page_of_his_desk(signed_in, role, landed):
    assert signed_in(role).get("/admin/").headers["Location"] == landed


@pytest.mark.parametrize("address", ["/admin/cases", "/admin/overview", "/admin/cases/SA1"])
def test_the_system_administrator_reaches_no_case(signed_in, address):
    assert signed_in("sysadmin").get(address).status_code == 403


def test_an_ended_session_ends_at_once_and_says_why(signed_in, fake):
    browser = signed_in("petition")
    fake.staff.ended.add("petition")
    answer = browser.get("/admin/cases", follow_redirects=True)

    assert "登录已失效" in answer.text


def test_signing_out_ends_the_session_for_whoever_kept_the_cookie(signed_in, console):
    browser = signed_in("petition")
    stolen = browser.get_cookie("session").value
    browser.post("/admin/sign-out")
    thief = console.test_client()
    thief.set_cookie("session", stolen)

    assert thief.get("/admin/cases").headers["Location"].startswith("/admin/sign-in")


def test_a_cookie_from_before_the_sign_in_is_worth_nothing_after_it(console):
    browser = console.test_client()
    with browser.session_transaction() as session:
        session["planted"] = "x"
    browser.post("/admin/sign-in", data={"username": "petition", "password": "right"})

    with browser.session_transaction() as session:
        assert "planted" not in session


def test_a_wrong_password_keeps_the_name_and_tells_nothing_more(console):
    answer = console.test_client().post("/admin/sign-in", data={"username": "petition", "password": "wrong"})

    assert answer.status_code == 401
    assert 'value="petition"' in answer.text


@pytest.mark.parametrize(
    ("wanted", "landed"),
    [
        ("/admin/overview?x=1", "/admin/overview?x=1"),
        ("https://evil.invalid/admin/", "/admin/"),
        ("//evil.invalid/admin/", "/admin/"),
        ("/admin/\\evil.invalid", "/admin/"),
        ("/report", "/admin/"),
        ("javascript:alert(1)", "/admin/"),
    ],
)
def test_a_sign_in_leads_to_pages_of_the_console_only(console, wanted, landed):
    answer = console.test_client().post(
        "/admin/sign-in", query_string={"next": wanted}, data={"username": "petition", "password": "right"}
    )

    assert answer.headers["Location"] == landed


def test_whoever_is_signed_in_need_not_sign_in_again(signed_in):
    assert signed_in("petition").get("/admin/sign-in").headers["Location"] == "/admin/"


def test_a_name_with_a_nul_is_nowhere(signed_in):
    assert signed_in("petition").get("/admin/cases/SA%00").status_code == 404


@pytest.mark.parametrize(
    "query", ["endpoint=x", "_external=1&_scheme=javascript", "_anchor=x&_method=POST", "values=1", "page=x"]
)
def test_a_crooked_address_shows_a_list_whose_links_stay_straight(signed_in, query):
    answer = signed_in("petition").get(f"/admin/cases?{query}")

    assert answer.status_code == 200
    assert 'href="/admin/cases?page=2" rel="next"' in answer.text


def test_the_next_page_keeps_the_filter(signed_in):
    answer = signed_in("petition").get("/admin/cases?status=received&open=1")

    assert 'href="/admin/cases?page=2&amp;status=received&amp;open=1" rel="next"' in answer.text


def test_an_address_becomes_a_filter(signed_in, fake):
    signed_in("petition").get("/admin/cases?status=received&label=approval%00_payoff&due=never&number=%20sa1%20&page=3")
    wanted = fake.queries.wanted[-1]

    assert (wanted.status, wanted.label, wanted.due, wanted.number, wanted.page) == (
        CaseStatus.RECEIVED, "approval_payoff", None, "sa1", 3,
    )  # fmt: skip
