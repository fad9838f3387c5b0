"""Which reports tell alike, which persons are named alike, and what staff made of it. No word of a statement lies here."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.sealing import SealedJson


class ReportSketch(Base):
    """What is kept of a report to find others like it: a keyed signature, the sealed story, and the keys under which it stands."""

    __tablename__ = "report_sketch"

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    signature: Mapped[bytes]
    story: Mapped[dict[str, Any]] = mapped_column(SealedJson("report_sketch.story"))
    keys: Mapped[bytes] = mapped_column(comment="its rows of report_key, eight bytes each, to remove them by")


class ReportKey(Base):
    """Reports meet under a key when they have something in common: some shingles, a number, a surname or a rare word on one matter.

    Digests under the data key, so that nobody can look a text up.
    """

    __tablename__ = "report_key"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012  (SQLAlchemy's way)

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    report_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class SimilarCase(Base):
    """Two cases with reports that are alike, found when the later one came. Stands there both ways round."""

    __tablename__ = "similar_case"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    likeness: Mapped[float | None] = mapped_column(comment="share of text in common, if that is why")
    probability: Mapped[float | None] = mapped_column(comment="that both tell of one event, if that is why")
    is_likely: Mapped[bool] = mapped_column(comment="to be counted as the same story until somebody has looked")
    traits: Mapped[list[str]] = mapped_column(SealedJson("similar_case.traits"), comment="what speaks for one event")


class CasePerson(Base):
    """A person complained of, as a keyed digest of unit and name or title: enough to meet again, not to read."""

    __tablename__ = "case_person"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True, index=True)
    is_named: Mapped[bool] = mapped_column(comment="by name; else by title alone, which several people may hold")


class CaseMerge(Base):
    """A case that staff examine together with another one. Both stay as they are; splitting removes the row."""

    __tablename__ = "case_merge"

    member_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    merged_at: Mapped[datetime]


class Clue(Base):
    """A case, with those merged into it, that the clue office keeps as one lead about a possible violation."""

    __tablename__ = "clue"

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    opened_at: Mapped[datetime]
