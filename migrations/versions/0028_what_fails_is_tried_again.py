"""A report that cannot be read and a job that fails are tried again later, and are counted."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "report",
        sa.Column(
            "read_failures",
            sa.Integer(),
            nullable=True,
            comment="how often it could not be read, one time after another",
        ),
    )
    op.add_column(
        "report",
        sa.Column("read_again_at", sa.DateTime(timezone=True), nullable=True, comment="set aside until then"),
    )
    op.add_column(
        "scheduled_job",
        sa.Column(
            "failures",
            sa.Integer(),
            nullable=True,
            comment="how often it ended in an error since it last ran to its end",
        ),
    )


def downgrade() -> None:
    op.drop_column("scheduled_job", "failures")
    op.drop_column("report", "read_again_at")
    op.drop_column("report", "read_failures")
