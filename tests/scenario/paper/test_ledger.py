"""Paper: the ledger as an Excel file, within one's own scope, with real types, without content, and in the journal."""

import io
import re
from datetime import date, timedelta

import openpyxl
import pytest
from sqlalchemy import select

from domain.permissions import StaffFacts
from domain.terms import CaseEventKind, Rank, Role, WorklistSort
from domain.values import Position
from models import Case, CaseEvent
from services.intake import Identity
from services.ledgers import filter_keys
from services.views import WorklistFilter
from tests.fakes import suggestion
from tests.scenario.paper.conftest import SECRET

NAME, PHONE = "钱小满", "13900001111"


def sheet_of(answer):
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Disposition"].isascii()
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def rows_of(answer):
    """The lines of the ledger, by their headings."""
    head, *lines = sheet_of(answer).worksheets[0].iter_rows(values_only=True)
    return [dict(zip(head, line, strict=True)) for line in lines]


def exports(system):
    with system.transact(read_only=True) as services:
        query = select(CaseEvent).where(CaseEvent.kind == CaseEventKind.LIST_EXPORTED)
        return [(event.actor, event.old_value, event.new_value) for event in services.session.scalars(query)]


def test_a_clerk_exports_the_list_as_it_is_filtered(system, sign_in, lodge):
    wanted = lodge()
    lodge(suggestion=suggestion("approval_payoff"))

    rows = rows_of(sign_in(Role.PETITION).post("/admin/paper/ledger?label=enforcement_payoff&page=7"))

    assert [row["受理编号"] for row in rows] == [wanted]
    assert rows[0]["被反映单位"] == "县市场监督管理局"


def test_days_are_days_and_numbers_are_numbers(system, sign_in, lodge):
    lodge(identity=Identity(NAME, PHONE))

    row = rows_of(sign_in(Role.PETITION).post("/admin/paper/ledger"))[0]

    assert (row["收到日期"].date(), row["到期日"].date()) == (date(2026, 11, 23), date(2026, 12, 14))
    assert (row["距到期（天）"], row["催办次数"]) == (21, 0)


def test_whom_a_case_is_proposed_to_stands_beside_who_has_it(system, sign_in, lodge):
    petition = sign_in(Role.PETITION)
    number = lodge(suggestion=suggestion(positions=(Position("局长", Rank.COUNTY_MANAGED, "market_regulation"),)))
    lodge()
    with system.transact() as services:
        services.casework.accept(StaffFacts(1, Role.PETITION, None), number, version=1)
        services.casework.assign(StaffFacts(1, Role.CLUE, None), number, version=2, body="inspection_3")

    rows = {row["受理编号"]: row for row in rows_of(petition.post("/admin/paper/ledger"))}

    assert [(row["承办部门"], row["拟交（待批准）"]) for row in rows.values() if row["受理编号"] != number] == [
        (None, None)
    ]
    assert (rows[number]["承办部门"], rows[number]["拟交（待批准）"]) == (None, "第三监督检查室")


def test_neither_content_nor_reporter_is_in_the_file(system, sign_in, lodge):
    lodge(identity=Identity(NAME, PHONE))

    book = sheet_of(sign_in(Role.PETITION).post("/admin/paper/ledger"))
    cells = " ".join(str(c) for sheet in book for row in sheet.iter_rows(values_only=True) for c in row)

    assert not any(secret in cells for secret in (NAME, PHONE, SECRET, "软中华"))
    assert "署名（待核实）" in cells


def test_the_header_stays_and_filters_and_every_page_says_that_it_is_internal(system, sign_in, lodge):
    lodge()

    sheet = sheet_of(sign_in(Role.PETITION).post("/admin/paper/ledger")).worksheets[0]

    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("B2", "A1:X2", "$1:$1")
    assert sheet.column_dimensions["A"].width == 21
    assert "严禁外传" in sheet.oddFooter.left.text
    assert "周立" in sheet.oddFooter.left.text


def test_a_group_exports_only_what_was_handed_to_it(system, sign_in, lodge):
    lodge()

    answer = sign_in(Role.GROUP, "g_market").post("/admin/paper/ledger")

    assert answer.status_code == 400
    assert "没有可以导出的内容" in answer.text


def test_the_administrator_exports_nothing(sign_in):
    assert sign_in(Role.SYSADMIN).post("/admin/paper/ledger").status_code == 403


def test_every_export_is_written_down_with_its_filter_and_its_size(system, sign_in, lodge):
    number = lodge()

    sign_in(Role.PETITION).post(f"/admin/paper/ledger?open=1&number={number}", data={"since": "2026-11-01"})

    assert exports(system) == [("petition", "number=…&open_only=True&since=2026-11-01", "1")]


