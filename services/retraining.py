"""Training runs with decisions of staff: asked for in the console or by command, done by one worker, one at a time anywhere."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from domain.errors import Conflict, NotAllowed
from domain.permissions import StaffFacts, may
from domain.terms import Action, CaseEventKind, TrainingStage, TrainingStatus
from models import ClassifierTraining, ClassifierVersion, Staff
from services.base import SYSTEM, Service
from services.classifier_views import NewVersion
from services.decisions import DecisionCount
from services.leases import is_over, latest_end

_LEASE = timedelta(minutes=2)
_TRIES = 2
_THE_PLACE = 1
INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class TrainingClaim:
    """A claimed run; given back with each word about it."""

    training_id: int
    token: str


@dataclass(frozen=True, slots=True)
class TrainingView:
    """A run. `requested_by` is a name, None for the command line; `failure` a code, `version` what came of it."""

    status: TrainingStatus
    stage: TrainingStage | None
    requested_by: str | None
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    failure: str | None
    version: str | None

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.status in {TrainingStatus.WAITING, TrainingStatus.RUNNING}


class Retraining(Service):
    """Training runs."""

    def new_decisions(self) -> DecisionCount:
        """What was decided since the newest version learned from decisions."""
        return self.services.decisions.count(self.services.classifiers.last_trained_at())

    def request(self, staff: StaffFacts | None) -> None:
        """Asks for a run; None from the command line.

        Raises Conflict while one waits or runs, and where nothing was decided that the last one did not know.
        """
        if staff is not None and not may(staff, Action.PROPOSE_REFERENCE):
            raise NotAllowed(Action.PROPOSE_REFERENCE)
        if not self.new_decisions().total:
            raise Conflict("nothing_new")
        run = ClassifierTraining(
            place=_THE_PLACE,
            status=TrainingStatus.WAITING,
            requested_by=staff.staff_id if staff else None,
            requested_at=self.now(),
        )
        try:
            with self.session.begin_nested():
                self.session.add(run)
        except IntegrityError as error:
            raise Conflict("one_runs") from error
        self.services.journal.write(CaseEventKind.RETRAINING_REQUESTED, actor=staff or SYSTEM)
        self.session.flush()

    def claim(self) -> TrainingClaim | None:
        """The run that waits, or whose worker is gone; None if there is none. One that was lost too often has failed."""
        now = self.now()
        run = self.session.scalar(
            select(ClassifierTraining)
            .where(
                ClassifierTraining.place == _THE_PLACE,
                is_over(ClassifierTraining.lease_until, now, latest_end(now, _LEASE)),
            )
            .with_for_update(skip_locked=True)
        )
        if run is None:
            return None
        if run.tries >= _TRIES:
            self._end(run, TrainingStatus.FAILED, failure=INTERRUPTED)
            return None
        run.status, run.stage = TrainingStatus.RUNNING, TrainingStage.READING
        run.started_at, run.tries = now, run.tries + 1
        run.lease_token, run.lease_until = secrets.token_hex(8), now + _LEASE
        self.session.flush()
        return TrainingClaim(run.id, run.lease_token)

    def beat(self, claim: TrainingClaim, stage: TrainingStage | None = None) -> None:
        """A sign of life, and what it is at. Raises Conflict when the claim has run out and somebody else has it."""
        run = self._claimed(claim)
        run.lease_until = self.now() + _LEASE
        if stage is not None:
            run.stage = stage
        self.session.flush()

    def finish(self, claim: TrainingClaim, new: NewVersion) -> None:
        """Keeps what was trained. Raises Conflict when the claim has run out."""
        run = self._claimed(claim)
        run.version_id = self.services.classifiers.keep(new)
        self.services.journal.write(
            CaseEventKind.CLASSIFIER_TRAINED, actor=SYSTEM, new_value=f"{new.name}/{new.decisions}"
        )
        self._end(run, TrainingStatus.DONE)

    def fail(self, claim: TrainingClaim, failure: str) -> None:
        """The run ended without a version. `failure` is a code. Raises Conflict when the claim has run out."""
        self._end(self._claimed(claim), TrainingStatus.FAILED, failure=failure)

    def latest(self) -> TrainingView | None:
        """The run that was asked for last."""
        row = self.session.execute(
            select(ClassifierTraining, Staff.display_name, ClassifierVersion.name)
            .outerjoin(Staff, Staff.id == ClassifierTraining.requested_by)
            .outerjoin(ClassifierVersion, ClassifierVersion.id == ClassifierTraining.version_id)
            .order_by(ClassifierTraining.id.desc())
            .limit(1)
        ).first()
        if row is None:
            return None
        run, by, version = row
        return TrainingView(
            status=run.status,
            stage=run.stage if run.status is TrainingStatus.RUNNING else None,
            requested_by=by,
            requested_at=run.requested_at,
            started_at=run.started_at,
            finished_at=run.finished_at,
            failure=run.failure,
            version=version,
        )

    def _claimed(self, claim: TrainingClaim) -> ClassifierTraining:
        run = self.session.scalar(
            select(ClassifierTraining)
            .where(ClassifierTraining.id == claim.training_id, ClassifierTraining.lease_token == claim.token)
            .with_for_update()
        )
        if run is None:
            raise Conflict(claim.training_id)
        return run

    def _end(self, run: ClassifierTraining, status: TrainingStatus, *, failure: str | None = None) -> None:
        run.status, run.failure, run.finished_at = status, failure, self.now()
        run.place = run.lease_token = run.lease_until = None
        self.session.flush()
