"""Signing in and out."""

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from admin.access import SignedInUser, services
from admin.forms import SignInForm
from admin.presenters import Words
from domain.errors import NotAllowed, Throttled


def add(console: Blueprint, words: Words, allows: Callable[[str, str], bool]) -> None:
    """`/admin/sign-in` and `/admin/sign-out`."""

    @console.route("/sign-in", methods=["GET", "POST"])
    def sign_in() -> ResponseReturnValue:
        if request.method == "GET" and current_user.is_authenticated:
            return redirect(url_for("admin.home"))
        form = SignInForm()
        if not form.validate_on_submit():
            return render_template("admin/sign_in.html", form=form, problem=None), 400 if form.is_submitted() else 200
        try:
            if not allows("sign-in", form.username.data):
                raise Throttled("sign-in")
            # Not left to the error page: that would roll back the count of failed tries.
            token = services().staff.sign_in(form.username.data, form.password.data)
        except Throttled as error:
            return render_template("admin/sign_in.html", form=form, problem=words.error(error.code)), 429
        except NotAllowed:
            return render_template("admin/sign_in.html", form=form, problem=words.error("wrong_password")), 401
        session.clear()  # a cookie from before the sign-in is worth nothing after it
        signed_in = services().staff.signed_in(token)
        if signed_in is None:
            raise NotAllowed("sign_in")
        login_user(SignedInUser(token, signed_in))
        return redirect(_local(request.args.get("next")) or url_for("admin.home"))

    @console.post("/sign-out")
    def sign_out() -> ResponseReturnValue:
        services().staff.sign_out(current_user.id)
        logout_user()
        session.clear()
        return redirect(url_for("admin.sign_in"))


def _local(address: str | None) -> str | None:
    """The address if it is a page of the console, so that nobody is led elsewhere after signing in."""
    parts = urlsplit(address or "")
    if parts.scheme or parts.netloc or not parts.path.startswith("/admin/") or "\\" in (address or ""):
        return None
    return address
