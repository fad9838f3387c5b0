"""Lists that staff edit: looked at before they are proposed, confirmed by somebody else, used at once, taken back."""

import html
import io
import re
from datetime import date

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from app.factory import make_worker
from domain.terms import CaseEventKind, DeadlineKind, Rank, Role
from domain.values import Position
from models import Case, CaseDeadline, CaseEvent, ReferenceVersion
from services.intake import Identity
from tests.fakes import suggestion
from tests.scenario.paper.conftest import SECRET

TODAY = "2026-11-23"


@pytest.fixture
def petition(sign_in):
    return sign_in(Role.PETITION)


@pytest.fixture
def leader(sign_in):
    return sign_in(Role.LEADER)


def book_of(answer):
    return load_workbook(io.BytesIO(answer.data))


def upload(browser, which, book):
    file = io.BytesIO()
    book.save(file)
    return browser.post(
        f"/admin/reference/{which}/sheet",
        data={"file": (io.BytesIO(file.getvalue()), "名录.xlsx")},
        content_type="multipart/form-data",
    )


def set_cell(book, sheet, code, column, text):
    page = book[sheet]
    at = [cell.value for cell in page[1]].index(column)
    next(row for row in page.iter_rows() if row[0].value == code)[at].value = text


def edited(browser, code, column, text, sheet="单位"):
    """The directory as downloaded, with one cell changed."""
    book = book_of(browser.get("/admin/reference/directory/0/sheet"))
    set_cell(book, sheet, code, column, text)
    return book


def content_of(page):
    return html.unescape(re.search(r'name="content" value="([^"]*)"', page.text)[1])


def propose(browser, page, which="directory", **values):
    given = {"content": content_of(page), "effective_from": TODAY, "note": "机构改革", **values}
    return browser.post(f"/admin/reference/{which}/proposal", data=given)


def versions(system):
    with system.transact(read_only=True) as services:
        return list(services.session.scalars(select(ReferenceVersion)))


def test_a_sheet_is_looked_at_before_it_is_proposed_and_confirmed_by_somebody_else(petition, leader, system):
    page = upload(petition, "directory", edited(petition, "market_regulation", "名称", "县市场监管局"))
    nothing_yet = versions(system)
    proposed = propose(petition, page)
    before = petition.get("/admin/reference/directory/rows").text
    leader.post("/admin/reference/directory/1/confirm")
    after = petition.get("/admin/reference/directory/rows").text

    assert (page.status_code, nothing_yet, proposed.status_code) == (200, [], 302)
    assert "<del>县市场监督管理局</del> → <ins>县市场监管局</ins>" in page.text
    assert ("县市场监管局" in before, "县市场监管局" in after) == (False, True)


def test_every_fault_of_a_sheet_is_named_by_row_and_nothing_is_kept(petition, system):
    book = edited(petition, "market_regulation", "监督它的派驻组", "驻天上纪检监察组")
    set_cell(book, "单位", "tax_bureau", "上级纪检机构", "")
    page = upload(petition, "directory", book)

    assert page.status_code == 400
    assert re.search(r"单位 第 \d+ 行 “监督它的派驻组”：没有这个名称（驻天上纪检监察组）", page.text)
    assert "“上级纪检机构”：不能空着" in page.text
    assert versions(system) == []


def test_a_file_that_is_no_such_list_is_refused_in_plain_words(petition):
    nothing = upload(petition, "directory", Workbook())
    book = edited(petition, "market_regulation", "名称", "县市场监管局")
    book["单位"]["C1"] = "又名"
    without_column = upload(petition, "directory", book)
    picture = petition.post(
        "/admin/reference/directory/sheet",
        data={"file": (io.BytesIO(b"\x89PNG"), "x.xlsx")},
        content_type="multipart/form-data",
    )

    assert "没有找到认得的表" in nothing.text
    assert "单位 第 1 行 “别名”：缺了这一列" in without_column.text
    assert "另存为 .xlsx" in picture.text
    assert {nothing.status_code, without_column.status_code, picture.status_code} == {400}


def test_a_file_without_a_change_is_not_proposed(petition):
    page = upload(petition, "directory", book_of(petition.get("/admin/reference/directory/0/sheet")))

    assert "和正在使用的完全一样" in page.text


def test_one_row_is_changed_on_the_page(petition, leader, system):
    address = "/admin/reference/directory/row?sheet=units&key=market_regulation"
    form = petition.get(address).text
    page = petition.post(address, data={"aliases": "市监局、红盾办"})
    propose(petition, page)
    leader.post("/admin/reference/directory/1/confirm")

    assert "市监局、市场局" in form
    with system.transact(read_only=True) as services:
        assert services.parts.directory.units["market_regulation"].aliases == ("市监局", "红盾办")


