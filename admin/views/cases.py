"""The page of one case, with the forms of every step that is possible now."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from admin import came_from, forms
from admin.access import allowed, facts, services
from domain.terms import Action, Disposition, ReportKind


def add(console: Blueprint) -> None:
    """`/admin/cases/<case_number>`."""

    @console.get("/cases/<case_number>")
    @allowed(Action.VIEW_CASE)
    def case(case_number: str) -> ResponseReturnValue:
        return render_case(case_number)

    @console.post("/cases/<case_number>/draft")
    @allowed(Action.VIEW_STATEMENT)
    def keep_draft(case_number: str) -> ResponseReturnValue:
        field = request.form.get("field", "")
        text = request.form.get(field.rpartition("-")[2], "").replace("\r\n", "\n")
        services().drafts.keep(facts(), case_number, field=field, text=text.replace("\x00", ""))
        return render_template("admin/draft_kept.html")


def render_case(case_number: str, *, form: Any = None, step: str = "", problem: str | None = None, **more: Any) -> str:
    """The page; `form` is one that was refused, shown again with its errors under `step`."""
    page = services().queries.case_page(facts(), case_number)
    came_after = request.args.get("done")
    return render_template(
        "admin/case.html",
        page=page,
        done_before=services().undoing.done_before(facts(), came_after) if came_after else None,
        pressure=services().supervision_letters.of_case(facts(), case_number),
        today=services().queries.today(),
        came_from=came_from.address(),
        came_from_view=came_from.view().view,
        form=form,
        step=step,
        problem=problem,
        blank=forms.NoteForm(formdata=None),
        dispositions=Disposition,
        report_kinds=ReportKind,
        actions=Action,
        **more,
    )
