"""Drives the reading of reports after they came in, each step in a transaction of its own."""

from collections.abc import Sequence

import structlog

from services import Transact

log = structlog.get_logger(__name__)


def index_reports(transact: Transact) -> int:
    """Makes some reports findable. Gives back how many were tried, 0 when none waits. Raises StorageFailed.

    One that cannot be read (a damaged row) is set aside, so that it keeps no other one waiting.
    """
    with transact(read_only=True) as services:
        outdated = services.indexing.digested_under_other_keys()
    if outdated:
        with transact() as services:
            services.indexing.forget(outdated)
    with transact(read_only=True) as services:
        waiting = services.indexing.waiting()
    if waiting:
        try:
            _index(transact, waiting)
        except Exception:
            # Which one it was shows when each is tried by itself.
            for report_id in waiting:
                _index_or_set_aside(transact, report_id)
    return len(waiting)


def _index_or_set_aside(transact: Transact, report_id: int) -> None:
    try:
        _index(transact, (report_id,))
    except Exception as error:
        # Of the error its kind only: its text may hold what somebody wrote.
        log.error("report_set_aside", report_id=report_id, reason=type(error).__name__)
        with transact() as services:
            services.indexing.set_aside(report_id)


def _index(transact: Transact, report_ids: Sequence[int]) -> None:
    with transact(read_only=True) as services:
        read = services.indexing.read(report_ids)
    with transact() as services:
        kept = services.indexing.keep(read)
    with transact(read_only=True) as services:
        meetings = services.indexing.meet(kept)
    with transact() as services:
        services.indexing.finish(meetings)
