"""The overview: numbers, the 5 × 30 matrix, what is due."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from admin.access import allowed, facts, services
from domain.terms import Action, Role


def add(console: Blueprint) -> None:
    """`/admin/` and `/admin/overview`."""

    @console.get("/")
    def home() -> ResponseReturnValue:
        role = facts().role
        if role is Role.SYSADMIN:
            return render_template("admin/no_cases.html")
        return redirect(url_for("admin.overview" if role in {Role.LEADER, Role.AUDITOR} else "admin.worklist"))

    setattr(home, "required_action", None)  # noqa: B010  (shows nothing of any case, sends on)

    @console.get("/overview")
    @allowed(Action.VIEW_OVERVIEW)
    def overview() -> ResponseReturnValue:
        return render_template("admin/overview.html", overview=services().queries.overview(facts()))
