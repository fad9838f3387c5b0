"""The read side: worklist, case page, overview, ledger. Every answer is a frozen value within the reader's scope."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, select
from sqlalchemy import case as case_when

from domain.lifecycle import OPEN, fits
from domain.permissions import StaffFacts, may, scope_of
from domain.terms import (
    Action,
    CaseEventKind,
    CaseStatus,
    InboundStatus,
)
from domain.times import SHANGHAI
from models import Attachment, Case, CaseDeadline, CaseEvent, ConflictOfInterest, InboundMessage, OutboxMessage, Staff
from services.base import Service
from services.views import (
    AttachmentView,
    CasePage,
    DeadlineView,
    EventView,
    FeedbackView,
    Overview,
    ReportView,
    Worklist,
    WorklistFilter,
    WorklistRow,
)

PAGE_SIZE = 20


class Queries(Service):
    """Reads for the console and for machines."""

    def worklist(self, staff: StaffFacts, wanted: WorklistFilter) -> Worklist:
        """One page of the cases this member of staff may see, newest first; late and dangerous ones on top."""
        scope = self._scope(staff)
        where = [scope, *self._filters(wanted)]
        total = self.session.scalar(select(func.count(Case.id)).where(*where)) or 0
        pages = max(1, -(-total // PAGE_SIZE))
        page = min(max(1, wanted.page), pages)
        next_due = self._next_due().subquery()
        query = (
            select(Case, next_due.c.due_on)
            .outerjoin(next_due, next_due.c.case_id == Case.id)
            .where(*where)
            .order_by(
                Case.in_danger.desc(),
                case_when((next_due.c.due_on < self.today(), 1), else_=0).desc(),
                Case.received_at.desc(),
                Case.id.desc(),
            )
            .limit(PAGE_SIZE)
            .offset((page - 1) * PAGE_SIZE)
        )
        cases = [row[0] for row in self.session.execute(query)]
        counts = self.session.execute(select(Case.status, func.count(Case.id)).where(scope).group_by(Case.status))
        return Worklist(
            rows=self._rows(cases),
            total=total,
            page=page,
            pages=pages,
            by_status={row[0]: row[1] for row in counts},
            late=self._count(scope, self._due_filter("late")),
            soon=self._count(scope, self._due_filter("soon")),
        )

    def case_page(self, staff: StaffFacts, case_number: str) -> CasePage:
        """Everything this member of staff may see of a case. Raises NotFound. The opening itself goes into the journal."""
        case = self.case_for(staff, case_number, Action.VIEW_CASE)
        facts = self.facts_of(case)
        allowed = frozenset(a for a in Action if may(staff, a, facts) and fits(a, case.status, case.track))
        reads = Action.VIEW_STATEMENT in allowed
        self.record_daily(case, CaseEventKind.CASE_OPENED, staff)
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
            suggestion=case.suggestion if reads else None,
            model_version=case.model_version,
            citizen_label=case.citizen_label,
            label=case.label,
            labelled_at=case.labelled_at,
            unit=case.unit,
            slots=(case.slots or {}) if reads else {},
            route_rule=case.route_rule,
            owner=case.owner,
            via=case.via,
            overlays=tuple(case.overlays.split()),
            assigned_body=case.assigned_body,
            disposition=case.disposition,
            outcome=case.outcome if reads else None,
            declined_to=case.declined_to,
            supervised_until=case.supervised_until,
            urging_count=case.urging_count,
            contact_requested_at=case.contact_requested_at,
            satisfaction=case.satisfaction,
            satisfaction_comment=case.satisfaction_comment if reads else None,
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
            events=self._events(case, with_reasons=reads),
            allowed=allowed,
        )

    def overview(self, staff: StaffFacts) -> Overview:
        """Counts over the reader's scope."""
        scope = self._scope(staff)
        by_status = Counter(
            {
                r[0]: r[1]
                for r in self.session.execute(select(Case.status, func.count()).where(scope).group_by(Case.status))
            }
        )
        by_label = Counter(
            {
                r[0]: r[1]
                for r in self.session.execute(select(Case.label, func.count()).where(scope).group_by(Case.label))
            }
        )
        by_track = {
            r[0]: r[1] for r in self.session.execute(select(Case.track, func.count()).where(scope).group_by(Case.track))
        }
        units = self.session.execute(
            select(Case.unit, func.count().label("n"))
            .where(scope, Case.unit.is_not(None))
            .group_by(Case.unit)
            .order_by(func.count().desc(), Case.unit)
            .limit(8)
        )
        start_of_day = datetime.combine(self.today(), datetime.min.time(), SHANGHAI)
        due = self.session.scalars(
            select(Case)
            .join(CaseDeadline, CaseDeadline.case_id == Case.id)
            .where(scope, CaseDeadline.met_at.is_(None), CaseDeadline.due_on <= self.today() + timedelta(days=7))
            .order_by(CaseDeadline.due_on, Case.id)
            .limit(10)
        )
        return Overview(
            total=by_status.total(),
            open=sum(n for status, n in by_status.items() if status in OPEN),
            received_today=self._count(scope, Case.received_at >= start_of_day),
            late=self._count(scope, self._due_filter("late")),
            soon=self._count(scope, self._due_filter("soon")),
            concluded=self._count(scope, Case.concluded_at.is_not(None)),
            by_status=by_status,
            matrix={label: n for label, n in by_label.items() if label is not None},
            unlabelled=by_label[None],
            by_track=by_track,
            by_unit=tuple((row.unit or "", row.n) for row in units),
            satisfied=by_status[CaseStatus.SATISFIED],
            objected=by_status[CaseStatus.OBJECTED],
            due=self._rows(list(dict.fromkeys(due))),
            provisional=self._count(
                scope,
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
            query = query.where(Case.received_at >= datetime.combine(since, datetime.min.time(), SHANGHAI))
        if until:
            query = query.where(
                Case.received_at < datetime.combine(until + timedelta(days=1), datetime.min.time(), SHANGHAI)
            )
        due = {row.case_id: row.due_on for row in self.session.execute(self._next_due())}
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
        """Counts for monitoring, by state. Nothing about any case or person."""
        columns = {
            "cases": Case.status,
            "inbound": InboundMessage.status,
            "outbox": OutboxMessage.status,
            "attachments": Attachment.status,
        }
        return {
            name: {str(state): n for state, n in self.session.execute(select(column, func.count()).group_by(column))}
            for name, column in columns.items()
        }

    # ── parts of the answers ─────────────────────────────────────────────────────────────────────
    def _scope(self, staff: StaffFacts) -> ColumnElement[bool]:
        """The same scope as `domain.permissions`, as SQL."""
        scope = scope_of(staff)
        if scope is None:
            return false()
        conflicted = select(ConflictOfInterest.case_id).where(ConflictOfInterest.staff_id == staff.staff_id)
        parts: list[ColumnElement[bool]] = [Case.route_rule.not_in(scope.hidden_rules), Case.id.not_in(conflicted)]
        if scope.only_rules is not None:
            parts.append(Case.route_rule.in_(scope.only_rules))
        if scope.body is not None:
            parts.append(Case.assigned_body == scope.body)
        if not scope.sees_sent_upward:
            parts.append(Case.status != CaseStatus.SENT_UPWARD)
        return and_(*parts)

    def _filters(self, wanted: WorklistFilter) -> list[ColumnElement[bool]]:
        where: list[ColumnElement[bool]] = []
        if wanted.status:
            where.append(Case.status == wanted.status)
        if wanted.open_only:
            where.append(Case.status.in_(OPEN))
        if wanted.track:
            where.append(Case.track == wanted.track)
        if wanted.aspect:
            kinds = [k.key for k in self.parts.taxonomy.kinds.values() if k.aspect == wanted.aspect]
            where.append(Case.label.in_(kinds))
        if wanted.label:
            where.append(Case.label.is_(None) if wanted.label == "-" else Case.label == wanted.label)
        if wanted.unit:
            where.append(Case.unit == wanted.unit)
        if wanted.body:
            where.append(Case.assigned_body == wanted.body)
        if wanted.number:
            where.append(Case.case_number.contains(wanted.number.strip().upper(), autoescape=True))
        if wanted.due in {"late", "soon"}:
            where.append(self._due_filter(wanted.due))
        return where

    def _due_filter(self, due: str) -> ColumnElement[bool]:
        today = self.today()
        clocks = select(CaseDeadline.case_id).where(CaseDeadline.met_at.is_(None))
        if due == "late":
            return Case.id.in_(clocks.where(CaseDeadline.due_on < today))
        return Case.id.in_(clocks.where(CaseDeadline.due_on.between(today, today + timedelta(days=3))))

    def _count(self, *where: ColumnElement[bool]) -> int:
        return self.session.scalar(select(func.count(Case.id)).where(*where)) or 0

    @staticmethod
    def _next_due() -> Select[int, date]:
        return (
            select(CaseDeadline.case_id, func.min(CaseDeadline.due_on).label("due_on"))
            .where(CaseDeadline.met_at.is_(None))
            .group_by(CaseDeadline.case_id)
        )

    def _rows(self, cases: list[Case]) -> tuple[WorklistRow, ...]:
        clocks: dict[int, CaseDeadline] = {}
        for clock in self.session.scalars(
            select(CaseDeadline)
            .where(CaseDeadline.case_id.in_([c.id for c in cases]), CaseDeadline.met_at.is_(None))
            .order_by(CaseDeadline.due_on.desc())
        ):
            clocks[clock.case_id] = clock  # the earliest wins: it comes last
        return tuple(
            WorklistRow(
                case_number=case.case_number,
                received_at=case.received_at,
                status=case.status,
                track=case.track,
                label=case.label,
                labelled=case.labelled_at is not None,
                unit=case.unit,
                owner=case.owner,
                assigned_body=case.assigned_body,
                identity_claim=case.identity_claim,
                in_danger=case.in_danger,
                due_on=clocks[case.id].due_on if case.id in clocks else None,
                due_kind=clocks[case.id].kind if case.id in clocks else None,
                provisional=clocks[case.id].provisional if case.id in clocks else False,
                urging_count=case.urging_count,
                supervised_until=case.supervised_until,
                contact_requested=case.contact_requested_at is not None,
            )
            for case in cases
        )

    def _attachments(self, case: Case) -> tuple[AttachmentView, ...]:
        rows = self.session.scalars(select(Attachment).where(Attachment.case_id == case.id).order_by(Attachment.id))
        return tuple(
            AttachmentView(
                a.id, a.kind, a.status, a.content_type, a.size_bytes, a.sha256, a.refusal, a.clean_name is not None
            )
            for a in rows
        )

    def _events(self, case: Case, *, with_reasons: bool) -> tuple[EventView, ...]:
        rows = self.session.execute(
            select(CaseEvent, Staff.display_name)
            .outerjoin(Staff, Staff.id == CaseEvent.staff_id)
            .where(CaseEvent.case_id == case.id)
            .order_by(CaseEvent.id)
        )
        return tuple(
            EventView(
                e.kind, e.happened_at, e.actor, name, e.old_status, e.new_status, e.old_value, e.new_value,
                e.reason if with_reasons else None,
            )
            for e, name in rows
        )  # fmt: skip
