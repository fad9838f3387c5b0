"""What is due when, which lights are on, which letters wait."""

from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from admin.access import allowed, facts, services
from domain.terms import Action
from domain.times import is_plausible


def add(console: Blueprint) -> None:
    """`/admin/supervision`."""

    @console.get("/supervision")
    @allowed(Action.VIEW_SUPERVISION)
    def supervision() -> ResponseReturnValue:
        due, who = services().calendar_of_due, facts()
        chosen = _day("day")
        shown = _day("at") or chosen or due.today()
        by_week = request.args.get("view") == "week"
        return render_template(
            "admin/supervision.html",
            lights=due.lights(who),
            letters=services().supervision_letters.waiting(who),
            calendar=(due.week if by_week else due.month)(who, shown),
            by_week=by_week,
            today=due.today(),
            chosen=chosen,
            rows=due.on(who, chosen) if chosen else (),
        )


def _day(name: str) -> date | None:
    """A day of the address that a calendar can show; None for anything else."""
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return day if is_plausible(day) else None
