"""What staff decided about reports, for the next training run: the only place where statements go to the classifier."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from domain.permissions import CLOSED_RULES
from domain.terms import CaseEventKind, ReportPart
from models import Case, CaseEvent, Report
from services.base import Service

# The first statement of a case whose label a person decided. Reports under the closed rules go into no model (groups.yaml
# e01 and e02): with those about the commission's own people the same holds, since the artefact is open to every clerk.
_TEACHES: tuple[ColumnElement[bool], ...] = (
    Case.labelled_at.is_not(None),
    Case.label.is_not(None),
    Case.route_rule.not_in(CLOSED_RULES),
    Report.part == ReportPart.ORIGINAL,
)


@dataclass(frozen=True, slots=True)
class Decision:
    """A statement as the citizen wrote it, with the label and unit that a member of staff confirmed.

    `annotator` is the number of who decided, `reason` why, if that was said; `suggested` is what the classifier had
    offered, of which version.
    """

    statement: str
    label: str
    unit: str | None
    annotator: int | None
    reason: str | None
    suggested: str | None
    model_version: str | None

    @property
    def is_correction(self) -> bool:
        """Whether the classifier had offered something else."""
        return self.suggested != self.label


@dataclass(frozen=True, slots=True)
class DecisionCount:
    """How many there are, and how many of them were not what had been suggested."""

    total: int
    corrections: int


class Decisions(Service):
    """Reads what staff confirmed. For the training run on the server; no page and no export shows more than how many."""

    def count(self, since: datetime | None = None) -> DecisionCount:
        """What a training run would read, only what was decided after `since` if that is given. Opens no statement."""
        changed = func.coalesce(Case.suggested_label, "") != Case.label
        query = (
            select(func.count(), func.count().filter(changed))
            .select_from(Report)
            .join(Case, Report.case_id == Case.id)
            .where(*_TEACHES)
        )
        if since is not None:
            query = query.where(Case.labelled_at > since)
        total, corrections = self.session.execute(query).one()
        return DecisionCount(total, corrections)

    def confirmed(self) -> Iterator[Decision]:
        """Every first statement whose label a person decided, oldest first, reports that never train left out."""
        last = (
            select(func.max(CaseEvent.id))
            .where(CaseEvent.case_id == Case.id, CaseEvent.kind == CaseEventKind.CLASSIFIED)
            .correlate(Case)
            .scalar_subquery()
        )
        query = (
            select(
                Report.statement,
                Case.label,
                Case.unit,
                CaseEvent.staff_id,
                CaseEvent.reason,
                Case.suggested_label,
                Case.model_version,
            )
            .join(Case, Report.case_id == Case.id)
            .outerjoin(CaseEvent, CaseEvent.id == last)
            .where(*_TEACHES)
            .order_by(Report.id)
        )
        for row in self.session.execute(query).yield_per(500):
            yield Decision(
                row.statement,
                row.label or "",
                row.unit,
                row.staff_id,
                row.reason,
                row.suggested_label,
                row.model_version,
            )
