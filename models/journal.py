"""The journal of cases: who, when, from, to, why. The database itself refuses to change or remove a line."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from domain.terms import CaseEventKind, CaseStatus
from models.base import Base, Word
from models.sealing import SealedText


class CaseEvent(Base):
    """One line. `actor` is a role, `citizen` or `system`; `staff_id` only where a member of staff acted."""

    __tablename__ = "case_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    kind: Mapped[CaseEventKind] = mapped_column(Word(CaseEventKind))
    happened_at: Mapped[datetime]
    actor: Mapped[str]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    old_status: Mapped[CaseStatus | None] = mapped_column(Word(CaseStatus))
    new_status: Mapped[CaseStatus | None] = mapped_column(Word(CaseStatus))
    old_value: Mapped[str | None] = mapped_column(comment="a key or a day, never content")
    new_value: Mapped[str | None]
    reason: Mapped[str | None] = mapped_column(SealedText("case_event.reason"))
