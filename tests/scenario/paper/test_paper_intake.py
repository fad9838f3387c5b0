"""Paper comes in: a letter typed by a clerk, a ledger from Excel: counted from the day of receipt, all of it or nothing."""

import re
from datetime import date
from io import BytesIO

import pytest
from sqlalchemy import func, select

from domain.terms import AttachmentKind, CaseEventKind, CaseStatus, IdentityClaim, Role, Source
from domain.times import read_day
from models import Attachment, Case, CaseDeadline, CaseEvent, LedgerDraft
from simulator import samples
from tests.fakes import COUNTY_HEAD, suggestion
from tests.scenario.paper.ledgers import cases, commit, excel, upload

LETTER = {
    "source": "letter",
    "received_on": "2026-11-09",
    "statement": "股长来店检查，拿走两条烟没有付钱。",
    "reporter": "",
    "contact": "",
}
ROWS = [
    [date(2026, 11, 9), "股长来店检查，拿走两条烟没有付钱。", "县市场监督管理局", "来信", "", "", "甲"],
    ["2026年11月10日", "窗口让多跑三趟，暗示要送礼。", "不知道什么局", "来访", "钱小满", "13900001111", ""],
]


def count(system, model):
    with system.transact(read_only=True) as services:
        return services.session.scalar(select(func.count()).select_from(model))


# ── one letter ───────────────────────────────────────────────────────────────────────────────────
def test_a_letter_becomes_a_case_whose_clocks_count_from_the_day_it_came(system, petition):
    answer = petition.post("/admin/paper/entry", data={**LETTER, "reporter": "钱小满", "contact": "13900001111"})
    case = cases(system)[0]
    with system.transact(read_only=True) as services:
        due = services.session.scalar(select(CaseDeadline).where(CaseDeadline.case_id == case.id))
        event = services.session.scalar(select(CaseEvent).where(CaseEvent.kind == CaseEventKind.LODGED))

    assert case.case_number in answer.text
    assert (case.source, case.status, case.identity_claim) == (
        Source.LETTER, CaseStatus.RECEIVED, IdentityClaim.CLAIMED,
    )  # fmt: skip
    assert (due.counted_from, due.due_on) == (date(2026, 11, 9), date(2026, 11, 30))
    assert event.actor == "petition"


def test_the_statement_of_a_letter_is_sealed_on_disk(system, petition):
    petition.post("/admin/paper/entry", data=LETTER)

    with system.engine.connect() as connection:
        raw = connection.exec_driver_sql("SELECT statement FROM report").scalar()
    assert "两条烟".encode() not in bytes(raw)


def test_what_was_scanned_of_a_letter_lies_with_its_case_sealed_and_ready_to_be_shown(system, petition):
    scans = [
        (BytesIO(samples.picture()), "scan.jpg", "image/jpeg"),
        (BytesIO(samples.document(2)), "scan.pdf", "application/pdf"),
    ]
    answer = petition.post("/admin/paper/entry", data={**LETTER, "files": scans})
    case = cases(system)[0]
    with system.transact(read_only=True) as services:
        kept = services.session.scalars(select(Attachment).where(Attachment.case_id == case.id)).all()
    page = petition.get(f"/admin/cases/{case.case_number}").text

    assert case.case_number in answer.text
    assert [(file.kind, file.content_type) for file in kept] == [
        (AttachmentKind.IMAGE, "image/jpeg"), (AttachmentKind.DOCUMENT, "application/pdf"),
    ]  # fmt: skip
    assert kept[0].clean_name is not None
    assert "图片 1" in page
    assert "PDF 文件 2" in page


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([(b"MZ not a picture", "scan.jpg", "image/jpeg")], "这种文件不能收"),
        ([(samples.picture(), f"{n}.jpg", "image/jpeg") for n in range(6)], "一次最多上传 5 个文件"),
    ],
)
def test_a_scan_that_cannot_be_kept_keeps_the_letter_out_and_what_was_typed(system, petition, files, words):
    answer = petition.post(
        "/admin/paper/entry", data={**LETTER, "files": [(BytesIO(content), *rest) for content, *rest in files]}
    )

    assert answer.status_code == 400
    assert words in answer.text
    assert "拿走两条烟" in answer.text
    assert "文件要重新选一次" in answer.text
    assert (count(system, Case), count(system, Attachment)) == (0, 0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"received_on": "2026-11-24"}, "日期不能晚于今天"),
        ({"received_on": "上周"}, "日期看不懂"),
        ({"statement": " "}, "还没有填写"),
        ({"source": "wechat"}, "请从列表中选择"),
        ({"reporter": "钱小满"}, "要么都填，要么都不填"),
        ({"unit": "nothing"}, "没有这个单位"),
        ({"label": "nothing"}, "请从列表中选择"),
    ],
)
def test_a_letter_that_lacks_something_is_refused_and_what_was_typed_stays(system, petition, change, words):
    answer = petition.post("/admin/paper/entry", data={**LETTER, **change})

    assert (answer.status_code, words in answer.text) == (400, True)
    assert cases(system) == []
    assert "股长来店" in answer.text or not change.get("statement", "x").strip()


