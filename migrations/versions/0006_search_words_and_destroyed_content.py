"""Words of statements as keyed digests, and when a case's content was destroyed."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_word",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_word_case_id_case")),
        sa.PrimaryKeyConstraint("digest", "case_id", name=op.f("pk_case_word")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_case_word_case_id"), "case_word", ["case_id"])
    op.add_column(
        "report",
        sa.Column(
            "words_key",
            sa.LargeBinary(),
            nullable=True,
            comment="key id its words are digested under; None: not yet",
        ),
    )
    op.create_index("ix_report_words_key", "report", ["words_key"])
    op.add_column(
        "case",
        sa.Column(
            "content_destroyed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="kept long enough: only the frame is left",
        ),
    )


def downgrade() -> None:
    op.drop_column("case", "content_destroyed_at")
    op.drop_index("ix_report_words_key", "report")
    op.drop_column("report", "words_key")
    op.drop_index(op.f("ix_case_word_case_id"), "case_word")
    op.drop_table("case_word")
