"""Cases that are one story, examined together: merged under one of them, split again, kept as one clue.

Nothing of a case is changed but that it belongs to another: its clocks go on, its reporter is told for himself, its journal
says when it was merged and by whom. A reader sees of a family what he may see anyway.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from domain.errors import InvalidInput
from domain.permissions import StaffFacts
from domain.terms import Action, CaseEventKind, CaseStatus
from models import Case, CaseEvent, CaseMerge, Clue
from services.base import Service
from services.query_plans import beside
from services.scope import visible_to

_NAME_ANOTHER = frozenset({CaseEventKind.MERGED, CaseEventKind.SPLIT})


@dataclass(frozen=True, slots=True)
class Relative:
    """A case of the same family that the reader may see."""

    case_number: str
    status: CaseStatus
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Family:
    """What a case belongs to, and what belongs to it, as far as the reader may see. `clue_since` None: no clue."""

    lead: Relative | None
    members: tuple[Relative, ...]
    clue_since: datetime | None

    @property
    def numbers(self) -> frozenset[str]:
        """Of all that the case belongs to and that belongs to it."""
        return frozenset(one.case_number for one in (*self.members, *filter(None, [self.lead])))


class Merging(Service):
    """Merges, splits, opens clues."""

    def merge(self, staff: StaffFacts, case_number: str, *, version: int, other: str, reason: str = "") -> Case:
        """Puts a case, with all that belong to it, under another one. Both must be in sight.

        Raises InvalidInput for a case and itself, and when it already stands there.
        """
        case = self.case_as_seen(staff, case_number, Action.MERGE, version)
        lead = self.case_for(staff, other.strip().upper(), Action.MERGE)
        above = self.session.get(CaseMerge, lead.id)
        if above is not None and above.lead_id != case.id:
            lead = self._visible_lead(staff, above)
        if lead.id == case.id:
            raise InvalidInput("other", "same_case")
        own = self.session.get(CaseMerge, case.id)
        if own is not None and own.lead_id == lead.id:
            raise InvalidInput("other", "merged_already")
        if above is not None and above.lead_id == case.id:
            # The order is turned round: what was under the case comes under its new lead with it.
            self.session.delete(above)
            self.session.flush()
        self.session.execute(
            update(CaseMerge)
            .where(CaseMerge.lead_id == case.id)
            .values(lead_id=lead.id)
            .execution_options(synchronize_session="fetch")
        )
        if own is None:
            own = CaseMerge(member_id=case.id, lead_id=lead.id, staff_id=staff.staff_id, merged_at=self.now())
            self.session.add(own)
        else:
            own.lead_id, own.staff_id, own.merged_at = lead.id, staff.staff_id, self.now()
        self.services.assignment_proposals.lapse(case)
        self._record_both(CaseEventKind.MERGED, staff, case, lead, reason)
        return case

    def split(self, staff: StaffFacts, case_number: str, *, reason: str = "") -> Case:
        """Takes a case out of its family again. Raises InvalidInput when it belongs to none."""
        case = self.case_for(staff, case_number, Action.MERGE)
        own = self.session.get(CaseMerge, case.id)
        if own is None:
            raise InvalidInput("other", "not_merged")
        lead = self.session.get_one(Case, own.lead_id)
        self.session.delete(own)
        self._record_both(CaseEventKind.SPLIT, staff, case, lead, reason)
        return case

    def head_of(self, staff: StaffFacts, numbers: Sequence[str]) -> str:
        """Which of these cases the others are put under: the one that came first, of those in sight."""
        first = self.session.scalar(
            select(Case.case_number)
            .where(Case.case_number.in_(numbers), beside(visible_to(staff)))
            .order_by(Case.received_at, Case.id)
            .limit(1)
        )
        if first is None:
            raise InvalidInput("case", "no_case_chosen")
        return first

    def open_clue(self, staff: StaffFacts, case_number: str, *, version: int, reason: str) -> Case:
        """Keeps the case, with its family, as one clue. Raises InvalidInput when it is one, or belongs to another case."""
        case = self.case_as_seen(staff, case_number, Action.OPEN_CLUE, version)
        if self.session.get(Clue, case.id) is not None:
            raise InvalidInput("reason", "clue_already")
        if self.session.get(CaseMerge, case.id) is not None:
            raise InvalidInput("reason", "clue_of_lead")
        self.session.add(Clue(case_id=case.id, staff_id=staff.staff_id, opened_at=self.now()))
        self.record(case, CaseEventKind.CLUE_OPENED, actor=staff, reason=reason or None)
        self.session.flush()
        return case

    def family_of(self, staff: StaffFacts, case: Case) -> Family:
        """The family of a case for one reader."""
        own = self.session.get(CaseMerge, case.id)
        ids = self.session.scalars(select(CaseMerge.member_id).where(CaseMerge.lead_id == case.id)).all()
        wanted = [*ids, *([own.lead_id] if own else [])]
        seen = (
            self.session.scalars(
                select(Case).where(beside(visible_to(staff)), Case.id.in_(wanted)).order_by(Case.received_at)
            ).all()
            if wanted
            else ()
        )
        clue = self.session.get(Clue, case.id)
        relatives = {c.id: Relative(c.case_number, c.status, c.received_at) for c in seen}
        return Family(
            relatives.get(own.lead_id) if own else None,
            tuple(relative for case_id, relative in relatives.items() if own is None or case_id != own.lead_id),
            clue.opened_at if clue else None,
        )

    def lines_about_hidden(self, staff: StaffFacts, lines: Sequence[CaseEvent]) -> frozenset[int]:
        """Which of these lines of a journal name a case that the reader may not see: what they say is of that case as well.

        The journal keeps it. It is asked when the journal is read, because who may see a case changes.
        """
        named = {
            line.id: {number for number in (line.old_value, line.new_value) if number}
            for line in lines
            if line.kind in _NAME_ANOTHER
        }
        if not named:
            return frozenset()
        numbers = set().union(*named.values())
        seen = set(
            self.session.scalars(
                select(Case.case_number).where(beside(visible_to(staff)), Case.case_number.in_(numbers))
            )
        )
        return frozenset(line_id for line_id, numbers in named.items() if numbers - seen)

    def _visible_lead(self, staff: StaffFacts, above: CaseMerge) -> Case:
        """The case at the head of a family, if the reader may see it as well."""
        number = self.session.scalar(select(Case.case_number).where(Case.id == above.lead_id))
        return self.case_for(staff, number or "", Action.MERGE)

    def _record_both(self, kind: CaseEventKind, staff: StaffFacts, case: Case, lead: Case, reason: str) -> None:
        for of in (case, lead):
            self.record(
                of, kind, actor=staff, old_value=case.case_number, new_value=lead.case_number, reason=reason or None
            )
        self.session.flush()
