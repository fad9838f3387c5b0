"""Questions to the reporter and their answers, through the case: neither side learns who the other is."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from domain.deadlines import MET_BY
from domain.errors import InvalidInput
from domain.lifecycle import UNDO_WITHIN
from domain.permissions import StaffFacts
from domain.terms import Action, CaseEventKind, DeadlineKind
from models import Case, Inquiry
from services.base import Service
from services.views import Question
from services.written import needed

# A reply of the platform holds 2047 bytes, and how the case stands and a result of 420 characters may be told with it.
MAX_QUESTION = 120

WAITS = Inquiry.answered_at.is_(None)
UNSEEN = and_(Inquiry.answered_at.is_not(None), Inquiry.seen_at.is_(None))


def leaves_at(asked_at: datetime) -> datetime:
    """When a question that was asked reaches its reporter: when it can be taken back no more."""
    return asked_at + UNDO_WITHIN


class Inquiries(Service):
    """Asks, shows to the reporter, notes the answer."""

    def ask(self, staff: StaffFacts, case_number: str, *, version: int, text: str) -> Case:
        """Asks the reporter something; he reads it when it cannot be taken back any more. The notice says that there is
        something new, as always, and is due then.

        Raises InvalidInput for no text, a long one, or when a question waits for an answer already.
        """
        case = self.case_as_seen(staff, case_number, Action.ASK_REPORTER, version)
        text = text.strip()
        if not text or len(text) > MAX_QUESTION:
            raise InvalidInput("text", "too_long" if text else "empty")
        if self.open_of(case):
            raise InvalidInput("text", "question_waits")
        before = self.services.undoing.snapshot(case)
        self.session.add(Inquiry(case_id=case.id, text=text, staff_id=staff.staff_id, asked_at=self.now()))
        self.record(case, CaseEventKind.ASKED, actor=staff, reason=text)
        self.services.notices.tell_progress(case, hold_for=UNDO_WITHIN)
        self.services.undoing.remember(case, staff, before, CaseEventKind.ASKED)
        self.session.flush()
        return case

    def note_contact(self, staff: StaffFacts, case_number: str, *, version: int, reason: str) -> Case:
        """Puts on record that somebody spoke with the reporter, or tried to, and how he is: what was due that day is done, and
        a wish to be called is met. Raises InvalidInput without words."""
        case = self.case_as_seen(staff, case_number, Action.ASK_REPORTER, version)
        self.record(case, CaseEventKind.CONTACTED, actor=staff, reason=needed("reason", reason))
        case.contact_requested_at = None
        self.services.casework.stop_clocks(case, MET_BY[CaseEventKind.CONTACTED])
        self.session.flush()
        return case

    def awaits_contact(self, case: Case) -> bool:
        """Whether somebody is in danger and nobody has noted yet that he was spoken with."""
        return any(clock.kind is DeadlineKind.SAME_DAY_CONTACT and clock.met_at is None for clock in case.deadlines)

    def take_back(self, case: Case) -> None:
        """The question that has not left was never asked: nobody but the staff has read it."""
        held = delete(Inquiry).where(Inquiry.case_id == case.id, WAITS, ~self._has_left())
        self.session.execute(held.execution_options(synchronize_session=False))

    def open_of(self, case: Case) -> tuple[Inquiry, ...]:
        """The questions of a case that nobody has answered, oldest first."""
        return tuple(
            self.session.scalars(select(Inquiry).where(Inquiry.case_id == case.id, WAITS).order_by(Inquiry.id))
        )

    def pending(self, case_ids: Sequence[int]) -> dict[int, Question]:
        """Of each of these cases the question that waits, else the answer that nobody has seen; nothing for the others."""
        found = self.session.execute(
            select(Inquiry.case_id, Inquiry.asked_at, Inquiry.answered_at)
            .where(Inquiry.case_id.in_(case_ids), or_(WAITS, UNSEEN))
            .order_by(Inquiry.answered_at.is_(None), Inquiry.id)
        )
        # What waits comes last and wins.
        return {row.case_id: Question(leaves_at(row.asked_at), row.answered_at) for row in found}

    def seen(self, case: Case) -> None:
        """Somebody of the staff reads what was answered."""
        self.session.execute(
            update(Inquiry)
            .where(Inquiry.case_id == case.id, UNSEEN)
            .values(seen_at=self.now())
            .execution_options(synchronize_session=False)
        )

    def read_by_reporter(self, case: Case) -> tuple[str, ...]:
        """The open questions that have left, as the reporter reads them; they count as read."""
        found = [inquiry for inquiry in self.open_of(case) if leaves_at(inquiry.asked_at) <= self.now()]
        for inquiry in found:
            inquiry.read_at = inquiry.read_at or self.now()
        return tuple(inquiry.text for inquiry in found)

    def answered(self, case: Case) -> None:
        """The reporter added something: what he could read is answered, as far as a machine can tell."""
        self.session.execute(
            update(Inquiry)
            .where(Inquiry.case_id == case.id, WAITS, self._has_left())
            .values(answered_at=self.now())
            .execution_options(synchronize_session=False)
        )

    def _has_left(self) -> ColumnElement[bool]:
        return Inquiry.asked_at <= self.now() - UNDO_WITHIN
