"""One's own account: the password and the second factor."""

from typing import Any

import segno
from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from admin.access import allowed, facts, services
from admin.forms import CodeForm, PasswordForm
from domain.errors import InvalidInput
from domain.terms import Action


def add(console: Blueprint) -> None:
    """`/admin/account`, where a sign-in also comes that must change its password or set up the second factor."""

    @console.get("/account")
    @allowed(Action.OWN_ACCOUNT)
    def account() -> ResponseReturnValue:
        return _render()

    @console.post("/account/password")
    @allowed(Action.OWN_ACCOUNT)
    def change_password() -> ResponseReturnValue:
        form = PasswordForm()
        if not form.validate_on_submit():
            return _render(password_form=form), 400
        try:
            services().staff.change_password(current_user.id, old=form.old.data, new=form.new.data)
        except InvalidInput as error:
            services().session.rollback()
            form["old" if error.field == "old" else "new"].errors = [error.reason]
            return _render(password_form=form), 400
        flash("change-password")
        return redirect(url_for("admin.account"))

    @console.post("/account/second-factor")
    @allowed(Action.OWN_ACCOUNT)
    def enrol() -> ResponseReturnValue:
        form = CodeForm()
        if not form.validate_on_submit():
            return _render(code_form=form), 400
        try:
            services().staff.enrol(current_user.id, form.code.data)
        except InvalidInput as error:
            services().session.rollback()
            form.code.errors = [error.reason]
            return _render(code_form=form), 400
        flash("second-factor")
        return redirect(url_for("admin.account"))


def _render(*, password_form: Any = None, code_form: Any = None) -> str:
    address = None if current_user.staff.has_second_factor else services().staff.begin_enrolment(facts())
    return render_template(
        "admin/account.html",
        password_form=password_form or PasswordForm(formdata=None),
        code_form=code_form or CodeForm(formdata=None),
        picture=segno.make(address, error="m").svg_data_uri(scale=4, border=2) if address else None,
        secret=address.partition("secret=")[2].partition("&")[0] if address else None,
    )
