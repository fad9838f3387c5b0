"""Jobs that run again and again. Claiming the row elects the runner, so any number of workers may ask."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError

from models import ScheduledJob
from services.base import Service

_IN_A_MOMENT = timedelta(seconds=2)
_FIRST_PAUSE = timedelta(minutes=1)
_DOUBLED_AT_MOST = 16  # times; longer than any pause, and no figure too large to count with


def pause_after(failures: int, at_most: timedelta) -> timedelta:
    """How long to wait after so many failures in a row: a minute, two, four … `at_most`."""
    return min(_FIRST_PAUSE * (1 << min(failures - 1, _DOUBLED_AT_MOST)), at_most)


class Schedule(Service):
    """Due times of periodic jobs."""

    def due(self, names: Iterable[str]) -> frozenset[str]:
        """Which of these jobs `claim` may give now. Only looks: what is asked each second should not wait to write."""
        waiting = select(ScheduledJob.name).where(ScheduledJob.due_at > self.now())
        return frozenset(names) - set(self.session.scalars(waiting))

    def claim(self, name: str, every: timedelta) -> bool:
        """True for exactly one caller each `every`; the next run is planned in the same statement.

        In the transaction of the job's work: one that fails leaves nothing of its claim.
        """
        now = self.now()
        self._make(name, now)
        claimed = self.session.execute(
            update(ScheduledJob)
            .where(ScheduledJob.name == name, ScheduledJob.due_at <= now)
            .values(due_at=now + every, last_ran_at=now, failures=None)
            .returning(ScheduledJob.name)
            .execution_options(synchronize_session=False)
        ).first()
        return claimed is not None

    def failed(self, name: str, every: timedelta) -> None:
        """The job ended in an error: its next try is planned, so that it stands in no other job's way meanwhile."""
        self._make(name, self.now())
        job = self.session.get_one(ScheduledJob, name, with_for_update=True, populate_existing=True)
        job.failures = (job.failures or 0) + 1
        job.due_at = self.now() + pause_after(job.failures, every)

    def failing(self) -> dict[str, int]:
        """Which jobs ended in an error when they were tried last, and how often in a row."""
        rows = self.session.execute(
            select(ScheduledJob.name, ScheduledJob.failures)
            .where(ScheduledJob.failures.is_not(None))
            .order_by(ScheduledJob.name)
        )
        return {name: failures for name, failures in rows if failures}

    def overdue(self, names: Iterable[str], by: timedelta) -> frozenset[str]:
        """Which of these jobs should have been tried longer ago than `by`."""
        late = select(ScheduledJob.name).where(ScheduledJob.due_at < self.now() - by)
        return frozenset(names) & set(self.session.scalars(late))

    def hurry(self, name: str) -> None:
        """Lets a job run in a moment, when every process has looked what is in force."""
        soon = self.now() + _IN_A_MOMENT
        self._make(name, soon)
        self.session.execute(
            update(ScheduledJob)
            .where(ScheduledJob.name == name, ScheduledJob.due_at > soon)
            .values(due_at=soon)
            .execution_options(synchronize_session=False)
        )

    def beat(self, name: str) -> None:
        """A sign of life."""
        now = self.now()
        self._make(name, now)
        self.session.execute(
            update(ScheduledJob)
            .where(ScheduledJob.name == name, or_(ScheduledJob.last_ran_at.is_(None), ScheduledJob.last_ran_at < now))
            .values(last_ran_at=now)
            .execution_options(synchronize_session=False)
        )

    def last_run(self, name: str) -> datetime | None:
        """When it ran last; None if never."""
        return self.session.scalar(select(ScheduledJob.last_ran_at).where(ScheduledJob.name == name))

    def _make(self, name: str, now: datetime) -> None:
        if self.session.get(ScheduledJob, name) is None:
            try:
                with self.session.begin_nested():
                    self.session.add(ScheduledJob(name=name, due_at=now))
            except IntegrityError:
                pass  # another worker was first; its row serves as well