def test_a_letter_about_a_county_leader_is_not_kept(system, petition, app):
    app.extensions["system"].parts.suggester.otherwise = suggestion(positions=(COUNTY_HEAD,))

    answer = petition.post("/admin/paper/entry", data=LETTER)

    assert (answer.status_code, "直接送主要负责人" in answer.text) == (400, True)
    assert cases(system) == []


@pytest.mark.parametrize("role", [Role.LEADER, Role.AUDITOR, Role.SYSADMIN])
def test_only_the_petition_office_enters_paper(sign_in, role):
    assert sign_in(role).post("/admin/paper/entry", data=LETTER).status_code == 403


# ── a ledger ─────────────────────────────────────────────────────────────────────────────────────
def test_a_ledger_is_imported_after_a_look_at_it(system, petition):
    assert upload(petition, excel(*ROWS)).status_code == 302
    page = petition.get("/admin/paper/import").text
    before = cases(system)
    commit(petition)
    first, second = cases(system)

    assert before == []
    assert "可以导入 <b>2</b> 件" in page
    assert "第 3 行：单位在名录里没有对上" in page
    assert (first.unit, first.source, first.identity_claim) == (
        "market_regulation", Source.LETTER, IdentityClaim.ANONYMOUS,
    )  # fmt: skip
    assert (second.source, second.identity_claim) == (Source.VISIT, IdentityClaim.CLAIMED)
    assert count(system, LedgerDraft) == 0
    with system.transact(read_only=True) as services:
        event = services.session.scalar(select(CaseEvent).where(CaseEvent.kind == CaseEventKind.LEDGER_IMPORTED))
        assert (event.actor, event.old_value, event.new_value) == ("petition", "skipped=0", "2")


def test_one_bad_row_keeps_the_whole_ledger_out_and_says_which_and_why(system, petition):
    bad = [
        ["", "没有日期", "", "", "", "", ""],
        ["2026-13-01", "日期不对", "", "", "", "", ""],
        ["2026-11-24", "明天的事", "", "", "", "", ""],
        ["2026-11-01", "", "", "", "", "", "x"],
        ["2026-11-01", "来源不对", "", "飞鸽", "", "", ""],
    ]
    upload(petition, excel(ROWS[0], *bad))
    page = petition.get("/admin/paper/import").text
    answer = petition.post("/admin/paper/import/commit")

    assert list(re.findall(r"<li>(第 \d+ 行：[^<]+)</li>", page)) == [
        "第 3 行：没有收到日期",
        "第 4 行：收到日期看不懂，请写成 2026-11-23 这样",
        "第 5 行：收到日期晚于今天",
        "第 6 行：没有反映内容",
        "第 7 行：来源看不懂，请写来信、来访或者来电",
    ]
    assert "/paper/import/commit" not in page
    assert (answer.status_code, cases(system)) == (400, [])


def test_a_failure_in_the_middle_leaves_nothing_behind(system, petition, monkeypatch, app):
    from services.intake import Intake

    lodge, calls = Intake.lodge_report, []

    def fail_second(self, report):
        calls.append(report)
        if len(calls) == 2:
            raise RuntimeError("the power went out")
        return lodge(self, report)

    monkeypatch.setattr(Intake, "lodge_report", fail_second)
    upload(petition, excel(*ROWS))

    assert commit(petition).status_code == 500
    assert cases(system) == []
    assert count(system, LedgerDraft) == 1


