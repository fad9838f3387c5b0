"""Of a reason that is destroyed with the content of its case the chain keeps the commitment."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "journal_link",
        sa.Column("commitment", sa.Text(), nullable=True, comment="what is left of a reason that was destroyed"),
    )


def downgrade() -> None:
    destroyed = op.get_bind().scalar(sa.text("SELECT count(*) FROM journal_link WHERE commitment IS NOT NULL"))
    if destroyed:
        msg = f"{destroyed} reasons were destroyed: below 0030 their lines would count as changed"
        raise RuntimeError(msg)
    op.drop_column("journal_link", "commitment")
