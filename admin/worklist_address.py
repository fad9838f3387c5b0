"""The filter of the worklist as it stands in an address: read from there, written back. What is not known is left out."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from domain.terms import CaseStatus, Satisfaction, Source, Track, WorklistSort, WorklistView
from domain.times import day_of_address
from domain.worklist_views import usual_sort
from services.case_lists import DAYS_BACK
from services.views import WorklistFilter

E = TypeVar("E", bound=StrEnum)

# What the numbers of the pictures ask for; the list says so and keeps it.
PICTURE_FILTERS = (
    "source", "satisfaction", "from", "to", "concluded_from", "concluded_to", "named", "answered", "told",
)  # fmt: skip


def read(args: Mapping[str, str]) -> WorklistFilter:
    """The filter of an address's fields."""
    view = _member(WorklistView, args.get("view"))
    due = args.get("due")
    return WorklistFilter(
        status=_member(CaseStatus, args.get("status")),
        track=_member(Track, args.get("track")),
        aspect=_key(args.get("aspect")),
        label=_key(args.get("label")),
        unit=_key(args.get("unit")),
        body=_key(args.get("body")),
        due=due if due in {"late", "soon"} else None,
        number=_key(args.get("number")),
        open_only=args.get("open") == "1",
        source=_member(Source, args.get("source")),
        satisfaction=_member(Satisfaction, args.get("satisfaction")),
        received=args["received"] if args.get("received") in DAYS_BACK else None,
        since=day_of_address(args.get("from")),
        until=day_of_address(args.get("to")),
        concluded_since=day_of_address(args.get("concluded_from")),
        concluded_until=day_of_address(args.get("concluded_to")),
        named={"1": True, "0": False}.get(args.get("named", "")),
        answered_in=_range(args.get("answered")),
        told_in=_range(args.get("told")),
        view=view,
        sort=_member(WorklistSort, args.get("sort")) or usual_sort(view),
        page=_page(args.get("page")),
    )


def read_query(query: str) -> WorklistFilter:
    """The filter of an address's part after the question mark."""
    return read(dict(parse_qsl(query)))


def fields(wanted: WorklistFilter) -> dict[str, Any]:
    """The filter as the fields of an address, without the page."""
    found = {
        "view": wanted.view,
        "status": wanted.status,
        "open": "1" if wanted.open_only else None,
        "due": wanted.due,
        "number": wanted.number,
        "track": wanted.track,
        "aspect": wanted.aspect,
        "label": wanted.label,
        "unit": wanted.unit,
        "body": wanted.body,
        "source": wanted.source,
        "satisfaction": wanted.satisfaction,
        "received": wanted.received,
        "from": wanted.since,
        "to": wanted.until,
        "concluded_from": wanted.concluded_since,
        "concluded_to": wanted.concluded_until,
        "named": None if wanted.named is None else str(int(wanted.named)),
        "answered": _written(wanted.answered_in),
        "told": _written(wanted.told_in),
        "sort": None if wanted.sort is usual_sort(wanted.view) else wanted.sort,
    }
    return {name: str(value) for name, value in found.items() if value}


def write(wanted: WorklistFilter) -> str:
    """The filter as the part of an address after the question mark."""
    return urlencode(fields(wanted))


def _range(value: str | None) -> tuple[int, int] | None:
    """Two whole numbers with a hyphen between."""
    found = re.fullmatch(r"(\d{1,4})-(\d{1,4})", value or "", re.ASCII)
    return (int(found[1]), int(found[2])) if found else None


def _written(span: tuple[int, int] | None) -> str | None:
    return f"{span[0]}-{span[1]}" if span else None


def _key(value: str | None) -> str | None:
    """A text of the address without what no key or number has (PostgreSQL refuses a NUL)."""
    return (value or "").replace("\x00", "").strip()[:40] or None


def _page(value: str | None) -> int:
    # No list is a million pages long, and a number with more digits than that is none.
    return int(value) if value and value.isascii() and value.isdigit() and len(value) <= 6 else 1


def _member(enum: type[E], value: str | None) -> E | None:
    return next((member for member in enum if member.value == value), None)
