"""The overview: what is stuck, in ten seconds; and the pictures behind it."""

from collections import Counter
from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import cache

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from admin import worklist_address
from admin.access import allowed, facts, services
from admin.linked_numbers import LinkedNumbers
from admin.presenters import Presenter
from domain.terms import Action, Light, Role, Satisfaction, WorklistView
from domain.times import begun_on
from services.statistics import Pictures
from services.views import WorklistFilter

_SHADES = 5


def add(console: Blueprint, presenter: Presenter) -> None:
    """`/admin/`, `/admin/overview` and `/admin/pictures`."""

    @console.get("/")
    def home() -> ResponseReturnValue:
        role = facts().role
        if role is Role.SYSADMIN:
            return redirect(url_for("admin.staff"))
        if role is Role.WALL:
            return redirect(url_for("admin.wall"))
        if role is Role.PETITION:
            return redirect(url_for("admin.worklist", view=WorklistView.TRIAGE.value))
        return redirect(url_for("admin.overview" if role in {Role.LEADER, Role.AUDITOR} else "admin.worklist"))

    setattr(home, "required_action", None)  # noqa: B010  (shows nothing of any case, sends on)

    @console.get("/overview")
    @allowed(Action.VIEW_OVERVIEW)
    def overview() -> ResponseReturnValue:
        found = services().queries.overview(facts())
        return render_template(
            "admin/overview.html",
            overview=found,
            untriaged=services().worklists.total(facts(), WorklistFilter(view=WorklistView.TRIAGE)),
            lights=services().calendar_of_due.lights(facts()),
            letters=services().supervision_letters.waiting(facts()),
            today=services().queries.today(),
            green=Light.GREEN,
        )

    @console.get("/pictures")
    @allowed(Action.VIEW_OVERVIEW)
    def pictures() -> ResponseReturnValue:
        asked = worklist_address.read(request.args)
        is_reversed = bool(asked.since and asked.until and asked.since > asked.until)
        has_period = bool(asked.since or asked.until) and not is_reversed
        received = WorklistFilter(since=asked.since, until=asked.until) if has_period else None
        found = services().statistics.pictures(facts(), received)
        within = worklist_address.fields(received) if received else {}
        # Each is named a dozen times.
        name_of = cache(presenter.body)
        within_days = LinkedNumbers(url_for("admin.worklist"), within)
        today = services().queries.today()
        taxonomy = services().parts.taxonomy
        by_aspect = Counter(dict.fromkeys(taxonomy.aspects, 0))
        for kind in taxonomy.kinds.values():
            by_aspect[kind.aspect] += found.kinds.get(kind.key, 0)
        return render_template(
            "admin/pictures.html",
            pictures=found,
            by_aspect=by_aspect,
            heat=_shades(found),
            n=within_days,
            name_of=name_of,
            flows=_flows(found, cache(presenter.words.label), name_of, within_days),
            all=LinkedNumbers(url_for("admin.worklist"), {}),
            satisfactions=Satisfaction,
            asked=asked,
            problem=presenter.words.error("days_reversed") if is_reversed else "",
            within=within,
            to_date=[{"from": first.isoformat(), "to": today.isoformat()} for first in begun_on(today)],
        )


def _flows(
    found: Pictures, label: Callable[[StrEnum], str], name_of: Callable[[str | None], str], n: LinkedNumbers
) -> Iterator[tuple[int, str, str, Markup]]:
    """The bands of the flow: from which stage, from what, to what, how many. What nobody has yet has no name."""
    for band in found.bands:
        body = band.body or "-"
        if band.source and band.track:
            cases = n(band.cases, source=band.source.value, track=band.track.value)
            yield 0, label(band.source), label(band.track), cases
        elif band.track:
            yield 1, label(band.track), name_of(band.body), n(band.cases, track=band.track.value, body=body)
        elif band.status:
            yield 2, name_of(band.body), label(band.status), n(band.cases, body=body, status=band.status.value)


def _shades(found: Pictures) -> Callable[[int], int]:
    """How dark a square is for so many cases, 0 to 5, against the most there is of any kind of ours."""
    most = max((cases for key, cases in found.kinds.items() if not key.startswith("nk_")), default=0)
    return lambda cases: -(-cases * _SHADES // most) if most else 0
