"""Search in statements. What is looked for travels in the body of the request: an address ends up in logs and histories."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from admin.access import allowed, facts, services
from admin.forms import SearchForm
from admin.presenters import Presenter
from domain.errors import InvalidInput
from domain.terms import Action


def add(console: Blueprint, presenter: Presenter) -> None:
    """`/admin/search`."""

    @console.get("/search")
    @allowed(Action.VIEW_STATEMENT)
    def search() -> ResponseReturnValue:
        return render_template("admin/search.html", form=SearchForm(), found=None)

    @console.post("/search")
    @allowed(Action.VIEW_STATEMENT)
    def find() -> ResponseReturnValue:
        form = SearchForm()
        if not form.validate_on_submit():
            return render_template("admin/search.html", form=form, found=None), 400
        try:
            found = services().search.find(facts(), form.words.data or "")
        except InvalidInput as error:
            problem = presenter.words.error(error.reason)
            return render_template("admin/search.html", form=form, found=None, problem=problem), 400
        return render_template("admin/search.html", form=form, found=found)
