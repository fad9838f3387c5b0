"""The forms of the console. They check shape and length; whether a step may be taken is asked below."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, IntegerField, PasswordField, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length, Optional

from domain.terms import Disposition
from services.casework import MAX_REASON

_NEEDED = InputRequired("empty")
_SHORT_ENOUGH = Length(max=MAX_REASON, message="too_long")


class SignInForm(FlaskForm):
    """Name and password."""

    username = StringField(validators=[_NEEDED, Length(max=64, message="too_long")])
    password = PasswordField(validators=[_NEEDED, Length(max=256, message="too_long")])


class StepForm(FlaskForm):
    """A step of a case. `version` is what the page showed, so that nobody overwrites what he has not seen."""

    version = IntegerField(validators=[_NEEDED])

    def values(self) -> dict[str, Any]:
        """The fields that the service takes."""
        return {name: value for name, value in self.data.items() if name not in {"csrf_token", "stage"}}


class NoteForm(StepForm):
    """A step with an optional reason."""

    reason = TextAreaField(validators=[Optional(), _SHORT_ENOUGH], default="")


class ReasonForm(StepForm):
    """A step that needs a reason."""

    reason = TextAreaField(validators=[_NEEDED, _SHORT_ENOUGH])


class ClassifyForm(NoteForm):
    """The staff's own decision beside the suggestion."""

    label = StringField(validators=[_NEEDED])
    unit = StringField(validators=[Optional()], filters=[lambda key: key or None])


class DeclineForm(ReasonForm):
    """Not ours: where to go instead, and why."""

    destination = TextAreaField(validators=[_NEEDED, _SHORT_ENOUGH])


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

    outcome = TextAreaField(validators=[_NEEDED, _SHORT_ENOUGH])


class FeedbackForm(StepForm):
    """What the reporter will read. `stage` is `preview` until the preview was seen."""

    text = TextAreaField(validators=[_NEEDED, _SHORT_ENOUGH])
    stage = HiddenField(default="preview")


class SuperviseForm(NoteForm):
    """Watch to a date."""

    until = DateField(validators=[InputRequired("empty")])


class IdentityReasonForm(FlaskForm):
    """Why a name must be seen."""

    reason = TextAreaField(validators=[_NEEDED, _SHORT_ENOUGH])


class VerifyForm(FlaskForm):
    """What the telephone call showed."""

    confirmed = StringField(validators=[_NEEDED, AnyOf(["yes", "no"], message="unknown")])
    reason = TextAreaField(validators=[Optional(), _SHORT_ENOUGH], default="")
