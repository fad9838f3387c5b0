"""What members of staff are writing about a case, kept on the server (`docs/adr/`): one's own, sealed, until it is sent."""

import re
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete, select

from domain.errors import InvalidInput
from domain.permissions import StaffFacts
from domain.terms import Action
from models import Case, StaffDraft
from services.base import Service

MAX_DRAFT = 2_000
KEPT_FOR = timedelta(days=14)
_FIELD = re.compile(r"[a-z-]{3,40}")


class Drafts(Service):
    """Keeps, shows, forgets."""

    def keep(self, staff: StaffFacts, case_number: str, *, field: str, text: str) -> None:
        """Keeps what stands in a field now; an empty text removes it. Raises InvalidInput for a field that is none."""
        case = self.case_for(staff, case_number, Action.VIEW_STATEMENT)
        if not _FIELD.fullmatch(field) or len(text) > MAX_DRAFT:
            raise InvalidInput("field", "too_long" if len(text) > MAX_DRAFT else "unknown")
        draft = self.session.scalar(
            select(StaffDraft).where(
                StaffDraft.staff_id == staff.staff_id, StaffDraft.case_id == case.id, StaffDraft.field == field
            )
        )
        if draft is None:
            draft = StaffDraft(staff_id=staff.staff_id, case_id=case.id, field=field)
            self.session.add(draft)
        draft.text, draft.saved_at = text, self.now()
        if not text.strip():
            self.session.expunge(draft) if draft in self.session.new else self.session.delete(draft)
        self.session.flush()

    def of(self, staff: StaffFacts, case: Case) -> Mapping[str, str]:
        """One's own drafts about a case, by field."""
        kept = select(StaffDraft).where(StaffDraft.staff_id == staff.staff_id, StaffDraft.case_id == case.id)
        return {draft.field: draft.text for draft in self.session.scalars(kept)}

    def forget(self, staff: StaffFacts, case_number: str, *, step: str) -> None:
        """The step was taken: what was being written for it is written."""
        case = select(Case.id).where(Case.case_number == case_number).scalar_subquery()
        self.session.execute(
            delete(StaffDraft).where(
                StaffDraft.staff_id == staff.staff_id,
                StaffDraft.case_id == case,
                StaffDraft.field.startswith(f"{step}-", autoescape=True),
            ),
            execution_options={"synchronize_session": False},
        )

    def forget_old(self) -> None:
        """Nobody will go on writing these."""
        old = delete(StaffDraft).where(StaffDraft.saved_at < self.now() - KEPT_FOR)
        self.session.execute(old, execution_options={"synchronize_session": False})
