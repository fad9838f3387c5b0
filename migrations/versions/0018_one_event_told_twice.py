"""Reports are compared as tellings of one event, too: what is kept for that, and the keys under which reports meet.

What was there was made by the worker from the statements; it makes all of it anew, as after a rotation of the data key.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _remove("report_band", "report_sketch", "similar_case")
    _create_sketches(
        sa.Column("story", sa.LargeBinary(), nullable=False),
        sa.Column(
            "keys",
            sa.LargeBinary(),
            nullable=False,
            comment="its rows of report_key, eight bytes each, to remove them by",
        ),
    )
    op.create_table(
        "report_key",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("report_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "report_id", name=op.f("pk_report_key")),
        sqlite_with_rowid=False,
    )
    _create_pairs(
        sa.Column("likeness", sa.Double(), nullable=True, comment="share of text in common, if that is why"),
        sa.Column("probability", sa.Double(), nullable=True, comment="that both tell of one event, if that is why"),
        sa.Column(
            "is_likely",
            sa.Boolean(),
            nullable=False,
            comment="to be counted as the same story until somebody has looked",
        ),
        sa.Column("traits", sa.LargeBinary(), nullable=False, comment="what speaks for one event"),
    )
    op.execute("UPDATE report SET words_key = NULL")


def downgrade() -> None:
    _remove("report_key", "report_sketch", "similar_case")
    _create_sketches(
        sa.Column(
            "bands",
            sa.LargeBinary(),
            nullable=False,
            comment="its rows of report_band, eight bytes each, to remove them by",
        ),
    )
    op.create_table(
        "report_band",
        sa.Column("band", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("report_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("band", "report_id", name=op.f("pk_report_band")),
        sqlite_with_rowid=False,
    )
    _create_pairs(sa.Column("likeness", sa.Double(), nullable=False))
    op.execute("UPDATE report SET words_key = NULL")


def _remove(*tables: str) -> None:
    for table in tables:
        op.drop_table(table)


def _create_sketches(*further: sa.Column) -> None:
    op.create_table(
        "report_sketch",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        *further,
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_sketch_report_id_report")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_report_sketch_case_id_case")),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_report_sketch")),
    )
    op.create_index(op.f("ix_report_sketch_case_id"), "report_sketch", ["case_id"])


def _create_pairs(*further: sa.Column) -> None:
    op.create_table(
        "similar_case",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        *further,
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_similar_case_case_id_case")),
        sa.ForeignKeyConstraint(["other_id"], ["case.id"], name=op.f("fk_similar_case_other_id_case")),
        sa.PrimaryKeyConstraint("case_id", "other_id", name=op.f("pk_similar_case")),
        sqlite_with_rowid=False,
    )
