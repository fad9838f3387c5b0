"""A ledger of the past comes in: what was concluded there is concluded here, what is late there is late here."""

from datetime import date

import pytest
from sqlalchemy import select

from domain.terms import CaseEventKind, CaseStatus, DeadlineKind, Disposition, WorklistView
from models import CaseDeadline, CaseEvent, Feedback, OutboxMessage
from tests.scenario.paper.ledgers import cases, commit, excel, upload
from tests.world import account

GROUP = "驻县市场监督管理局纪检监察组"
HEAD = ["收到日期", "反映内容", "被反映单位", "姓名", "电话", "状态", "承办单位", "受理日期", "交办日期", "处置方式", "办结日期", "办理结果", "反馈日期"]  # fmt: skip
NAMED = ("钱小满", "13900001111")
UNIT = "县市场监督管理局"
TOLD = ["2026-03-02", "股长收了两条烟。", UNIT, *NAMED, "已办结", GROUP, "2026-03-05", "2026-03-06", "予以了结", "2026-05-11", "已退还，谈话提醒。", "2026-05-20"]  # fmt: skip
UNTOLD = ["2026-03-02", "所长收了五百元。", UNIT, *NAMED, "已办结", GROUP, "2026-03-05", "2026-03-06", "初核", "2026-10-12", "查实，已移送。", ""]  # fmt: skip
IN_HAND = ["2026-03-02", "科长拖着不办证。", UNIT, *NAMED, "在办", GROUP, "2026-03-05", "2026-03-06", "", "", "正在核实", ""]  # fmt: skip
WAITING = ["2026-11-02", "窗口让多跑三趟。", UNIT, *NAMED, "", "", "", "", "", "", "", ""]
DECLINED = ["2026-03-02", "和邻居打官司输了。", "", *NAMED, "不予受理", "", "2026-03-04", "", "", "", "请向法院申诉。", ""]  # fmt: skip


def imported(browser, *rows):
    upload(browser, excel(*rows, head=HEAD))
    return commit(browser)


def clocks(system, case):
    with system.transact(read_only=True) as services:
        rows = services.session.scalars(select(CaseDeadline).where(CaseDeadline.case_id == case.id))
        return {row.kind: row for row in rows}


def test_a_case_that_was_told_counts_as_told_with_the_days_it_took(system, petition):
    imported(petition, TOLD)
    [case] = cases(system)

    assert (case.status, case.assigned_body, case.disposition) == (
        CaseStatus.FED_BACK, "g_market", Disposition.CLOSED,
    )  # fmt: skip
    assert (case.acceptance_days, case.feedback_days, case.outcome) == (3, 7, "已退还，谈话提醒。")
    assert case.concluded_at.date() == date(2026, 5, 11)
    assert all(clock.met_at is not None for clock in clocks(system, case).values())
    with system.transact(read_only=True) as services:
        assert services.session.scalars(select(OutboxMessage)).all() == []
        assert services.session.scalars(select(Feedback)).all() == []  # what was said then is not known here


def test_a_case_that_is_late_there_is_late_here(system, petition):
    imported(petition, IN_HAND)
    [case] = cases(system)
    running = {kind: clock.due_on for kind, clock in clocks(system, case).items() if clock.met_at is None}

    assert (case.status, case.outcome) == (CaseStatus.IN_HANDLING, None)
    assert running == {
        DeadlineKind.HANDLING: date(2026, 6, 6), DeadlineKind.DISPOSAL_OPINION: date(2026, 4, 6),
    }  # fmt: skip
    page = petition.get("/admin/cases?open=1&due=late")
    assert case.case_number in page.text


def test_whoever_was_not_told_waits_to_be_told(system, petition):
    imported(petition, UNTOLD)
    [case] = cases(system)
    feedback = clocks(system, case)[DeadlineKind.FEEDBACK]

    assert (feedback.counted_from, feedback.met_at) == (date(2026, 10, 12), None)
    assert case.case_number in petition.get(f"/admin/cases?view={WorklistView.AWAITING_FEEDBACK.value}").text


def test_a_declined_report_has_no_clock_left(system, petition):
    imported(petition, DECLINED)
    [case] = cases(system)

    assert (case.status, case.declined_to, case.outcome, case.accepted_at) == (
        CaseStatus.DECLINED, "请向法院申诉。", None, None,
    )  # fmt: skip
    assert case.acceptance_days == 2
    assert all(clock.met_at is not None for clock in clocks(system, case).values())


