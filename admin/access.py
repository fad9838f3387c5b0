"""Who is signed in, and whether he may. A page without a guard cannot be reached: everything is closed before it is opened."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, cast

from flask import Blueprint, Flask, abort, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user

from admin import resuming
from admin.forms import SignInForm
from domain.errors import NotAllowed
from domain.permissions import StaffFacts, may
from domain.terms import Action, SignInStep
from services import Services
from services.staff import SignedIn

P = ParamSpec("P")

_OPEN_ENDPOINTS = frozenset({"admin.sign_in", "admin.static"})
# Where a sign-in goes that is not complete, and the only pages it opens besides signing out.
_STEP_ENDPOINTS = {
    SignInStep.CODE: "admin.second_step",
    SignInStep.PASSWORD: "admin.account",
    SignInStep.ENROL: "admin.account",
}
# Pages that a browser asks for again without anybody there: they keep nobody signed in but a wall.
_RENEW_THEMSELVES = frozenset({"admin.wall", "admin.classifier_training"})
_ALWAYS = frozenset({"admin.sign_out"})
_OF_A_STEP = {
    SignInStep.CODE: frozenset({"admin.second_step"}),
    SignInStep.PASSWORD: frozenset({"admin.account", "admin.change_password"}),
    SignInStep.ENROL: frozenset({"admin.account", "admin.enrol"}),
}


class SignedInUser(UserMixin):
    """What flask-login keeps: the session's token stands in for an id, so that ending the session ends the sign-in."""

    def __init__(self, token: str, signed_in: SignedIn) -> None:
        self.id = token
        self.staff = signed_in


def set_up(app: Flask) -> None:
    """Attaches flask-login to the application."""
    manager = LoginManager()
    manager.session_protection = None  # it would keep a digest of the address; no address is kept anywhere here
    # Pages get `staff` from the blueprint; an error page must not go back to a database that has just failed.
    manager.init_app(app, add_context_processor=False)

    @manager.user_loader
    def load(token: str) -> SignedInUser | None:
        signed_in = services().staff.signed_in(token, keeps_alive=request.endpoint not in _RENEW_THEMSELVES)
        return SignedInUser(token, signed_in) if signed_in else None


def guard(console: Blueprint) -> None:
    """Closes every page of the console to whoever is not signed in."""

    @console.before_request
    def close() -> ResponseReturnValue | None:
        if any("\x00" in str(value) for value in (request.view_args or {}).values()):
            abort(404)  # no name has such a character, and PostgreSQL refuses it
        if request.endpoint in _OPEN_ENDPOINTS:
            return None
        if current_user.is_authenticated:
            step = current_user.staff.next_step
            g.staff_of_page = current_user.staff
            if step is None or request.endpoint in _ALWAYS | _OF_A_STEP[step]:
                return None
            return redirect(url_for(_STEP_ENDPOINTS[step]))
        unsent = resuming.of_request()
        if unsent is not None:
            form = SignInForm(formdata=None)
            return render_template("admin/sign_in.html", form=form, problem=None, unsent=unsent), 401
        was_signed_in = "_user_id" in session
        wanted = request.full_path.rstrip("?") if request.method == "GET" else ""
        return send_to(url_for("admin.sign_in", next=wanted or None, ended=1 if was_signed_in else None))


def allowed(action: Action) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Opens a view to the roles that may do `action` at all; services ask again for the case at hand."""

    def decorate(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            if not may(facts(), action):
                raise NotAllowed(action)
            return view(*args, **kwargs)

        setattr(guarded, "required_action", action)  # noqa: B010  (read by the meta test; a function has no such field)
        return guarded

    return decorate


def send_to(address: str) -> ResponseReturnValue:
    """Sends the browser to another page as a whole, also when a script asked for a part of one."""
    if request.headers.get("HX-Request") == "true":
        return "", 200, {"HX-Redirect": address}
    return redirect(address)


def services() -> Services:
    """The services of this request."""
    return cast("Services", g.open_services())


@contextmanager
def reading() -> Iterator[Services]:
    """The same services on a transaction that only reads, between what was written before and what is written after.

    For what takes seconds: a request may write, and whoever may write makes other writers wait.
    """
    session = services().session
    session.commit()
    session.connection(execution_options={"read_only": True})
    try:
        yield services()
    finally:
        session.rollback()


def current_staff() -> SignedIn | None:
    """Who is signed in; None on the sign-in page."""
    return cast("SignedIn | None", g.get("staff_of_page"))


def facts() -> StaffFacts:
    """What permissions look at. Raises NotAllowed when nobody is signed in."""
    staff = current_staff()
    if staff is None:
        raise NotAllowed("sign_in")
    return staff.facts


def may_open(action: str) -> bool:
    """Whether who is signed in may do this to any case at all, by the action's value; for the navigation."""
    staff = current_staff()
    return staff is not None and may(staff.facts, Action(action))
