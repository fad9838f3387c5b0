"""Counts for the pictures. Triggers of the database keep them (migrations 0007 and 0025), nobody else writes them.

Each table holds as many rows as there are combinations, not cases, so that a picture of a million cases is read in
milliseconds. Empty text stands for no value. All of them have the three columns that a scope asks for.
"""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from domain.terms import CaseStatus, DeadlineKind, RouteRule, Source, Track
from models.base import Base, Word

_ONLY_SENT_UPWARD = "sent_upward, or empty for every other: all that a scope asks for"


class DayTally(Base):
    """How many cases came in and were concluded on each day of the county."""

    __tablename__ = "day_tally"

    day: Mapped[date] = mapped_column(primary_key=True)
    route_rule: Mapped[RouteRule] = mapped_column(Word(RouteRule), primary_key=True)
    assigned_body: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(primary_key=True, comment=_ONLY_SENT_UPWARD)
    received: Mapped[int]
    concluded: Mapped[int]


class FlowTally(Base):
    """Where cases came from, who has them, where they stand, and what their reporters said of the outcome."""

    __tablename__ = "flow_tally"

    source: Mapped[Source] = mapped_column(Word(Source), primary_key=True)
    track: Mapped[Track] = mapped_column(Word(Track), primary_key=True)
    route_rule: Mapped[RouteRule] = mapped_column(Word(RouteRule), primary_key=True)
    assigned_body: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[CaseStatus] = mapped_column(Word(CaseStatus), primary_key=True)
    satisfaction: Mapped[str] = mapped_column(primary_key=True)
    cases: Mapped[int]


class SpanTally(Base):
    """How many working days the two answers took that a reporter waits for: whether it is taken in, and the result."""

    __tablename__ = "span_tally"

    clock: Mapped[DeadlineKind] = mapped_column(Word(DeadlineKind), primary_key=True)
    days: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="working days")
    identity_claim: Mapped[str] = mapped_column(primary_key=True)
    route_rule: Mapped[RouteRule] = mapped_column(Word(RouteRule), primary_key=True)
    assigned_body: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(primary_key=True, comment=_ONLY_SENT_UPWARD)
    cases: Mapped[int]


class UnitTally(Base):
    """What is complained of, and of whom, whoever has it: as narrow as the answers for those who see every body's cases."""

    __tablename__ = "unit_tally"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012  (SQLAlchemy's way)

    unit: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(primary_key=True)
    route_rule: Mapped[RouteRule] = mapped_column(Word(RouteRule), primary_key=True)
    status: Mapped[str] = mapped_column(primary_key=True, comment=_ONLY_SENT_UPWARD)
    cases: Mapped[int]
    in_hand: Mapped[int] = mapped_column(comment="of these, what is open")
