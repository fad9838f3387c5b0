"""One form, one service call: what is asked for, what is shown when it is refused, where one lands afterwards."""

from datetime import date

import pytest

from admin.views.steps import STEPS
from domain.errors import Conflict, IllegalTransition, InvalidInput, NotAllowed
from domain.terms import LetterKind, RouteRule

CASE = "/admin/cases/SA20261123-AAAAAA"


@pytest.fixture
def petition(signed_in):
    return signed_in("petition")


def test_a_step_reaches_the_service_with_the_version_that_was_seen(petition, fake):
    petition.post(f"{CASE}/accept", data={"version": "7", "reason": "有具体经过"})

    assert fake.casework.taken == [("accept", {"version": 7, "reason": "有具体经过"})]


def test_after_a_step_one_is_back_at_the_case(petition):
    answer = petition.post(f"{CASE}/accept", data={"version": "7"})

    assert answer.headers["Location"] == CASE


def test_after_a_step_that_takes_the_case_out_of_sight_one_is_back_at_the_worklist_and_told(petition, fake):
    fake.casework.rule = RouteRule.COUNTY_LEADER
    answer = petition.post(f"{CASE}/classify", data={"version": "7", "label": "approval_payoff"}, follow_redirects=True)

    assert answer.request.path == "/admin/cases"
    assert "已记录您的分类" in answer.text
    assert "不在您的查看范围内" in answer.text


def test_a_feedback_is_shown_before_it_is_sent(petition, fake):
    answer = petition.post(f"{CASE}/feedback", data={"version": "7", "text": "属实", "stage": "preview"})

    assert "反映人将看到" in answer.text
    assert 'name="stage" value="send"' in answer.text
    assert fake.casework.taken == []


def test_what_was_previewed_is_what_is_sent(petition, fake):
    petition.post(f"{CASE}/feedback", data={"version": "7", "text": "第一行\r\n第二行", "stage": "send"})

    assert fake.casework.taken == [("give_feedback", {"version": 7, "text": "第一行\n第二行"})]


def test_a_refused_value_is_explained_in_place_and_undone(petition, fake):
    fake.casework.refusal = InvalidInput("body", "same")
    answer = petition.post(f"{CASE}/transfer", data={"version": "7", "body": "g_market", "reason": "不属本组"})

    assert answer.status_code == 400
    assert '<p class="error">这个办件已经在该部门' in answer.text
    assert "不属本组</textarea>" in answer.text
    assert fake.session.undone == 1


@pytest.mark.parametrize("refusal", [Conflict("SA1"), IllegalTransition("declined")])
def test_whoever_was_overtaken_sees_the_case_as_it_is_and_keeps_what_he_wrote(petition, fake, refusal):
    fake.casework.refusal = refusal
    answer = petition.post(f"{CASE}/decline", data={"version": "1", "destination": "去人社局", "reason": "劳动争议"})

    assert answer.status_code == 409
    assert "您刚才写的" in answer.text
    assert "劳动争议" in answer.text
    assert 'name="version" value="7"' in answer.text


def test_a_form_that_lost_its_version_says_so(petition):
    answer = petition.post(f"{CASE}/accept", data={"reason": "x"})

    assert answer.status_code == 400
    assert "请求不完整" in answer.text


def test_an_unknown_step_is_nowhere(petition):
    assert petition.post(f"{CASE}/burn", data={"version": "7"}).status_code == 404


@pytest.mark.parametrize("step", sorted(STEPS))
def test_a_step_sent_empty_reaches_nobody(petition, fake, step):
    petition.post(f"{CASE}/{step}", data={})

    assert fake.casework.taken == []


def test_a_statement_is_shown_as_text(petition):
    page = petition.get(CASE).text

    assert "&lt;b&gt;收钱&lt;/b&gt;\ufffd" in page


@pytest.mark.parametrize(("role", "forms"), [("auditor", False), ("petition", True)])
def test_forms_appear_for_those_only_who_may_use_them(signed_in, role, forms):
    page = signed_in(role).get(CASE).text

    assert (f'action="{CASE}/accept"' in page) is forms


def test_a_letter_goes_out_with_its_kind_text_and_date(fake, signed_in):
    answer = signed_in("leader").post(
        "/admin/cases/SA20261123-AAAAAA/letter",
        data={"version": "7", "kind": "supervision", "text": "请说明", "answer_by": "2026-11-27"},
    )

    assert answer.status_code == 302
    assert fake.supervision_letters.taken == [
        ("issue", {"kind": LetterKind.SUPERVISION, "text": "请说明", "answer_by": date(2026, 11, 27)})
    ]


def test_an_answer_is_taken_or_sent_back_as_it_was_ticked(fake, signed_in):
    for answer in ("yes", "no"):
        signed_in("leader").post(
            "/admin/cases/SA20261123-AAAAAA/decide-letter",
            data={"version": "7", "letter_id": "3", "answer": answer, "remark": "写清"},
        )

    assert fake.supervision_letters.taken == [
        ("decide", {"letter_id": 3, "is_accepted": is_accepted, "remark": "写清"}) for is_accepted in (True, False)
    ]


def test_a_letter_is_taken_back_with_a_reason(fake, signed_in):
    for reason in ("", "发错了办件"):
        signed_in("leader").post(
            "/admin/cases/SA20261123-AAAAAA/withdraw-letter", data={"version": "7", "letter_id": "3", "reason": reason}
        )

    assert fake.supervision_letters.taken == [("withdraw", {"letter_id": 3, "reason": "发错了办件"})]


@pytest.mark.parametrize(
    "data",
    [{"kind": "order", "text": "x", "answer_by": "2026-11-27"}, {"kind": "urging", "text": "x", "answer_by": "soon"}],
)
def test_a_letter_of_no_kind_or_without_a_date_is_not_sent(fake, signed_in, data):
    answer = signed_in("leader").post("/admin/cases/SA20261123-AAAAAA/letter", data={"version": "7", **data})

    assert (answer.status_code, fake.supervision_letters.taken) == (400, [])


def test_who_may_not_send_a_feedback_is_shown_no_preview_of_it(signed_in, fake):
    fake.casework.refusal = NotAllowed("give_feedback")
    answer = signed_in("auditor").post(f"{CASE}/feedback", data={"version": "7", "text": "属实", "stage": "preview"})

    assert answer.status_code == 403


def test_a_body_that_waits_for_the_head_is_not_called_assigned(petition, fake):
    fake.assignment_proposals.waiting = {"SA20261123-AAAAAA"}
    answer = petition.post(f"{CASE}/assign", data={"version": "7", "body": "inspection_3"}, follow_redirects=True)

    assert "已报主要负责人，批准以后才交办" in answer.text
    assert "已交办" not in answer.text


def test_the_head_approves_with_one_press(signed_in, fake):
    signed_in("leader").post(f"{CASE}/approve-assignment", data={"version": "7"})

    assert fake.assignment_proposals.taken == [("approve", {"version": 7})]


def test_nothing_is_sent_back_to_the_clue_office_without_a_reason(signed_in, fake):
    answer = signed_in("leader").post(f"{CASE}/send-back-assignment", data={"version": "7", "reason": " "})

    assert answer.status_code == 400
    assert fake.assignment_proposals.taken == []
