"""Letters: from the template in force, with what their kind may say, written down; and templates that need two people."""

import io
from datetime import date, timedelta

import pytest
from docx import Document
from sqlalchemy import select

from domain.permissions import StaffFacts
from domain.terms import CaseEventKind, ReferenceList, Role
from models import CaseEvent, Staff
from services.documents import build_template
from services.intake import Identity
from services.reference_lists import LETTER_LISTS
from tests.scenario.paper.conftest import SECRET

NAME, PHONE = "钱小满", "13900001111"
TODAY = date(2026, 11, 23)


def text_in(answer):
    assert answer.status_code == 200, answer.text
    document = Document(io.BytesIO(answer.data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def lines(system, *kinds):
    with system.transact(read_only=True) as services:
        query = select(CaseEvent).where(CaseEvent.kind.in_(kinds)).order_by(CaseEvent.id)
        return [(e.kind.value, e.actor, e.old_value, e.new_value) for e in services.session.scalars(query)]


@pytest.fixture
def petition(sign_in):
    return sign_in(Role.PETITION)


@pytest.fixture
def concluded(system, lodge, petition):
    """A named report that went all the way to its feedback."""
    number = lodge(identity=Identity(NAME, PHONE))
    with system.transact() as services:
        facts = facts_of(services, "petition")
        leader = services.staff.create(
            username="head", display_name="主任", role=Role.LEADER, body=None, password="a long password"
        )
        group = services.staff.create(
            username="g", display_name="组长", role=Role.GROUP, body="g_market", password="a long password"
        )
        work, group = services.casework, StaffFacts(group, Role.GROUP, "g_market")
        work.accept(facts, number, version=1)
        work.assign(facts, number, version=2, body="g_market")
        services.supervision.supervise(
            StaffFacts(leader, Role.LEADER, None), number, until=date(2026, 12, 20), reason=""
        )
        work.take_up(group, number, version=version_of(services, number))
        from domain.terms import Disposition

        work.dispose(
            group, number, version=version_of(services, number), disposition=Disposition.CLOSED, reason="集体研究"
        )
        work.conclude(group, number, version=version_of(services, number), outcome="属实")
        work.give_feedback(group, number, version=version_of(services, number), text="情况属实。\n已经处理。")
    return number


def version_of(services, number):
    services.session.flush()
    return services.casework.case_by_number(number).version


def facts_of(services, username):
    staff = services.session.scalar(select(Staff).where(Staff.username == username))
    return StaffFacts(staff.id, staff.role, staff.body)


@pytest.mark.parametrize(
    ("letter", "says"),
    [
        ("acceptance_letter", "于2026年11月23日受理"),
        ("assignment_slip", "县市场监督管理局"),
        ("supervision_letter", "请于2026年12月20日前办结"),
        ("feedback_letter", "已经处理。"),
    ],
)
def test_a_letter_says_what_its_kind_says_and_never_who_reported_what(petition, concluded, letter, says):
    text = text_in(petition.post(f"/admin/cases/{concluded}/letters/{letter}"))

    assert concluded in text
    assert says in text
    assert not any(secret in text for secret in (NAME, PHONE, SECRET, "软中华", "{{"))


@pytest.mark.parametrize("letter", ["acceptance_letter", "feedback_letter"])
def test_a_letter_to_the_reporter_names_neither_the_commission_nor_the_unit(petition, concluded, letter):
    text = text_in(petition.post(f"/admin/cases/{concluded}/letters/{letter}"))

    assert not any(word in text for word in ("纪委", "监委", "市场监督管理局"))


def test_a_letter_is_written_down_with_its_kind_before_it_leaves(system, petition, concluded):
    petition.post(f"/admin/cases/{concluded}/letters/assignment_slip")

    assert lines(system, CaseEventKind.LETTER_PRODUCED) == [("letter_produced", "petition", "0", "assignment_slip")]


def test_the_case_page_offers_the_letters_that_are_possible_now(petition, lodge, concluded):
    fresh = lodge()

    assert petition.get(f"/admin/cases/{concluded}").text.count("/letters/") == 4
    assert "/letters/" not in petition.get(f"/admin/cases/{fresh}").text


def test_a_letter_that_comes_too_early_is_refused_in_plain_words(petition, lodge):
    answer = petition.post(f"/admin/cases/{lodge()}/letters/acceptance_letter")

    assert (answer.status_code, "还没有办到这一步" in answer.text) == (400, True)


def test_who_may_not_take_the_step_may_not_write_its_letter(sign_in, concluded):
    auditor = sign_in(Role.AUDITOR)

    assert auditor.post(f"/admin/cases/{concluded}/letters/acceptance_letter").status_code == 403
    assert "/letters/" not in auditor.get(f"/admin/cases/{concluded}").text


def test_a_case_that_one_may_not_see_gives_no_letter(sign_in, lodge):
    group = sign_in(Role.GROUP, "g_finance")

    assert group.post(f"/admin/cases/{lodge()}/letters/feedback_letter").status_code == 404


def test_the_report_of_a_month_counts_what_came_in_it(petition, lodge, clock, system):
    lodge()
    lodge()
    text = text_in(petition.post("/admin/paper/month", data={"month": "2026-11"}))

    assert "共收到信访举报2件" in text
    assert "县市场监督管理局" in text
    assert "100%" in text
    assert "共收到信访举报0件" in text_in(petition.post("/admin/paper/month", data={"month": "2026-10"}))
    assert len(lines(system, CaseEventKind.LETTER_PRODUCED)) == 2


@pytest.mark.parametrize(("month", "words"), [("2026-12", "还没有到"), ("十一月", "月份看不懂"), ("", "还没有填写")])
def test_a_month_that_makes_no_sense_is_refused_in_plain_words(petition, month, words):
    answer = petition.post("/admin/paper/month", data={"month": month})

    assert (answer.status_code, words in answer.text) == (400, True)


# ── templates ────────────────────────────────────────────────────────────────────────────────────
PAGE = "/admin/reference/acceptance_letter"
OURS = "受理告知书新样式"


def propose(browser, content=None, **values):
    given = {"effective_from": TODAY.isoformat(), "note": "换抬头", **values}
    file = (io.BytesIO(content or build_template(f"# {OURS}\n! {{{{编号}}}}")), "t.docx")
    return browser.post(PAGE, data={**given, "file": file}, content_type="multipart/form-data")


@pytest.fixture
def leader(sign_in):
    return sign_in(Role.LEADER)


def test_a_proposed_template_is_used_only_after_somebody_else_agreed(system, petition, leader, concluded):
    assert propose(petition).status_code == 302
    letter = f"/admin/cases/{concluded}/letters/acceptance_letter"
    before = text_in(petition.post(letter))
    leader.post(f"{PAGE}/1/confirm")
    after = text_in(petition.post(letter))

    assert (OURS in before, OURS in after) == (False, True)
    kinds = (CaseEventKind.REFERENCE_PROPOSED, CaseEventKind.REFERENCE_ACTIVATED)
    assert lines(system, *kinds) == [
        ("reference_proposed", "petition", None, "acceptance_letter/1/2026-11-23"),
        ("reference_activated", "leader", None, "acceptance_letter/1/2026-11-23"),
    ]


def test_nobody_agrees_to_his_own_proposal(petition):
    propose(petition)

    assert "/1/confirm" not in petition.get(PAGE).text
    assert petition.post(f"{PAGE}/1/confirm").status_code == 403


def test_the_administrator_proposes_and_confirms_nothing(sign_in):
    admin = sign_in(Role.SYSADMIN)

    assert propose(admin).status_code == 302
    assert admin.post(f"{PAGE}/1/confirm").status_code == 403


def test_a_refused_template_is_never_used(petition, leader, concluded):
    propose(petition)
    leader.post(f"{PAGE}/1/refuse")

    assert OURS not in text_in(petition.post(f"/admin/cases/{concluded}/letters/acceptance_letter"))
    assert leader.post(f"{PAGE}/1/confirm").status_code == 409


def test_a_template_holds_from_its_day_on(petition, leader, clock, system):
    propose(petition, effective_from=(TODAY + timedelta(days=1)).isoformat())
    leader.post(f"{PAGE}/1/confirm")

    def in_force():
        with system.transact(read_only=True) as services:
            return services.reference_lists.in_force(ReferenceList.ACCEPTANCE_LETTER).id

    before = in_force()
    clock.forward(days=1)
    assert (before, in_force()) == (0, 1)


def test_one_step_goes_back_to_the_shipped_template_and_another_forward_again(petition, leader, concluded):
    propose(petition)
    leader.post(f"{PAGE}/1/confirm")
    letter = f"/admin/cases/{concluded}/letters/acceptance_letter"

    assert leader.post(f"{PAGE}/0/back", data={"note": "抬头不对"}).status_code == 302
    shipped = text_in(petition.post(letter))
    assert leader.post(f"{PAGE}/1/back", data={"note": "还是新的好"}).status_code == 302
    assert (OURS in shipped, OURS in text_in(petition.post(letter))) == (False, True)


def test_going_back_needs_a_reason_and_a_version_that_was_in_force(petition, leader):
    propose(petition)

    assert leader.post(f"{PAGE}/0/back").status_code == 400
    assert leader.post(f"{PAGE}/1/back", data={"note": "x"}).status_code == 409
    assert leader.post(f"{PAGE}/7/back", data={"note": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF", "不是能用的 Word 文件"),
        (build_template("{{反映人}}"), "没有这个字段，请核对字段名（反映人）"),
        (build_template("{{ 7 * 7 }}"), "两层花括号里只能写字段名"),
    ],
)
def test_an_unfit_template_is_refused_with_every_reason(petition, system, content, words):
    answer = propose(petition, content)

    assert (answer.status_code, words in answer.text) == (400, True)
    assert lines(system, CaseEventKind.REFERENCE_PROPOSED) == []


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"note": ""}, "还没有填写"),
        ({"effective_from": "2026-11-22"}, "不能早于今天"),
        ({"effective_from": "明天"}, "日期看不懂"),
    ],
)
def test_a_proposal_that_lacks_something_is_refused_beside_the_field(petition, values, words):
    answer = propose(petition, **values)

    assert (answer.status_code, words in answer.text) == (400, True)


def test_every_template_can_be_looked_at_and_taken_home(petition):
    for letter in LETTER_LISTS:
        assert petition.get(f"/admin/reference/{letter.value}/0/preview").status_code == 200
        assert "{{日期}}" in text_in(petition.get(f"/admin/reference/{letter.value}/0"))
    assert "SA20261123-7KQ4XM" in petition.get(f"{PAGE}/0/preview").text
    assert petition.get("/admin/reference/nothing").status_code == 404