def test_a_row_is_added_and_taken_out_again_on_the_page(petition, leader, system):
    row = {"key": "2026-11-30", "works": "放假", "note": "县庆"}
    propose(petition, petition.post("/admin/reference/calendar/row?sheet=days", data=row), "calendar")
    leader.post("/admin/reference/calendar/1/confirm")
    shown = petition.get("/admin/reference/calendar/rows?sheet=days").text
    gone = petition.post("/admin/reference/calendar/row?sheet=days&key=2026-11-30", data={**row, "remove": "1"})

    assert "县庆" in shown
    assert "删去" in gone.text


def test_a_row_that_will_not_do_is_shown_again_with_what_is_wrong(petition):
    address = "/admin/reference/directory/row?sheet=units&key=market_regulation"
    page = petition.post(address, data={"aliases": "城管", "name": "县市场监管局"})

    assert (page.status_code, "一个名称只能是一家" in page.text, "县市场监管局" in page.text) == (400, True, True)


def test_what_is_handed_back_by_the_browser_is_checked_again(petition, system):
    for content in ("", "nothing", "{}", '{"units": [], "groups": [], "offices": [], "ambiguous_aliases": []}'):
        answer = petition.post(
            "/admin/reference/directory/proposal", data={"content": content, "effective_from": TODAY, "note": "x"}
        )
        assert answer.status_code == 400
    assert versions(system) == []


def test_a_proposal_without_a_reason_shows_the_changes_again(petition, system):
    page = upload(petition, "directory", edited(petition, "market_regulation", "名称", "县市场监管局"))
    answer = propose(petition, page, note="")

    assert (answer.status_code, "还没有填写" in answer.text, "县市场监管局" in answer.text) == (400, True, True)
    assert versions(system) == []


def test_who_only_looks_downloads_and_changes_nothing(sign_in):
    auditor = sign_in(Role.AUDITOR)

    assert auditor.get("/admin/reference/directory").status_code == 200
    assert "上传" not in auditor.get("/admin/reference/directory").text
    assert "单位" in book_of(auditor.get("/admin/reference/directory/0/sheet")).sheetnames
    assert upload(auditor, "directory", Workbook()).status_code == 403
    assert auditor.get("/admin/reference/directory/row?sheet=units&key=court").status_code == 403


@pytest.mark.parametrize("which", ["directory", "kinds", "words", "calendar"])
def test_every_list_goes_out_as_a_workbook_and_every_sheet_is_shown(petition, which):
    book = book_of(petition.get(f"/admin/reference/{which}/0/sheet"))
    page = petition.get(f"/admin/reference/{which}")

    assert "说明" in book.sheetnames
    for address in re.findall(rf'href="(/admin/reference/{which}/rows[^"]*)"', page.text):
        assert petition.get(address.replace("&amp;", "&")).status_code == 200


# ── the dry run ──────────────────────────────────────────────────────────────────────────────────
MOVE = {"group": "驻县财政局纪检监察组"}
MARKET = "/admin/reference/directory/row?sheet=units&key=market_regulation"


def test_the_dry_run_names_the_open_cases_that_would_go_elsewhere(petition, lodge):
    moved, stays = lodge(), lodge(suggestion=suggestion(units=("urban_management",)), statement="城管掀了我的摊子")
    page = petition.post(MARKET, data=MOVE).text

    assert "看了最近的 2 件，其中 <b>1</b> 件" in page
    assert f'href="/admin/cases/{moved}"' in page
    assert stays not in page
    assert "驻县财政局纪检监察组" in page


def test_the_dry_run_says_nothing_of_what_was_reported(petition, lodge):
    lodge(identity=Identity("钱小满", "13900001111"))
    page = petition.post(MARKET, data=MOVE).text

    assert [word for word in (SECRET, "软中华", "钱小满", "13900001111") if word in page] == []


def test_who_sees_no_case_is_told_so_and_gets_no_number(sign_in, lodge):
    number = lodge()
    page = sign_in(Role.SYSADMIN).post(MARKET, data=MOVE).text

    assert "您的账号看不到办件" in page
    assert number not in page


def test_a_case_that_is_closed_to_its_reader_is_not_in_his_dry_run(petition, lodge, system):
    inspector = Position(title="组长", rank=Rank.DISCIPLINE_STAFF, unit="g_market")
    number = lodge(suggestion=suggestion(positions=(inspector,)))
    page = petition.post(MARKET, data=MOVE).text

    assert number not in page
    assert "0 件在办件" in page


def test_many_cases_are_looked_at_up_to_a_bound_that_is_told(petition, lodge, monkeypatch):
    monkeypatch.setattr("services.rehearsal.MOST_CASES", 1)
    lodge()
    lodge(statement="另外一件事，也是他们")

    assert "看了最近的 1 件（太多，没有全看）" in petition.post(MARKET, data=MOVE).text


