"""Lists that staff edit: what is in force, who proposed what, and the step that puts it in force."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from admin.access import allowed, facts, services
from admin.downloads import WORD, download
from admin.forms import GoBackForm, ProposeForm
from admin.presenters import Presenter
from admin.views.edited_lists import LISTS, render_list, render_version
from domain.errors import Conflict, Fault, InvalidInput, UnfitContent, UnfitRows
from domain.permissions import may
from domain.terms import Action, ReferenceList
from services.documents import fill_template, text_of
from services.reference_lists import LETTER_LISTS


def add(console: Blueprint, presenter: Presenter) -> None:
    """`/admin/reference` and its lists."""

    @console.get("/reference")
    @allowed(Action.VIEW_REFERENCE)
    def reference() -> ResponseReturnValue:
        lists = services().reference_lists
        return render_template(
            "admin/reference.html",
            letters=[(which, lists.in_force(which)) for which in LETTER_LISTS],
            lists=[(which, lists.in_force(which)) for which in LISTS],
            waiting=lists.waiting(facts()),
        )

    @console.get("/reference/<which>")
    @allowed(Action.VIEW_REFERENCE)
    def reference_list(which: str) -> ResponseReturnValue:
        wanted = _list(which)
        if wanted in LISTS:
            return render_list(wanted)
        return _render(wanted, ProposeForm(formdata=None, effective_from=services().reference_lists.today()))

    @console.post("/reference/<which>")
    @allowed(Action.PROPOSE_REFERENCE)
    def propose_reference(which: str) -> ResponseReturnValue:
        wanted, form = _letter(which), ProposeForm()
        if not form.validate_on_submit():
            return _render(wanted, form), 400
        try:
            services().reference_lists.propose(
                facts(),
                wanted,
                content=form.file.data.read(),
                effective_from=form.effective_from.data,
                note=form.note.data,
            )
        except InvalidInput as error:
            form[error.field].errors = [error.reason]
            return _render(wanted, form), 400
        except UnfitContent as error:
            return _render(wanted, form, faults=error.faults), 400
        flash("reference-proposed")
        return redirect(url_for("admin.reference_list", which=wanted.value))

    @console.get("/reference/<which>/<int:version>")
    @allowed(Action.VIEW_REFERENCE)
    def reference_file(which: str, version: int) -> ResponseReturnValue:
        wanted = _list(which)
        if wanted in LISTS:
            return redirect(url_for("admin.list_sheet", which=which, version=version))
        name = presenter.words.label(wanted)
        return download(_content(wanted, version), f"{name}-{version}.docx", WORD)

    @console.get("/reference/<which>/<int:version>/preview")
    @allowed(Action.VIEW_REFERENCE)
    def reference_preview(which: str, version: int) -> ResponseReturnValue:
        wanted = _list(which)
        if wanted in LISTS:
            return render_version(presenter, wanted, version)
        form = services().reference_lists.form(wanted)
        filled = fill_template(_content(wanted, version), form, form.sample)
        return render_template("admin/reference_preview.html", which=wanted, version=version, lines=text_of(filled))

    @console.post("/reference/<which>/<int:version>/<any(confirm, refuse, back):what>")
    @allowed(Action.CONFIRM_REFERENCE)
    def decide_reference(which: str, version: int, what: str) -> ResponseReturnValue:
        wanted, form = _list(which), GoBackForm()
        lists = services().reference_lists

        def again(problem: str = "", faults: tuple[Fault, ...] = ()) -> str:
            if wanted in LISTS:
                return render_list(wanted, problem=problem, faults=faults)
            return _render(wanted, ProposeForm(formdata=None), problem=problem)

        if not form.validate_on_submit():
            return again(), 400
        try:
            if what == "back":
                lists.go_back(facts(), wanted, version, note=form.note.data)
            else:
                lists.decide(facts(), wanted, version, is_confirmed=what == "confirm")
        except InvalidInput as error:
            return again(presenter.words.error(error.reason)), 400
        except UnfitRows as error:
            services().session.rollback()
            return again(faults=error.faults), 400
        except Conflict as error:
            services().session.rollback()
            return again(presenter.words.error(error.code)), 409
        flash(f"reference-{what}")
        return redirect(url_for("admin.reference_list", which=wanted.value))


def _list(which: str) -> ReferenceList:
    found = next((member for member in ReferenceList if member.value == which), None)
    if found is None:
        abort(404)
    return found


def _letter(which: str) -> ReferenceList:
    found = _list(which)
    if found not in LETTER_LISTS:
        abort(404)
    return found


def _content(which: ReferenceList, version: int) -> bytes:
    lists = services().reference_lists
    return lists.content(facts(), which, version) or lists.form(which).shipped()


def _render(which: ReferenceList, form: Any, *, faults: tuple[tuple[str, str], ...] = (), problem: str = "") -> str:
    lists = services().reference_lists
    return render_template(
        "admin/reference_list.html",
        which=which,
        versions=lists.versions(facts(), which),
        in_force=lists.in_force(which),
        fields=lists.form(which).names,
        form=form,
        faults=faults,
        problem=problem,
        may_propose=may(facts(), Action.PROPOSE_REFERENCE),
        may_confirm=may(facts(), Action.CONFIRM_REFERENCE),
    )
