"""A lodged case on demand."""

from collections.abc import Callable

import pytest

from domain.terms import Source
from services import Services
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
