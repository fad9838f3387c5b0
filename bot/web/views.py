"""The public pages as one blueprint."""

from collections.abc import Callable

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from bot.web.report import add_report
from bot.web.track import add_track
from domain.taxonomy import Taxonomy


def make_blueprint(
    *, taxonomy: Taxonomy, redirects: Callable[[str], str | None], allows: Callable[[str, str], bool]
) -> Blueprint:
    """`/`, `/report` and `/track`.

    `redirects` gives the sentence for an `nk_` label, None if there is none; `allows` counts a try against a named
    limit (app/security.py) for a key.
    """
    pages = Blueprint(
        "web", __name__, template_folder="templates", static_folder="static", static_url_path="/web-static"
    )

    @pages.get("/")
    def home() -> ResponseReturnValue:
        return render_template("web/home.html")

    add_report(pages, taxonomy, redirects, allows)
    add_track(pages, allows)
    return pages
