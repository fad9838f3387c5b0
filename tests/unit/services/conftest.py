"""A lodged case on demand, and transactions that meet, on each engine."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from app.database import make_engine, make_session_factory, transaction
from domain.terms import Source
from services import Services, Transact
from services.base import Parts
from services.intake import Lodged, NewReport
from tests.fakes import suggestion

Lodge = Callable[..., Lodged]


@pytest.fixture
def lodge(services: Services) -> Lodge:
    """Lodges a report that is valid unless the test says otherwise."""

    def _lodge(**values: object) -> Lodged:
        given = {
            "statement": "市监局的所长来店里检查，走的时候拿了两条烟没给钱。",
            "source": Source.WECHAT,
            "suggestion": suggestion(),
            **values,
        }
        return services.intake.lodge_report(NewReport(**given))  # type: ignore[arg-type]

    return _lodge


@pytest.fixture
def transact(database_url: str, parts: Parts) -> Iterator[Transact]:
    """Opens transactions that end by themselves, so that several of them can meet."""
    engine = make_engine(database_url)
    factory = make_session_factory(engine)

    @contextmanager
    def _transact(*, read_only: bool = False) -> Iterator[Services]:
        with transaction(factory, read_only=read_only) as session:
            yield Services(session, parts)

    yield _transact
    engine.dispose()
