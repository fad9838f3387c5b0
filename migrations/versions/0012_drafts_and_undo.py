"""Texts that staff are writing, and the last step that can be taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False, comment="step and field of the page"),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_draft_staff_id_staff")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_staff_draft_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_draft")),
        sa.UniqueConstraint("staff_id", "case_id", "field", name=op.f("uq_staff_draft_staff_id")),
    )
    op.create_index(op.f("ix_staff_draft_case_id"), "staff_draft", ["case_id"])
    op.create_index(op.f("ix_staff_draft_saved_at"), "staff_draft", ["saved_at"])
    op.create_table(
        "undoable_step",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_undoable_step_case_id_case")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_undoable_step_staff_id_staff")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_undoable_step")),
    )
    op.create_index(op.f("ix_undoable_step_taken_at"), "undoable_step", ["taken_at"])


def downgrade() -> None:
    op.drop_table("undoable_step")
    op.drop_table("staff_draft")
