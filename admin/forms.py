"""The forms of the console. They check shape and length; whether a step may be taken is asked below."""

import re
from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, IntegerField, PasswordField, StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length, Optional

from domain.errors import InvalidInput, UnknownUnit
from domain.terms import Disposition
from services.casework import MAX_REASON

_NEEDED = DataRequired("empty")
_SHORT_ENOUGH = Length(max=MAX_REASON, message="too_long")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


def _tidy(text: str | None) -> str:
    """Text as it was meant: line ends as one character (browsers send two, which would count twice), nothing around
    it, no control characters (PostgreSQL refuses some of them)."""
    return _CONTROL.sub("", (text or "").replace("\r\n", "\n")).strip()


def _text(*validators: Any) -> TextAreaField:
    return TextAreaField(validators=[*validators, _SHORT_ENOUGH], filters=[_tidy])


class SignInForm(FlaskForm):
    """Name and password."""

    username = StringField(validators=[_NEEDED, Length(max=64, message="too_long")], filters=[_tidy])
    password = PasswordField(validators=[_NEEDED, Length(max=256, message="too_long")])


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


class DeclineForm(ReasonForm):
    """Not ours: where to go instead, and why."""

    destination = _text(_NEEDED)


class AssignForm(NoteForm):
    """To whom."""

    body = StringField(validators=[_NEEDED])


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

    text = _text(_NEEDED)
    stage = HiddenField(default="preview")


class SuperviseForm(NoteForm):
    """Watch to a date."""

    until = DateField(validators=[InputRequired("empty")])


class IdentityReasonForm(FlaskForm):
    """Why a name must be seen."""

    reason = _text(_NEEDED)


class VerifyForm(FlaskForm):
    """What the telephone call showed."""

    confirmed = StringField(validators=[_NEEDED, AnyOf(["yes", "no"], message="unknown")])
    reason = _text(Optional())
