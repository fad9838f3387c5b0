"""Lists that staff edit as sheets: a file out and in, one row on the page; what would change, before anybody proposes it."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.access import allowed, facts, reading, services
from admin.downloads import EXCEL, download
from admin.forms import ProposeRowsForm, SheetFileForm
from admin.list_sheets import read_tables, write_tables
from admin.naming import Names
from admin.presenters import Presenter
from domain.edited_lists import CODE, Row, Sheet
from domain.errors import Fault, InvalidInput, UnfitRows
from domain.permissions import may
from domain.terms import Action, ReferenceList

LISTS = (ReferenceList.DIRECTORY, ReferenceList.CALENDAR, ReferenceList.WORDS, ReferenceList.KINDS)


def add(console: Blueprint, presenter: Presenter) -> None:
    """`/admin/reference/<list>/sheet`, `rows`, `row` and `proposal`."""

    @console.get("/reference/<which>/<int:version>/sheet")
    @allowed(Action.VIEW_REFERENCE)
    def list_sheet(which: str, version: int) -> ResponseReturnValue:
        wanted, lists = list_of(which), services().edited_lists
        form = lists.form(wanted)
        file = write_tables(presenter, wanted, form, form.tables(lists.data(facts(), wanted, version)))
        return download(file, f"{presenter.words.label(wanted)}-{version}.xlsx", EXCEL)

    @console.post("/reference/<which>/sheet")
    @allowed(Action.PROPOSE_REFERENCE)
    def upload_sheet(which: str) -> ResponseReturnValue:
        wanted, form = list_of(which), SheetFileForm()
        if not form.validate_on_submit():
            return render_list(wanted, file=form), 400
        lists = services().edited_lists
        try:
            content = lists.read(wanted, read_tables(presenter, lists.form(wanted), form.file.data.read()))
        except InvalidInput as error:
            form.file.errors = [error.reason]
            return render_list(wanted, file=form), 400
        except UnfitRows as error:
            return render_list(wanted, faults=error.faults), 400
        return _proposal(presenter, wanted, content, ProposeRowsForm(formdata=None, effective_from=lists.today()))

    @console.get("/reference/<which>/rows")
    @allowed(Action.VIEW_REFERENCE)
    def list_rows(which: str) -> ResponseReturnValue:
        wanted, lists = list_of(which), services().edited_lists
        form = lists.form(wanted)
        sheet = _sheet(wanted, request.args.get("sheet") or form.sheets[0].key)
        return render_template(
            "admin/reference_rows.html",
            which=wanted,
            sheet=sheet,
            sheets=form.sheets,
            rows=form.tables(lists.in_force(wanted))[sheet.key],
            may_propose=may(facts(), Action.PROPOSE_REFERENCE),
        )

    @console.get("/reference/<which>/row")
    @allowed(Action.PROPOSE_REFERENCE)
    def list_row(which: str) -> ResponseReturnValue:
        wanted = list_of(which)
        sheet, row = _row(wanted)
        return _render_row(wanted, sheet, row)

    @console.post("/reference/<which>/row")
    @allowed(Action.PROPOSE_REFERENCE)
    def change_row(which: str) -> ResponseReturnValue:
        wanted, lists = list_of(which), services().edited_lists
        sheet, row = _row(wanted)
        given = {column: _tidy(request.form.get(column, row[column])) for column in sheet.columns}
        if row[CODE] or not sheet.own_code:
            given[CODE] = row[CODE]
        tables = dict(lists.form(wanted).tables(lists.in_force(wanted)))
        rows = [known for known in tables[sheet.key] if known[CODE] != row[CODE]]
        at = next((n for n, known in enumerate(tables[sheet.key]) if known[CODE] == row[CODE]), len(rows))
        is_gone = "remove" in request.form and not sheet.is_closed
        tables[sheet.key] = rows if is_gone else [*rows[:at], given, *rows[at:]]
        try:
            content = lists.read(wanted, tables)
        except UnfitRows as error:
            return _render_row(wanted, sheet, row if is_gone else {**given, CODE: row[CODE]}, error.faults), 400
        return _proposal(presenter, wanted, content, ProposeRowsForm(formdata=None, effective_from=lists.today()))

    @console.post("/reference/<which>/proposal")
    @allowed(Action.PROPOSE_REFERENCE)
    def propose_rows(which: str) -> ResponseReturnValue:
        wanted, form = list_of(which), ProposeRowsForm()
        content = (form.content.data or "").encode()
        try:
            if form.validate_on_submit():
                services().reference_lists.propose(
                    facts(), wanted, content=content, effective_from=form.effective_from.data, note=form.note.data
                )
                flash("reference-proposed")
                return redirect(url_for("admin.reference_list", which=wanted.value))
        except InvalidInput as error:
            form[error.field].errors = [error.reason]
        except UnfitRows as error:
            return render_list(wanted, faults=error.faults), 400
        return _proposal(presenter, wanted, content, form), 400


def list_of(which: str) -> ReferenceList:
    """The list of an address; no letter. Ends in 404."""
    found = next((member for member in LISTS if member.value == which), None)
    if found is None:
        abort(404)
    return found


def render_list(
    which: ReferenceList, *, file: SheetFileForm | None = None, faults: tuple[Fault, ...] = (), problem: str = ""
) -> str:
    """The page of one list: its versions, and how to change it."""
    lists = services().reference_lists
    return render_template(
        "admin/reference_sheets.html",
        which=which,
        versions=lists.versions(facts(), which),
        in_force=lists.in_force(which),
        sheets=services().edited_lists.form(which).sheets,
        file=file or SheetFileForm(formdata=None),
        faults=faults,
        problem=problem,
        may_propose=may(facts(), Action.PROPOSE_REFERENCE),
        may_confirm=may(facts(), Action.CONFIRM_REFERENCE),
    )


def render_version(presenter: Presenter, which: ReferenceList, version: int) -> str:
    """What a version changes against what is in force, and what it would do; with the buttons for whoever decides."""
    with reading() as reader:
        lists = reader.edited_lists
        data = lists.data(facts(), which, version)
        views = reader.reference_lists.versions(facts(), which)
        changes = lists.changes(which, data)
        given = _told(presenter, reader.rehearsal.effects(facts(), which, data) if changes else None)
        return render_template(
            "admin/reference_changes.html",
            which=which,
            changes=changes,
            version=next((view for view in views if view.id == version), None),
            form=None,
            **given,
        )


def _proposal(presenter: Presenter, which: ReferenceList, content: bytes, form: ProposeRowsForm) -> str:
    """What an upload or an edited row would change, and the form that proposes it. Nothing is kept until then."""
    with reading() as reader:
        lists = reader.edited_lists
        try:
            data = lists.parsed(which, content)
        except UnfitRows as error:
            return render_list(which, faults=error.faults)
        changes = lists.changes(which, data)
        if not changes:
            return render_list(which, faults=(Fault("list_unchanged", "", 0),))
        form.content.data = content.decode()
        given = _told(presenter, reader.rehearsal.effects(facts(), which, data))
        return render_template(
            "admin/reference_changes.html", which=which, changes=changes, version=None, form=form, **given
        )


def _told(presenter: Presenter, effects: Any) -> dict[str, object]:
    """Effects with names: those of the proposed directory where there is one."""
    then = presenter
    if effects is not None and effects.directory is not None:
        names = Names(presenter.words, effects.directory, presenter.taxonomy, presenter.calendar)
        then = Presenter(lambda: names)
    return {"effects": effects, "then": then}


def _sheet(which: ReferenceList, key: str) -> Sheet:
    found = next((sheet for sheet in services().edited_lists.form(which).sheets if sheet.key == key), None)
    if found is None:
        abort(404)
    return found


def _row(which: ReferenceList) -> tuple[Sheet, Row]:
    """The row that the address names; an empty one for a row to be added, where rows can be."""
    sheet, key = _sheet(which, request.args.get("sheet", "")), request.args.get("key", "")
    lists = services().edited_lists
    rows = {row[CODE]: row for row in lists.form(which).tables(lists.in_force(which))[sheet.key]}
    if key not in rows and (key or sheet.is_closed):
        abort(404)
    return sheet, rows.get(key) or dict.fromkeys(sheet.columns, "")


def _render_row(which: ReferenceList, sheet: Sheet, row: Row, faults: tuple[Fault, ...] = ()) -> str:
    lists = services().edited_lists
    tables = lists.form(which).tables(lists.in_force(which))
    return render_template("admin/reference_row.html", which=which, sheet=sheet, row=row, faults=faults, tables=tables)


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
