"""What services stand on."""

from sqlalchemy import text

from app.database import make_session_factory
from services import Services


def test_a_session_that_was_rolled_back_goes_on_with_another_connection(engine, parts):
    with make_session_factory(engine)() as session:
        services = Services(session, parts)
        services.connection.execute(text("SELECT 1"))
        session.rollback()

        assert services.connection.execute(text("SELECT 1")).scalar() == 1
