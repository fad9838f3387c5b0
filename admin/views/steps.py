"""The steps of a case: one form, one service call, one address each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from admin import came_from, forms
from admin.access import allowed, facts, services
from admin.presenters import Presenter
from admin.views.cases import render_case
from domain.errors import Conflict, IllegalTransition, InvalidInput, UnknownUnit
from domain.permissions import StaffFacts, may
from domain.terms import Action
from services import Services

Call = Callable[[Services, StaffFacts, str, dict[str, Any]], object]


@dataclass(frozen=True, slots=True)
class _Step:
    """A form and what it asks of the services."""

    form: type[forms.StepForm]
    call: Call
    # Steps of which nothing needs to be written any more: one of the ways to the same decision was taken.
    ends: tuple[str, ...] = ()


def _of(service: str) -> Callable[[str], Call]:
    """The steps of one service by the names of its methods."""
    return lambda name: (
        lambda services, staff, number, values: getattr(getattr(services, service), name)(staff, number, **values)
    )


def _without_version(call: Call) -> Call:
    """For steps that change nothing another person could have changed meanwhile."""

    def called(services: Services, staff: StaffFacts, number: str, values: dict[str, Any]) -> object:
        return call(services, staff, number, {name: v for name, v in values.items() if name != "version"})

    return called


def _undoing(services: Services, staff: StaffFacts, number: str, _values: dict[str, Any]) -> object:
    return services.undoing.undo(staff, number)


def _supervision(name: str) -> Call:
    return _without_version(_of("supervision")(name))


def _letters(name: str) -> Call:
    return _without_version(_of("supervision_letters")(name))


_casework, _facts, _inquiries = _of("casework"), _of("facts"), _of("inquiries")
_merging, _proposals, _triage = _of("merging"), _of("assignment_proposals"), _of("triage")
_HANDING_ON = frozenset({"assign", "transfer"})
# What decides a new case at one press: the next one comes by itself.
_LEADS_ON = frozenset({"take-in", "turn-away", "ask-first"})
_DECISIONS = ("accept", "decline", "turn-away")
STEPS: Mapping[str, _Step] = {
    "classify": _Step(forms.ClassifyForm, _casework("classify")),
    "take-in": _Step(forms.TakeInForm, _triage("take_in"), _DECISIONS),
    "turn-away": _Step(forms.TurnAwayForm, _triage("turn_away"), _DECISIONS),
    "ask-first": _Step(forms.AskFirstForm, _triage("ask_first"), ("ask",)),
    "accept": _Step(forms.NoteForm, _casework("accept"), _DECISIONS),
    "decline": _Step(forms.DeclineForm, _casework("decline"), _DECISIONS),
    "assign": _Step(forms.AssignForm, _casework("assign")),
    "transfer": _Step(forms.TransferForm, _casework("transfer")),
    "approve-assignment": _Step(forms.StepForm, _proposals("approve"), ("send-back-assignment",)),
    "send-back-assignment": _Step(forms.ReasonForm, _proposals("send_back")),
    "withdraw-assignment": _Step(forms.StepForm, _proposals("withdraw")),
    "take-up": _Step(forms.StepForm, _casework("take_up")),
    "dispose": _Step(forms.DisposeForm, _casework("dispose")),
    "conclude": _Step(forms.ConcludeForm, _casework("conclude")),
    "give-back": _Step(forms.ReasonForm, _casework("give_back")),
    "feedback": _Step(forms.FeedbackForm, _casework("give_feedback")),
    "undo": _Step(forms.StepForm, _undoing),
    "merge": _Step(forms.MergeForm, _merging("merge")),
    "split": _Step(forms.NoteForm, _without_version(_merging("split"))),
    "open-clue": _Step(forms.ReasonForm, _merging("open_clue")),
    "note-contact": _Step(forms.ReasonForm, _inquiries("note_contact")),
    "ask": _Step(forms.AskForm, _inquiries("ask"), ("ask-first",)),
    "strike-fact": _Step(forms.FactForm, _facts("strike")),
    "restore-fact": _Step(forms.FactForm, _facts("restore")),
    "supervise": _Step(forms.SuperviseForm, _supervision("supervise")),
    "urge": _Step(forms.NoteForm, _supervision("urge")),
    "letter": _Step(forms.LetterForm, _letters("issue")),
    "answer-letter": _Step(forms.AnswerLetterForm, _letters("answer")),
    "decide-letter": _Step(forms.DecideLetterForm, _letters("decide")),
    "withdraw-letter": _Step(forms.WithdrawLetterForm, _letters("withdraw")),
    "talk": _Step(forms.TalkForm, _letters("hold_talk")),
    "send-upward": _Step(forms.SendUpwardForm, _casework("send_upward")),
    "hand-upward": _Step(forms.ReasonForm, _casework("hand_upward")),
    "declare-conflict": _Step(forms.ReasonForm, _without_version(_casework("declare_conflict"))),
}


def add(console: Blueprint, presenter: Presenter) -> None:
    """POST `/admin/cases/<case_number>/<step>`."""

    @console.post("/cases/<case_number>/<step>")
    @allowed(Action.VIEW_CASE)
    def take_step(case_number: str, step: str) -> ResponseReturnValue:
        wanted = STEPS.get(step)
        if wanted is None:
            abort(404)
        form = wanted.form()
        if not form.validate_on_submit():
            problem = presenter.words.error("http_400") if form.version.errors else None
            return render_case(case_number, form=form, step=step, problem=problem), 400
        try:
            if step == "feedback" and form.stage.data != "send":
                # Who may not send previews nothing.
                services().casework.case_for(facts(), case_number, Action.GIVE_FEEDBACK)
                return render_case(case_number, form=form, step=step, preview=form.text.data)
            wanted.call(services(), facts(), case_number, form.values())
        except (InvalidInput, UnknownUnit) as error:
            services().session.rollback()
            problem = presenter.words.error(form.refuse(error))
            return render_case(case_number, form=form, step=step, problem=problem), 400
        except (Conflict, IllegalTransition) as error:
            services().session.rollback()
            problem = presenter.words.error(error.code)
            return render_case(case_number, form=form, step=step, problem=problem, overtaken=True), 409
        for written in (step, *wanted.ends):
            services().drafts.forget(facts(), case_number, step=written)
        flash(_what_was_done(case_number, step, form))
        if not _still_sees(case_number):
            flash("out-of-sight")
            return redirect(came_from.address())
        if step in _LEADS_ON:
            return redirect(_on_from(case_number))
        return redirect(url_for("admin.case", case_number=case_number))


def _on_from(case_number: str) -> str:
    """The next case that waits, with what was done to this one. After the last one it stays here and says so: whoever presses
    one key after the other must not come upon what was passed over."""
    came = came_from.view_if_any()
    following = services().worklists.following(facts(), case_number, came)
    if following.behind:
        return url_for("admin.case", case_number=following.behind, done=case_number, more=following.waiting)
    left = "passed-over" if following.passed_over else "none-of-these-days" if came and came.received else "none"
    return url_for("admin.case", case_number=case_number, left=left)


def _what_was_done(case_number: str, step: str, form: forms.StepForm) -> str:
    """By what name the page says it: the step's own, unless somebody else has to hand the case on, or to agree to it."""
    if step in _HANDING_ON and _waits_for_the_head(case_number):
        return "propose-assignment"
    if isinstance(form, forms.TakeInForm) and not form.body.data:
        return "taken-in-only"
    return step


def _still_sees(case_number: str) -> bool:
    """Whether the step left the case within one's own scope: some hand it away, and a unit may raise it to the superior."""
    casework = services().casework
    return may(facts(), Action.VIEW_CASE, casework.facts_of(casework.case_by_number(case_number)))


def _waits_for_the_head(case_number: str) -> bool:
    """Whether the body was proposed and not given the case (e09)."""
    return case_number in services().assignment_proposals.waiting_among([case_number])
