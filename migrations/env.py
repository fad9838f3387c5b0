"""Runs migrations with the engine of the application (a connection is handed in, or made from the settings)."""

from alembic import context

from app.database import make_engine
from models import Base
from models.base import UtcDateTime, Word
from models.sealing import Keyring, SealedBytes, use_keyring


def render_item(kind, value, autogen_context):  # type: ignore[no-untyped-def]
    """Own column types become plain ones: a migration must not depend on today's models."""
    if kind == "type":
        if isinstance(value, SealedBytes):
            return "sa.LargeBinary()"
        if isinstance(value, Word):
            return "sa.Text()"
        if isinstance(value, UtcDateTime):
            return "sa.DateTime(timezone=True)"
    return False


def run(connection) -> None:  # type: ignore[no-untyped-def]
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


handed_in = context.config.attributes.get("connection")
if handed_in is not None:
    run(handed_in)
else:
    from app.settings import load_settings

    settings = load_settings()
    use_keyring(Keyring.from_base64(settings.data_keys.get_secret_value(), settings.cipher))
    with make_engine(settings.database_url).begin() as connection:
        run(connection)
