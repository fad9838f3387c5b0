"""A signature of a plaintext push is good for the one body it first came with."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "seen_signature",
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("body_digest", sa.LargeBinary(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("signature", name=op.f("pk_seen_signature")),
    )
    op.create_index(op.f("ix_seen_signature_seen_at"), "seen_signature", ["seen_at"])


def downgrade() -> None:
    op.drop_table("seen_signature")
