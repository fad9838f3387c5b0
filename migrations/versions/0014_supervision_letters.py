"""Letters that press for an answer, and the answers."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "supervision_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "body", sa.Text(), nullable=False, comment="whom it was written to; who has the case now must answer"
        ),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("issued_by", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_supervision_letter_case_id_case")),
        sa.ForeignKeyConstraint(["issued_by"], ["staff.id"], name=op.f("fk_supervision_letter_issued_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_letter")),
    )
    op.create_index(op.f("ix_supervision_letter_case_id"), "supervision_letter", ["case_id"])
    op.create_index("ix_supervision_letter_due", "supervision_letter", ["status", "answer_by"])
    op.create_table(
        "letter_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_accepted", sa.Boolean(), nullable=True),
        sa.Column("remark", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["supervision_letter.id"], name=op.f("fk_letter_answer_letter_id_supervision_letter")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_letter_answer_case_id_case")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_letter_answer_staff_id_staff")),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_letter_answer_decided_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_answer")),
    )
    op.create_index(op.f("ix_letter_answer_letter_id"), "letter_answer", ["letter_id"])
    op.create_index(op.f("ix_letter_answer_case_id"), "letter_answer", ["case_id"])


def downgrade() -> None:
    op.drop_table("letter_answer")
    op.drop_table("supervision_letter")
