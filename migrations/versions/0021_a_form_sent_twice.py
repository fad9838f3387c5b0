"""A public form sent twice opens one case: the digest of each sending is unique."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "case",
        sa.Column(
            "sending", sa.Text(), nullable=True, comment="keyed digest of the form it came by: twice sent is one case"
        ),
    )
    op.create_index(
        "ix_case_sending",
        "case",
        ["sending"],
        unique=True,
        sqlite_where=sa.text("sending IS NOT NULL"),
        postgresql_where=sa.text("sending IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_case_sending", "case")
    op.drop_column("case", "sending")
