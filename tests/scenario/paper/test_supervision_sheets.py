"""The lists of supervision as Excel: what the page shows, within one's scope, and in the journal."""

from domain.terms import Role
from services.intake import Identity
from tests.scenario.paper.test_ledger import exports, sheet_of


def rows(book, name):
    return [list(row) for row in book[name].iter_rows(values_only=True)][1:]


def test_the_file_shows_whose_cases_are_stuck(system, sign_in, lodge, clock):
    lodge(identity=Identity("王五", "13800000000"))
    clock.forward(days=40)

    book = sheet_of(sign_in(Role.PETITION).post("/admin/supervision/export"))

    [[body, light, *_rest]] = rows(book, "谁的办件卡住了")
    assert (body, light) == ("尚未交办", "逾期")
    assert rows(book, "等回复的函") == []


def test_the_export_is_written_down(system, sign_in, lodge):
    lodge()

    sign_in(Role.PETITION).post("/admin/supervision/export")

    assert exports(system) == [("petition", "supervision", "1")]


def test_a_group_takes_out_only_what_was_handed_to_it(system, sign_in, lodge):
    lodge()

    assert rows(sheet_of(sign_in(Role.GROUP, "g_market").post("/admin/supervision/export")), "谁的办件卡住了") == []


def test_the_administrator_takes_out_nothing(system, sign_in):
    assert sign_in(Role.SYSADMIN).post("/admin/supervision/export").status_code == 403
    assert exports(system) == []
