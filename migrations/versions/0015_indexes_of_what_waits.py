"""What the worker asks every second reads an index of what waits, not the messages of all years."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ix_inbound_message_left", "inbound_message", "received_at", "handled_at IS NULL"),
    ("ix_inbound_message_reply", "inbound_message", "handled_at", "reply IS NOT NULL"),
    ("ix_attachment_loose", "attachment", "reporter_id", "case_id IS NULL"),
)


def upgrade() -> None:
    for name, table, column, where in _INDEXES:
        op.create_index(name, table, [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    for name, table, _, _ in _INDEXES:
        op.drop_index(name, table)
