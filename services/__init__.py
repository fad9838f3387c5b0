"""The use cases, the only package that writes. One property a service, all on one session."""

from functools import cached_property

from sqlalchemy.orm import Session

from services.attachments import Attachments
from services.base import Parts
from services.casework import Casework
from services.conversations import Conversations
from services.decisions import Decisions
from services.identities import Identities
from services.intake import Intake
from services.notices import Notices
from services.queries import Queries
from services.schedule import Schedule
from services.staff import StaffAccounts
from services.suggestions import Suggestions
from services.supervision import Supervision
from services.tracking import Tracking


class Services:
    """All services of one transaction. Whoever made it commits."""

    def __init__(self, session: Session, parts: Parts) -> None:
        self.session = session
        self.parts = parts

    @cached_property
    def conversations(self) -> Conversations:
        """Pushed messages and turns."""
        return Conversations(self)

    @cached_property
    def suggestions(self) -> Suggestions:
        """What a text seems to be about."""
        return Suggestions(self.parts)

    @cached_property
    def intake(self) -> Intake:
        """A report becomes a case."""
        return Intake(self)

    @cached_property
    def tracking(self) -> Tracking:
        """The citizen's side of a case."""
        return Tracking(self)

    @cached_property
    def casework(self) -> Casework:
        """The staff's steps."""
        return Casework(self)

    @cached_property
    def supervision(self) -> Supervision:
        """Clocks, urging, supervision."""
        return Supervision(self)

    @cached_property
    def identities(self) -> Identities:
        """Sealed identities."""
        return Identities(self)

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
    def staff(self) -> StaffAccounts:
        """Console accounts."""
        return StaffAccounts(self)

    @cached_property
    def queries(self) -> Queries:
        """The read side."""
        return Queries(self)

    @cached_property
    def decisions(self) -> Decisions:
        """What staff confirmed, for training."""
        return Decisions(self)
