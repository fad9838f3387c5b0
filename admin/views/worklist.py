"""The worklist: cases within one's scope, filtered by what stands in the address."""

from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.access import allowed, facts, services
from domain.lifecycle import OPEN
from domain.terms import Action, CaseStatus, Track
from services.views import WorklistFilter

E = TypeVar("E", bound=StrEnum)

_KEPT = frozenset({"status", "track", "aspect", "label", "unit", "body", "due", "number", "open"})


def add(console: Blueprint) -> None:
    """`/admin/cases`."""

    @console.get("/cases")
    @allowed(Action.VIEW_WORKLIST)
    def worklist() -> ResponseReturnValue:
        wanted = _wanted()
        found = services().queries.worklist(facts(), wanted)
        if wanted.number and len(found.rows) == 1:
            return redirect(url_for("admin.case", case_number=found.rows[0].case_number))
        # Only what is known goes on to the next page: other names would be read as options of `url_for`.
        kept = {name: value for name, value in request.args.items() if name in _KEPT}
        in_hand = sum(n for status, n in found.by_status.items() if status in OPEN)
        return render_template(
            "admin/worklist.html",
            worklist=found, wanted=wanted, kept=kept, in_hand=in_hand, statuses=CaseStatus, tracks=Track,
        )  # fmt: skip


def _wanted() -> WorklistFilter:
    """The filter of the address; what is not known is left out rather than refused."""
    args = request.args
    due = args.get("due")
    return WorklistFilter(
        status=_member(CaseStatus, args.get("status")),
        track=_member(Track, args.get("track")),
        aspect=_key("aspect"),
        label=_key("label"),
        unit=_key("unit"),
        body=_key("body"),
        due=due if due in {"late", "soon"} else None,
        number=_key("number"),
        open_only=args.get("open") == "1",
        page=args.get("page", 1, type=int),
    )


def _key(name: str) -> str | None:
    """A text of the address without what no key or number has (PostgreSQL refuses a NUL)."""
    return request.args.get(name, "").replace("\x00", "").strip()[:40] or None


def _member(enum: type[E], value: str | None) -> E | None:
    return next((member for member in enum if member.value == value), None)