def test_the_page_says_what_each_row_will_be_and_then_it_is(system, petition):
    upload(petition, excel(TOLD, IN_HAND, WAITING, UNTOLD, DECLINED, head=HEAD))
    page = petition.get("/admin/paper/import").text
    commit(petition)
    statuses = [case.status for case in cases(system)]

    for words in ("已反馈 1 件", "办理中 1 件", "已收到 1 件", "已办结 1 件", "不予受理 1 件", GROUP, "2026-05-20"):
        assert words in page
    assert "第 3 行：还没有办结，办理结果这一栏没有导入" in page
    assert statuses == [
        CaseStatus.FED_BACK, CaseStatus.IN_HANDLING, CaseStatus.RECEIVED, CaseStatus.CONCLUDED, CaseStatus.DECLINED,
    ]  # fmt: skip


def test_the_pictures_count_the_past_where_it_was(system, petition):
    imported(petition, TOLD, UNTOLD, IN_HAND)
    with system.transact(read_only=True) as services:
        staff = account(services, "petition")
        pictures = services.statistics.pictures(staff)
        months = {period.since: (period.received, period.concluded) for period in pictures.months}
        [body] = pictures.bodies

    assert (months[date(2026, 3, 1)], months[date(2026, 5, 1)], months[date(2026, 10, 1)]) == ((3, 0), (0, 1), (0, 1))
    assert (body.body, body.total, body.median_answer, body.median_feedback) == ("g_market", 3, 3, 7)


def test_the_journal_says_that_it_came_so_and_pretends_no_steps(system, petition):
    imported(petition, TOLD)
    with system.transact(read_only=True) as services:
        events = services.session.scalars(
            select(CaseEvent).where(CaseEvent.case_id.is_not(None)).order_by(CaseEvent.id)
        )
        said = [(event.kind, event.old_status, event.new_status, event.new_value) for event in events]

    assert said[1:] == [(CaseEventKind.TAKEN_OVER, CaseStatus.RECEIVED, CaseStatus.FED_BACK, "g_market")]
    page = petition.get(f"/admin/cases/{cases(system)[0].case_number}").text
    assert "按原台账接续" in page
    assert GROUP in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"状态": "飞了"}, "办理状态看不懂"),
        ({"状态": "在办"}, "前后对不上"),
        ({"状态": "已上报"}, "反映对象属于上级管辖"),
        ({"承办单位": "某某组"}, "承办部门在名录里没有"),
        ({"承办单位": ""}, "要有承办部门"),
        ({"办结日期": "五月"}, "日期看不懂"),
        ({"办结日期": ""}, "要有办结日期"),
        ({"办结日期": "2026-02-11"}, "日期先后不对"),
        ({"反馈日期": "2026-11-24"}, "晚于今天"),
        ({"处置方式": "打一顿"}, "处置方式看不懂"),
        ({"办理结果": ""}, "要有办理结果"),
        ({"办理结果": "长" * 2_001}, "超过两千字"),
    ],
)
def test_a_past_that_no_case_can_have_keeps_the_ledger_out(system, petition, change, words):
    row = [change.get(title, cell) for title, cell in zip(HEAD, TOLD, strict=True)]
    upload(petition, excel(WAITING, row, head=HEAD))
    page = petition.get("/admin/paper/import").text

    assert "第 3 行：" in page
    assert words in page
    assert petition.post("/admin/paper/import/commit").status_code == 400
    assert cases(system) == []


def test_a_failure_while_a_past_is_taken_over_leaves_nothing_behind(system, petition, monkeypatch):
    def fail(*_):
        raise RuntimeError("the power went out")

    monkeypatch.setattr("services.past_cases.PastCases.take_over", fail)

    assert imported(petition, WAITING, TOLD).status_code == 500
    assert cases(system) == []


def test_a_township_is_known_by_its_commission_s_name(system, petition):
    with system.transact(read_only=True) as services:
        key = services.parts.directory.townships[0]
        name = services.parts.directory.units[key].name
    row = [name + "纪委" if title == "承办单位" else cell for title, cell in zip(HEAD, IN_HAND, strict=True)]
    imported(petition, row)

    assert [case.assigned_body for case in cases(system)] == [key]
