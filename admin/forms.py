"""The forms of the console. They check shape and length; whether a step may be taken is asked below."""

import re
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired, MultipleFileField
from wtforms import DateField, HiddenField, IntegerField, MonthField, PasswordField, StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length, Optional, Regexp, ValidationError

from domain.errors import InvalidInput, UnknownUnit
from domain.permissions import UPWARD_RULES
from domain.terms import Disposition, Fact, LetterKind, ReportKind, Role, RouteRule
from domain.times import is_plausible
from services.inquiries import MAX_QUESTION
from services.intake import MAX_STATEMENT
from services.paper_intake import PAPER_SOURCES
from services.saved_views import MAX_NAME
from services.uploads import are_too_large, given_files
from services.written import MAX_REASON

_NEEDED = DataRequired("empty")
_SHORT_ENOUGH = Length(max=MAX_REASON, message="too_long")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


def _tidy(text: str | None) -> str:
    """Text as it was meant: line ends as one character (browsers send two, which would count twice), nothing around
    it, no control characters (PostgreSQL refuses some of them)."""
    return _CONTROL.sub("", (text or "").replace("\r\n", "\n")).strip()


def _text(*validators: Any) -> TextAreaField:
    return TextAreaField(validators=[*validators, _SHORT_ENOUGH], filters=[_tidy])


def _plausible(reason: str) -> Any:
    def check(_form: FlaskForm, field: DateField) -> None:
        if field.data is not None and not is_plausible(field.data):
            raise ValidationError(reason)

    return check


def _day(*validators: Any) -> DateField:
    return DateField(validators=[*validators, _plausible("bad_date")], invalid_value_message="bad_date")


class SignInForm(FlaskForm):
    """Name and password."""

    username = StringField(validators=[_NEEDED, Length(max=64, message="too_long")], filters=[_tidy])
    password = PasswordField(validators=[_NEEDED, Length(max=256, message="too_long")])


class SearchForm(FlaskForm):
    """What to look for in statements."""

    words = StringField(validators=[_NEEDED, Length(max=80, message="too_long")], filters=[_tidy])


class ViewForm(FlaskForm):
    """A name for the filter of the worklist that is shown."""

    name = StringField(validators=[_NEEDED, Length(max=MAX_NAME, message="too_long")], filters=[_tidy])
    query = HiddenField()


class BulkUrgeForm(FlaskForm):
    """Words for the body of each chosen case. `query` is the list one comes from."""

    reason = _text(Optional())
    query = HiddenField()


class BulkAssignForm(BulkUrgeForm):
    """To whom."""

    body = StringField(validators=[_NEEDED])


class CodeForm(FlaskForm):
    """Six digits of the second factor."""

    code = StringField(validators=[_NEEDED, Length(max=16, message="too_long")], filters=[_tidy])


class PasswordForm(FlaskForm):
    """One's own password."""

    old = PasswordField(validators=[_NEEDED, Length(max=256, message="too_long")])
    new = PasswordField(validators=[_NEEDED, Length(max=256, message="too_long")])


class AccountForm(FlaskForm):
    """A new account."""

    username = StringField(
        validators=[_NEEDED, Regexp(r"^[a-z][a-z0-9_.-]{2,63}$", message="bad_username")], filters=[_tidy]
    )
    display_name = StringField(validators=[_NEEDED, Length(max=64, message="too_long")], filters=[_tidy])
    role = StringField(validators=[_NEEDED, AnyOf(list(Role), message="unknown")])
    body = StringField(validators=[Optional()], filters=[lambda key: key or None])


class LedgerForm(FlaskForm):
    """Days of receipt of the cases to export, both inclusive; none means all."""

    since = _day(Optional())
    until = _day(Optional())


