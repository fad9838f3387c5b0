"""The worklist: which cases, in which order, which of them on this page, and how many there are for each question."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, CompoundSelect, Select, func, select, union

from domain.lifecycle import OPEN
from domain.permissions import StaffFacts, scope_of
from domain.terms import CaseStatus, WorklistSort
from domain.worklist_views import VIEWS_OF_ROLE
from models import Case, CaseDeadline, CaseTally
from services.case_lists import CaseLists, next_due, open_clocks
from services.picture_totals import tallied_total
from services.scope import conflicts_of, in_scope, visible_to
from services.views import Worklist, WorklistFilter

PAGE_SIZE = 20
# So many are put in order here; more are read off an index. Without it the database might walk the index of the order
# through a million cases to find the few that fit.
_FEW = 2_000


class Worklists(CaseLists):
    """Pages of cases and counts of views."""

    def page(self, staff: StaffFacts, wanted: WorklistFilter) -> Worklist:
        """One page of the cases this member of staff may see, in the order asked for, with the counts of all tabs."""
        where = [visible_to(staff), *self.filters(staff, wanted)]
        by_status = self.tally(staff, CaseTally.status, WorklistFilter())
        total = self.total(staff, wanted)
        pages = max(1, -(-total // PAGE_SIZE))
        page = min(max(1, wanted.page), pages)
        cases = self._page_of(where, wanted.sort, total, (page - 1) * PAGE_SIZE) if scope_of(staff) and total else []
        return Worklist(
            rows=self.rows(cases),
            total=total,
            page=page,
            pages=pages,
            by_status={CaseStatus(status): n for status, n in by_status.items()},
            late=self.total(staff, WorklistFilter(due="late")),
            soon=self.total(staff, WorklistFilter(due="soon")),
            views={view: self.total(staff, WorklistFilter(view=view)) for view in VIEWS_OF_ROLE[staff.role]},
        )

    def total(self, staff: StaffFacts, wanted: WorklistFilter) -> int:
        """How many cases the pages of this list hold."""
        if self.is_tallied(wanted):
            return sum(self.tally(staff, CaseTally.status, wanted).values())
        scope = scope_of(staff)
        tallied = tallied_total(wanted, scope) if scope is not None else None
        if scope is None or tallied is None:
            return self.count(visible_to(staff), *self.filters(staff, wanted))
        hidden = [Case.id.in_(conflicts_of(scope)), *in_scope(scope, Case), *self.filters(staff, wanted)]
        return int(self.session.scalar(tallied) or 0) - self.count(*hidden)

    def by_unit(self, staff: StaffFacts, *, only_open: bool = True) -> tuple[tuple[str, int], ...]:
        """The units complained of, with the number of cases, most first."""
        units = self.tally(staff, CaseTally.unit, WorklistFilter(open_only=only_open))
        units.pop("", None)
        return tuple(sorted(units.items(), key=lambda unit: (-unit[1], unit[0])))

    # ── one page ─────────────────────────────────────────────────────────────────────────────────
    def _page_of(self, where: Sequence[ColumnElement[bool]], sort: WorklistSort, total: int, start: int) -> list[Case]:
        if total <= _FEW:
            return self._few(where, sort, start)
        if sort is WorklistSort.NEWEST:
            return self._by_arrival(select(Case).where(*where), total, start, PAGE_SIZE, newest_first=True)
        if sort is WorklistSort.DUE:
            clocks = next_due().subquery()
            first = select(Case).join(clocks, clocks.c.case_id == Case.id).where(*where)
            ordered = first.order_by(clocks.c.due_on, Case.id)
            rest = select(Case).where(*where, Case.id.not_in(select(clocks.c.case_id)))
            return self._first_and_rest(first, ordered, rest, total, start, newest_first=True)
        newest_first = sort is WorklistSort.URGENT
        urgent = self._urgent().subquery()
        # A join, because both engines then begin with the few and not with every case of a status.
        first = select(Case).join(urgent, urgent.c[0] == Case.id).where(*where)
        arrival = (Case.received_at.desc(), Case.id.desc()) if newest_first else (Case.received_at, Case.id)
        rest = select(Case).where(*where, Case.id.not_in(select(urgent.c[0])))
        return self._first_and_rest(
            first, first.order_by(Case.in_danger.desc(), *arrival), rest, total, start, newest_first=newest_first
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
        self,
        first: Select[Case],
        ordered: Select[Case],
        rest: Select[Case],
        total: int,
        start: int,
        *,
        newest_first: bool,
    ) -> list[Case]:
        """A page of the few that come first, and of all others after them by arrival."""
        found = list(self.session.scalars(ordered.limit(PAGE_SIZE).offset(start)))
        missing = min(PAGE_SIZE, total - start) - len(found)
        if missing <= 0:
            return found
        # How many stand before the page in the rest, and how many the rest has from the page on.
        offset = 0 if found or not start else start - self._size_of(first)
        left = total - start - len(found)
        return found + self._by_arrival(rest, offset + left, offset, missing, newest_first=newest_first)

    def _by_arrival(self, query: Select[Case], size: int, offset: int, count: int, *, newest_first: bool) -> list[Case]:
        """Some of `size` cases in order of arrival, read off the index from the end that is nearer."""
        orders = ((Case.received_at.desc(), Case.id.desc()), (Case.received_at, Case.id))
        count = min(count, size - offset)
        if offset <= size - offset:
            order = orders[0] if newest_first else orders[1]
            return list(self.session.scalars(query.order_by(*order).limit(count).offset(offset)))
        order = orders[1] if newest_first else orders[0]
        found = self.session.scalars(query.order_by(*order).limit(count).offset(size - offset - count)).all()
        return list(reversed(found))

    def _size_of(self, query: Select[Case]) -> int:
        return self.session.scalar(select(func.count()).select_from(query.subquery())) or 0
