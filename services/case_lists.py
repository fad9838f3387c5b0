"""What every list of cases is made of: its conditions, its counts, its rows. Within the reader's scope, by index."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from domain.deadlines import soon_until
from domain.lifecycle import NOBODY_WORKS_ON_IT, OPEN
from domain.permissions import Scope, StaffFacts, scope_of
from domain.terms import CaseStatus, DeadlineKind, ProposalStatus, WorklistView
from domain.values import LEAST_OF_CASE_NUMBER, beginning_of_case_number, end_of_case_number, find_case_number
from models import (
    Case,
    CaseDeadline,
    CaseMerge,
    CaseTally,
    Clue,
    ConflictOfInterest,
    FlowTally,
    Inquiry,
    Staff,
    UnitTally,
)  # fmt: skip
from services.assignment_proposals import proposed_in
from services.base import Service
from services.inquiries import UNSEEN, WAITS
from services.picture_filters import picture_filters
from services.query_plans import Compared, beside
from services.scope import conflicts_of, county_managed, in_scope, visible_to
from services.views import WorklistFilter, WorklistRow

# What was received since so many days before today.
DAYS_BACK: Mapping[str | None, int] = {"today": 0, "week": 6}
_MARK_OF: Mapping[WorklistView, InstrumentedAttribute[Any]] = {
    WorklistView.SUPERVISED: Case.supervised_until,
    WorklistView.CONTACT: Case.contact_requested_at,
}
_PROPOSAL_OF = {
    WorklistView.AWAITING_APPROVAL: ProposalStatus.WAITING,
    WorklistView.SENT_BACK: ProposalStatus.SENT_BACK,
}
_Tallied = Case | CaseTally | FlowTally | UnitTally
# What is worked on. As few as the staff can hold, whatever the years pile up; concluded ones pile up with them.
IN_WORK = tuple(sorted(OPEN - {CaseStatus.CONCLUDED}))
# Cases that are where somebody must keep away from them: one moves on, and is on the list no more.
_HAS_IT = aliased(Case)
_RECUSED = (
    select(ConflictOfInterest.case_id)
    .join(Staff, Staff.id == ConflictOfInterest.staff_id)
    .join(_HAS_IT, _HAS_IT.id == ConflictOfInterest.case_id)
    .where(or_(_HAS_IT.assigned_body.is_(None), _HAS_IT.assigned_body == Staff.body))
)


class CaseLists(Service):
    """Base of the services that list or count cases."""

    def conditions(self, staff: StaffFacts, wanted: WorklistFilter) -> list[ColumnElement[bool]]:
        """What this member of staff may see of what was asked for, as conditions on `Case`."""
        wanted = self.dated(wanted)
        few: list[ColumnElement[bool]] = []
        if wanted.number:
            few.append(fits_number(wanted.number))
        if wanted.due in {"late", "soon"}:
            few.append(self.due_filter(wanted.due))
        if wanted.view is not None:
            few.append(self.view_filter(staff, wanted.view))
        where = [visible_to(staff), *self.tallied_filters(wanted, Case), *picture_filters(wanted)]
        return [*few, *map(beside, where)] if few else where

    def dated(self, wanted: WorklistFilter) -> WorklistFilter:
        """The same with days of the calendar for what was received today or in the last seven days."""
        if wanted.received not in DAYS_BACK:
            return replace(wanted, received=None)
        first = self.today() - timedelta(days=DAYS_BACK[wanted.received])
        return replace(wanted, received=None, since=max(first, wanted.since or first))

    def is_tallied(self, wanted: WorklistFilter) -> bool:
        """Whether the tally alone can count this."""
        return not wanted.is_beyond_tally

    def tallied_filters(self, wanted: WorklistFilter, at: type[_Tallied]) -> list[ColumnElement[bool]]:
        """The filters that a tally knows too: the same words for a case and for a count of cases."""
        where: list[ColumnElement[bool]] = []
        if at is not UnitTally:
            where += self._standing(wanted, at)
        if at is FlowTally:
            asked = ((FlowTally.source, wanted.source), (FlowTally.satisfaction, wanted.satisfaction))
            return where + [column == value for column, value in asked if value]
        return where + self._about(wanted, at)

    def _standing(self, wanted: WorklistFilter, at: Any) -> list[ColumnElement[bool]]:
        """Where a case stands, and with whom."""
        where: list[ColumnElement[bool]] = []
        if wanted.status:
            where.append(at.status == wanted.status)
        if wanted.open_only:
            where.append(at.status.in_(OPEN))
        if wanted.track:
            where.append(at.track == wanted.track)
        if wanted.body == "-":
            where.append(_none(at, at.assigned_body))
        elif wanted.body:
            where.append(at.assigned_body == wanted.body)
        return where

    def _about(self, wanted: WorklistFilter, at: Any) -> list[ColumnElement[bool]]:
        """What a case is about, and whom."""
        where: list[ColumnElement[bool]] = []
        if wanted.aspect == "-":
            where.append(func.coalesce(at.label, "").not_in(list(self.parts.taxonomy.kinds)))
        elif wanted.aspect:
            kinds = [k.key for k in self.parts.taxonomy.kinds.values() if k.aspect == wanted.aspect]
            where.append(at.label.in_(kinds))
        if wanted.label == "-":
            where.append(_none(at, at.label))
        elif wanted.label:
            where.append(at.label == wanted.label)
        if wanted.unit:
            where.append(at.unit == wanted.unit)
        return where

    def view_filter(self, staff: StaffFacts, view: WorklistView) -> ColumnElement[bool]:
        """The condition of a view. Each begins with an index that holds few, however many cases there are."""
        match view:
            case WorklistView.TRIAGE:
                # What its reporter was asked about waits for nobody here, and has a view of its own.
                return and_(Case.status == CaseStatus.RECEIVED, ~_waits())
            case WorklistView.LOW_CONFIDENCE:
                unsure = Case.abstained.is_not(False)
                return and_(Case.status.in_(NOBODY_WORKS_ON_IT), Case.labelled_at.is_(None), unsure)
            case WorklistView.DUE_TODAY:
                return Case.id.in_(open_clocks().where(CaseDeadline.due_on == self.today()))
            case WorklistView.SUPERVISED | WorklistView.CONTACT:
                return and_(Case.status.in_(IN_WORK), _MARK_OF[view].is_not(None))
            case WorklistView.AWAITING_FEEDBACK:
                return Case.id.in_(open_clocks().where(CaseDeadline.kind == DeadlineKind.FEEDBACK))
            case WorklistView.AWAITING_ANSWER:
                # Not of the questions: what nobody ever answered piles up with the years.
                return and_(Case.status.in_(IN_WORK), _waits())
            case WorklistView.ANSWERED:
                return Case.id.in_(select(Inquiry.case_id).where(UNSEEN))
            case WorklistView.AWAITING_APPROVAL | WorklistView.SENT_BACK:
                return Case.id.in_(proposed_in(_PROPOSAL_OF[view]))
            case WorklistView.COUNTY_CADRES:
                return and_(Case.status.in_(IN_WORK), county_managed())
            case WorklistView.RECUSED:
                return and_(Case.id.in_(_RECUSED), beside(Case.status.in_(IN_WORK)))
            case WorklistView.ALIKE:
                return and_(Case.status.in_(IN_WORK), self.services.similar.seen_alike(staff))
            case WorklistView.REPEATED:
                return and_(Case.status.in_(IN_WORK), exists().where(CaseMerge.lead_id == Case.id).correlate(Case))

    def due_filter(self, due: str) -> ColumnElement[bool]:
        """Late, or due soon."""
        today = self.today()
        if due == "late":
            return Case.id.in_(open_clocks().where(CaseDeadline.due_on < today))
        return Case.id.in_(
            open_clocks().where(CaseDeadline.due_on.between(today, soon_until(today, self.parts.calendar)))
        )

    def tally(self, staff: StaffFacts, by: InstrumentedAttribute[Any], wanted: WorklistFilter) -> dict[str, int]:
        """Cases in scope by one column of the tally, without those one has a conflict with; zeros are left out."""
        scope = scope_of(staff)
        if scope is None:
            return {}
        counts: Counter[Any] = Counter()
        at, cases_of = _narrowest(scope, by.key, wanted)
        grouped = getattr(at, by.key)
        for key, cases in self.session.execute(
            select(grouped, func.sum(cases_of))
            .where(*in_scope(scope, at), *self.tallied_filters(wanted, at))
            .group_by(grouped)
        ):
            counts[key] += cases
        column = func.coalesce(getattr(Case, by.key), "")
        hidden = select(column, func.count()).where(*self.hidden(scope, wanted)).group_by(column)
        for key, cases in self.session.execute(hidden):
            counts[key] -= cases
        return {str(key): int(n) for key, n in counts.items() if n}

    def hidden(self, scope: Scope, wanted: WorklistFilter) -> list[ColumnElement[bool]]:
        """The cases that a tally counts and a conflict of interest takes off."""
        where = [*in_scope(scope, Case), *self.tallied_filters(wanted, Case), *picture_filters(wanted)]
        return [Case.id.in_(conflicts_of(scope)), *map(beside, where)]

    def count(self, *where: ColumnElement[bool]) -> int:
        """How many cases fit."""
        return self.session.scalar(select(func.count(Case.id)).where(*where)) or 0

    def first_clocks(self, case_ids: Sequence[int]) -> dict[int, CaseDeadline]:
        """The running clock of each case that runs out first."""
        running = (
            select(CaseDeadline)
            .where(CaseDeadline.case_id.in_(case_ids), CaseDeadline.met_at.is_(None))
            .order_by(CaseDeadline.due_on.desc())
        )
        return {clock.case_id: clock for clock in self.session.scalars(running)}  # the earliest wins: it comes last

    def rows(self, cases: Iterable[Case]) -> tuple[WorklistRow, ...]:
        """The cases as lines of a list, each with the clock that runs out first."""
        cases = list(cases)
        numbers = [case.id for case in cases]
        clocks = self.first_clocks(numbers)
        leads = set(self.session.scalars(select(CaseMerge.lead_id).where(CaseMerge.lead_id.in_(numbers))))
        members = set(self.session.scalars(select(CaseMerge.member_id).where(CaseMerge.member_id.in_(numbers))))
        questions = self.services.inquiries.pending(numbers)
        proposed = self.services.assignment_proposals.bodies_waiting(numbers)
        clues = set(self.session.scalars(select(Clue.case_id).where(Clue.case_id.in_(numbers))))
        return tuple(
            WorklistRow(
                case_number=case.case_number,
                version=case.version,
                received_at=case.received_at,
                status=case.status,
                track=case.track,
                label=case.label,
                labelled=case.labelled_at is not None,
                confidence=case.suggested_confidence,
                unit=case.unit,
                owner=case.owner,
                assigned_body=case.assigned_body,
                proposed_body=proposed.get(case.id),
                identity_claim=case.identity_claim,
                in_danger=case.in_danger,
                due_on=clocks[case.id].due_on if case.id in clocks else None,
                due_kind=clocks[case.id].kind if case.id in clocks else None,
                provisional=clocks[case.id].provisional if case.id in clocks else False,
                urging_count=case.urging_count,
                supervised_until=case.supervised_until,
                contact_requested=case.contact_requested_at is not None,
                is_lead=case.id in leads,
                is_merged=case.id in members,
                is_clue=case.id in clues,
                question=questions.get(case.id),
                due_from=clocks[case.id].counted_from if case.id in clocks else None,
            )
            for case in cases
        )


def _narrowest(scope: Scope, by: str, wanted: WorklistFilter) -> tuple[Any, InstrumentedAttribute[int]]:
    """The tally with the fewest rows that knows all that is asked, and its column that counts.

    `CaseTally` has a row for each pair of kind and unit in every state with every body: read only where nothing else answers.
    """
    if not any((wanted.aspect, wanted.label, wanted.unit)) and by in FlowTally.__table__.columns:
        return FlowTally, FlowTally.cases
    if by in {"label", "unit"} and not any((wanted.status, wanted.track, wanted.body)):
        return UnitTally, UnitTally.in_hand if wanted.open_only else UnitTally.cases
    return CaseTally, CaseTally.cases


def _none(at: type[_Tallied], column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """That there is no value: a case has none there, a tally an empty text. Written so that an index can answer."""
    return column.is_(None) if at is Case else column == ""


def _waits() -> ColumnElement[bool]:
    """That a question to the reporter waits for his answer."""
    return exists().where(Inquiry.case_id == Case.id, WAITS).correlate(Case)


def open_clocks() -> Select[int]:
    """The cases with a clock that runs, once for each such clock."""
    return select(CaseDeadline.case_id).where(CaseDeadline.met_at.is_(None))


def next_due() -> Select[int, date]:
    """Each case with a clock that runs, and the day on which the first runs out."""
    return (
        select(CaseDeadline.case_id, func.min(CaseDeadline.due_on).label("due_on"))
        .where(CaseDeadline.met_at.is_(None))
        .group_by(Compared(CaseDeadline.case_id))
    )


def fits_number(given: str) -> ColumnElement[bool]:
    """A number, its beginning down to the day, or its end; nothing for less, which very many would fit."""
    if whole := find_case_number(given):
        return Case.case_number == whole
    if beginning := beginning_of_case_number(given):
        # Up to what comes after every sign that a number can go on with.
        return Case.case_number.between(beginning, f"{beginning}Z")
    if end := end_of_case_number(given):
        return and_(Case.number_end == end[-LEAST_OF_CASE_NUMBER:], Case.case_number.endswith(end, autoescape=True))
    return false()
