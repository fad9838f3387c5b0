"""Drives the reading of reports after they came in, each step in a transaction of its own."""

from services import Transact


def index_reports(transact: Transact) -> int:
    """Makes some reports findable. Gives back how many were read, 0 when none waits. Raises StorageFailed."""
    with transact(read_only=True) as services:
        outdated = services.indexing.digested_under_other_keys()
    if outdated:
        with transact() as services:
            services.indexing.forget(outdated)
    with transact(read_only=True) as services:
        read = services.indexing.read()
    if not read:
        return 0
    with transact() as services:
        kept = services.indexing.keep(read)
    with transact(read_only=True) as services:
        meetings = services.indexing.meet(kept)
    with transact() as services:
        services.indexing.finish(meetings)
    return len(read)
