"""Counts of one kind or one unit are read off an index; so is what was taken in within a month."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ix_case_tally_label", "case_tally", ["label"]),
    ("ix_case_tally_unit", "case_tally", ["unit", "label"]),
    ("ix_case_accepted", "case", ["accepted_at"]),
)


def upgrade() -> None:
    for name, table, columns in _INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, table, _ in _INDEXES:
        op.drop_index(name, table)
