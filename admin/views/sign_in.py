"""Signing in and out."""

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from admin.access import SignedInUser, allowed, services
from admin.forms import CodeForm, SignInForm
from admin.naming import Words
from admin.resuming import Unsent, carried
from domain.errors import NotAllowed, Throttled
from domain.terms import Action, SignInStep


def add(console: Blueprint, words: Words, allows: Callable[[str, str], bool]) -> None:
    """`/admin/sign-in` and `/admin/sign-out`."""

    @console.route("/sign-in", methods=["GET", "POST"])
    def sign_in() -> ResponseReturnValue:
        if request.method == "GET" and current_user.is_authenticated:
            return redirect(url_for("admin.home"))
        form, unsent = SignInForm(), carried()

        def again(problem: str | None, status: int) -> ResponseReturnValue:
            return render_template("admin/sign_in.html", form=form, problem=problem, unsent=unsent), status

        if not form.validate_on_submit():
            return again(None, 400 if form.is_submitted() else 200)
        if not allows("sign-in", form.username.data) or not allows("sign-in-network", request.remote_addr or "-"):
            return again(words.error(Throttled.code), 429)
        try:
            # Not left to the error page: that would roll back the count of failed tries.
            token = services().staff.sign_in(form.username.data, form.password.data)
        except Throttled:
            return again(words.error("account_locked"), 429)
        except NotAllowed:
            if not allows("sign-in-wrong", form.username.data):
                # A name that does not exist is answered like an account that locked itself: nobody learns which do.
                return again(words.error("account_locked"), 429)
            return again(words.error("wrong_password"), 401)
        step = _carry_on(token)
        wanted = _local(request.args.get("next"))
        if step is SignInStep.CODE:
            if unsent is not None:
                g.staff_of_page = services().staff.signed_in(token)
                return _second_step(CodeForm(formdata=None), None, unsent), 200
            return redirect(url_for("admin.second_step", next=wanted))
        return _go_on(token, unsent, wanted)

    @console.route("/second-step", methods=["GET", "POST"])
    @allowed(Action.OWN_ACCOUNT)
    def second_step() -> ResponseReturnValue:
        form, unsent = CodeForm(), carried()
        if not form.validate_on_submit():
            return _second_step(form, None, unsent), 400 if form.is_submitted() else 200
        try:
            token = services().staff.confirm(current_user.id, form.code.data)
        except Throttled:
            return _second_step(form, words.error("account_locked"), unsent), 429
        except NotAllowed:
            return _second_step(form, words.error("wrong_code"), unsent), 401
        _carry_on(token)
        return _go_on(token, unsent, _local(request.args.get("next")))

    @console.post("/sign-out")
    def sign_out() -> ResponseReturnValue:
        services().staff.sign_out(current_user.id)
        logout_user()
        session.clear()
        return redirect(url_for("admin.sign_in"))


def _second_step(form: CodeForm, problem: str | None, unsent: Unsent | None) -> str:
    return render_template("admin/second_step.html", form=form, problem=problem, unsent=unsent)


def _go_on(token: str, unsent: Unsent | None, wanted: str | None) -> ResponseReturnValue:
    """To what was wanted, or to what was being sent when the sign-in ended."""
    if unsent is None:
        return redirect(wanted or url_for("admin.home"))
    g.staff_of_page = services().staff.signed_in(token)
    return render_template("admin/resume.html", unsent=unsent)


def _carry_on(token: str) -> SignInStep | None:
    """Binds the browser to a token; gives back what is still to be done."""
    session.clear()  # a cookie from before the sign-in is worth nothing after it
    signed_in = services().staff.signed_in(token)
    if signed_in is None:
        raise NotAllowed("sign_in")
    login_user(SignedInUser(token, signed_in))
    return signed_in.next_step


def _local(address: str | None) -> str | None:
    """The address if it is a page of the console, so that nobody is led elsewhere after signing in."""
    parts = urlsplit(address or "")
    if parts.scheme or parts.netloc or not parts.path.startswith("/admin/") or "\\" in (address or ""):
        return None
    # What cannot be part of an address cannot be part of a header either.
    return address if address and address.isprintable() else None
