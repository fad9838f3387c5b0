"""Reports that are alike, persons named alike, cases examined together, clues."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_sketch",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column(
            "bands",
            sa.LargeBinary(),
            nullable=False,
            comment="its rows of report_band, eight bytes each, to remove them by",
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_sketch_report_id_report")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_report_sketch_case_id_case")),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_report_sketch")),
    )
    op.create_index(op.f("ix_report_sketch_case_id"), "report_sketch", ["case_id"])
    op.create_table(
        "report_band",
        sa.Column("band", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("report_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("band", "report_id", name=op.f("pk_report_band")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "similar_case",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("likeness", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_similar_case_case_id_case")),
        sa.ForeignKeyConstraint(["other_id"], ["case.id"], name=op.f("fk_similar_case_other_id_case")),
        sa.PrimaryKeyConstraint("case_id", "other_id", name=op.f("pk_similar_case")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "case_person",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column(
            "is_named",
            sa.Boolean(),
            nullable=False,
            comment="by name; else by title alone, which several people may hold",
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_person_case_id_case")),
        sa.PrimaryKeyConstraint("digest", "case_id", name=op.f("pk_case_person")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_case_person_case_id"), "case_person", ["case_id"])
    op.create_table(
        "case_merge",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["case.id"], name=op.f("fk_case_merge_member_id_case")),
        sa.ForeignKeyConstraint(["lead_id"], ["case.id"], name=op.f("fk_case_merge_lead_id_case")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_case_merge_staff_id_staff")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_case_merge")),
    )
    op.create_index(op.f("ix_case_merge_lead_id"), "case_merge", ["lead_id"])
    op.create_table(
        "clue",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_clue_case_id_case")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_clue_staff_id_staff")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_clue")),
    )
    # The worker reads every report once more, to make what is new from it.
    op.execute("UPDATE report SET words_key = NULL")


def downgrade() -> None:
    for table in ("clue", "case_merge", "case_person", "similar_case", "report_band", "report_sketch"):
        op.drop_table(table)
