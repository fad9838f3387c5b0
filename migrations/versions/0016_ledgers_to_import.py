"""Uploaded ledgers, sealed, until they are imported."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ledger_draft",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("cells", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_ledger_draft_staff_id_staff")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_ledger_draft")),
    )


def downgrade() -> None:
    op.drop_table("ledger_draft")
