"""Whom a county-managed cadre's case goes to is proposed, and the head approves."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assignment_proposal",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remark", sa.LargeBinary(), nullable=True, comment="why it was sent back"),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_assignment_proposal_case_id_case")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_assignment_proposal_staff_id_staff")),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_assignment_proposal_decided_by_staff")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_assignment_proposal")),
    )
    op.create_index("ix_assignment_proposal_status", "assignment_proposal", ["status", "case_id"])


def downgrade() -> None:
    op.drop_table("assignment_proposal")
