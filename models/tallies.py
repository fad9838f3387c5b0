"""Counts for the pictures. Triggers of the database keep them (migrations 0033 and 0036), nobody else writes them.

Each table holds as many rows as there are combinations, not cases, so that a picture of a million cases is read in
milliseconds. Empty text stands for no value. All of them have the three columns that a scope asks for, and each is in the
order in which it is read.
"""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from domain.terms import CaseStatus, DeadlineKind, Source, Track
from models.base import Base, Word

# Stands for all bodies together, and nobody. Who sees every body's cases reads one row instead of forty.
EVERYBODY = "*"
_ONLY_CLOSED = "a rule that closes a case to somebody, or empty for every other: all that a scope asks for"
_ONLY_SENT_UPWARD = "sent_upward, or empty for every other: all that a scope asks for"
_WITH_EVERYBODY = "* for what all of them have together, and nobody"
_NO_ROWID = {"sqlite_with_rowid": False}
# What a sign of `CountedCase.signs` stands for, in their order. Of a word the sign is its number in `CountedValue`, of a number
# of days it is that number and one; each counted from `NO_SIGN`, which stands for no number.
COUNTED_WORDS = ("label", "unit", "source", "track", "assigned_body", "status", "satisfaction", "identity_claim")
COUNTED_DAYS = ("acceptance_days", "feedback_days")
COUNTED = (*COUNTED_WORDS, *COUNTED_DAYS)
NO_SIGN = 32


class DayTally(Base):
    """How many cases came in and were concluded on each day of the county."""

    __tablename__ = "day_tally"
    __table_args__ = _NO_ROWID

    assigned_body: Mapped[str] = mapped_column(primary_key=True, comment=_WITH_EVERYBODY)
    day: Mapped[date] = mapped_column(primary_key=True)
    route_rule: Mapped[str] = mapped_column(primary_key=True, comment=_ONLY_CLOSED)
    status: Mapped[str] = mapped_column(primary_key=True, comment=_ONLY_SENT_UPWARD)
    received: Mapped[int]
    concluded: Mapped[int]


class FlowTally(Base):
    """Where cases came from, who has them, where they stand, and what their reporters said of the outcome."""

    __tablename__ = "flow_tally"
    __table_args__ = _NO_ROWID

    assigned_body: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[Source] = mapped_column(Word(Source), primary_key=True)
    track: Mapped[Track] = mapped_column(Word(Track), primary_key=True)
    status: Mapped[CaseStatus] = mapped_column(Word(CaseStatus), primary_key=True)
    satisfaction: Mapped[str] = mapped_column(primary_key=True)
    route_rule: Mapped[str] = mapped_column(primary_key=True, comment=_ONLY_CLOSED)
    cases: Mapped[int]


class SpanTally(Base):
    """How many working days the two answers took that a reporter waits for: whether it is taken in, and the result."""

    __tablename__ = "span_tally"
    __table_args__ = _NO_ROWID

    assigned_body: Mapped[str] = mapped_column(primary_key=True, comment=_WITH_EVERYBODY)
    clock: Mapped[DeadlineKind] = mapped_column(Word(DeadlineKind), primary_key=True)
    days: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="working days")
    is_named: Mapped[bool] = mapped_column(primary_key=True)
    route_rule: Mapped[str] = mapped_column(primary_key=True, comment=_ONLY_CLOSED)
    status: Mapped[str] = mapped_column(primary_key=True, comment=_ONLY_SENT_UPWARD)
    cases: Mapped[int]


class UnitTally(Base):
    """What is complained of, and of whom: with each body, and with all of them."""

    __tablename__ = "unit_tally"
    __table_args__ = _NO_ROWID

    assigned_body: Mapped[str] = mapped_column(primary_key=True, comment=_WITH_EVERYBODY)
    unit: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(primary_key=True)
    route_rule: Mapped[str] = mapped_column(primary_key=True, comment=_ONLY_CLOSED)
    status: Mapped[str] = mapped_column(primary_key=True, comment=_ONLY_SENT_UPWARD)
    cases: Mapped[int]
    in_hand: Mapped[int] = mapped_column(comment="of these, what is open")


class CountedCase(Base):
    """A case as the pictures of some days count it: those of a month are read as one text of ten signs a case.

    Of the cases of a month hardly two have all in common, so a tally by day would have a row for each of them as well.
    """

    __tablename__ = "counted_case"
    __table_args__ = _NO_ROWID

    day: Mapped[date] = mapped_column(primary_key=True, comment="of the county, on which it was received")
    case_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    route_rule: Mapped[str] = mapped_column(comment=_ONLY_CLOSED)
    status: Mapped[str] = mapped_column(comment=_ONLY_SENT_UPWARD)
    assigned_body: Mapped[str]
    signs: Mapped[str] = mapped_column(comment="one for each of `COUNTED`")


class CountedValue(Base):
    """A word that some case has or had, by a number for its sign."""

    __tablename__ = "counted_value"

    id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(unique=True)
