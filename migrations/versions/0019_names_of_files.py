"""Whether any row names a file is asked of each old file: left ones are swept away."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_COLUMNS = ("original_name", "clean_name")


def upgrade() -> None:
    for column in _COLUMNS:
        op.create_index(f"ix_attachment_{column}", "attachment", [column])


def downgrade() -> None:
    for column in _COLUMNS:
        op.drop_index(f"ix_attachment_{column}", "attachment")