class PaperForm(FlaskForm):
    """A letter, a visit or a call. `reporter` is a name; empty for nobody named."""

    source = StringField(validators=[_NEEDED, AnyOf(list(PAPER_SOURCES), message="unknown")])
    received_on = _day(InputRequired("empty"))
    statement = TextAreaField(validators=[_NEEDED, Length(max=MAX_STATEMENT, message="too_long")], filters=[_tidy])
    unit = StringField(validators=[Optional()])
    label = StringField(validators=[Optional()])
    reporter = StringField(validators=[Optional(), Length(max=64, message="too_long")], filters=[_tidy])
    contact = StringField(validators=[Optional(), Length(max=64, message="too_long")], filters=[_tidy])
    files = MultipleFileField(validators=[Optional()])

    def validate_files(self, field: MultipleFileField) -> None:
        """Refused here, with the page and all that was written on it."""
        if are_too_large(given_files(field.data)):
            raise ValidationError("files_too_large")


class LedgerFileForm(FlaskForm):
    """An Excel file with a ledger."""

    file = FileField(validators=[FileRequired("empty")])


class MonthForm(FlaskForm):
    """A month."""

    month = MonthField(validators=[InputRequired("empty"), _plausible("bad_month")], invalid_value_message="bad_month")


class ProposeForm(FlaskForm):
    """A new version of a list."""

    file = FileField(validators=[FileRequired("empty")])
    effective_from = _day(InputRequired("empty"))
    note = _text(_NEEDED)


class SheetFileForm(FlaskForm):
    """A list that staff edited in a spreadsheet."""

    file = FileField(validators=[FileRequired("empty")])


class ProposeRowsForm(FlaskForm):
    """A new version of a list; `content` is what the page that showed the changes was given."""

    content = HiddenField()
    effective_from = _day(InputRequired("empty"))
    note = _text(_NEEDED)


class GoBackForm(FlaskForm):
    """Why an older version is put in force again; empty for the other answers."""

    note = _text(Optional())


class SwitchForm(FlaskForm):
    """Why another classifier is put in use, and beside which one its figures stood."""

    note = _text(Optional())
    instead_of = HiddenField()


class AnswerForm(FlaskForm):
    """Yes or no to what somebody else asked."""

    answer = StringField(validators=[_NEEDED, AnyOf(["yes", "no"], message="unknown")])


class StepForm(FlaskForm):
    """A step of a case. `version` is what the page showed, so that nobody overwrites what he has not seen."""

    version = IntegerField(validators=[InputRequired("empty")])

    def values(self) -> dict[str, Any]:
        """The fields that the service takes."""
        return {name: value for name, value in self.data.items() if name not in {"csrf_token", "stage"}}

    def refuse(self, error: InvalidInput | UnknownUnit) -> str:
        """Puts a refusal of the service beside the field it is about, if that is here. Gives back its code."""
        if isinstance(error, InvalidInput):
            field, code = error.field, error.reason
        else:
            field, code = ("unit" if "unit" in self else "body"), error.code
        if field in self:
            self[field].errors = [code]
        return code


class NoteForm(StepForm):
    """A step with an optional reason."""

    reason = _text(Optional())


class ReasonForm(StepForm):
    """A step that needs a reason."""

    reason = _text(_NEEDED)


class ClassifyForm(NoteForm):
    """The staff's own decision beside the suggestion."""

    label = StringField(validators=[_NEEDED])
    unit = StringField(validators=[Optional()], filters=[lambda key: key or None])
    report_kind = StringField(validators=[Optional(), AnyOf(list(ReportKind), message="unknown")])

    def values(self) -> dict[str, Any]:
        """The fields that the service takes."""
        kind = self.report_kind.data
        return {**super().values(), "report_kind": ReportKind(kind) if kind else None}


class SendUpwardForm(ReasonForm):
    """About whom it is that only the superior commission may hear of."""

    about = StringField(validators=[_NEEDED, AnyOf(sorted(UPWARD_RULES), message="unknown")])

    def values(self) -> dict[str, Any]:
        """The fields that the service takes."""
        return {**super().values(), "about": RouteRule(self.about.data)}


class DeclineForm(ReasonForm):
    """Not ours: where to go instead, and why."""

    destination = _text(_NEEDED)


class AssignForm(NoteForm):
    """To whom."""

    body = StringField(validators=[_NEEDED])


