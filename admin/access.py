"""Who is signed in, and whether he may. A page without a guard cannot be reached: everything is closed before it is opened."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, cast

from flask import Blueprint, Flask, abort, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user

from domain.errors import NotAllowed
from domain.permissions import StaffFacts, may
from domain.terms import Action
from services import Services
from services.staff import SignedIn

P = ParamSpec("P")

_OPEN_ENDPOINTS = frozenset({"admin.sign_in", "admin.static"})


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
        signed_in = services().staff.signed_in(token)
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
            g.staff_of_page = current_user.staff
            return None
        was_signed_in = "_user_id" in session
        wanted = request.full_path.rstrip("?") if request.method == "GET" else ""
        return redirect(url_for("admin.sign_in", next=wanted or None, ended=1 if was_signed_in else None))


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


def services() -> Services:
    """The services of this request."""
    return cast("Services", g.open_services())


def current_staff() -> SignedIn | None:
    """Who is signed in; None on the sign-in page."""
    return cast("SignedIn | None", g.get("staff_of_page"))


def facts() -> StaffFacts:
    """What permissions look at. Raises NotAllowed when nobody is signed in."""
    staff = current_staff()
    if staff is None:
        raise NotAllowed("sign_in")
    return staff.facts
