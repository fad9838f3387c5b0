"""The list that a case was opened from: it goes along in the addresses of the case, so that one comes back to it."""

from typing import Any

from flask import Blueprint, request, url_for

from admin import worklist_address
from services.views import WorklistFilter

_FIELD = "list"
_GO_ALONG = frozenset(
    f"admin.{endpoint}"
    for endpoint in (
        "case", "take_step", "next_case", "request_identity", "decide_identity", "open_identity", "verify_identity",
    )
)  # fmt: skip


def set_up(console: Blueprint) -> None:
    """Every address of a case that is written on a page of a case, or sent to from there, keeps the list."""

    @console.url_defaults
    def keep(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint in _GO_ALONG and _FIELD not in values and request and request.args.get(_FIELD):
            values[_FIELD] = request.args[_FIELD]


def of_list(wanted: WorklistFilter, page: int) -> dict[str, str]:
    """What the address of a case opened from this page of a list carries; nothing for the list that is opened anyway."""
    query = worklist_address.write(wanted)
    if page > 1:
        query = f"{query}&page={page}" if query else f"page={page}"
    return {_FIELD: query or "all=1"}


def address() -> str:
    """The list that the case at hand was opened from; what is in hand where it was opened from elsewhere."""
    wanted = view()
    page: dict[str, Any] = {"page": wanted.page} if wanted.page > 1 else {}
    return url_for("admin.worklist", **worklist_address.fields(wanted), **page)


def view() -> WorklistFilter:
    """The filter of that list; nothing but a filter comes through."""
    return worklist_address.read_query(request.args.get(_FIELD, "") or "open=1")


def view_if_any() -> WorklistFilter | None:
    """The same; None where the case was opened from elsewhere."""
    return view() if request.args.get(_FIELD) else None
