"""The worklist: cases within one's scope, filtered by what stands in the address; views that are kept; several at once."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin import came_from
from admin import worklist_address as address
from admin.access import allowed, facts, send_to, services
from admin.forms import BulkAssignForm, BulkUrgeForm, ViewForm
from admin.presenters import Presenter
from domain.errors import InvalidInput
from domain.lifecycle import OPEN
from domain.terms import Action, CaseStatus, Track, WorklistSort
from services.bulk import Answer, Chosen
from services.views import Worklist, WorklistFilter


def add(console: Blueprint, presenter: Presenter) -> None:
    """`/admin/cases`."""

    @console.get("/cases")
    @allowed(Action.VIEW_WORKLIST)
    def worklist() -> ResponseReturnValue:
        wanted = address.read(request.args)
        found = services().worklists.page(facts(), wanted)
        if wanted.number and len(found.rows) == 1:
            return send_to(url_for("admin.case", case_number=found.rows[0].case_number))
        return _show(wanted, found)

    @console.get("/cases/next")
    @allowed(Action.CLASSIFY)
    def next_case() -> ResponseReturnValue:
        came = came_from.view_if_any()
        number = services().worklists.following(facts(), request.args.get("after", ""), came).next
        if number is None:
            flash("nothing-of-these-days" if came and came.received else "nothing-to-triage")
            return redirect(came_from.address())
        return redirect(url_for("admin.case", case_number=number))

    @console.get("/cases/units")
    @allowed(Action.VIEW_WORKLIST)
    def units() -> ResponseReturnValue:
        only_open = request.args.get("all") != "1"
        found = services().worklists.by_unit(facts(), only_open=only_open)
        return render_template("admin/units.html", units=found, only_open=only_open)

    @console.post("/cases/views")
    @allowed(Action.VIEW_WORKLIST)
    def save_view() -> ResponseReturnValue:
        form = ViewForm()
        wanted = address.read_query(form.query.data or "")
        if not form.validate_on_submit():
            return _show(wanted, view_problem=presenter.words.error(form.name.errors[0])), 400
        try:
            services().saved_views.save(facts(), name=form.name.data, query=address.write(wanted))
        except InvalidInput as error:
            return _show(wanted, view_problem=presenter.words.error(error.reason)), 400
        flash("save-view")
        return redirect(url_for("admin.worklist", **address.fields(wanted)))

    @console.post("/cases/views/<int:view_id>/forget")
    @allowed(Action.VIEW_WORKLIST)
    def forget_view(view_id: int) -> ResponseReturnValue:
        services().saved_views.forget(facts(), view_id)
        flash("forget-view")
        return redirect(url_for("admin.worklist", open=1))

    @console.post("/cases/bulk/assign")
    @allowed(Action.ASSIGN)
    def assign_all() -> ResponseReturnValue:
        form = BulkAssignForm()
        return _bulk(
            form,
            presenter,
            lambda chosen: services().bulk.assign(facts(), chosen, body=form.body.data, reason=form.reason.data or ""),
        )

    @console.post("/cases/bulk/urge")
    @allowed(Action.URGE)
    def urge_all() -> ResponseReturnValue:
        form = BulkUrgeForm()
        return _bulk(
            form, presenter, lambda chosen: services().bulk.urge(facts(), chosen, reason=form.reason.data or "")
        )

    @console.post("/cases/bulk/merge")
    @allowed(Action.MERGE)
    def merge_all() -> ResponseReturnValue:
        form = BulkUrgeForm()
        return _bulk(
            form, presenter, lambda chosen: services().bulk.merge(facts(), chosen, reason=form.reason.data or "")
        )


def _bulk(form: Any, presenter: Presenter, step: Callable[[list[Chosen]], tuple[Answer, ...]]) -> ResponseReturnValue:
    """One step for the cases that were ticked: an answer for each, or the list again with what was wrong."""
    if not form.validate_on_submit():
        return _refused(form, presenter)
    try:
        answers = step(_chosen())
    except InvalidInput as error:
        return _refused(form, presenter, error.reason)
    back = address.fields(address.read_query(form.query.data or ""))
    return render_template("admin/bulk.html", answers=answers, back=back, step=request.endpoint)


def _show(wanted: WorklistFilter, found: Worklist | None = None, **more: Any) -> str:
    found = found or services().worklists.page(facts(), wanted)
    own = [
        (view, services().worklists.total(facts(), address.read_query(view.query)))
        for view in services().saved_views.of(facts())
    ]
    return render_template(
        "admin/worklist.html",
        worklist=found,
        wanted=wanted,
        kept=address.fields(wanted),
        came_from=came_from.of_list(wanted, found.page),
        query=address.write(wanted),
        pictured={n: value for n, value in address.fields(wanted).items() if n in address.PICTURE_FILTERS},
        in_hand=sum(n for status, n in found.by_status.items() if status in OPEN),
        own_views=own,
        statuses=CaseStatus,
        tracks=Track,
        sorts=WorklistSort,
        **more,
    )


def _chosen() -> list[Chosen]:
    """The cases that were ticked, each with the version that the list showed."""
    found = []
    for value in dict.fromkeys(request.form.getlist("case")):
        number, _, version = value.partition(":")
        if version.isascii() and version.isdigit() and len(version) < 10:
            found.append(Chosen(number.replace("\x00", ""), int(version)))
    return found


def _refused(form: Any, presenter: Presenter, code: str | None = None) -> ResponseReturnValue:
    """The list again, with what was wrong."""
    errors = [error for field in form for error in field.errors]
    problem = presenter.words.error(code or (errors[0] if errors else "http_400"))
    return _show(address.read_query(form.query.data or ""), bulk_problem=problem), 400
