"""The worklist: cases within one's scope, filtered by what stands in the address."""

from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.access import allowed, facts, services
from domain.terms import Action, CaseStatus, Track
from services.views import WorklistFilter

E = TypeVar("E", bound=StrEnum)


def add(console: Blueprint) -> None:
    """`/admin/cases`."""

    @console.get("/cases")
    @allowed(Action.VIEW_WORKLIST)
    def worklist() -> ResponseReturnValue:
        wanted = _wanted()
        found = services().queries.worklist(facts(), wanted)
        if wanted.number and len(found.rows) == 1:
            return redirect(url_for("admin.case", case_number=found.rows[0].case_number))
        return render_template("admin/worklist.html", worklist=found, wanted=wanted, statuses=CaseStatus, tracks=Track)


def _wanted() -> WorklistFilter:
    """The filter of the address; what is not known is left out rather than refused."""
    args = request.args
    due = args.get("due")
    return WorklistFilter(
        status=_member(CaseStatus, args.get("status")),
        track=_member(Track, args.get("track")),
        aspect=args.get("aspect") or None,
        label=args.get("label") or None,
        unit=args.get("unit") or None,
        body=args.get("body") or None,
        due=due if due in {"late", "soon"} else None,
        number=(args.get("number") or "").strip()[:40] or None,
        open_only=args.get("open") == "1",
        page=args.get("page", 1, type=int),
    )


def _member(enum: type[E], value: str | None) -> E | None:
    return next((member for member in enum if member.value == value), None)
