"""The lists of supervision as Excel: what the page shows, within one's scope, and in the journal."""

from datetime import UTC, date, datetime, timedelta

from domain.permissions import StaffFacts
from domain.terms import LetterKind, Role
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
    assert [row[0] for row in rows(book, "等回复的函")] == ["没有等回复的函"]


def test_the_file_shows_which_letters_wait_and_since_when(system, sign_in, lodge, clock):
    clock.moment = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)  # already the 23rd in the county
    number, petition = lodge(), sign_in(Role.PETITION)
    with system.transact() as services:
        clerk = StaffFacts(1, Role.PETITION, None)
        services.casework.accept(clerk, number, version=1)
        services.casework.assign(clerk, number, version=2, body="g_market")
        answer_by = services.supervision.today() + timedelta(days=5)
        services.supervision_letters.issue(clerk, number, kind=LetterKind.URGING, text="请尽快", answer_by=answer_by)

    [[case, _kind, _body, issued, *_rest]] = rows(sheet_of(petition.post("/admin/supervision/export")), "等回复的函")

    assert (case, issued.date()) == (number, date(2026, 11, 23))


def test_the_export_is_written_down(system, sign_in, lodge):
    lodge()

    sign_in(Role.PETITION).post("/admin/supervision/export")

    assert exports(system) == [("petition", "supervision", "1")]


def test_a_group_takes_out_only_what_was_handed_to_it(system, sign_in, lodge):
    lodge()

    book = sheet_of(sign_in(Role.GROUP, "g_market").post("/admin/supervision/export"))
    assert [row[0] for row in rows(book, "谁的办件卡住了")] == ["没有在办的办件"]


def test_the_administrator_takes_out_nothing(system, sign_in):
    assert sign_in(Role.SYSADMIN).post("/admin/supervision/export").status_code == 403
    assert exports(system) == []
