"""`/report`: parse, ask one service, show. No address or device of a visitor is kept."""

from collections.abc import Callable

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from bot.web.forms import ReportForm
from bot.web.gate import Gate
from bot.web.once import Sending
from domain.errors import Conflict, InvalidInput, NotOurs, Throttled
from domain.taxonomy import Taxonomy
from domain.terms import Source
from domain.values import Suggestion
from services import Services
from services.intake import Identity, Lodged, LodgedBefore, NewReport, QueryCode
from services.uploads import given_files, read_uploads

_CLEAR = 0.5  # below this an out-of-scope label is not worth stopping a person for
_SLOTS = ("person", "when", "where")


def add_report(
    pages: Blueprint, taxonomy: Taxonomy, redirects: Callable[[str], str | None], allows: Callable[[str, str], bool]
) -> None:
    """Adds the report form to the public pages."""
    gate = Gate("report", allows)

    @pages.route("/report", methods=["GET", "POST"])
    def report() -> ResponseReturnValue:
        form = ReportForm()
        if not form.validate_on_submit():
            return render_template("web/report.html", form=form), 400 if form.is_submitted() else 200
        sending = Sending.of(form, given_files(form.files.data))
        services: Services = g.open_services(read_only=True)
        before = services.intake.lodged_before(sending.digest)
        # A page that has been told its number does not wait; and what follows thinks before it holds anybody up.
        services.session.rollback()
        if before is not None:
            return _shown_again(before, sending)
        try:
            wait = gate.check(form.statement.data, form.ticket.data or "")
        except Throttled as error:
            return render_template("web/report.html", form=form, problem=error.code), 429
        if wait is not None:
            form.ticket.data = wait.ticket
            page = render_template(
                "web/report.html", form=form, wait=wait.seconds, had_files=bool(given_files(form.files.data))
            )
            return page, 429, {"Retry-After": str(wait.seconds)}
        text = "\n".join(part for part in (form.statement.data, form.unit.data, form.person.data) if part)
        advice = services.suggestions.advise(text)
        upward = services.suggestions.upward_rule(advice.suggestion.mentions)
        if upward is not None:
            # Not this level's to hear (art. 15): nothing is kept, not even the form.
            return render_template("web/not_ours.html"), 409
        elsewhere = _elsewhere(advice.suggestion.label, advice.suggestion.confidence)
        if elsewhere and not form.told.data:
            form.told.data = "1"
            return render_template("web/report.html", form=form, elsewhere=elsewhere)
        try:
            lodged = _lodge(services, form, sending, advice.suggestion)
        except InvalidInput as error:
            services.session.rollback()
            form.files.errors = [error.reason]
            return render_template("web/report.html", form=form), 400
        except NotOurs:
            services.session.rollback()
            return render_template("web/not_ours.html"), 409
        except Conflict:
            # Its twin was quicker.
            services.session.rollback()
            before = services.intake.lodged_before(sending.digest)
            if before is None:
                raise
            return _shown_again(before, sending)
        return render_template("web/lodged.html", lodged=lodged)

    def _elsewhere(label: str, confidence: float) -> str | None:
        non_kind = taxonomy.non_kinds.get(label)
        if non_kind is None or non_kind.accepted or confidence < _CLEAR:
            return None
        return redirects(label)


def _shown_again(before: LodgedBefore, sending: Sending) -> ResponseReturnValue:
    if before.is_fresh:
        return render_template("web/lodged.html", lodged=Lodged(before.case_number, sending.code))
    return render_template("web/lodged_before.html", case_number=before.case_number)


def _lodge(services: Services, form: ReportForm, sending: Sending, suggestion: Suggestion) -> Lodged:
    attachment_ids = services.attachments.keep_uploads(read_uploads(given_files(form.files.data)))
    identity = Identity(form.name.data.strip(), form.contact.data.strip()) if form.signing.data == "named" else None
    slots = tuple((name, form[name].data.strip()) for name in _SLOTS if (form[name].data or "").strip())
    statement = form.statement.data
    if (form.unit.data or "").strip():
        statement += "\n\n" + form.unit.data.strip()
    return services.intake.lodge_report(
        NewReport(
            statement=statement,
            source=Source.WEB,
            suggestion=suggestion,
            slots=slots,
            identity=identity,
            attachment_ids=attachment_ids,
            code=QueryCode.of(sending.code),
            sending=sending.digest,
        )
    )
