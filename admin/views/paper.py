"""The home of paper: what leaves as Excel, within one's own scope."""

from dataclasses import replace
from typing import IO

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from admin import worklist_address
from admin.access import allowed, current_staff, facts, reading, services
from admin.downloads import EXCEL, download
from admin.forms import LedgerForm, MonthForm
from admin.ledger_sheets import write_ledger
from admin.presenters import Presenter
from domain.errors import InvalidInput
from domain.permissions import StaffFacts
from domain.terms import Action, WorklistSort
from domain.times import local_day
from services.ledgers import MAX_ROWS, filter_keys
from services.views import WorklistFilter


def add(console: Blueprint, presenter: Presenter) -> None:
    """`/admin/paper` and `/admin/paper/ledger`."""

    @console.get("/paper")
    @allowed(Action.EXPORT_LISTS)
    def paper() -> ResponseReturnValue:
        return _render(LedgerForm(formdata=None))

    @console.post("/paper/ledger")
    @allowed(Action.EXPORT_LISTS)
    def export_ledger() -> ResponseReturnValue:
        form = LedgerForm()
        if not form.validate_on_submit():
            return _render(form), 400
        seen = worklist_address.read(request.args)
        if not request.args:
            seen = replace(
                seen, sort=WorklistSort.NEWEST
            )  # from the page of paper: a book of what came, not a worklist
        wanted = replace(seen, since=form.since.data or seen.since, until=form.until.data or seen.until)
        staff, name = facts(), _name()
        try:
            file, count = _written(presenter, staff, wanted, name)
        except InvalidInput as error:
            form[error.field].errors = [error.reason]
            return _render(form), 400
        services().ledgers.write_down(staff, wanted, count)
        title = presenter.words.labels["Sheet"]["ledger"]
        return download(file, f"{title}{local_day(services().ledgers.now())}.xlsx", EXCEL)


def _written(show: Presenter, staff: StaffFacts, wanted: WorklistFilter, name: str) -> tuple[IO[bytes], int]:
    with reading() as reader:
        ledgers = reader.ledgers
        count = ledgers.count(staff, wanted)
        rows = ledgers.rows(staff, wanted)
        asked = filter_keys(wanted)
        file = write_ledger(show, rows, exported_at=ledgers.now(), exported_by=name, asked=asked, count=count)
    return file, count


def _name() -> str:
    staff = current_staff()
    return staff.display_name if staff else ""


def _render(form: LedgerForm) -> str:
    return render_template("admin/paper.html", form=form, month_form=MonthForm(formdata=None), max_rows=MAX_ROWS)
