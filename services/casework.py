"""The steps of a case that members of staff take: one method a step, each checked, each with its line in the journal."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from domain.deadlines import (
    MET_BY,
    deadline,
    deadline_on_conclusion,
    deadlines_on_assignment,
    working_days_between,
)
from domain.errors import InvalidInput, UnknownUnit
from domain.lifecycle import KEEPS_PROPOSAL, UNDO_WITHIN, next_status
from domain.permissions import UPWARD_RULES, StaffFacts, needs_approval
from domain.routing import SUPERIOR_COMMISSION
from domain.terms import (
    Action,
    CaseEventKind,
    CaseStatus,
    DeadlineKind,
    Disposition,
    ReportKind,
    RouteRule,
    Track,
)
from domain.times import local_day
from models import Case, CaseDeadline, ConflictOfInterest, Feedback
from services.base import Service
from services.written import needed


class Casework(Service):
    """Triage, assignment, handling, conclusion and feedback."""

    # ── triage ───────────────────────────────────────────────────────────────────────────────────
    def classify(
        self,
        staff: StaffFacts,
        case_number: str,
        *,
        label: str,
        unit: str | None,
        version: int,
        report_kind: ReportKind | None = None,
        reason: str = "",
    ) -> Case:
        """A person decides kind and unit; the rules name the owner anew as long as nobody has been assigned.

        `report_kind` None leaves it to the label. Raises InvalidInput for an unknown label or a kind of report that is
        handled another way by now, UnknownUnit, Conflict when somebody changed the case meanwhile.
        """
        case = self.case_as_seen(staff, case_number, Action.CLASSIFY, version)
        if label not in self.parts.taxonomy.labels:
            raise InvalidInput("label", "unknown")
        if unit is not None and unit not in self.parts.directory.units:
            raise UnknownUnit(unit)
        before = self.services.undoing.snapshot(case)
        decided = _what_is_decided(case)
        old_label, old_unit = case.label, case.unit
        case.label, case.unit, case.labelled_at = label, unit, self.now()
        self.record(
            case,
            CaseEventKind.CLASSIFIED,
            actor=staff,
            old_value=f"{old_label or '-'}/{old_unit or '-'}",
            new_value=f"{label}/{unit or '-'}",
            reason=reason or None,
        )
        self.services.routes.change_kind(case, old_label=old_label, wanted=report_kind)
        if case.assigned_body is None:
            route = self.services.routes.anew(case)
            if route.rule in UPWARD_RULES:
                self._send_upward(case, staff, route.rule, route.rule)
            else:
                self.services.routes.follow(case, route)
        if _what_is_decided(case) != decided:
            self.services.assignment_proposals.lapse(case)
        self.services.undoing.remember(case, staff, before, CaseEventKind.CLASSIFIED)
        return case

    def accept(self, staff: StaffFacts, case_number: str, *, version: int, reason: str = "") -> Case:
        """Takes the matter in. A named reporter hears of it in 15 working days at the latest (reports rule, art. 26)."""
        case = self.case_as_seen(staff, case_number, Action.ACCEPT, version)
        before = self.services.undoing.snapshot(case)
        self._step(case, staff, CaseEventKind.ACCEPTED, reason=reason)
        case.accepted_at = self.now()
        self._count_acceptance(case)
        self.stop_clocks(case, MET_BY[CaseEventKind.ACCEPTED])
        self.services.notices.tell_progress(case)
        self.services.undoing.remember(case, staff, before, CaseEventKind.ACCEPTED)
        return case

    def decline(self, staff: StaffFacts, case_number: str, *, version: int, destination: str, reason: str) -> Case:
        """Does not take it in, and tells the citizen where to go: online reporters are told, not forwarded.

        He is told when it cannot be taken back any more; the notice is written now and is due then. Raises InvalidInput without
        both texts, and while somebody in danger has not been spoken with: after this nothing would remind of it.
        """
        case = self.case_as_seen(staff, case_number, Action.DECLINE, version)
        if self.services.inquiries.awaits_contact(case):
            raise InvalidInput("destination", "contact_first")
        before = self.services.undoing.snapshot(case)
        destination = needed("destination", destination)
        self._step(case, staff, CaseEventKind.DECLINED, reason=needed("reason", reason))
        case.declined_to = destination
        self._count_acceptance(case)
        self.stop_clocks(case)
        self.services.notices.tell_progress(case, hold_for=UNDO_WITHIN)
        self.services.undoing.remember(case, staff, before, CaseEventKind.DECLINED)
        return case

    def assign(self, staff: StaffFacts, case_number: str, *, version: int, body: str, reason: str = "") -> Case:
        """Hands the case to a group, office or township; from now on that body sees it, not before.

        Where the head must approve (e09) it is only proposed.
        """
        case = self.case_as_seen(staff, case_number, Action.ASSIGN, version)
        self.services.routes.check_body(case, body)
        if needs_approval(staff, self.facts_of(case)):
            self.services.assignment_proposals.propose(case, staff, body, reason.strip())
            return case
        before = self.services.undoing.snapshot(case)
        self.services.assignment_proposals.settle(case, staff, body)
        self._step(case, staff, CaseEventKind.ASSIGNED, new_value=body, reason=reason)
        case.assigned_body = body
        for due in deadlines_on_assignment(case.route_rule, case.track, self.today(), self.parts.calendar):
            self.services.intake.start_clock(case, due)
        self.stop_clocks(case, MET_BY[CaseEventKind.ASSIGNED])
        self.services.undoing.remember(case, staff, before, CaseEventKind.ASSIGNED)
        return case

    def transfer(self, staff: StaffFacts, case_number: str, *, version: int, body: str, reason: str) -> Case:
        """Moves the case to another body inside the commission; the former one no longer sees it, nor what pressed it.

        Where the head must approve (e09) it is only proposed.
        """
        case = self.case_as_seen(staff, case_number, Action.TRANSFER, version)
        self.services.routes.check_body(case, body)
        if body == case.assigned_body:
            raise InvalidInput("body", "same")
        reason = needed("reason", reason)
        if needs_approval(staff, self.facts_of(case)):
            self.services.assignment_proposals.propose(case, staff, body, reason)
            return case
        self.services.assignment_proposals.settle(case, staff, body)
        self._step(case, staff, CaseEventKind.TRANSFERRED, old_value=case.assigned_body, new_value=body, reason=reason)
        case.assigned_body = body
        self.services.supervision_letters.lapse(case, staff)
        return case

    def send_upward(self, staff: StaffFacts, case_number: str, *, version: int, about: RouteRule, reason: str) -> Case:
        """Found to be the superior commission's: sealed here and not copied (art. 15). Read by nobody but the head, and by
        nobody at all when it is `about` the head himself. Raises InvalidInput for a rule that does not lead upward."""
        case = self.case_as_seen(staff, case_number, Action.SEND_UPWARD, version)
        if about not in UPWARD_RULES:
            raise InvalidInput("about", "unknown")
        self._send_upward(case, staff, about, needed("reason", reason))
        return case

    def hand_upward(self, staff: StaffFacts, case_number: str, *, version: int, reason: str) -> Case:
        """What was sealed has reached the superior commission; `reason` says how and when."""
        case = self.case_as_seen(staff, case_number, Action.HAND_UPWARD, version)
        self.record(case, CaseEventKind.HANDED_UPWARD, actor=staff, reason=needed("reason", reason))
        self.stop_clocks(case, MET_BY[CaseEventKind.HANDED_UPWARD])
        return case

    # ── handling ─────────────────────────────────────────────────────────────────────────────────
    def take_up(self, staff: StaffFacts, case_number: str, *, version: int) -> Case:
        """The body it was handed to begins to work on it. An objection is taken up again the same way."""
        case = self.case_as_seen(staff, case_number, Action.TAKE_UP, version)
        if case.status is CaseStatus.OBJECTED:
            # What was decided before is in the journal; what is examined again is decided again.
            case.disposition = None
        self._step(case, staff, CaseEventKind.TAKEN_UP)
        self.stop_clocks(case, MET_BY[CaseEventKind.TAKEN_UP])
        return case

    def dispose(
        self, staff: StaffFacts, case_number: str, *, version: int, disposition: Disposition, reason: str
    ) -> Case:
        """Records which of the four ways was decided and approved. The console never chooses it."""
        case = self.case_as_seen(staff, case_number, Action.DISPOSE, version)
        old, case.disposition = case.disposition, disposition
        self.record(
            case,
            CaseEventKind.DISPOSED,
            actor=staff,
            old_value=old,
            new_value=disposition,
            reason=needed("reason", reason),
        )
        self.stop_clocks(case, MET_BY[CaseEventKind.DISPOSED])
        return case

    def conclude(self, staff: StaffFacts, case_number: str, *, version: int, outcome: str) -> Case:
        """Ends the handling with its outcome (for the file, not for the reporter)."""
        case = self.case_as_seen(staff, case_number, Action.CONCLUDE, version)
        if case.track is Track.ACCUSATION and case.disposition is None:
            raise InvalidInput("disposition", "needed_before_conclusion")
        case.outcome = needed("outcome", outcome)
        self._step(case, staff, CaseEventKind.CONCLUDED)
        case.concluded_at = self.now()
        self.stop_clocks(case, MET_BY[CaseEventKind.CONCLUDED])
        due = deadline_on_conclusion(case.track, case.identity_claim, self.today(), self.parts.calendar)
        if due is not None:
            self.services.intake.start_clock(case, due)
        return case

    def give_back(self, staff: StaffFacts, case_number: str, *, version: int, reason: str) -> Case:
        """Returns the case to the office that handed it on: no substance, or another's (reports rule, art. 17)."""
        case = self.case_as_seen(staff, case_number, Action.RETURN, version)
        old_body = case.assigned_body
        self._step(
            case,
            staff,
            CaseEventKind.RETURNED,
            old_value=old_body,
            reason=needed("reason", reason),
        )
        case.assigned_body = None
        self.services.supervision_letters.lapse(case, staff)
        return case

    def give_feedback(self, staff: StaffFacts, case_number: str, *, version: int, text: str) -> Case:
        """Tells the reporter the result. It is read with account or code; the notice itself says nothing."""
        case = self.case_as_seen(staff, case_number, Action.GIVE_FEEDBACK, version)
        text = needed("text", text)
        self._step(case, staff, CaseEventKind.FED_BACK)
        self.session.add(Feedback(case_id=case.id, text=text, staff_id=staff.staff_id, given_at=self.now()))
        self.stop_clocks(case, MET_BY[CaseEventKind.FED_BACK])
        if case.feedback_days is None and case.concluded_at is not None:
            case.feedback_days = self._working_days_since(case.concluded_at)
        self.services.notices.tell_progress(case)
        return case

    # ── recusal ──────────────────────────────────────────────────────────────────────────────────
    def declare_conflict(self, staff: StaffFacts, case_number: str, *, reason: str) -> None:
        """Recuses the member of staff from the case: it is gone from his eyes at once (supervision law, art. 67)."""
        case = self.case_for(staff, case_number, Action.DECLARE_CONFLICT)
        self.session.add(
            ConflictOfInterest(
                case_id=case.id,
                staff_id=staff.staff_id,
                reason=needed("reason", reason),
                declared_at=self.now(),
            )
        )
        self.record(case, CaseEventKind.CONFLICT_DECLARED, actor=staff, reason=reason)
        self.session.flush()

    # ── shared by the steps ──────────────────────────────────────────────────────────────────────
    def move(self, case: Case, step: CaseEventKind) -> CaseStatus:
        """Takes a step, if the lifecycle allows it. Gives back the status before. Raises IllegalTransition."""
        old, case.status = case.status, next_status(step, case.status)
        if step not in KEEPS_PROPOSAL:
            self.services.assignment_proposals.lapse(case)
        return old

    def stop_clocks(
        self, case: Case, kinds: Collection[DeadlineKind] = tuple(DeadlineKind), *, at: datetime | None = None
    ) -> None:
        """Nothing of these kinds is due any more, since `at`, which is now if nothing is said."""
        for clock in self.session.scalars(
            select(CaseDeadline).where(
                CaseDeadline.case_id == case.id, CaseDeadline.kind.in_(kinds), CaseDeadline.met_at.is_(None)
            )
        ):
            clock.met_at = at or self.now()

    def _step(
        self,
        case: Case,
        staff: StaffFacts,
        kind: CaseEventKind,
        *,
        old_value: str | None = None,
        new_value: str | None = None,
        reason: str = "",
    ) -> None:
        old = self.move(case, kind)
        self.record(
            case, kind, actor=staff, old_status=old, old_value=old_value, new_value=new_value, reason=reason or None
        )

    def _count_acceptance(self, case: Case) -> None:
        """The first answer counts: a case that was declined in time and taken in later was not answered late."""
        if case.acceptance_days is None:
            case.acceptance_days = self._working_days_since(case.received_at)

    def _working_days_since(self, moment: datetime) -> int:
        return working_days_between(local_day(moment), self.today(), self.parts.calendar)

    def _send_upward(self, case: Case, staff: StaffFacts, rule: RouteRule, reason: str) -> None:
        self._step(case, staff, CaseEventKind.SENT_UPWARD, new_value=rule, reason=reason)
        case.route_rule, case.owner = rule, SUPERIOR_COMMISSION
        case.via = None if rule is RouteRule.OWN_PRINCIPAL else "principal"
        self.services.supervision_letters.lapse(case, staff)
        self.stop_clocks(case)
        if case.via is not None:  # of what nobody here may see, nobody here can keep the day
            self.services.intake.start_clock(
                case, deadline(DeadlineKind.SEND_UPWARD, self.today(), self.parts.calendar)
            )


def _what_is_decided(case: Case) -> tuple[object, ...]:
    """What a proposal to hand the case on rests on."""
    return case.label, case.unit, case.report_kind, case.route_rule, case.owner, case.via
