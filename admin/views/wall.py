"""The wall screen: figures without cases, renewed by themselves."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from admin.access import allowed, services
from domain.terms import Action

_BODIES = 12


def add(console: Blueprint) -> None:
    """`/admin/wall`. Its renewals keep nobody signed in but the account of a wall (`admin/access.py`)."""

    @console.get("/wall")
    @allowed(Action.VIEW_WALL)
    def wall() -> ResponseReturnValue:
        figures = services().wall.figures()
        return render_template("admin/wall.html", wall=figures, shown=figures.lights[:_BODIES])
