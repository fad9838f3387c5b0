"""Reports are read once more after they came in: by which words they are found, and which others they are like.

In four steps after `waiting`, because reading a report takes ten milliseconds and on SQLite nobody's message is stored while somebody writes: `read` and
`meet` only look, `keep` and `finish` are short. Whatever ends between two of them is begun anew. What was kept is committed before anybody
looks whom it meets, so two workers with two reports of one event cannot miss each other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, or_, select, union_all, update
from sqlalchemy.orm import joinedload

from models import CaseWord, Report
from models.sealing import current_keyring
from services.base import Service
from services.schedule import pause_after
from services.search import digest_of
from services.similar import Met, Told

_AT_ONCE = 8  # reports; written in one transaction of some ten milliseconds
_FORGOTTEN_AT_ONCE = 50  # cases
_SET_ASIDE_AT_MOST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ReadReport:
    """A report that was read: digests of its words, and what is kept of it to meet others."""

    digests: tuple[bytes, ...]
    told: Told


@dataclass(frozen=True, slots=True)
class Meeting:
    """A report that was kept, and the cases that it meets."""

    told: Told
    met: tuple[Met, ...]


class Indexing(Service):
    """Makes reports findable, by the worker."""

    def digested_under_other_keys(self) -> tuple[int, ...]:
        """Some cases whose words nobody will be able to look up soon, because another key seals now."""
        key = current_keyring().first_id
        cases = self.session.scalars(
            # Below and above in turn, not "another": so an index answers, which is asked every other second.
            union_all(
                *(select(Report.case_id).where(other) for other in (Report.words_key < key, Report.words_key > key))
            ).limit(_FORGOTTEN_AT_ONCE)
        )
        return tuple(sorted(set(cases)))

    def forget(self, case_ids: Sequence[int]) -> None:
        """Removes what was made of these cases' reports; they wait to be read again."""
        self.session.execute(delete(CaseWord).where(CaseWord.case_id.in_(case_ids)))
        self.services.similar.forget(case_ids)
        self.session.execute(update(Report).where(Report.case_id.in_(case_ids)).values(words_key=None))

    def waiting(self) -> tuple[int, ...]:
        """Some of the reports that wait to be read, the oldest first, without those that are set aside."""
        return tuple(
            self.session.scalars(
                select(Report.id)
                .where(
                    Report.words_key.is_(None), or_(Report.read_again_at.is_(None), Report.read_again_at <= self.now())
                )
                .order_by(Report.id)
                .limit(_AT_ONCE)
            )
        )

    def read(self, report_ids: Sequence[int]) -> tuple[ReadReport, ...]:
        """These reports, read. Only looks. Raises what a damaged one raises."""
        reports = select(Report).where(Report.id.in_(report_ids)).order_by(Report.id)
        return tuple(
            ReadReport(
                tuple(sorted(digest_of(word) for word in self.parts.words.of(report.statement))),
                self.services.similar.read(report),
            )
            for report in self.session.scalars(reports.options(joinedload(Report.case)))
        )

    def set_aside(self, report_id: int) -> None:
        """This one cannot be read now; it is tried again later, after a pause that grows."""
        failures = (self.session.scalar(select(Report.read_failures).where(Report.id == report_id)) or 0) + 1
        self.session.execute(
            update(Report)
            .where(Report.id == report_id)
            .values(read_failures=failures, read_again_at=self.now() + pause_after(failures, _SET_ASIDE_AT_MOST))
            .execution_options(synchronize_session=False)
        )

    def set_aside_count(self) -> int:
        """How many reports could not be read, and are not found by their words."""
        aside = select(func.count(Report.id)).where(Report.words_key.is_(None), Report.read_failures.is_not(None))
        return self.session.scalar(aside) or 0

    def keep(self, reports: Sequence[ReadReport]) -> tuple[Told, ...]:
        """Keeps what was read. Gives back of which reports: those that were destroyed meanwhile, or finished by somebody else, are left out."""
        waiting = self._waiting(report.told for report in reports)
        kept = [report for report in reports if report.told.report_id in waiting]
        self.insert_missing(
            CaseWord,
            [{"digest": digest, "case_id": report.told.case_id} for report in kept for digest in report.digests],
        )
        for report in kept:
            self.services.similar.keep(report.told)
        return tuple(report.told for report in kept)

    def meet(self, kept: Sequence[Told]) -> tuple[Meeting, ...]:
        """Which cases the reports are like. Only looks."""
        return tuple(Meeting(told, self.services.similar.meet(told)) for told in kept)

    def finish(self, meetings: Sequence[Meeting]) -> None:
        """Pairs the cases; the reports wait no longer."""
        waiting = self._waiting(meeting.told for meeting in meetings)
        for meeting in meetings:
            if meeting.told.report_id in waiting:
                self.services.similar.pair(meeting.told.case_id, meeting.met)
        self.session.execute(
            update(Report)
            .where(Report.id.in_(waiting))
            .values(words_key=current_keyring().first_id, read_failures=None, read_again_at=None)
        )

    def _waiting(self, told: Iterable[Told]) -> set[int]:
        """Which of these reports are still there and wait, held for this transaction."""
        waiting = select(Report.id).where(Report.id.in_([one.report_id for one in told]), Report.words_key.is_(None))
        return set(self.session.scalars(waiting.with_for_update(skip_locked=True)))
