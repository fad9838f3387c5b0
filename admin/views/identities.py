"""The sealed identity: one asks, another approves, then it is shown once on a page of its own."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from admin.access import allowed, facts, services
from admin.forms import DecideForm, IdentityReasonForm, VerifyForm
from admin.presenters import Presenter
from admin.views.cases import render_case
from domain.errors import InvalidInput, NotFound
from domain.terms import Action


def add(console: Blueprint, presenter: Presenter) -> None:
    """POST `/admin/cases/<case_number>/identity/…`."""

    @console.post("/cases/<case_number>/identity/request")
    @allowed(Action.OPEN_IDENTITY)
    def request_identity(case_number: str) -> ResponseReturnValue:
        form = IdentityReasonForm()
        if not form.validate_on_submit():
            return render_case(case_number, form=form, step="request-identity"), 400
        try:
            services().identities.request_opening(facts(), case_number, reason=form.reason.data)
        except InvalidInput as error:
            services().session.rollback()
            return render_case(case_number, problem=presenter.words.error(error.reason)), 400
        flash("request-identity")
        return redirect(url_for("admin.case", case_number=case_number))

    @console.post("/cases/<case_number>/identity/decide")
    @allowed(Action.APPROVE_IDENTITY)
    def decide_identity(case_number: str) -> ResponseReturnValue:
        form = DecideForm()
        if not form.validate_on_submit():
            return render_case(case_number, form=form, step="decide-identity"), 400
        try:
            services().identities.decide(
                facts(),
                case_number,
                request_id=form.request_id.data,
                is_approved=form.answer.data == "yes",
                reason=form.reason.data or "",
            )
        except NotFound:
            # Answered by somebody else meanwhile, or lapsed: the page shows how things stand.
            services().session.rollback()
            return render_case(case_number, problem=presenter.words.error("conflict")), 409
        flash("decide-identity")
        return redirect(url_for("admin.case", case_number=case_number))

    @console.post("/cases/<case_number>/identity/open")
    @allowed(Action.OPEN_IDENTITY)
    def open_identity(case_number: str) -> ResponseReturnValue:
        identity = services().identities.open_identity(facts(), case_number)
        return render_template("admin/identity.html", case_number=case_number, identity=identity)

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
