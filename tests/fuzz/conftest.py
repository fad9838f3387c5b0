"""One application for each file of tests: many hostile requests, then a look at what was kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.target import Target, aimed_at


@pytest.fixture(scope="module")
def target(template_database: Path, tmp_path_factory: pytest.TempPathFactory, keyring: object) -> Iterator[Target]:
    """Without CSRF (behind it lies what is to be tested) and without limits by rate (tested elsewhere)."""
    patch = pytest.MonkeyPatch()
    patch.setattr("app.security.RateLimiter.allows", lambda *_: True)
    patch.setattr("app.cli.train_if_needed", lambda *_: None)
    with aimed_at(tmp_path_factory.mktemp("fuzz"), template_database, csrf=False) as made:
        yield made
    patch.undo()
