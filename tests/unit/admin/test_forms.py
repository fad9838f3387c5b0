"""What people type, and what reaches the services."""

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from admin import forms
from domain.errors import InvalidInput, UnknownUnit
from domain.terms import Disposition
from services.written import MAX_REASON


@pytest.fixture(autouse=True)
def request_of_a_form():
    app = Flask("forms")
    app.config.update(SECRET_KEY="k" * 32, WTF_CSRF_ENABLED=False)
    with app.test_request_context("/", method="POST"):
        yield


def filled(form: type[forms.StepForm], **values: str) -> forms.StepForm:
    return form(formdata=MultiDict({"version": "1", **values}))


def test_line_ends_of_a_browser_count_once():
    form = filled(forms.ReasonForm, reason="一\r\n" * (MAX_REASON // 2))

    assert form.validate()
    assert form.reason.data == ("一\n" * (MAX_REASON // 2)).strip()


def test_characters_that_a_database_refuses_are_dropped():
    form = filled(forms.ReasonForm, reason="不归\x00我们\x1b管")

    assert form.reason.data == "不归我们管"


@pytest.mark.parametrize("reason", ["", "   ", "\r\n\t", "\x00"])
def test_a_reason_of_nothing_is_no_reason(reason):
    form = filled(forms.ReasonForm, reason=reason)

    assert not form.validate()
    assert form.reason.errors == ["empty"]


def test_a_reason_that_is_too_long_is_refused():
    form = filled(forms.NoteForm, reason="长" * (MAX_REASON + 1))

    assert not form.validate()
    assert form.reason.errors == ["too_long"]


def test_a_note_may_be_left_out():
    form = filled(forms.NoteForm)

    assert form.validate()
    assert form.values() == {"version": 1, "reason": ""}


def test_the_first_version_counts_as_given():
    form = forms.StepForm(formdata=MultiDict({"version": "0"}))

    assert form.validate()


@pytest.mark.parametrize("version", [{}, {"version": ""}, {"version": "x"}])
def test_a_step_without_the_version_it_saw_is_refused(version):
    assert not forms.StepForm(formdata=MultiDict(version)).validate()


def test_no_unit_is_none_for_the_service():
    form = filled(forms.ClassifyForm, label="approval_payoff", unit="")

    assert form.values()["unit"] is None


def test_a_disposition_reaches_the_service_as_itself():
    form = filled(forms.DisposeForm, disposition="closed", reason="集体研究")

    assert form.validate()
    assert form.values()["disposition"] is Disposition.CLOSED


def test_a_fifth_way_to_dispose_is_refused():
    form = filled(forms.DisposeForm, disposition="forgotten", reason="集体研究")

    assert not form.validate()
    assert form.disposition.errors == ["unknown"]


def test_the_stage_of_a_feedback_is_the_page_s_own_affair():
    form = filled(forms.FeedbackForm, text="属实", stage="send")

    assert form.values() == {"version": 1, "text": "属实"}


@pytest.mark.parametrize(
    ("form", "error", "field"),
    [
        (forms.TransferForm, InvalidInput("body", "same"), "body"),
        (forms.AssignForm, UnknownUnit("nowhere"), "body"),
        (forms.ClassifyForm, UnknownUnit("nowhere"), "unit"),
    ],
)
def test_a_refusal_stands_beside_its_field(form, error, field):
    form = filled(form)
    code = form.refuse(error)

    assert form[field].errors == [code]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "heute"])
def test_a_day_that_nobody_can_have_meant_is_refused(day):
    form = filled(forms.LedgerForm, since=day)

    assert not form.validate()
    assert form.since.errors == ["bad_date"]


@pytest.mark.parametrize("month", ["0001-01", "9999-12", "heute"])
def test_a_month_that_nobody_can_have_meant_is_refused(month):
    form = filled(forms.MonthForm, month=month)

    assert not form.validate()
    assert form.month.errors == ["bad_month"]


def test_paper_comes_from_where_paper_comes_from():
    form = filled(forms.PaperForm, source="wechat", received_on="2026-11-23", statement="要收好处费才给办")

    assert not form.validate()
    assert form.source.errors == ["unknown"]


def test_a_refusal_about_a_field_that_is_elsewhere_is_still_told():
    assert filled(forms.ConcludeForm).refuse(InvalidInput("disposition", "needed_before_conclusion")) == (
        "needed_before_conclusion"
    )
