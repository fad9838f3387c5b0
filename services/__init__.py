"""The use cases, the only package that writes. One property a service, all on one session."""

from contextlib import AbstractContextManager
from functools import cached_property
from typing import Protocol

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from services.accounts import Accounts
from services.assignment_proposals import AssignmentProposals
from services.attachments import Attachments
from services.base import Parts
from services.bulk import Bulk
from services.calendar_of_due import CalendarOfDue
from services.casework import Casework
from services.classifiers import Classifiers
from services.conversations import Conversations
from services.decisions import Decisions
from services.drafts import Drafts
from services.edited_lists import EditedLists
from services.facts import Facts
from services.forgetting import Forgetting
from services.identities import Identities
from services.indexing import Indexing
from services.inquiries import Inquiries
from services.intake import Intake
from services.journal import Journal
from services.keys import Keys
from services.ledgers import Ledgers
from services.letters import Letters
from services.merging import Merging
from services.notices import Notices
from services.paper_intake import PaperIntake
from services.past_cases import PastCases
from services.plain_pushes import PlainPushes
from services.queries import Queries
from services.reference_lists import ReferenceLists
from services.rehearsal import Rehearsal
from services.retention import Retention
from services.retraining import Retraining
from services.routes import Routes
from services.saved_views import SavedViews
from services.schedule import Schedule
from services.search import Search
from services.similar import Similar
from services.staff import StaffAccounts
from services.statistics import Statistics
from services.suggestions import Suggestions
from services.supervision import Supervision
from services.supervision_letters import SupervisionLetters
from services.tracking import Tracking
from services.triage import Triage
from services.undoing import Undoing
from services.wall import Wall
from services.worklists import Worklists


class Work(Protocol):
    """What services work on: a connection, and a session on it that is made when it is first asked for."""

    @property
    def connection(self) -> Connection: ...

    @property
    def session(self) -> Session: ...


