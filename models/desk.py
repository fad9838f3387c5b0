"""What belongs to a member of staff at work: what he is writing, and what he did a moment ago."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.terms import CaseEventKind
from models.base import Base, Word
from models.sealing import SealedJson, SealedText


class StaffDraft(Base):
    """A text that somebody is writing about a case, before he sends it. Sealed like what it will become."""

    __tablename__ = "staff_draft"
    __table_args__ = (UniqueConstraint("staff_id", "case_id", "field"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    field: Mapped[str] = mapped_column(comment="step and field of the page")
    text: Mapped[str] = mapped_column(SealedText("staff_draft.text"))
    saved_at: Mapped[datetime] = mapped_column(index=True)


class UndoableStep(Base):
    """The last step of a case that can be taken back for some minutes, and how the case stood before it."""

    __tablename__ = "undoable_step"

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[CaseEventKind] = mapped_column(Word(CaseEventKind))
    before: Mapped[dict[str, Any]] = mapped_column(SealedJson("undoable_step.before"))
    taken_at: Mapped[datetime] = mapped_column(index=True)