class TakeInForm(StepForm):
    """The kind and where the rules lead, as the page showed it; no body where somebody else assigns."""

    label = StringField(validators=[_NEEDED])
    body = StringField()


class TurnAwayForm(DeclineForm):
    """The kind that is not taken, as the page showed it, where to go instead, and why."""

    label = StringField(validators=[_NEEDED])


class TransferForm(ReasonForm):
    """To whom, and why."""

    body = StringField(validators=[_NEEDED])


class DisposeForm(ReasonForm):
    """Which of the four ways was decided."""

    disposition = StringField(validators=[_NEEDED, AnyOf(list(Disposition), message="unknown")])

    def values(self) -> dict[str, Any]:
        """The fields that the service takes."""
        return {**super().values(), "disposition": Disposition(self.disposition.data)}


class ConcludeForm(StepForm):
    """The outcome, for the file."""

    outcome = _text(_NEEDED)


class FeedbackForm(StepForm):
    """What the reporter will read. `stage` is `preview` until the preview was seen."""

    text = _text(_NEEDED, Regexp("^[^\\u3010\\u3011]*$", message="placeholder_left"))
    stage = HiddenField(default="preview")


class MergeForm(NoteForm):
    """Under which other case."""

    other = StringField(validators=[_NEEDED, Length(max=40, message="too_long")], filters=[_tidy])


class FactForm(StepForm):
    """Which of the facts that were found."""

    fact = StringField(validators=[_NEEDED, AnyOf(list(Fact), message="unknown")])

    def values(self) -> dict[str, Any]:
        """The fields that the service takes."""
        return {**super().values(), "fact": Fact(self.fact.data)}


class AskForm(StepForm):
    """A question to the reporter."""

    text = TextAreaField(validators=[_NEEDED, Length(max=MAX_QUESTION, message="too_long")], filters=[_tidy])


class AskFirstForm(AskForm):
    """The kind, as the page showed it, and what the reporter is asked."""

    label = StringField(validators=[_NEEDED])


class SuperviseForm(NoteForm):
    """Watch to a date."""

    until = _day(InputRequired("empty"))


class LetterForm(StepForm):
    """A letter that wants an answer by a date."""

    kind = StringField(validators=[_NEEDED, AnyOf(list(LetterKind), message="unknown")])
    text = _text(_NEEDED)
    answer_by = _day(InputRequired("empty"))

    def values(self) -> dict[str, Any]:
        """The fields that the service takes."""
        return {**super().values(), "kind": LetterKind(self.kind.data)}


class AnswerLetterForm(StepForm):
    """What the body answers."""

    letter_id = IntegerField(validators=[InputRequired("empty")])
    text = _text(_NEEDED)


class DecideLetterForm(StepForm):
    """Whether the answer will do."""

    letter_id = IntegerField(validators=[InputRequired("empty")])
    answer = StringField(validators=[_NEEDED, AnyOf(["yes", "no"], message="unknown")])
    remark = _text(Optional())

    def values(self) -> dict[str, Any]:
        """The fields that the service takes."""
        return {
            **{name: value for name, value in super().values().items() if name != "answer"},
            "is_accepted": self.answer.data == "yes",
        }


class WithdrawLetterForm(ReasonForm):
    """Which letter is taken back, and why."""

    letter_id = IntegerField(validators=[InputRequired("empty")])


class TalkForm(ReasonForm):
    """A talk that was held."""

    held_on = _day(InputRequired("empty"))


class IdentityReasonForm(FlaskForm):
    """Why a name must be seen."""

    reason = _text(_NEEDED)


class DecideForm(FlaskForm):
    """Whether somebody else may see a name."""

    request_id = IntegerField(validators=[InputRequired("empty")])
    answer = StringField(validators=[_NEEDED, AnyOf(["yes", "no"], message="unknown")])
    reason = _text(Optional())


class VerifyForm(FlaskForm):
    """What the telephone call showed."""

    confirmed = StringField(validators=[_NEEDED, AnyOf(["yes", "no"], message="unknown")])
    reason = _text(Optional())
