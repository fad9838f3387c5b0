"""The classifier: which version is used and how it does, a training run, a version put in use by two people, the step back."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.access import allowed, facts, services
from admin.comparing import side_by_side
from admin.forms import SwitchForm
from admin.presenters import Presenter
from domain.errors import Conflict, DomainError, InvalidInput, UnfitContent
from domain.permissions import may
from domain.terms import Action, VersionStatus

_CHANGED = "classifier_changed"


def add(console: Blueprint, presenter: Presenter) -> None:
    """`/admin/classifier`."""

    @console.get("/classifier")
    @allowed(Action.VIEW_REFERENCE)
    def classifier() -> ResponseReturnValue:
        return _page()

    @console.get("/classifier/training")
    @allowed(Action.VIEW_REFERENCE)
    def classifier_training() -> ResponseReturnValue:
        training = services().retraining.latest()
        if request.headers.get("HX-Request") == "true" and not (training and training.is_open):
            # More than this part changed: there is a new version, or the button again.
            return "", 200, {"HX-Refresh": "true"}
        return render_template("admin/classifier_training.html", training=training)

    @console.post("/classifier/training")
    @allowed(Action.PROPOSE_REFERENCE)
    def train_classifier() -> ResponseReturnValue:
        try:
            services().retraining.request(facts())
        except Conflict as error:
            return _page(problem=presenter.words.error(str(error))), 409
        flash("classifier-training")
        return redirect(url_for("admin.classifier"))

    @console.get("/classifier/<name>")
    @allowed(Action.VIEW_REFERENCE)
    def classifier_version(name: str) -> ResponseReturnValue:
        return _version(name)

    @console.post("/classifier/<name>/proposal")
    @allowed(Action.PROPOSE_REFERENCE)
    def propose_classifier(name: str) -> ResponseReturnValue:
        form = SwitchForm()
        if not form.validate_on_submit():
            return _version(name, form=form), 400
        try:
            services().classifiers.propose(facts(), name, note=form.note.data)
        except InvalidInput as error:
            form.note.errors = [error.reason]
            return _version(name, form=form), 400
        except Conflict:
            return _version(name, problem=presenter.words.error(_CHANGED)), 409
        flash("classifier-proposed")
        return redirect(url_for("admin.classifier"))

    @console.post("/classifier/proposals/<int:switch_id>/<any(confirm, refuse):what>")
    @allowed(Action.CONFIRM_REFERENCE)
    def decide_classifier(switch_id: int, what: str) -> ResponseReturnValue:
        form = SwitchForm()
        if not form.validate_on_submit():
            return _page(), 400
        try:
            services().classifiers.decide(
                facts(), switch_id, is_confirmed=what == "confirm", instead_of=form.instead_of.data or ""
            )
        except (Conflict, UnfitContent) as error:
            return _refused(presenter, error)
        flash(f"classifier-{what}")
        return redirect(url_for("admin.classifier"))

    @console.post("/classifier/roll-back")
    @allowed(Action.CONFIRM_REFERENCE)
    def roll_back_classifier() -> ResponseReturnValue:
        form = SwitchForm()
        if not form.validate_on_submit():
            return _page(), 400
        try:
            services().classifiers.roll_back(facts(), note=form.note.data or "", instead_of=form.instead_of.data or "")
        except InvalidInput as error:
            return _page(problem=presenter.words.error(error.reason)), 400
        except (Conflict, UnfitContent) as error:
            return _refused(presenter, error)
        flash("classifier-back")
        return redirect(url_for("admin.classifier"))


def _refused(presenter: Presenter, error: DomainError) -> ResponseReturnValue:
    services().session.rollback()
    if isinstance(error, UnfitContent):
        return _page(problem=presenter.words.error(error.faults[0][0])), 400
    return _page(problem=presenter.words.error(_CHANGED)), 409


def _page(*, problem: str = "") -> str:
    classifiers, retraining, reader = services().classifiers, services().retraining, facts()
    versions = classifiers.versions(reader)
    switches = classifiers.switches(reader)
    return render_template(
        "admin/classifier.html",
        versions=versions,
        present=next((version for version in versions if version.is_in_use), None),
        before=classifiers.version_before(),
        switches=switches,
        waiting=[switch for switch in switches if switch.status is VersionStatus.DRAFT],
        training=retraining.latest(),
        fresh=retraining.new_decisions(),
        problem=problem,
        may_propose=may(reader, Action.PROPOSE_REFERENCE),
        may_confirm=may(reader, Action.CONFIRM_REFERENCE),
    )


def _version(name: str, *, form: SwitchForm | None = None, problem: str = "") -> str:
    classifiers, reader = services().classifiers, facts()
    versions = classifiers.versions(reader)
    compared = classifiers.comparison(reader, name)
    proposals = (s for s in classifiers.switches(reader) if s.status is VersionStatus.DRAFT and s.version == name)
    return render_template(
        "admin/classifier_version.html",
        version=next(version for version in versions if version.name == name),
        compared=compared,
        sides=side_by_side(compared) if compared else None,
        waiting=next(proposals, None),
        form=form or SwitchForm(formdata=None),
        problem=problem,
        may_propose=may(reader, Action.PROPOSE_REFERENCE),
    )
