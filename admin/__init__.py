"""The staff console: closed by default, asks `domain/permissions.py` for everything, decides nothing itself."""

from collections.abc import Callable
from typing import cast

from flask import Blueprint, Flask
from flask.blueprints import BlueprintSetupState

from admin import access, came_from
from admin.naming import Names
from admin.presenters import Presenter
from admin.views import (
    account,
    attachments,
    cases,
    classifier,
    edited_lists,
    identities,
    letters,
    overview,
    paper,
    paper_intake,
    reference,
    search,
    sign_in,
    staff,
    steps,
    supervision,
    theme,
    wall,
    worklist,
)

__all__ = ["make_blueprint"]


def make_blueprint(names: Callable[[], Names], allows: Callable[[str, str], bool]) -> Blueprint:
    """All pages of the console. `names` are those in force; `allows` counts a try to sign in from an address."""
    console = Blueprint("admin", __name__, template_folder="templates", static_folder="static")
    presenter = Presenter(names)

    @console.record_once
    def attach(state: BlueprintSetupState) -> None:
        access.set_up(cast("Flask", state.app))

    access.guard(console)
    came_from.set_up(console)

    @console.context_processor
    def offer() -> dict[str, object]:
        return {
            "show": presenter,
            "staff": access.current_staff(),
            "may": access.may_open,
            "now": access.services().queries.now(),
        }

    sign_in.add(console, presenter.words, allows)
    overview.add(console, presenter)
    worklist.add(console, presenter)
    search.add(console, presenter)
    paper.add(console, presenter)
    paper_intake.add(console, presenter)
    letters.add(console, presenter)
    reference.add(console, presenter)
    classifier.add(console, presenter)
    edited_lists.add(console, presenter)
    cases.add(console)
    steps.add(console, presenter)
    identities.add(console, presenter)
    attachments.add(console)
    supervision.add(console, presenter)
    wall.add(console)
    account.add(console)
    theme.add(console)
    staff.add(console, presenter)
    return console
