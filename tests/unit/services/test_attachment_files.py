"""Files that a killed process left behind: swept away after a day, and no other file with them."""

from datetime import UTC, datetime

import pytest

from domain.terms import AttachmentKind
from services.attachment_store import PARTS
from services.attachments import SWEEP_EVERY
from simulator.samples import picture


@pytest.fixture
def shelf(parts):
    """Names of the files that lie there."""
    return lambda: sorted(path.name for path in parts.attachments._folder.rglob("*") if path.is_file())


@pytest.fixture
def sweep(services, clock):
    """Gives each folder its turn, so many days after now, and says how many files went."""

    def swept(days: float) -> int:
        clock.moment = datetime.now(UTC)
        clock.forward(days=days)
        removed = 0
        for _ in range(PARTS):
            removed += services.attachments.sweep_files()
            clock.forward(seconds=SWEEP_EVERY.total_seconds())
        return removed

    return swept


def test_a_file_that_no_row_names_goes_after_a_day(parts, shelf, sweep):
    parts.attachments.keep(b"its process was killed before the commit")

    assert (sweep(days=1), shelf()) == (1, [])


def test_a_file_may_still_get_its_row_for_a_day(parts, shelf, sweep):
    name = parts.attachments.keep(b"the commit follows")

    assert (sweep(days=0), shelf()) == (0, [name])


def test_originals_and_copies_that_rows_name_stay(services, shelf, sweep):
    services.attachments.keep_uploads([(picture(), AttachmentKind.IMAGE)])
    kept = shelf()

    assert (len(kept), sweep(days=400), shelf()) == (2, 0, kept)


def test_half_a_file_goes_too(parts, shelf, sweep):
    name = parts.attachments.keep(b"whole")
    path = parts.attachments._path(name)
    path.rename(path.with_suffix(".part"))

    assert (sweep(days=1), shelf()) == (1, [])


def test_what_is_not_ours_stays(parts, shelf, sweep):
    (parts.attachments._folder / "00").mkdir(parents=True)
    (parts.attachments._folder / "00" / ".nfs0001").write_bytes(b"held open by another host")

    assert (sweep(days=400), shelf()) == (0, [".nfs0001"])


def test_a_file_is_open_to_nobody_else_on_the_machine(parts):
    name = parts.attachments.keep(b"a picture")

    [file] = parts.attachments._folder.rglob(f"{name}*")
    assert file.stat().st_mode & 0o077 == 0
