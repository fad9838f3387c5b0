"""Pages of documents as pictures, in the copy that stands for the original."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_COMMENTS = {
    "copy_status": ("of a recording", "of a recording or a document"),
    "refusal": ("code of the reason why it was refused", "code of the reason why it was refused, or has no copy"),
}


def upgrade() -> None:
    op.add_column(
        "attachment",
        sa.Column("pages", sa.Integer(), nullable=True, comment="of a document with a copy: how many it has"),
    )
    op.add_column(
        "attachment",
        sa.Column("pages_shown", sa.Integer(), nullable=True, comment="of how many of them the copy holds pictures"),
    )
    if op.get_bind().dialect.name == "postgresql":  # the other engine keeps no comments
        for column, (before, after) in _COMMENTS.items():
            op.alter_column("attachment", column, comment=after, existing_comment=before)


def downgrade() -> None:
    op.drop_column("attachment", "pages_shown")
    op.drop_column("attachment", "pages")
    if op.get_bind().dialect.name == "postgresql":
        for column, (before, after) in _COMMENTS.items():
            op.alter_column("attachment", column, comment=before, existing_comment=after)
