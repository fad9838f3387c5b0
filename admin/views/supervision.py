"""What is due when, which lights are on, which letters wait."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from admin.access import allowed, current_staff, facts, services
from admin.downloads import EXCEL, download
from admin.presenters import Presenter
from admin.supervision_sheets import write_supervision
from domain.terms import Action
from domain.times import day_of_address, local_day


def add(console: Blueprint, presenter: Presenter) -> None:
    """`/admin/supervision`, and its lists as Excel."""

    @console.get("/supervision")
    @allowed(Action.VIEW_SUPERVISION)
    def supervision() -> ResponseReturnValue:
        due, who = services().calendar_of_due, facts()
        chosen = day_of_address(request.args.get("day"))
        shown = day_of_address(request.args.get("at")) or chosen or due.today()
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

    @console.post("/supervision/export")
    @allowed(Action.EXPORT_LISTS)
    def export_supervision() -> ResponseReturnValue:
        who, reader = current_staff(), services()
        lights = reader.calendar_of_due.lights(facts())
        letters = reader.supervision_letters.waiting(facts())
        reader.ledgers.write_down_supervision(facts(), len(lights) + len(letters))
        now = reader.ledgers.now()
        file = write_supervision(presenter, lights, letters, at=now, by=who.display_name if who else "")
        title = presenter.words.labels["Sheet"]["supervision"]
        return download(file, f"{title}{local_day(now)}.xlsx", EXCEL)
