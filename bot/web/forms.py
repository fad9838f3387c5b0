"""The public forms. Only what happened is required; everything else may stay empty."""

import secrets

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    MultipleFileField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import AnyOf, InputRequired, Length, Optional, Regexp

from domain.terms import Satisfaction
from domain.values import is_blank
from services.intake import MAX_STATEMENT
from services.uploads import are_too_large, given_files

# Codes of words/errors.yaml: the page turns them into sentences.
_SHORT = Length(max=100, message="too_long")
PHONE = r"^((?=(\D*\d){5})[0-9+ ()-]{5,24})?$"


class ReportForm(FlaskForm):
    """A report in one's own words."""

    statement = TextAreaField(
        validators=[
            InputRequired("empty"),
            Length(min=8, message="too_short"),
            Length(max=MAX_STATEMENT, message="too_long"),
        ]
    )
    unit = StringField(validators=[Optional(), _SHORT])
    person = StringField(validators=[Optional(), _SHORT])
    when = StringField(validators=[Optional(), _SHORT])
    where = StringField(validators=[Optional(), _SHORT])
    files = MultipleFileField(validators=[Optional()])
    signing = StringField(default="anonymous", validators=[AnyOf(["anonymous", "named"], message="unknown")])
    name = StringField(validators=[_SHORT])
    contact = StringField(validators=[Regexp(PHONE, message="bad_phone")])
    once = HiddenField(default=lambda: secrets.token_urlsafe(16))  # of this form alone (bot/web/once.py)
    ticket = HiddenField(default="")  # given out when one is asked to wait (bot/web/gate.py)
    told = HiddenField()  # set once the person has read where an out-of-scope matter belongs
    agreed = BooleanField(validators=[InputRequired("empty")])

    def validate_statement(self, field: TextAreaField) -> None:
        """Something must be there to read."""
        if is_blank(field.data):
            raise ValidationError("empty")

    def validate_files(self, field: MultipleFileField) -> None:
        """Refused here, with the page and all that was written on it; a body that is larger still never comes so far."""
        if are_too_large(given_files(field.data)):
            raise ValidationError("files_too_large")

    def validate_name(self, field: StringField) -> None:
        """A named report needs a name."""
        self._needed_when_named(field)

    def validate_contact(self, field: StringField) -> None:
        """A named report needs a way to reach the person (reports rule, art. 24)."""
        self._needed_when_named(field)

    def _needed_when_named(self, field: StringField) -> None:
        if self.signing.data == "named" and is_blank(field.data or ""):
            raise ValidationError("empty")


class TrackForm(FlaskForm):
    """Number and code of a case."""

    number = StringField(validators=[InputRequired("empty"), Length(max=40, message="too_long")])
    code = StringField(validators=[InputRequired("empty"), Length(max=40, message="too_long")])
    ticket = HiddenField(default="")


class SupplementForm(TrackForm):
    """More about a case."""

    statement = TextAreaField(validators=[InputRequired("empty"), Length(max=MAX_STATEMENT, message="too_long")])


class WithdrawForm(TrackForm):
    """A wish to withdraw."""

    reason = TextAreaField(validators=[Optional(), Length(max=500, message="too_long")])


class RatingForm(TrackForm):
    """What the person thinks of the outcome."""

    value = StringField(validators=[InputRequired("empty"), AnyOf(list(Satisfaction), message="unknown")])
    comment = TextAreaField(validators=[Optional(), Length(max=1000, message="too_long")])