def test_what_is_there_already_is_noticed_and_left_out(system, petition):
    upload(petition, excel(*ROWS))
    commit(petition)
    again = [ROWS[0][0], "股长来店检查 拿走两条烟，没有付钱", *ROWS[0][2:]]
    new = ["2026.11.11", "另一件事，收了三百块。", "", "来电", "", "", ""]
    upload(petition, excel(again, new, new))
    page = petition.get("/admin/paper/import").text
    commit(petition)

    assert "可以导入 <b>1</b> 件，另有 <b>2</b> 件重复" in page
    assert len(cases(system)) == 3


def test_pressing_twice_imports_once(system, petition):
    upload(petition, excel(*ROWS))
    commit(petition)

    assert petition.post("/admin/paper/import/commit").status_code == 404
    assert len(cases(system)) == 2


def test_a_row_about_a_county_leader_is_named_and_not_kept(system, petition, app):
    app.extensions["system"].parts.suggester.by_word = {"两条烟": suggestion(positions=(COUNTY_HEAD,))}
    upload(petition, excel(*ROWS))

    assert "第 2 行：反映对象属于上级管辖" in petition.get("/admin/paper/import").text
    assert petition.post("/admin/paper/import/commit").status_code == 400
    assert cases(system) == []


def test_columns_that_were_not_recognised_can_be_chosen(petition):
    upload(petition, excel(["2026-11-09", "窗口让多跑三趟。"], head=["甲", "乙"]))
    unknown = petition.get("/admin/paper/import").text
    chosen = petition.get("/admin/paper/import?c0=received_on&c1=statement").text

    assert "没有对上“收到日期”这一列" in unknown
    assert "可以导入 <b>1</b> 件" in chosen
    assert "有两列选成了同一项" in petition.get("/admin/paper/import?c0=statement&c1=statement").text


def test_nobody_sees_another_person_s_ledger(system, petition, sign_in):
    upload(petition, excel(*ROWS))
    with system.transact() as services:
        services.staff.create(
            username="second", display_name="另一位", role=Role.PETITION, body=None, password="a long password"
        )
    other = petition.application.test_client()
    other.post("/admin/sign-in", data={"username": "second", "password": "a long password"})

    assert "第二步" not in other.get("/admin/paper/import").text


def test_a_ledger_that_waits_is_sealed_and_forgotten_after_a_day(system, petition, clock):
    upload(petition, excel(*ROWS))
    with system.engine.connect() as connection:
        raw = bytes(connection.exec_driver_sql("SELECT cells FROM ledger_draft").scalar())
    clock.forward(hours=25)
    with system.transact() as services:
        services.paper_intake.forget_drafts()

    assert "两条烟".encode() not in raw
    assert count(system, LedgerDraft) == 0


def test_a_ledger_can_be_thrown_away(system, petition):
    upload(petition, excel(*ROWS))
    petition.post("/admin/paper/import/drop")

    assert count(system, LedgerDraft) == 0


def test_the_sample_file_passes_the_check(petition):
    sample = petition.get("/admin/paper/import/sample")
    upload(petition, sample.data)

    assert "可以导入 <b>2</b> 件" in petition.get("/admin/paper/import").text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF", "打不开"),
        (excel(), "没有可以导入的内容"),
        (excel(*[["2026-11-01", f"第{n}件"] for n in range(501)], head=["日期", "内容"]), "最多导入 500 行"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_plain_words(petition, content, words):
    answer = upload(petition, content)

    assert (answer.status_code, words in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-09", date(2026, 11, 9)),
        ("2026/1/9", date(2026, 1, 9)),
        ("2026年11月9日", date(2026, 11, 9)),
        ("2026.11.09 08:30", date(2026, 11, 9)),
        ("20261109", date(2026, 11, 9)),
        ("2026-02-30", None),
        ("11月9日", None),
        ("", None),
    ],
)
def test_days_are_read_as_ledgers_write_them(text, day):
    assert read_day(text) == day
