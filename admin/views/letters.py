"""Word letters about a case, and the report of a month."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from admin.access import allowed, facts, services
from admin.downloads import WORD, download
from admin.forms import MonthForm
from admin.letter_values import case_values, month_values
from admin.presenters import Presenter
from admin.views.cases import render_case
from domain.errors import InvalidInput
from domain.terms import Action, ReferenceList


def add(console: Blueprint, presenter: Presenter) -> None:
    """POST `/admin/cases/<case_number>/letters/<which>` and `/admin/paper/month`."""

    @console.app_context_processor
    def offer_letters() -> dict[str, object]:
        return {"letters_for": lambda number: services().letters.possible(facts(), number)}

    @console.post("/cases/<case_number>/letters/<which>")
    @allowed(Action.VIEW_CASE)
    def write_letter(case_number: str, which: str) -> ResponseReturnValue:
        letter = next((member for member in ReferenceList if member.value == which), None)
        if letter is None or not FlaskForm().validate_on_submit():
            abort(404 if letter is None else 400)
        letters = services().letters
        try:
            values = case_values(presenter, letters.facts(facts(), case_number, letter))
        except InvalidInput as error:
            return render_case(case_number, problem=presenter.words.error(error.reason)), 400
        made = letters.produce(facts(), letter, values, case_number=case_number)
        return download(made.content, f"{presenter.words.label(letter)}-{case_number}.docx", WORD)

    @console.post("/paper/month")
    @allowed(Action.EXPORT_LISTS)
    def month_report() -> ResponseReturnValue:
        form = MonthForm()
        letters = services().letters
        if form.validate_on_submit():
            try:
                values = month_values(presenter, letters.month(facts(), form.month.data))
            except InvalidInput as error:
                form[error.field].errors = [error.reason]
            else:
                made = letters.produce(facts(), ReferenceList.MONTHLY_REPORT, values)
                return download(
                    made.content, f"{values['month']}{presenter.words.labels['Sheet']['report']}.docx", WORD
                )
        return render_template("admin/paper_month_refused.html", month_form=form), 400
