"""What a proposed list would do to the cases that are open: a dry run that writes nothing.

It speaks of cases that its reader may see, by number, never of what they say. Who takes a case is asked of the same rules
twice, with the units of now and with those proposed, so that only the list makes the difference.
"""

import time
from dataclasses import dataclass
from datetime import date
from typing import cast

from sqlalchemy import func, select

from domain.deadlines import WorkCalendar, deadline
from domain.directory import Directory
from domain.edited_lists import Data
from domain.lifecycle import OPEN
from domain.permissions import CLOSED_RULES, StaffFacts, scope_of
from domain.routing import EMERGENCY, route
from domain.terms import DeadlineKind, ReferenceList
from domain.times import local_day
from domain.values import Route, RoutingFacts
from models import Case, CaseDeadline
from services.base import Service, Suggester
from services.routes import everything_said
from services.scope import visible_to
from services.suggestions import with_unit_first

# Both bounds: so many cases, so many seconds. Reading a statement anew takes some milliseconds.
MOST_CASES = 1_000
MOST_SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class Rerouted:
    """A case that the rules would give to somebody else. `body` has it already, and keeps it until a person moves it."""

    case_number: str
    body: str | None
    before: Route
    after: Route

    @property
    def changes_who_sees(self) -> bool:
        """Whether it would go behind a closed door, or come out of one."""
        return (self.before.rule in CLOSED_RULES) != (self.after.rule in CLOSED_RULES)


@dataclass(frozen=True, slots=True)
class Moved:
    """A running clock whose day would change."""

    case_number: str
    kind: DeadlineKind
    before: date
    after: date


@dataclass(frozen=True, slots=True)
class Effects:
    """What would change. `looked_at` of `open_cases` were looked at; `sees_cases` is False for whoever sees none."""

    sees_cases: bool
    open_cases: int
    looked_at: int
    rerouted: tuple[Rerouted, ...] = ()
    moved: tuple[Moved, ...] = ()
    directory: Directory | None = None


class Rehearsal(Service):
    """Tries a proposed list on open cases."""

    def effects(self, staff: StaffFacts, which: ReferenceList, data: Data) -> Effects | None:
        """What this version would do; None for a list that only changes words."""
        form = self.services.edited_lists.form(which)
        if which is ReferenceList.DIRECTORY:
            return self._of_directory(staff, cast("Directory", form.built(data)))
        if which is ReferenceList.CALENDAR:
            return self._of_calendar(staff, cast("WorkCalendar", form.built(data)))
        return None

    def _of_directory(self, staff: StaffFacts, proposed: Directory) -> Effects:
        total = self._count(staff)
        now, then = self.parts.suggester, self.parts.suggester.knowing(proposed)
        started, looked_at, rerouted = time.monotonic(), 0, []
        cases = self.session.scalars(
            select(Case)
            .where(visible_to(staff), Case.status.in_(OPEN))
            .order_by(Case.id.desc())
            .limit(MOST_CASES)
            .execution_options(yield_per=50)
        )
        for case in cases:
            if time.monotonic() - started > MOST_SECONDS:
                break
            looked_at += 1
            before, after = self._route(case, now, self.parts.directory), self._route(case, then, proposed)
            if (before.rule, before.owner, before.via) != (after.rule, after.owner, after.via):
                rerouted.append(Rerouted(case.case_number, case.assigned_body, before, after))
        return Effects(scope_of(staff) is not None, total, looked_at, rerouted=tuple(rerouted), directory=proposed)

    def _of_calendar(self, staff: StaffFacts, proposed: WorkCalendar) -> Effects:
        clocks = self.session.execute(
            select(Case.case_number, CaseDeadline.kind, CaseDeadline.counted_from, CaseDeadline.due_on)
            .join(Case, Case.id == CaseDeadline.case_id)
            .where(visible_to(staff), Case.status.in_(OPEN), CaseDeadline.met_at.is_(None))
            .order_by(CaseDeadline.due_on, CaseDeadline.id)
        )
        moved = [
            Moved(number, kind, due_on, due.due_on)
            for number, kind, counted_from, due_on in clocks
            if (due := deadline(kind, counted_from, proposed)).due_on != due_on
        ]
        total = self._count(staff)
        return Effects(scope_of(staff) is not None, total, total, moved=tuple(moved))

    def _count(self, staff: StaffFacts) -> int:
        return self.session.scalar(select(func.count(Case.id)).where(visible_to(staff), Case.status.in_(OPEN))) or 0

    def _route(self, case: Case, suggester: Suggester, directory: Directory) -> Route:
        """Who takes the case: label and unit as they were confirmed, persons as what was said in it names them."""
        mentions = suggester.suggest(everything_said(case), local_day(case.received_at)).mentions
        unit = case.unit if case.unit in directory.units else None
        in_danger = case.in_danger or case.label == EMERGENCY
        return route(
            RoutingFacts(case.label, with_unit_first(mentions, unit), in_danger), directory, self.parts.taxonomy
        )
