"""The scopes of `domain.permissions` as SQL: which rows somebody may see, for every query that lists or counts."""

from sqlalchemy import ColumnElement, Select, and_, false, select

from domain.permissions import CLOSED_RULES, CLUE_OFFICE, Scope, StaffFacts, scope_of
from domain.terms import CaseStatus
from models import Case, CaseTally, ConflictOfInterest, CountedCase, DayTally, FlowTally, SpanTally, UnitTally
from models.tallies import EVERYBODY

Scoped = Case | CaseTally | CountedCase | DayTally | FlowTally | SpanTally | UnitTally
# Tallies with a row for all bodies together beside those of each.
_KNOW_EVERYBODY: frozenset[type[Scoped]] = frozenset({DayTally, SpanTally, UnitTally})


def visible_to(staff: StaffFacts) -> ColumnElement[bool]:
    """The condition on `Case` for what this member of staff may see."""
    scope = scope_of(staff)
    if scope is None:
        return false()
    return and_(*in_scope(scope, Case), Case.id.not_in(conflicts_of(scope)))


def in_scope(scope: Scope, at: type[Scoped], *, each_body: bool = False) -> list[ColumnElement[bool]]:
    """`Scope.admits` as SQL, for a case or a count of cases; conflicts of interest are the caller's.

    Where a tally knows what all bodies have together this is read, or with `each_body` what each of them has.
    """
    parts: list[ColumnElement[bool]] = [at.route_rule.not_in(scope.hidden_rules)]
    if scope.only_rules is not None:
        parts.append(at.route_rule.in_(scope.only_rules))
    if scope.body is not None:
        parts.append(at.assigned_body == scope.body)
    elif at in _KNOW_EVERYBODY:
        parts.append(at.assigned_body != EVERYBODY if each_body else at.assigned_body == EVERYBODY)
    if not scope.sees_sent_upward:
        parts.append(at.status != CaseStatus.SENT_UPWARD)
    return parts


def county_managed() -> ColumnElement[bool]:
    """The condition on `Case` for those that the clue office hands on and the head approves (`needs_approval`, e09)."""
    return and_(Case.via == CLUE_OFFICE, Case.route_rule.not_in(CLOSED_RULES))


def conflicts_of(scope: Scope) -> Select[int]:
    """The ids of the cases that somebody declared a conflict with (x1)."""
    return select(ConflictOfInterest.case_id).where(ConflictOfInterest.staff_id == scope.staff_id)