def test_a_case_stays_with_the_body_that_has_it_when_the_list_changes(petition, leader, lodge, system):
    number = lodge()
    propose(petition, petition.post(MARKET, data=MOVE))
    leader.post("/admin/reference/directory/1/confirm")
    other = lodge(statement="第二天又来了一次，还是要烟")
    with system.transact(read_only=True) as services:
        owners = dict(services.session.execute(select(Case.case_number, Case.owner)).all())

    assert (owners[number], owners[other]) == ("g_market", "g_finance")


# ── a holiday ────────────────────────────────────────────────────────────────────────────────────
HOLIDAY = {"key": "2026-11-30", "works": "放假", "note": "县庆"}


def due(system):
    with system.transact(read_only=True) as services:
        return services.session.scalar(
            select(CaseDeadline.due_on).where(CaseDeadline.kind == DeadlineKind.ACCEPTANCE_NOTICE)
        )


def let_worker(system, clock):
    clock.forward(seconds=3)
    worker = make_worker(system)
    for _ in range(5):
        worker.run_once()


def test_a_holiday_moves_the_days_that_are_due_and_going_back_moves_them_back(petition, leader, lodge, system, clock):
    number = lodge(identity=Identity("钱小满", "13900001111"))
    let_worker(system, clock)
    at_first = due(system)
    page = petition.post("/admin/reference/calendar/row?sheet=days", data=HOLIDAY)
    propose(petition, page, "calendar")
    leader.post("/admin/reference/calendar/1/confirm")
    let_worker(system, clock)
    later = due(system)
    leader.post("/admin/reference/calendar/0/back", data={"note": "没有县庆"})
    let_worker(system, clock)

    assert (at_first, later, due(system)) == (date(2026, 12, 14), date(2026, 12, 15), date(2026, 12, 14))
    assert "<b>1</b> 个期限会变" in page.text
    assert number in page.text
    with system.transact(read_only=True) as services:
        lines = services.session.scalars(
            select(CaseEvent).where(CaseEvent.kind == CaseEventKind.DEADLINE_RECOMPUTED).order_by(CaseEvent.id)
        )
        assert [(line.actor, line.old_value, line.new_value) for line in lines] == [
            ("system", "2026-12-14", "2026-12-15"),
            ("system", "2026-12-15", "2026-12-14"),
        ]


# ── what must not get lost ───────────────────────────────────────────────────────────────────────
def new_unit(browser, leader):
    row = {"name": "县数据局", "unit_kind": "政府部门", "group": "驻县财政局纪检监察组", "aliases": "数据局"}
    propose(browser, browser.post("/admin/reference/directory/row?sheet=units", data=row))
    leader.post("/admin/reference/directory/1/confirm")


def test_a_unit_that_cases_have_is_not_taken_out_nor_lost_by_going_back(petition, leader, lodge):
    new_unit(petition, leader)
    lodge(suggestion=suggestion(units=("unit_1",)))
    removed = petition.post("/admin/reference/directory/row?sheet=units&key=unit_1", data={"remove": "1"})
    back = leader.post("/admin/reference/directory/0/back", data={"note": "不要了"})

    assert (removed.status_code, back.status_code) == (400, 400)
    assert "还有办件或账号属于它，不能删掉（县数据局）" in removed.text
    assert "还有办件或账号属于它，不能删掉（县数据局）" in back.text


def test_a_unit_that_nobody_needs_is_taken_out(petition, leader):
    new_unit(petition, leader)
    removed = petition.post("/admin/reference/directory/row?sheet=units&key=unit_1", data={"remove": "1"})

    assert (removed.status_code, "删去" in removed.text) == (200, True)


def test_each_step_is_in_the_journal(petition, leader, system):
    new_unit(petition, leader)
    with system.transact(read_only=True) as services:
        kinds = (CaseEventKind.REFERENCE_PROPOSED, CaseEventKind.REFERENCE_ACTIVATED)
        lines = services.session.scalars(select(CaseEvent).where(CaseEvent.kind.in_(kinds)).order_by(CaseEvent.id))
        assert [(line.kind.value, line.actor, line.new_value) for line in lines] == [
            ("reference_proposed", "petition", f"directory/1/{TODAY}"),
            ("reference_activated", "leader", f"directory/1/{TODAY}"),
        ]


def test_the_version_page_shows_who_decides_what_would_change(petition, leader, lodge):
    number = lodge()
    propose(petition, petition.post(MARKET, data=MOVE))
    page = leader.get("/admin/reference/directory/1/preview").text

    assert number in page
    assert "/admin/reference/directory/1/confirm" in page
    assert "/admin/reference/directory/1/confirm" not in petition.get("/admin/reference/directory/1/preview").text


def test_kinds_are_called_otherwise_in_the_console_at_once(petition, leader):
    row = "/admin/reference/kinds/row?sheet=kinds&key=approval_payoff"
    page = petition.post(row, data={"name": "办证要好处"})
    propose(petition, page, "kinds")
    leader.post("/admin/reference/kinds/1/confirm")

    assert "只改文字" in page.text
    assert "办证要好处" in petition.get("/admin/cases").text