def test_a_refused_export_is_not_written_down(system, sign_in):
    sign_in(Role.PETITION).post("/admin/paper/ledger")

    assert exports(system) == []


def test_days_of_receipt_are_days_of_the_county(system, sign_in, clock, lodge):
    clock.moment = clock.moment.replace(hour=16, minute=30)  # half past midnight of the 24th in the county
    number = lodge()
    petition = sign_in(Role.PETITION)

    found = rows_of(petition.post("/admin/paper/ledger", data={"since": "2026-11-24", "until": "2026-11-24"}))

    assert [row["受理编号"] for row in found] == [number]
    assert petition.post("/admin/paper/ledger", data={"until": "2026-11-23"}).status_code == 400


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({"since": "2026-12-02", "until": "2026-12-01"}, "截止日期早于开始日期"),
        ({"since": "去年"}, "日期看不懂"),
    ],
)
def test_days_that_make_no_sense_are_refused_in_plain_words(system, sign_in, days, words, lodge):
    lodge()

    answer = sign_in(Role.PETITION).post("/admin/paper/ledger", data=days)

    assert (answer.status_code, words in answer.text) == (400, True)


def test_a_list_that_is_too_long_for_one_file_is_refused(system, sign_in, monkeypatch, lodge):
    lodge()
    lodge()
    monkeypatch.setattr("services.ledgers.MAX_ROWS", 1)

    answer = sign_in(Role.PETITION).post("/admin/paper/ledger")

    assert (answer.status_code, "分几次导出" in answer.text) == (400, True)


def test_batches_leave_out_nobody_and_count_nobody_twice(system, sign_in, monkeypatch, lodge):
    monkeypatch.setattr("services.ledgers._BATCH", 3)
    numbers = [lodge() for _ in range(8)]  # all received at the same moment

    rows = rows_of(sign_in(Role.PETITION).post("/admin/paper/ledger"))

    assert [row["受理编号"] for row in rows] == numbers[::-1]


@pytest.mark.parametrize("sort", WorklistSort)
def test_the_file_has_the_order_of_the_list(system, sign_in, lodge, sort):
    for days in (1, 40, 3, 2):
        number = lodge(received_at=system.parts.clock() - timedelta(days=days), in_danger=days == 3)
    lodge(identity=Identity(NAME, PHONE))
    petition = sign_in(Role.PETITION)

    seen = re.findall(
        r'class="id"><a href="/admin/cases/([^"?]+)', petition.get(f"/admin/cases?sort={sort.value}").text
    )

    assert number in seen
    assert [row["受理编号"] for row in rows_of(petition.post(f"/admin/paper/ledger?sort={sort.value}"))] == seen


def test_the_file_and_the_worklist_show_the_same_cases(system, sign_in, lodge):
    numbers = {lodge() for _ in range(3)}
    petition = sign_in(Role.PETITION)

    page = petition.get("/admin/cases?open=1").text

    assert all(number in page for number in numbers)
    assert 'action="/admin/paper/ledger?open=1"' in page
    assert {row["受理编号"] for row in rows_of(petition.post("/admin/paper/ledger?open=1"))} == numbers


def test_the_writer_of_a_database_is_not_held_up_while_a_file_is_made(system, lodge):
    lodge()
    with system.transact(read_only=True) as reader:
        next(reader.ledgers.rows(_petition(), WorklistFilter()))
        lodge()  # would wait until the time-out otherwise


def _petition():
    from domain.permissions import StaffFacts

    return StaffFacts(1, Role.PETITION, None)


def test_the_case_itself_is_read_without_a_sealed_column(system, lodge):
    from services.ledgers import _COLUMNS

    lodge()
    sealed = {c.name for c in Case.__table__.columns if type(c.type).__name__.startswith("Sealed")}

    assert sealed
    assert not sealed & {column.key for column in _COLUMNS}


def test_the_filter_in_the_journal_holds_no_more_than_keys_and_days():
    asked = WorklistFilter(number="SA2026", unit="market_regulation", page=4, until=date(2026, 1, 2))

    assert filter_keys(asked) == "number=…&unit=market_regulation&until=2026-01-02"


def test_an_export_from_a_number_of_the_pictures_tells_its_days_and_who_gave_no_name(system, sign_in, lodge):
    lodge()

    answer = sign_in(Role.PETITION).post("/admin/paper/ledger?from=2020-01-01&to=2099-12-31&named=0")

    assert answer.status_code == 200
    with system.transact(read_only=True) as services:
        kept = services.session.scalars(
            select(CaseEvent.old_value).where(CaseEvent.kind == CaseEventKind.LIST_EXPORTED)
        ).all()
    assert kept == ["named=False&since=2020-01-01&until=2099-12-31"]
