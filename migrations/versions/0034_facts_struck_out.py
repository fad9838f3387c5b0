"""Facts that staff struck out: the names of what was read wrongly, never what it said."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "case",
        sa.Column(
            "struck_facts",
            sa.Text(),
            nullable=False,
            server_default="",
            comment="names of slots that staff found wrong, separated by spaces",
        ),
    )


def downgrade() -> None:
    op.drop_column("case", "struck_facts")
