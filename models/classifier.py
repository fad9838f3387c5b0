"""Trained classifiers that the installation keeps, which of them was put in use when, and the training runs they came from."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from domain.terms import TrainingStage, TrainingStatus, VersionStatus
from models.base import Base, Word
from models.sealing import SealedBytes, SealedJson


class ClassifierVersion(Base):
    """One trained classifier. The shipped one has no parcel: each host makes the same one from the same files."""

    __tablename__ = "classifier_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True, comment="the first digits of the hash of its content")
    data_digest: Mapped[str] = mapped_column(comment="of the program and the files it was made by; it fits no other")
    is_shipped: Mapped[bool]
    trained_at: Mapped[datetime]
    messages: Mapped[int] = mapped_column(comment="shipped messages it learned from")
    decisions: Mapped[int] = mapped_column(comment="decisions of staff it learned from")
    corrections: Mapped[int] = mapped_column(comment="those among them that were not what had been suggested")
    figures: Mapped[dict[str, float]] = mapped_column(SealedJson("classifier_version.figures"))
    measured: Mapped[dict[str, Any] | None] = mapped_column(
        SealedJson("classifier_version.measured"), comment="figures on the test sets, and which test sets these were"
    )
    card: Mapped[str]
    # Sealed also because of what it proves: who can write to the database cannot make one that is loaded.
    parcel: Mapped[bytes | None] = mapped_column(SealedBytes("classifier_version.parcel"), deferred=True)


class ClassifierSwitch(Base):
    """A version proposed for use, or put in use. Nothing is overwritten: the order of the rows says what was in use when."""

    __tablename__ = "classifier_switch"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(
        ForeignKey("classifier_version.id"), comment="put in use; of a roll-back the one given up"
    )
    is_roll_back: Mapped[bool]
    status: Mapped[VersionStatus] = mapped_column(Word(VersionStatus))
    note: Mapped[str] = mapped_column(comment="why, in the words of whoever proposed it")
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), comment="None: the command line")
    proposed_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]


class ClassifierTraining(Base):
    """One training run with decisions of staff. A worker claims it; the claim ends by itself when its process dies."""

    __tablename__ = "classifier_training"

    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int | None] = mapped_column(unique=True, comment="1 while it waits or runs: there is one place only")
    status: Mapped[TrainingStatus] = mapped_column(Word(TrainingStatus))
    stage: Mapped[TrainingStage | None] = mapped_column(Word(TrainingStage))
    requested_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), comment="None: the command line")
    requested_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(comment="a code; never what a message said")
    version_id: Mapped[int | None] = mapped_column(ForeignKey("classifier_version.id"))
