"""Lists that staff edit in the console: every version is kept, the shipped files are what they build on."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from domain.terms import ReferenceList, VersionStatus
from models.base import Base, Word


class ReferenceVersion(Base):
    """One version of one list. `content` None means the shipped one; nothing of it is ever overwritten."""

    __tablename__ = "reference_version"
    __table_args__ = (Index("ix_reference_version_in_force", "list", "status", "effective_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    list: Mapped[ReferenceList] = mapped_column(Word(ReferenceList))
    content: Mapped[bytes | None] = mapped_column(comment="a Word file, or YAML in UTF-8; None: what is shipped")
    status: Mapped[VersionStatus] = mapped_column(Word(VersionStatus))
    effective_from: Mapped[date]
    note: Mapped[str] = mapped_column(comment="why, in the words of whoever proposed it")
    proposed_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
