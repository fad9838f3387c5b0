"""What every service holds: one session, one clock, the shared parts. Services flush; whoever called commits."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from domain.deadlines import WorkCalendar
from domain.directory import Directory
from domain.edited_lists import EditedList
from domain.errors import Conflict, IllegalTransition, NotAllowed, NotFound
from domain.lifecycle import LEAVES_AS_IT_WAS, fits
from domain.permissions import CaseFacts, StaffFacts, may
from domain.retention import RetentionRule
from domain.taxonomy import Taxonomy
from domain.terms import Action, CaseEventKind, CaseStatus, RecordKind, ReferenceList
from domain.times import local_day
from domain.values import Suggestion
from models import Case, CaseEvent, ConflictOfInterest
from models.base import Base

if TYPE_CHECKING:
    from services import Services
    from services.attachment_store import AttachmentStore
    from services.documents import LetterForm

# An insert that may find a row there already; both engines write it the same way.
INSERTS: dict[str, Callable[[Any], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}

CITIZEN = "citizen"
SYSTEM = "system"


class Suggester(Protocol):
    """Offers a label, units and slots for a text. Never decides."""

    def suggest(self, text: str, reported_on: date) -> Suggestion:
        """The suggestion for `text`, reported on a day of the county's calendar."""

    def words_for(self, unit: str, text: str) -> tuple[str, ...]:
        """The words of `text` that named this unit; none where nothing in it does."""

    def knowing(self, directory: Directory) -> "Suggester":
        """The same suggester with the units of another directory."""


class StatementWords(Protocol):
    """Cuts statements into what they can be found by."""

    def fold(self, text: str) -> str:
        """One form for texts that say the same."""

    def of(self, text: str) -> frozenset[str]:
        """What a statement can be found by."""

    def needed_for(self, phrase: str) -> frozenset[str]:
        """What must be among these for a phrase to stand in the statement."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What is built once and shared by all sessions of a process."""

    directory: Directory
    taxonomy: Taxonomy
    calendar: WorkCalendar
    suggester: Suggester
    attachments: "AttachmentStore"
    clock: Callable[[], datetime]
    retention: Mapping[RecordKind, RetentionRule]
    words: StatementWords
    letters: Mapping[ReferenceList, "LetterForm"] = field(default_factory=dict)
    lists: Mapping[ReferenceList, EditedList] = field(default_factory=dict)
    import_words: Mapping[str, Any] = field(default_factory=dict)
    requires_second_factor: bool = False
    # Of this program and its files: a classifier made by another is not used.
    classifier_digest: str = ""


class Service:
    """Base of the use cases."""

    def __init__(self, services: "Services") -> None:
        self.services = services
        self.parts = services.parts

    def now(self) -> datetime:
        """The moment, aware UTC."""
        return self.parts.clock()

    @property
    def session(self) -> Session:
        """The mapper's session, for whoever wants objects."""
        return self.services.session

    @property
    def connection(self) -> Connection:
        """The connection, for the statements of every message."""
        return self.services.connection

    def today(self) -> date:
        """The day in the county."""
        return local_day(self.now())

    def insert_missing(self, table: type[Base], rows: Sequence[Mapping[str, object]]) -> None:
        """Inserts rows; those that are there already stay as they are, whoever wrote them and on which host."""
        if rows:
            insert = INSERTS[self.connection.dialect.name](table)
            self.session.execute(insert.on_conflict_do_nothing(), rows)

    def case_by_number(self, case_number: str) -> Case:
        """The case as it is now, locked for this transaction. Raises NotFound."""
        # Read anew: what this session saw before it had the lock may have been changed by whoever had it.
        case = self.session.scalar(
            select(Case)
            .where(Case.case_number == case_number)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if case is None:
            raise NotFound(case_number)
        return case

    def case_for(self, staff: StaffFacts, case_number: str, action: Action) -> Case:
        """The case, if this member of staff may do `action` to it.

        Raises NotFound when it does not exist or may not be seen (the two look the same), NotAllowed when it may
        be seen but not this, IllegalTransition when the case does not stand where this makes sense.
        """
        case = self.case_by_number(case_number)
        facts = self.facts_of(case)
        if not may(staff, Action.VIEW_CASE, facts):
            raise NotFound(case_number)
        if not may(staff, action, facts):
            raise NotAllowed(action)
        if not fits(action, case.status, case.track):
            raise IllegalTransition(case.status)
        return case

    def case_as_seen(self, staff: StaffFacts, case_number: str, action: Action, version: int) -> Case:
        """The same for whoever decides from a page: raises Conflict when the case changed since that page was made."""
        case = self.case_for(staff, case_number, action)
        if case.version != version:
            raise Conflict(case_number)
        return case

    def facts_of(self, case: Case) -> CaseFacts:
        """What permissions look at."""
        conflicted = self.session.scalars(
            select(ConflictOfInterest.staff_id).where(ConflictOfInterest.case_id == case.id)
        )
        return CaseFacts(case.route_rule, case.status, case.assigned_body, case.via, frozenset(conflicted))

    def record(
        self,
        case: Case,
        kind: CaseEventKind,
        *,
        actor: StaffFacts | str,
        old_status: CaseStatus | None = None,
        old_value: str | None = None,
        new_value: str | None = None,
        reason: str | None = None,
    ) -> None:
        """Writes one line of the journal. Values are keys or days; only `reason` (sealed) may hold content.

        What staff did to the case, or what changed its status, counts up the version that guards against overwriting.
        """
        if kind not in LEAVES_AS_IT_WAS and (isinstance(actor, StaffFacts) or old_status is not None):
            case.version += 1
        self.services.journal.write(
            kind,
            actor=actor,
            case_id=case.id,
            old_status=old_status,
            new_status=case.status if old_status is not None else None,
            old_value=old_value,
            new_value=new_value,
            reason=reason,
        )

    def record_daily(self, case: Case, kind: CaseEventKind, staff: StaffFacts, value: str | None = None) -> None:
        """Writes that somebody looked, once a day and person: enough to answer "nobody can say who leaked"."""
        seen = select(func.max(CaseEvent.happened_at)).where(
            CaseEvent.case_id == case.id, CaseEvent.kind == kind, CaseEvent.staff_id == staff.staff_id
        )
        if value is not None:
            seen = seen.where(CaseEvent.new_value == value)
        last = self.session.scalar(seen)
        if last is None or local_day(last) != self.today():
            self.record(case, kind, actor=staff, new_value=value)
            self.session.flush()
