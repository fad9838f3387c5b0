"""The scopes of `domain.permissions` as SQL: which rows somebody may see, for every query that lists or counts."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, and_, false, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.visitors import replacement_traverse

from domain.permissions import Scope, StaffFacts, scope_of
from domain.terms import CaseStatus
from models import Case, CaseTally, ConflictOfInterest, DayTally, FlowTally, SpanTally, UnitTally

Scoped = Case | CaseTally | DayTally | FlowTally | SpanTally | UnitTally


def visible_to(staff: StaffFacts) -> ColumnElement[bool]:
    """The condition on `Case` for what this member of staff may see."""
    scope = scope_of(staff)
    if scope is None:
        return false()
    return and_(*in_scope(scope, Case), Case.id.not_in(conflicts_of(scope)))


def in_scope(scope: Scope, at: type[Scoped]) -> list[ColumnElement[bool]]:
    """`Scope.admits` as SQL, for a case or a count of cases; conflicts of interest are the caller's."""
    parts: list[ColumnElement[bool]] = [at.route_rule.not_in(scope.hidden_rules)]
    if scope.only_rules is not None:
        parts.append(at.route_rule.in_(scope.only_rules))
    if scope.body is not None:
        parts.append(at.assigned_body == scope.body)  # type: ignore[union-attr]  # `UnitTally` is read only where no body is asked for
    if not scope.sees_sent_upward:
        parts.append(at.status != CaseStatus.SENT_UPWARD)
    return parts


def beside(condition: ColumnElement[bool], only: Collection[str] = ()) -> ColumnElement[bool]:
    """The same condition on cases, for few that another one finds: they are read and compared. `only` in these columns.

    SQLite cannot know which of two indexes holds the few, with or without its statistics (docs/performance.md).
    """

    def compared(element: Any, **_: Any) -> Any:
        if not isinstance(element, Column) or element.table.name != Case.__tablename__:
            return None
        return Compared(element) if not only or element.name in only else None

    return replacement_traverse(condition, {}, compared)


class Compared(FunctionElement[Any]):
    """A column by which nothing is looked up."""

    inherit_cache = True

    def __init__(self, column: Any) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(Compared)
def _as_it_is(element: Compared, compiler: Any, **how: Any) -> str:
    return str(compiler.process(element.clauses, **how))


@compiles(Compared, "sqlite")
def _without_its_indexes(element: Compared, compiler: Any, **how: Any) -> str:
    return f"+{compiler.process(element.clauses, **how)}"


def conflicts_of(scope: Scope) -> Select[int]:
    """The ids of the cases that somebody declared a conflict with (x1)."""
    return select(ConflictOfInterest.case_id).where(ConflictOfInterest.staff_id == scope.staff_id)
