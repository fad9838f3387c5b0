"""Questions to the reporter and their answers, through the case: neither side learns who the other is."""

from collections.abc import Sequence

from sqlalchemy import and_, or_, select, update

from domain.errors import InvalidInput
from domain.permissions import StaffFacts
from domain.terms import Action, CaseEventKind
from models import Case, Inquiry
from services.base import Service
from services.views import Question

# A reply of the platform holds 2047 bytes, and how the case stands and a result of 420 characters may be told with it.
MAX_QUESTION = 120

WAITS = Inquiry.answered_at.is_(None)
UNSEEN = and_(Inquiry.answered_at.is_not(None), Inquiry.seen_at.is_(None))


class Inquiries(Service):
    """Asks, shows to the reporter, notes the answer."""

    def ask(self, staff: StaffFacts, case_number: str, *, version: int, text: str) -> Case:
        """Asks the reporter something. The notice says that there is something new, as always.

        Raises InvalidInput for no text, a long one, or when a question waits for an answer already.
        """
        case = self.case_as_seen(staff, case_number, Action.ASK_REPORTER, version)
        text = text.strip()
        if not text or len(text) > MAX_QUESTION:
            raise InvalidInput("text", "too_long" if text else "empty")
        if self.open_of(case):
            raise InvalidInput("text", "question_waits")
        self.session.add(Inquiry(case_id=case.id, text=text, staff_id=staff.staff_id, asked_at=self.now()))
        self.record(case, CaseEventKind.ASKED, actor=staff, reason=text)
        self.services.notices.tell_progress(case)
        self.session.flush()
        return case

    def open_of(self, case: Case) -> tuple[Inquiry, ...]:
        """The questions of a case that nobody has answered, oldest first."""
        return tuple(
            self.session.scalars(
                select(Inquiry).where(Inquiry.case_id == case.id, Inquiry.answered_at.is_(None)).order_by(Inquiry.id)
            )
        )

    def pending(self, case_ids: Sequence[int]) -> dict[int, Question]:
        """Of each of these cases the question that waits, else the answer that nobody has seen; nothing for the others."""
        found = self.session.execute(
            select(Inquiry.case_id, Inquiry.asked_at, Inquiry.answered_at)
            .where(Inquiry.case_id.in_(case_ids), or_(WAITS, UNSEEN))
            .order_by(Inquiry.answered_at.is_(None), Inquiry.id)
        )
        return {row.case_id: Question(row.asked_at, row.answered_at) for row in found}  # what waits comes last and wins

    def seen(self, case: Case) -> None:
        """Somebody of the staff reads what was answered."""
        self.session.execute(
            update(Inquiry)
            .where(Inquiry.case_id == case.id, UNSEEN)
            .values(seen_at=self.now())
            .execution_options(synchronize_session=False)
        )

    def read_by_reporter(self, case: Case) -> tuple[str, ...]:
        """The open questions as the reporter reads them; they count as read."""
        found = self.open_of(case)
        for inquiry in found:
            inquiry.read_at = inquiry.read_at or self.now()
        return tuple(inquiry.text for inquiry in found)

    def answered(self, case: Case) -> None:
        """The reporter added something: what was open is answered, as far as a machine can tell."""
        self.session.execute(
            update(Inquiry)
            .where(Inquiry.case_id == case.id, Inquiry.answered_at.is_(None))
            .values(answered_at=self.now())
            .execution_options(synchronize_session=False)
        )
