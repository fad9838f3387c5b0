"""The read side: case page, overview, ledger. Every answer is a frozen value within the reader's scope."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select, true

from domain.lifecycle import OPEN, fits
from domain.permissions import StaffFacts, may, needs_approval
from domain.terms import (
    Action,
    AttachmentStatus,
    CaseEventKind,
    CaseStatus,
    InboundStatus,
    OutboxStatus,
)
from domain.times import first_moment
from models import (
    Attachment,
    Case,
    CaseDeadline,
    CaseEvent,
    CaseTally,
    FlowTally,
    InboundMessage,
    Inquiry,
    OutboxMessage,
    Staff,
)
from services.case_lists import CaseLists, next_due
from services.inquiries import leaves_at
from services.query_plans import beside
from services.scope import visible_to
from services.views import (
    AttachmentView,
    CasePage,
    DeadlineView,
    EventView,
    FeedbackView,
    InquiryView,
    Overview,
    ReportView,
    UnitHistory,
    WorklistFilter,
)

_UNSENT = (OutboxStatus.WAITING, OutboxStatus.PARKED, OutboxStatus.FAILED)


class Queries(CaseLists):
    """Reads for the console and for machines."""

    def case_page(self, staff: StaffFacts, case_number: str) -> CasePage:
        """Everything this member of staff may see of a case. Raises NotFound. The opening itself goes into the journal."""
        case = self.case_for(staff, case_number, Action.VIEW_CASE)
        facts = self.facts_of(case)
        allowed = frozenset(a for a in Action if may(staff, a, facts) and fits(a, case.status, case.track))
        reads = Action.VIEW_STATEMENT in allowed
        question = self.services.inquiries.pending([case.id]).get(case.id)
        if reads and question is not None and question.answered_at is not None:
            self.services.inquiries.seen(case)
        self.record_daily(case, CaseEventKind.CASE_OPENED, staff)
        similar = self.services.similar.of(staff, case) if reads else ()
        family = self.services.merging.family_of(staff, case)
        return CasePage(
            case_number=case.case_number,
            version=case.version,
            status=case.status,
            track=case.track,
            report_kind=case.report_kind,
            source=case.source,
            scene_code=case.scene_code,
            received_at=case.received_at,
            identity_claim=case.identity_claim,
            in_danger=case.in_danger,
            suggested_label=case.suggested_label,
            suggested_confidence=case.suggested_confidence,
            abstained=case.abstained is not False,
            suggestion=case.suggestion if reads else None,
            model_version=case.model_version,
            citizen_label=case.citizen_label,
            label=case.label,
            labelled_at=case.labelled_at,
            unit=case.unit,
            unit_words=self._unit_words(case) if reads else (),
            facts=self.services.facts.of(case) if reads else (),
            route_rule=case.route_rule,
            owner=case.owner,
            via=case.via,
            overlays=tuple(case.overlays.split()),
            subjects=self.services.routes.subjects(case) if reads else (),
            assigned_body=case.assigned_body,
            disposition=case.disposition,
            outcome=case.outcome if reads else None,
            declined_to=case.declined_to,
            supervised_until=case.supervised_until,
            urging_count=case.urging_count,
            contact_requested_at=case.contact_requested_at,
            satisfaction=case.satisfaction,
            satisfaction_comment=case.satisfaction_comment if reads else None,
            content_destroyed_at=case.content_destroyed_at,
            reports=tuple(ReportView(r.part, r.source, r.statement, r.received_at) for r in case.reports)
            if reads
            else (),
            attachments=self._attachments(case) if reads else (),
            deadlines=tuple(
                DeadlineView(
                    d.kind, d.counted_from, d.due_on, d.provisional, d.basis, d.met_at, d.urged_at, d.escalated_at
                )
                for d in case.deadlines
            ),
            feedbacks=tuple(FeedbackView(f.text, f.given_at, f.read_at) for f in case.feedbacks) if reads else (),
            inquiries=tuple(
                InquiryView(i.text, i.asked_at, leaves_at(i.asked_at), i.read_at, i.answered_at)
                for i in self.session.scalars(select(Inquiry).where(Inquiry.case_id == case.id).order_by(Inquiry.id))
            )
            if reads
            else (),
            question=question,
            unit_history=self._unit_history(staff, case),
            proposal=self.services.triage.proposed(staff, case),
            proposed_body=self.services.assignment_proposals.of(case, with_reasons=reads),
            needs_approval=needs_approval(staff, facts),
            undoable=self.services.undoing.offered(staff, case),
            drafts=self.services.drafts.of(staff, case) if reads else {},
            similar=similar,
            counterpart=self.services.similar.counterpart(staff, similar, family.numbers),
            family=family,
            events=self._events(staff, case, with_reasons=reads),
            identity=self.services.identities.state_for(staff, case),
            allowed=allowed,
        )

    def overview(self, staff: StaffFacts) -> Overview:
        """Counts over the reader's scope."""
        counts = self.tally(staff, CaseTally.status, WorklistFilter())
        by_status = {CaseStatus(status): n for status, n in counts.items()}
        due = self.session.scalars(
            select(Case)
            .join(CaseDeadline, CaseDeadline.case_id == Case.id)
            .where(
                beside(visible_to(staff)),
                CaseDeadline.met_at.is_(None),
                CaseDeadline.due_on <= self.today() + timedelta(days=7),
            )
            .order_by(CaseDeadline.due_on, Case.id)
            .limit(10)
        )
        return Overview(
            total=sum(by_status.values()),
            open=sum(n for status, n in by_status.items() if status in OPEN),
            received_today=self.count(visible_to(staff), Case.received_at >= first_moment(self.today())),
            late=self.count(*self.conditions(staff, WorklistFilter(due="late"))),
            soon=self.count(*self.conditions(staff, WorklistFilter(due="soon"))),
            by_status=by_status,
            due=self.rows(list(dict.fromkeys(due))),
            provisional=self.count(
                beside(visible_to(staff)),
                Case.id.in_(
                    select(CaseDeadline.case_id).where(
                        CaseDeadline.provisional.is_(True), CaseDeadline.met_at.is_(None)
                    )
                ),
            ),
        )

    def ledger(self, since: date | None = None, until: date | None = None) -> Iterator[dict[str, Any]]:
        """Every case in the shape of the contract (section 5): no identity, no statement. Days of the county, inclusive."""
        query = select(Case).order_by(Case.id)
        if since:
            query = query.where(Case.received_at >= first_moment(since))
        if until:
            query = query.where(Case.received_at < first_moment(until + timedelta(days=1)))
        due = {row.case_id: row.due_on for row in self.session.execute(next_due())}
        for case in self.session.scalars(query.execution_options(yield_per=500)):
            yield {
                "case_number": case.case_number,
                "received_at": case.received_at.isoformat(),
                "label": case.label,
                "aspect": self.parts.taxonomy.aspect_of(case.label),
                "unit": case.unit,
                "owner": case.owner,
                "status": case.status.value,
                "due_on": due[case.id].isoformat() if case.id in due else None,
                "source": case.source.value,
            }

    def inbound(self) -> Iterator[dict[str, Any]]:
        """Every stored push in the shape of the contract (section 5)."""
        for row in self.session.execute(
            select(
                InboundMessage.msg_id, InboundMessage.create_time, InboundMessage.msg_type, InboundMessage.status
            ).order_by(InboundMessage.id)
        ):
            yield {
                "msg_id": row.msg_id,
                "create_time": row.create_time,
                "msg_type": row.msg_type,
                "status": InboundStatus(row.status).value,
            }

    def figures(self) -> dict[str, dict[str, int]]:
        """Counts for monitoring, by state. Nothing about any case or person.

        Of what grows for ever only the states are counted that must not: what waits, failed, or is still to be fetched.
        """
        cases = select(FlowTally.status, func.sum(FlowTally.cases)).group_by(FlowTally.status)
        found = {"cases": {str(status): int(n) for status, n in self.session.execute(cases)}}
        for name, column, states, where in (
            ("inbound", InboundMessage.status, (InboundStatus.STORED,), InboundMessage.handled_at.is_(None)),
            ("outbox", OutboxMessage.status, _UNSENT, true()),
            ("attachments", Attachment.status, (AttachmentStatus.PENDING,), true()),
        ):
            counted = select(column, func.count()).where(where, column.in_(states)).group_by(column)
            found[name] = dict.fromkeys(map(str, states), 0) | {str(s): n for s, n in self.session.execute(counted)}
        found["failing_jobs"] = self.services.schedule.failing()
        found["reports"] = {"set_aside": self.services.indexing.set_aside_count()}
        return found

    # ── parts of the answers ─────────────────────────────────────────────────────────────────────
    def _unit_history(self, staff: StaffFacts, case: Case) -> UnitHistory | None:
        if case.unit is None:
            return None
        by_kind = self.tally(staff, CaseTally.label, WorklistFilter(unit=case.unit))
        in_hand = self.tally(staff, CaseTally.label, WorklistFilter(unit=case.unit, open_only=True))
        return UnitHistory(
            total=sum(by_kind.values()), open=sum(in_hand.values()), of_this_kind=by_kind.get(case.label or "", 0)
        )

    def _unit_words(self, case: Case) -> tuple[str, ...]:
        """The words that named the unit, of the first statement that holds any. Found anew: nothing of that is stored."""
        if case.unit is None:
            return ()
        found = (self.parts.suggester.words_for(case.unit, report.statement) for report in case.reports)
        return next(filter(None, found), ())

    def _attachments(self, case: Case) -> tuple[AttachmentView, ...]:
        rows = self.session.scalars(select(Attachment).where(Attachment.case_id == case.id).order_by(Attachment.id))
        return tuple(
            AttachmentView(
                a.id, a.kind, a.status, a.content_type, a.size_bytes, a.sha256, a.refusal, a.clean_name is not None,
                a.copy_status, a.pages, a.pages_shown,
            )
            for a in rows
        )  # fmt: skip

    def _events(self, staff: StaffFacts, case: Case, *, with_reasons: bool) -> tuple[EventView, ...]:
        rows = self.session.execute(
            select(CaseEvent, Staff.display_name)
            .outerjoin(Staff, Staff.id == CaseEvent.staff_id)
            .where(CaseEvent.case_id == case.id)
            .order_by(CaseEvent.id)
        ).all()
        about_others = self.services.merging.lines_about_hidden(staff, [event for event, _ in rows])
        return tuple(
            EventView(e.kind, e.happened_at, e.actor, name, e.old_status, e.new_status, None, None, None)
            if e.id in about_others
            else EventView(
                e.kind, e.happened_at, e.actor, name, e.old_status, e.new_status, e.old_value, e.new_value,
                e.reason if with_reasons else None,
            )
            for e, name in rows
        )  # fmt: skip
