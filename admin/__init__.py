"""The staff console: closed by default, asks `domain/permissions.py` for everything, decides nothing itself."""

from collections.abc import Callable
from typing import cast

from flask import Blueprint, Flask
from flask.blueprints import BlueprintSetupState

from admin import access
from admin.presenters import Presenter, Words
from admin.views import attachments, cases, identities, overview, sign_in, steps, worklist
from domain.directory import Directory
from domain.taxonomy import Taxonomy

__all__ = ["make_blueprint"]


def make_blueprint(
    words: Words, directory: Directory, taxonomy: Taxonomy, allows: Callable[[str, str], bool]
) -> Blueprint:
    """All pages of the console. `allows` counts a try to sign in from an address."""
    console = Blueprint("admin", __name__, template_folder="templates", static_folder="static")
    presenter = Presenter(words, directory, taxonomy)

    @console.record_once
    def attach(state: BlueprintSetupState) -> None:
        access.set_up(cast("Flask", state.app))

    access.guard(console)

    @console.context_processor
    def offer() -> dict[str, object]:
        return {"show": presenter, "staff": access.current_staff(), "now": access.services().queries.now()}

    sign_in.add(console, words, allows)
    overview.add(console)
    worklist.add(console)
    cases.add(console)
    steps.add(console, presenter)
    identities.add(console, presenter)
    attachments.add(console)
    return console
