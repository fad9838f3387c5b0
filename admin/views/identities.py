"""The sealed identity: shown once on a page of its own, after a reason."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from admin.access import allowed, facts, services
from admin.forms import IdentityReasonForm, VerifyForm
from admin.presenters import Presenter
from admin.views.cases import render_case
from domain.errors import InvalidInput
from domain.terms import Action


def add(console: Blueprint, presenter: Presenter) -> None:
    """POST `/admin/cases/<case_number>/identity/…`."""

    @console.post("/cases/<case_number>/identity/open")
    @allowed(Action.OPEN_IDENTITY)
    def open_identity(case_number: str) -> ResponseReturnValue:
        form = IdentityReasonForm()
        if not form.validate_on_submit():
            return render_case(case_number, form=form, step="open-identity"), 400
        identity = services().identities.open_identity(facts(), case_number, reason=form.reason.data)
        return render_template("admin/identity.html", case_number=case_number, identity=identity)

    @console.post("/cases/<case_number>/identity/approve")
    @allowed(Action.APPROVE_IDENTITY)
    def approve_identity(case_number: str) -> ResponseReturnValue:
        form = IdentityReasonForm()
        if not form.validate_on_submit():
            return render_case(case_number, form=form, step="approve-identity"), 400
        try:
            services().identities.approve_opening(facts(), case_number, reason=form.reason.data)
        except InvalidInput as error:
            services().session.rollback()
            problem = presenter.words.error(error.reason)
            return render_case(case_number, form=form, step="approve-identity", problem=problem), 400
        flash("approve-identity")
        return redirect(url_for("admin.case", case_number=case_number))

    @console.post("/cases/<case_number>/identity/verify")
    @allowed(Action.VERIFY_IDENTITY)
    def verify_identity(case_number: str) -> ResponseReturnValue:
        form = VerifyForm()
        if not form.validate_on_submit():
            return render_case(case_number, form=form, step="verify-identity"), 400
        confirmed = form.confirmed.data == "yes"
        services().identities.verify(facts(), case_number, is_confirmed=confirmed, reason=form.reason.data or "")
        flash("verify-identity")
        return redirect(url_for("admin.case", case_number=case_number))
