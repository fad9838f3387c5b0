"""`/track`: a case by number and code, and what its reporter may do with it."""

from collections.abc import Callable

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from bot.web.forms import RatingForm, SupplementForm, TrackForm, WithdrawForm
from bot.web.gate import Gate
from domain.errors import DomainError, InvalidInput, NotFound, Throttled
from domain.terms import Satisfaction, Source
from domain.values import find_case_number
from services import Services
from services.tracking import CitizenKey, TrackedCase


def add_track(pages: Blueprint, allows: Callable[[str, str], bool]) -> None:
    """Adds the follow-up to the public pages."""
    gate = Gate("track", allows)

    @pages.route("/track", methods=["GET", "POST"])
    def track() -> ResponseReturnValue:
        form = TrackForm()
        if not form.validate_on_submit():
            return render_template("web/track.html", form=form), 400 if form.is_submitted() else 200
        number, code = _key(form)
        wait = gate.check(f"{number} {code}", form.ticket.data or "")
        if wait is not None:
            form.ticket.data = wait.ticket
            page = render_template("web/track.html", form=form, wait=wait.seconds)
            return page, 429, {"Retry-After": str(wait.seconds)}
        services: Services = g.open_services()
        try:
            case = services.tracking.find(number, code)
        except NotFound:
            form.code.errors = ["no_such_case"]
            return render_template("web/track.html", form=form), 404
        return _case_page(case, form)

    @pages.post("/track/supplement")
    def supplement() -> ResponseReturnValue:
        form = SupplementForm()
        return _act(
            form,
            form.statement.data,
            lambda services, key: services.tracking.supplement(key, form.statement.data, (), Source.WEB),
        )

    @pages.post("/track/withdraw")
    def withdraw() -> ResponseReturnValue:
        form = WithdrawForm()
        return _act(
            form, form.reason.data, lambda services, key: services.tracking.withdraw(key, form.reason.data or "")
        )

    @pages.post("/track/rate")
    def rate() -> ResponseReturnValue:
        form = RatingForm()
        return _act(
            form,
            form.comment.data,
            lambda services, key: services.tracking.record_satisfaction(
                key, Satisfaction(form.value.data), form.comment.data or ""
            ),
        )

    def _act(form: TrackForm, said: str | None, act: Callable[[Services, CitizenKey], object]) -> ResponseReturnValue:
        """Does what the form asks for, if what is `said` in it may be heard here."""
        number, code = _key(form)
        if not allows("track-most", request.remote_addr or "-"):
            raise Throttled("track")
        services: Services = g.open_services()
        if said and services.suggestions.upward_rule(services.suggestions.advise(said).suggestion.mentions) is not None:
            # Not this level's to hear (art. 15), as in the chat: nothing is kept.
            return render_template("web/not_ours.html"), 409
        case = services.tracking.find(number, code)
        done = form.validate_on_submit()
        problem = None
        if done:
            try:
                act(services, CitizenKey(number, query_code=code))
            except DomainError as error:
                services.session.rollback()
                done, problem = False, error.reason if isinstance(error, InvalidInput) else error.code
        return _case_page(services.tracking.find(number, code) if done else case, form, done=done, problem=problem)

    def _key(form: TrackForm) -> tuple[str, str]:
        found = find_case_number(form.number.data or "")
        code = "".join(c for c in (form.code.data or "") if c.isdigit())
        # By number, so that nobody tries all codes of one; the gate counts by network, so that nobody tries one code on
        # all numbers. A number that is none counts for nobody else's.
        if found and not allows("track", found):
            raise Throttled("track")
        return found or "-", code


def _case_page(
    case: TrackedCase, form: TrackForm, *, done: bool = False, problem: str | None = None
) -> ResponseReturnValue:
    status = 200 if done or form.__class__ is TrackForm else 400
    return render_template("web/case.html", case=case, form=form, done=done, problem=problem), status
