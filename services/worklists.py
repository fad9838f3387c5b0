"""The worklist: which cases, in which order, which of them on this page, and how many there are for each question."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, CompoundSelect, Select, func, select, union

from domain.lifecycle import OPEN
from domain.permissions import StaffFacts, scope_of
from domain.terms import CaseStatus, WorklistSort, WorklistView
from domain.worklist_views import VIEWS_OF_ROLE, usual_sort
from models import Case, CaseDeadline, CaseTally
from services.case_lists import CaseLists, next_due, open_clocks
from services.picture_totals import tallied_total
from services.query_plans import among, beside
from services.views import Worklist, WorklistFilter

PAGE_SIZE = 20
# So many are put in order here; of more the first are read off an index. Without it the database might walk the index of
# the order through a million cases to find the few that fit.
_FEW = 2_000
# Of a longer list so many are shown: nobody turns pages further, and whoever asks for the middle of a million would wait.
MOST_LISTED = 2_000


@dataclass(frozen=True, slots=True)
class Following:
    """The case that waits behind another one on a page of a list, the first one of those that were passed over, and how many
    wait in all."""

    behind: str | None
    passed_over: str | None
    waiting: int

    @property
    def next(self) -> str | None:
        """The one behind, at the end of a page the first one again; None when none waits."""
        return self.behind or self.passed_over


def _place(case: Case, sort: WorklistSort) -> tuple[bool, float]:
    """Where a case stands, or stood, in a list of new ones, as far as that does not change when it is dealt with."""
    arrived = case.received_at.timestamp()
    is_led_by_danger = sort in {WorklistSort.WAITING, WorklistSort.URGENT}
    newest_first = sort in {WorklistSort.NEWEST, WorklistSort.URGENT}
    return is_led_by_danger and not case.in_danger, -arrived if newest_first else arrived


class Worklists(CaseLists):
    """Pages of cases and counts of views."""

    def page(self, staff: StaffFacts, wanted: WorklistFilter) -> Worklist:
        """One page of the cases this member of staff may see, in the order asked for, with the counts of all tabs."""
        where = self.conditions(staff, wanted)
        by_status = self.tally(staff, CaseTally.status, WorklistFilter())
        total = self.total(staff, wanted)
        listed = min(total, MOST_LISTED)
        pages = max(1, -(-listed // PAGE_SIZE))
        page = min(max(1, wanted.page), pages)
        cases = self._page_of(where, wanted.sort, total, (page - 1) * PAGE_SIZE) if scope_of(staff) and total else []
        return Worklist(
            rows=self.rows(cases),
            total=total,
            listed=listed,
            page=page,
            pages=pages,
            by_status={CaseStatus(status): n for status, n in by_status.items()},
            late=self.total(staff, WorklistFilter(due="late")),
            soon=self.total(staff, WorklistFilter(due="soon")),
            views={view: self.total(staff, WorklistFilter(view=view)) for view in VIEWS_OF_ROLE[staff.role]},
        )

    def following(self, staff: StaffFacts, after: str, came: WorklistFilter | None = None) -> Following:
        """Which cases wait for triage behind this one, and before it.

        In the order and of the days of the list that one came from, or in this view's order. One that was dealt with has left
        the list: then it goes on where it stood, and not with an older case that was passed over.
        """
        sort = came.sort if came else usual_sort(WorklistView.TRIAGE)
        wanted = WorklistFilter(view=WorklistView.TRIAGE, sort=sort, received=came.received if came else None)
        where = self.conditions(staff, wanted)
        total = self.total(staff, wanted)
        waiting = self._page_of(where, wanted.sort, total, 0)
        numbers = [case.case_number for case in waiting]
        if after in numbers:
            at = numbers.index(after)
            return Following(next(iter(numbers[at + 1 :]), None), next(iter(numbers[:at]), None), total)
        seen = self.conditions(staff, WorklistFilter())  # of a case that one may not see not even its place is told
        gone = self.session.scalar(select(Case).where(Case.case_number == after, *seen))
        behind = (case.case_number for case in waiting if gone is None or _place(case, sort) >= _place(gone, sort))
        return Following(next(behind, None), next(iter(numbers), None), total)

    def total(self, staff: StaffFacts, wanted: WorklistFilter) -> int:
        """How many cases the pages of this list hold."""
        wanted = self.dated(wanted)
        if self.is_tallied(wanted):
            # By what the narrowest tally has a column for, as the sum is the same.
            by = CaseTally.label if wanted.label or wanted.aspect or wanted.unit else CaseTally.status
            return sum(self.tally(staff, by, wanted).values())
        scope = scope_of(staff)
        tallied = tallied_total(wanted, scope) if scope is not None else None
        if scope is None or tallied is None:
            return self.count(*self.conditions(staff, wanted))
        return int(self.session.scalar(tallied) or 0) - self.count(*self.hidden(scope, wanted))

    def by_unit(self, staff: StaffFacts, *, only_open: bool = True) -> tuple[tuple[str, int], ...]:
        """The units complained of, with the number of cases, most first."""
        units = self.tally(staff, CaseTally.unit, WorklistFilter(open_only=only_open))
        units.pop("", None)
        return tuple(sorted(units.items(), key=lambda unit: (-unit[1], unit[0])))

    # ── one page ─────────────────────────────────────────────────────────────────────────────────
    def _page_of(self, where: Sequence[ColumnElement[bool]], sort: WorklistSort, total: int, start: int) -> list[Case]:
        if total <= _FEW:
            return self._few(where, sort, start)
        # Their indexes are for few: of many all would have to be put in order.
        along = [beside(condition, ("acceptance_days", "feedback_days")) for condition in where]
        if sort is WorklistSort.NEWEST:
            return self._by_arrival(select(Case).where(*along), start, PAGE_SIZE, newest_first=True)
        if sort is WorklistSort.DUE:
            clocks = next_due().subquery()
            first = select(Case).join(clocks, clocks.c.case_id == Case.id).where(*map(beside, where))
            ordered = first.order_by(clocks.c.due_on, Case.id)
            rest = select(Case).where(*along, Case.id.not_in(open_clocks()))
            return self._first_and_rest(first, ordered, rest, start, newest_first=True)
        newest_first = sort is WorklistSort.URGENT
        first = select(Case).where(among(self._urgent()), *map(beside, where))
        arrival = (Case.received_at.desc(), Case.id.desc()) if newest_first else (Case.received_at, Case.id)
        rest = select(Case).where(*along, Case.id.not_in(self._urgent()))
        return self._first_and_rest(
            first, first.order_by(Case.in_danger.desc(), *arrival), rest, start, newest_first=newest_first
        )

    def _urgent(self) -> CompoundSelect[int]:
        """Open cases in which somebody is in danger, and those with a clock that has run out."""
        return union(
            select(Case.id).where(Case.in_danger.is_(True), Case.status.in_(OPEN)),
            open_clocks().where(CaseDeadline.due_on < self.today()),
        )

    def _few(self, where: Sequence[ColumnElement[bool]], sort: WorklistSort, start: int) -> list[Case]:
        """The page of a list that is short enough to be put in order here."""
        ids = self.in_order(where, sort)[start : start + PAGE_SIZE]
        cases = {case.id: case for case in self.session.scalars(select(Case).where(Case.id.in_(ids)))}
        return [cases[case_id] for case_id in ids]

    def in_order(self, where: Sequence[ColumnElement[bool]], sort: WorklistSort) -> list[int]:
        """The ids of all cases that fit, as a list shows them. For as many as a page or a file can hold, not for all."""
        fits = self.session.execute(select(Case.id, Case.in_danger, Case.status, Case.received_at).where(*where)).all()
        due = self._due_of([row.id for row in fits]) if sort is not WorklistSort.NEWEST else {}
        today = self.today()

        def rank(row: "tuple[int, bool, CaseStatus, object]") -> tuple[object, ...]:
            case_id, in_danger, status, received_at = row
            newest = (-received_at.timestamp(), -case_id)  # type: ignore[attr-defined]
            is_urgent = (in_danger and status in OPEN) or due.get(case_id, date.max) < today
            match sort:
                case WorklistSort.NEWEST:
                    return newest
                case WorklistSort.DUE:
                    runs = case_id in due
                    return (0, due[case_id], case_id) if runs else (1, *newest)
                case WorklistSort.WAITING:
                    return (not is_urgent, is_urgent and not in_danger, -newest[0], case_id)
                case WorklistSort.URGENT:
                    return (not is_urgent, is_urgent and not in_danger, *newest)

        return [row.id for row in sorted(fits, key=rank)]

    def _due_of(self, ids: list[int]) -> dict[int, date]:
        running = next_due().where(CaseDeadline.case_id.in_(ids))
        return {row.case_id: row.due_on for row in self.session.execute(running)}

    def _first_and_rest(
        self, first: Select[Case], ordered: Select[Case], rest: Select[Case], start: int, *, newest_first: bool
    ) -> list[Case]:
        """A page of the few that come first, and of all others after them by arrival."""
        found = list(self.session.scalars(ordered.limit(PAGE_SIZE).offset(start)))
        missing = PAGE_SIZE - len(found)
        if not missing:
            return found
        # How many stand before the page in the rest.
        offset = 0 if found or not start else start - self._size_of(first)
        return found + self._by_arrival(rest, offset, missing, newest_first=newest_first)

    def _by_arrival(self, query: Select[Case], offset: int, count: int, *, newest_first: bool) -> list[Case]:
        """Some cases in order of arrival, read off the index."""
        order = (Case.received_at.desc(), Case.id.desc()) if newest_first else (Case.received_at, Case.id)
        return list(self.session.scalars(query.order_by(*order).limit(count).offset(offset)))

    def _size_of(self, query: Select[Case]) -> int:
        return self.session.scalar(select(func.count()).select_from(query.subquery())) or 0
