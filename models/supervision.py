"""Letters that press for an answer, and the answers. What they say is sealed: it speaks of the case."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.terms import LetterKind, LetterStatus
from models.base import Base, Word
from models.sealing import SealedText


class SupervisionLetter(Base):
    """One letter to the body that has a case, with a date by which it must be answered."""

    __tablename__ = "supervision_letter"
    __table_args__ = (Index("ix_supervision_letter_due", "status", "answer_by"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    kind: Mapped[LetterKind] = mapped_column(Word(LetterKind))
    body: Mapped[str] = mapped_column(comment="whom it was written to; who has the case now must answer")
    text: Mapped[str] = mapped_column(SealedText("supervision_letter.text"))
    issued_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    issued_at: Mapped[datetime]
    answer_by: Mapped[date]
    status: Mapped[LetterStatus] = mapped_column(Word(LetterStatus))

    answers: Mapped[list["LetterAnswer"]] = relationship(back_populates="letter", order_by="LetterAnswer.id")


class LetterAnswer(Base):
    """What a body wrote, and what was decided on it."""

    __tablename__ = "letter_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("supervision_letter.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    text: Mapped[str] = mapped_column(SealedText("letter_answer.text"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    answered_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    is_accepted: Mapped[bool | None]
    remark: Mapped[str | None] = mapped_column(SealedText("letter_answer.remark"))

    letter: Mapped[SupervisionLetter] = relationship(back_populates="answers")
