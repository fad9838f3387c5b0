"""Copies of recordings that a browser plays. Recordings that are there already wait for theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attachment", sa.Column("copy_status", sa.Text(), nullable=True, comment="of a recording"))
    attachment = sa.table(
        "attachment",
        *(sa.column(name) for name in ("kind", "status", "copy_status", "next_try_at", "received_at", "tries")),
    )
    op.execute(
        attachment.update()
        .where(attachment.c.kind == "voice", attachment.c.status == "stored")
        .values(copy_status="waiting", next_try_at=attachment.c.received_at, tries=0)
    )


def downgrade() -> None:
    attachment = sa.table("attachment", *(sa.column(name) for name in ("status", "next_try_at")))
    op.execute(attachment.update().where(attachment.c.status == "stored").values(next_try_at=None))
    op.drop_column("attachment", "copy_status")
