"""Whether somebody has seen what a reporter answered, and which questions wait, without reading those of all years.

What a step can be taken back to is written otherwise from here on, so what was kept for ten minutes is dropped.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ix_inquiry_waiting", "answered_at IS NULL"),
    ("ix_inquiry_unseen", "answered_at IS NOT NULL AND seen_at IS NULL"),
)


def upgrade() -> None:
    comment = "somebody of the staff opened the case after the answer"
    op.add_column("inquiry", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True, comment=comment))
    # Nobody kept count until now: what was answered before counts as seen.
    op.execute("UPDATE inquiry SET seen_at = answered_at")
    for name, where in _INDEXES:
        op.create_index(name, "inquiry", ["case_id"], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.execute("DELETE FROM undoable_step")


def downgrade() -> None:
    for name, _ in _INDEXES:
        op.drop_index(name, "inquiry")
    op.drop_column("inquiry", "seen_at")
    op.execute("DELETE FROM undoable_step")