class Services:
    """All services of one transaction. Whoever made it commits."""

    def __init__(self, work: Session | Work, parts: Parts) -> None:
        self._work = work
        self.parts = parts

    @cached_property
    def session(self) -> Session:
        """The mapper's session, for whoever wants objects."""
        return self._work if isinstance(self._work, Session) else self._work.session

    @property
    def connection(self) -> Connection:
        """The connection, for the statements of every message: what a session adds is a third of their cost."""
        if not isinstance(self._work, Session):
            return self._work.connection
        # Asked for each time: a session that was rolled back goes on with another.
        bind = self._work.bind
        return bind if isinstance(bind, Connection) else self._work.connection()

    @cached_property
    def plain_pushes(self) -> PlainPushes:
        """Signatures of pushes that came without a seal."""
        return PlainPushes(self)

    @cached_property
    def conversations(self) -> Conversations:
        """Pushed messages and turns."""
        return Conversations(self)

    @cached_property
    def facts(self) -> Facts:
        """What was read out of statements, and what of it is wrong."""
        return Facts(self)

    @cached_property
    def forgetting(self) -> Forgetting:
        """What people told and must not be kept."""
        return Forgetting(self)

    @cached_property
    def suggestions(self) -> Suggestions:
        """What a text seems to be about."""
        return Suggestions(self.parts)

    @cached_property
    def journal(self) -> Journal:
        """The tamper-evident record of what was done."""
        return Journal(self)

    @cached_property
    def keys(self) -> Keys:
        """What lies under which key."""
        return Keys(self)

    @cached_property
    def intake(self) -> Intake:
        """A report becomes a case."""
        return Intake(self)

    @cached_property
    def inquiries(self) -> Inquiries:
        """Questions to reporters."""
        return Inquiries(self)

    @cached_property
    def tracking(self) -> Tracking:
        """The citizen's side of a case."""
        return Tracking(self)

    @cached_property
    def casework(self) -> Casework:
        """The staff's steps."""
        return Casework(self)

    @cached_property
    def routes(self) -> Routes:
        """Who a case goes to."""
        return Routes(self)

    @cached_property
    def supervision(self) -> Supervision:
        """Clocks, urging, supervision."""
        return Supervision(self)

    @cached_property
    def identities(self) -> Identities:
        """Sealed identities."""
        return Identities(self)

    @cached_property
    def assignment_proposals(self) -> AssignmentProposals:
        """Bodies that wait for the head's approval."""
        return AssignmentProposals(self)

    @cached_property
    def attachments(self) -> Attachments:
        """Files of citizens."""
        return Attachments(self)

    @cached_property
    def notices(self) -> Notices:
        """The outbox."""
        return Notices(self)

    @cached_property
    def schedule(self) -> Schedule:
        """Periodic jobs."""
        return Schedule(self)

    @cached_property
    def retention(self) -> Retention:
        """What has been kept long enough."""
        return Retention(self)

    @cached_property
    def indexing(self) -> Indexing:
        """Reports are read once more, to be found."""
        return Indexing(self)

    @cached_property
    def search(self) -> Search:
        """Words of statements."""
        return Search(self)

    @cached_property
    def staff(self) -> StaffAccounts:
        """Console accounts."""
        return StaffAccounts(self)

    @cached_property
    def accounts(self) -> Accounts:
        """What administrators do with accounts."""
        return Accounts(self)

    @cached_property
    def queries(self) -> Queries:
        """The read side."""
        return Queries(self)

    @cached_property
    def ledgers(self) -> Ledgers:
        """Lists that leave as paper."""
        return Ledgers(self)

    @cached_property
    def supervision_letters(self) -> SupervisionLetters:
        """Letters that press for an answer."""
        return SupervisionLetters(self)

    @cached_property
    def calendar_of_due(self) -> CalendarOfDue:
        """What is due when, and which lights are on."""
        return CalendarOfDue(self)

    @cached_property
    def wall(self) -> Wall:
        """The figures of the wall screen."""
        return Wall(self)

    @cached_property
    def statistics(self) -> Statistics:
        """The pictures."""
        return Statistics(self)

    @cached_property
    def letters(self) -> Letters:
        """Word letters and the report of a month."""
        return Letters(self)

    @cached_property
    def reference_lists(self) -> ReferenceLists:
        """Lists that staff edit, version by version."""
        return ReferenceLists(self)

    @cached_property
    def edited_lists(self) -> EditedLists:
        """Lists as sheets."""
        return EditedLists(self)

    @cached_property
    def rehearsal(self) -> Rehearsal:
        """What a proposed list would do."""
        return Rehearsal(self)

    @cached_property
    def worklists(self) -> Worklists:
        """Pages of cases and counts of views."""
        return Worklists(self)

    @cached_property
    def saved_views(self) -> SavedViews:
        """Questions that members of staff keep."""
        return SavedViews(self)

    @cached_property
    def similar(self) -> Similar:
        """The same story told twice."""
        return Similar(self)

    @cached_property
    def merging(self) -> Merging:
        """Cases examined together."""
        return Merging(self)

    @cached_property
    def triage(self) -> Triage:
        """A plain case in one step."""
        return Triage(self)

    @cached_property
    def undoing(self) -> Undoing:
        """Slips taken back."""
        return Undoing(self)

    @cached_property
    def drafts(self) -> Drafts:
        """What staff are writing."""
        return Drafts(self)

    @cached_property
    def bulk(self) -> Bulk:
        """One step for several cases."""
        return Bulk(self)

    @cached_property
    def paper_intake(self) -> PaperIntake:
        """What comes on paper."""
        return PaperIntake(self)

    @cached_property
    def past_cases(self) -> PastCases:
        """Cases that come with a past."""
        return PastCases(self)

    @cached_property
    def decisions(self) -> Decisions:
        """What staff confirmed, for training."""
        return Decisions(self)

    @cached_property
    def classifiers(self) -> Classifiers:
        """Trained classifiers, and which is used."""
        return Classifiers(self)

    @cached_property
    def retraining(self) -> Retraining:
        """Training runs."""
        return Retraining(self)


class Look(Protocol):
    """Opens services for one question, outside of any transaction. Raises StorageFailed when the database cannot be used."""

    def __call__(self) -> AbstractContextManager[Services]: ...


class Transact(Protocol):
    """Opens services on one transaction of their own. Raises StorageFailed when the database cannot be used."""

    def __call__(self, *, read_only: bool = False) -> AbstractContextManager[Services]: ...
