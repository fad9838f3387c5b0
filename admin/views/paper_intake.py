"""Paper comes in: single letters, visits and calls, and whole ledgers from Excel."""

from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.access import allowed, facts, reading, services
from admin.downloads import EXCEL, download
from admin.forms import LedgerFileForm, PaperForm
from admin.presenters import Presenter
from admin.sheets import Column, write_sheet
from admin.sheets_in import read_sheet
from domain.errors import InvalidInput, NotFound, NotOurs
from domain.terms import Action, Source
from services.paper_intake import MAX_IMPORTED, PAPER_SOURCES, PaperReport
from services.uploads import MAX_FILES, given_files, read_uploads

_SHOWN = 5
_LISTED = 50


def add(console: Blueprint, presenter: Presenter) -> None:
    """`/admin/paper/entry` and `/admin/paper/import`."""

    @console.get("/paper/entry")
    @allowed(Action.ENTER_PAPER)
    def paper_entry() -> ResponseReturnValue:
        return _entry(PaperForm(formdata=None, received_on=services().paper_intake.today()))

    @console.post("/paper/entry")
    @allowed(Action.ENTER_PAPER)
    def enter_paper() -> ResponseReturnValue:
        form = PaperForm()
        if not form.validate_on_submit():
            return _entry(form), 400
        try:
            report = PaperReport(
                source=Source(form.source.data),
                received_on=form.received_on.data,
                statement=form.statement.data,
                unit=form.unit.data or None,
                label=form.label.data or None,
                name=form.reporter.data,
                contact=form.contact.data,
            )
            lodged = services().paper_intake.enter(facts(), report, read_uploads(given_files(form.files.data)))
        except InvalidInput as error:
            services().session.rollback()
            field = "files" if error.field == "attachment" else error.field
            form[field if field in form else "statement"].errors = [error.reason]
            return _entry(form), 400
        except NotOurs:
            services().session.rollback()
            return _entry(form, problem=presenter.words.error("row_not_ours")), 400
        return render_template("admin/paper_entered.html", lodged=lodged)

    @console.get("/paper/import")
    @allowed(Action.ENTER_PAPER)
    def paper_import() -> ResponseReturnValue:
        return _import(presenter)

    @console.post("/paper/import")
    @allowed(Action.ENTER_PAPER)
    def upload_ledger() -> ResponseReturnValue:
        form = LedgerFileForm()
        if not form.validate_on_submit():
            return _import(presenter, form), 400
        try:
            services().paper_intake.keep(facts(), read_sheet(form.file.data.read()))
        except InvalidInput as error:
            services().session.rollback()
            form.file.errors = [error.reason]
            return _import(presenter, form), 400
        return redirect(url_for("admin.paper_import"))

    @console.post("/paper/import/<any(commit, drop):what>")
    @allowed(Action.ENTER_PAPER)
    def finish_import(what: str) -> ResponseReturnValue:
        form = LedgerFileForm(meta={"csrf": True})
        staff, intake = facts(), services().paper_intake
        if what == "drop":
            intake.drop(staff)
            flash("import-drop")
            return redirect(url_for("admin.paper_import"))
        try:
            with reading() as reader:
                draft = reader.paper_intake.draft(staff, _mapping())
                if draft is None:
                    raise NotFound("ledger")
                checked = reader.paper_intake.check(draft)
                reports = reader.paper_intake.prepare(staff, checked)
            intake.import_all(staff, reports, duplicates=checked.duplicates)
        except (InvalidInput, NotOurs) as error:
            services().session.rollback()
            form.file.errors = [error.reason if isinstance(error, InvalidInput) else "row_not_ours"]
            return _import(presenter, form), 400
        flash("import-commit")
        return redirect(url_for("admin.worklist", open=1))

    @console.get("/paper/import/sample")
    @allowed(Action.ENTER_PAPER)
    def import_sample() -> ResponseReturnValue:
        told = services().parts.import_words
        columns = [Column(column["name"], 30 if key == "statement" else 18) for key, column in told["columns"].items()]
        words = presenter.words.labels["Sheet"]
        rows = [[str(cell) for cell in row] for row in told["sample"]]
        with write_sheet(columns, rows, title=words["ledger"], footer=words["page"], stamp="") as file:
            return download(BytesIO(file.read()), f"{words['sample']}.xlsx", EXCEL)


def _mapping() -> dict[int, str] | None:
    """Which column is which, as the address or the form says; None when neither does."""
    given = {name: value for name, value in request.values.items() if name.startswith("c") and name[1:].isdigit()}
    return {int(name[1:]): value for name, value in given.items()} if given else None


def _entry(form: PaperForm, *, problem: str = "") -> str:
    had_files = bool(given_files(form.files.data))
    return render_template(
        "admin/paper_entry.html",
        form=form,
        sources=PAPER_SOURCES,
        problem=problem,
        most=MAX_FILES,
        had_files=had_files,
    )


def _import(presenter: Presenter, form: LedgerFileForm | None = None) -> str:
    intake = services().paper_intake
    draft = intake.draft(facts(), _mapping())
    checked = intake.check(draft) if draft else None
    return render_template(
        "admin/paper_import.html",
        form=form or LedgerFileForm(formdata=None),
        draft=draft,
        checked=checked,
        columns=services().parts.import_words["columns"],
        shown=_SHOWN,
        listed=_LISTED,
        max_rows=MAX_IMPORTED,
    )
