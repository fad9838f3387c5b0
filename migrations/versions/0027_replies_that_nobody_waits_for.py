"""Whoever waited for a reply and gave up says so on the message: then its reply leaves by the outbox, and none is lost between."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "inbound_message",
        sa.Column(
            "is_left_to_outbox",
            sa.Boolean(),
            server_default=sa.false(),
            nullable=False,
            comment="whoever waited for the reply gave up",
        ),
    )


def downgrade() -> None:
    op.drop_column("inbound_message", "is_left_to_outbox")
