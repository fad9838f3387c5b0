"""What was being sent when a sign-in ended goes through the sign-in and is shown again, to be sent by hand."""

import re

CASE = "/admin/cases/SA20261123-AAAAAA"


def fields(page):
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))


def test_a_form_sent_after_the_end_is_shown_again_after_the_next_sign_in(console, fake):
    browser = console.test_client()
    stopped = browser.post(f"{CASE}/decline", data={"version": "7", "reason": "不属于", "destination": "请找住建局"})
    carried = fields(stopped.text)
    landed = browser.post("/admin/sign-in", data={**carried, "username": "petition", "password": "right"})

    assert stopped.status_code == 401
    assert "您刚才写的还在" in landed.text
    assert "请找住建局" in landed.text
    assert f'action="{CASE}/decline"' in landed.text
    assert fake.casework.taken == []
    browser.post(f"{CASE}/decline", data=fields(landed.text))
    assert fake.casework.taken == [("decline", {"version": 7, "reason": "不属于", "destination": "请找住建局"})]


def test_a_wrong_password_does_not_lose_it(console):
    browser = console.test_client()
    carried = fields(browser.post(f"{CASE}/accept", data={"version": "7", "reason": "有具体经过"}).text)
    wrong = browser.post("/admin/sign-in", data={**carried, "username": "petition", "password": "wrong"})

    assert wrong.status_code == 401
    assert fields(wrong.text)["resume.reason"] == "有具体经过"


def test_a_form_with_nothing_written_is_only_a_sign_in(console):
    answer = console.test_client().post(f"{CASE}/take-up", data={"version": "7"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/sign-in")


def test_nobody_is_led_to_another_address_with_it(console):
    for address in (
        "https://evil.invalid/admin/cases/x",
        "/report",
        "//evil.invalid/admin/cases/",
        "/admin/cases/\\\\x",
    ):
        landed = console.test_client().post(
            "/admin/sign-in",
            data={"resume-to": address, "resume.reason": "x", "username": "petition", "password": "right"},
        )
        assert landed.status_code == 302, address


def test_what_was_written_is_shown_as_text(console):
    browser = console.test_client()
    carried = {"resume-to": f"{CASE}/accept", "resume.reason": "<script>alert(1)</script>"}
    landed = browser.post("/admin/sign-in", data={**carried, "username": "petition", "password": "right"})

    assert "<script>alert" not in landed.text
