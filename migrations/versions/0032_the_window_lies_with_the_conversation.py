"""Until when the platform lets us write to a person lies where each of his messages is noted anyway: a statement less a message.

Whether he follows the account said nothing that `separated_at` does not say.
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_window("conversation")
    # Whoever has no conversation (none is known) would otherwise lose his window, and be told nothing.
    op.execute(
        "INSERT INTO conversation (reporter_id, version) SELECT id, 0 FROM reporter"
        " WHERE NOT EXISTS (SELECT 1 FROM conversation WHERE conversation.reporter_id = reporter.id)"
    )
    _move(to="conversation", at="reporter_id", source="reporter", of="id")
    for column in ("is_following", "last_spoke_at", "messages_left"):
        op.drop_column("reporter", column)


def downgrade() -> None:
    op.add_column("reporter", sa.Column("is_following", sa.Boolean(), nullable=False, server_default=sa.true()))
    _add_window("reporter")
    _move(to="reporter", at="id", source="conversation", of="reporter_id")
    op.execute("UPDATE reporter SET is_following = (separated_at IS NULL)")
    for column in ("last_spoke_at", "messages_left"):
        op.drop_column("conversation", column)


def _add_window(table: str) -> None:
    op.add_column(
        table,
        sa.Column(
            "last_spoke_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="opens the 48-hour window of the platform",
        ),
    )
    op.add_column(
        table,
        sa.Column(
            "messages_left",
            sa.Integer(),
            nullable=False,
            server_default="0",
            comment="customer-service messages left in the window",
        ),
    )


def _move(*, to: str, at: str, source: str, of: str) -> None:
    for column in ("last_spoke_at", "messages_left"):
        op.execute(
            f"UPDATE {to} SET {column} = (SELECT {source}.{column} FROM {source} WHERE {source}.{of} = {to}.{at})"  # noqa: S608  (tables named above)
            f" WHERE EXISTS (SELECT 1 FROM {source} WHERE {source}.{of} = {to}.{at})"
        )
