"""Lists that leave as paper: which cases of a reader's scope, in which columns. No statement, no identity, no sealed column."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import select

from domain.errors import InvalidInput, NotAllowed
from domain.permissions import StaffFacts, may
from domain.terms import (
    Action,
    CaseEventKind,
    CaseStatus,
    DeadlineKind,
    Disposition,
    IdentityClaim,
    ReportKind,
    Satisfaction,
    Source,
    Track,
)
from domain.times import local_day
from models import Case
from services.base import Service
from services.views import WorklistFilter

MAX_ROWS = 10_000  # years of a county; eight seconds of work on one core
_BATCH = 1_000
_COLUMNS = (
    Case.id, Case.case_number, Case.received_at, Case.source, Case.track, Case.report_kind, Case.status, Case.label,
    Case.labelled_at, Case.unit, Case.owner, Case.assigned_body, Case.identity_claim, Case.in_danger,
    Case.urging_count, Case.supervised_until, Case.accepted_at, Case.concluded_at, Case.disposition, Case.satisfaction,
)  # fmt: skip


def filter_keys(wanted: WorklistFilter) -> str:
    """A filter as one line for the journal: keys and days, without page and order. A number is named, not told."""
    blank = WorklistFilter()
    told = {
        name: "…" if name == "number" else value
        for name, value in asdict(wanted).items()
        if name not in {"page", "sort"} and value != getattr(blank, name)
    }
    return "&".join(f"{name}={value}" for name, value in sorted(told.items()))


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One case as a line of the ledger. Days are days of the county."""

    case_number: str
    received_on: date
    source: Source
    track: Track
    report_kind: ReportKind
    status: CaseStatus
    label: str | None
    is_confirmed: bool
    unit: str | None
    owner: str
    assigned_body: str | None
    proposed_body: str | None  # has it once the head approves
    identity_claim: IdentityClaim
    in_danger: bool
    due_kind: DeadlineKind | None
    due_on: date | None
    urging_count: int
    supervised_until: date | None
    accepted_on: date | None
    concluded_on: date | None
    disposition: Disposition | None
    satisfaction: Satisfaction | None


class Ledgers(Service):
    """Counts, reads and journals what is exported."""

    def count(self, staff: StaffFacts, wanted: WorklistFilter) -> int:
        """How many cases the export would hold. Raises InvalidInput when it is none, or too many for one file."""
        if not may(staff, Action.EXPORT_LISTS):
            raise NotAllowed(Action.EXPORT_LISTS)
        if wanted.since and wanted.until and wanted.since > wanted.until:
            raise InvalidInput("until", "days_reversed")
        rows = self.services.worklists.total(staff, wanted)
        if not rows:
            raise InvalidInput("until", "nothing_to_export")
        if rows > MAX_ROWS:
            raise InvalidInput("until", "too_many_rows")
        return rows

    def rows(self, staff: StaffFacts, wanted: WorklistFilter) -> Iterator[LedgerRow]:
        """The cases in the order of the list, read in batches: call it in a transaction that only reads."""
        worklists = self.services.worklists
        ids = worklists.in_order(worklists.conditions(staff, wanted), wanted.sort)
        for start in range(0, len(ids), _BATCH):
            batch = ids[start : start + _BATCH]
            found = {case.id: case for case in self.session.execute(select(*_COLUMNS).where(Case.id.in_(batch)))}
            clocks = worklists.first_clocks(batch)
            proposed = self.services.assignment_proposals.bodies_waiting(batch)
            for case in (found[case_id] for case_id in batch):
                clock = clocks.get(case.id)
                yield LedgerRow(
                    case_number=case.case_number,
                    received_on=local_day(case.received_at),
                    source=case.source,
                    track=case.track,
                    report_kind=case.report_kind,
                    status=case.status,
                    label=case.label,
                    is_confirmed=case.labelled_at is not None,
                    unit=case.unit,
                    owner=case.owner,
                    assigned_body=case.assigned_body,
                    proposed_body=proposed.get(case.id),
                    identity_claim=case.identity_claim,
                    in_danger=case.in_danger,
                    due_kind=clock.kind if clock else None,
                    due_on=clock.due_on if clock else None,
                    urging_count=case.urging_count,
                    supervised_until=case.supervised_until,
                    accepted_on=local_day(case.accepted_at) if case.accepted_at else None,
                    concluded_on=local_day(case.concluded_at) if case.concluded_at else None,
                    disposition=case.disposition,
                    satisfaction=case.satisfaction,
                )

    def write_down(self, staff: StaffFacts, wanted: WorklistFilter, rows: int) -> None:
        """Writes down who took how many cases out by which filter: before the file leaves."""
        self.services.journal.write(
            CaseEventKind.LIST_EXPORTED, actor=staff, old_value=filter_keys(wanted) or "-", new_value=str(rows)
        )
        self.session.flush()

    def write_down_supervision(self, staff: StaffFacts, rows: int) -> None:
        """Writes down who took the lists of supervision out, and how long they were. Raises NotAllowed."""
        if not may(staff, Action.EXPORT_LISTS):
            raise NotAllowed(Action.EXPORT_LISTS)
        self.services.journal.write(
            CaseEventKind.LIST_EXPORTED, actor=staff, old_value="supervision", new_value=str(rows)
        )
        self.session.flush()
