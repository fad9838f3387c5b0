"""Accounts of the console, for administrators; new ones and resets, for whoever approves them."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from admin.access import allowed, facts, services
from admin.forms import AccountForm, AnswerForm
from admin.presenters import Presenter
from domain.errors import InvalidInput, NotFound
from domain.permissions import may
from domain.terms import Action, Role


def add(console: Blueprint, presenter: Presenter) -> None:
    """`/admin/staff` and `/admin/staff/resets`."""

    @console.get("/staff")
    @allowed(Action.MANAGE_STAFF)
    def staff() -> ResponseReturnValue:
        return _render()

    @console.post("/staff")
    @allowed(Action.MANAGE_STAFF)
    def create_account() -> ResponseReturnValue:
        form = AccountForm()
        if not form.validate_on_submit():
            return _render(form=form), 400
        try:
            services().accounts.create(
                facts(),
                username=form.username.data,
                display_name=form.display_name.data,
                role=Role(form.role.data),
                body=form.body.data,
            )
        except InvalidInput as error:
            services().session.rollback()
            form[error.field].errors = [error.reason]
            return _render(form=form), 400
        flash("account-create")
        return redirect(url_for("admin.staff"))

    @console.post("/staff/<int:account_id>/<any(close, reopen, reset):what>")
    @allowed(Action.MANAGE_STAFF)
    def change_account(account_id: int, what: str) -> ResponseReturnValue:
        if not FlaskForm().validate_on_submit():
            return _render(problem=presenter.words.error("http_400")), 400
        try:
            if what == "reset":
                services().accounts.request_reset(facts(), account_id)
            else:
                services().accounts.set_active(facts(), account_id, is_active=what == "reopen")
        except InvalidInput as error:
            services().session.rollback()
            return _render(problem=presenter.words.error(error.reason)), 400
        flash(f"account-{what}")
        return redirect(url_for("admin.staff"))

    @console.get("/staff/resets")
    @allowed(Action.APPROVE_RESET)
    def resets() -> ResponseReturnValue:
        return _render_resets()

    @console.post("/staff/resets/<int:reset_id>")
    @allowed(Action.APPROVE_RESET)
    def decide_reset(reset_id: int) -> ResponseReturnValue:
        form = AnswerForm()
        if not form.validate_on_submit():
            return _render_resets(problem=presenter.words.error("empty")), 400
        request = next((r for r in services().accounts.resets(facts()) if r.id == reset_id), None)
        try:
            password = services().accounts.decide_reset(facts(), reset_id, is_approved=form.answer.data == "yes")
        except NotFound:
            services().session.rollback()
            return _render_resets(problem=presenter.words.error("conflict")), 409
        if password is None or request is None:
            flash("decide-identity")
            return redirect(url_for("admin.resets"))
        return render_template("admin/new_password.html", username=request.username, password=password)


def _render(*, form: Any = None, problem: str | None = None) -> str:
    return render_template(
        "admin/staff.html",
        accounts=services().accounts.all(facts()),
        form=form or AccountForm(formdata=None),
        roles=Role,
        problem=problem,
    )


def _render_resets(*, problem: str | None = None) -> str:
    return render_template(
        "admin/resets.html",
        requests=services().accounts.resets(facts()),
        problem=problem,
        manages=may(facts(), Action.MANAGE_STAFF),
    )
