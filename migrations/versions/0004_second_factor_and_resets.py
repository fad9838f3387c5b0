"""Second factor, first passwords that must be changed, resets that take two people."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Plain ADD COLUMN: SQLite would make the table anew otherwise, and others refer to its rows.
    op.add_column(
        "staff",
        sa.Column(
            "must_change_password",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="the password is one that others know",
        ),
    )
    op.add_column("staff", sa.Column("totp_secret", sa.LargeBinary(), nullable=True))
    op.add_column(
        "staff",
        sa.Column(
            "totp_draft",
            sa.LargeBinary(),
            nullable=True,
            comment="shown as a QR code, not confirmed with a code of it yet",
        ),
    )
    op.add_column(
        "staff",
        sa.Column("totp_counter", sa.Integer(), nullable=True, comment="of the last code taken: none is taken twice"),
    )
    op.add_column(
        "staff_session",
        sa.Column(
            "confirmed_at", sa.DateTime(timezone=True), nullable=True, comment="when the second factor was shown"
        ),
    )
    op.create_table(
        "account_reset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_approved", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_account_reset_staff_id_staff")),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name=op.f("fk_account_reset_asked_by_staff")),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_account_reset_decided_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_reset")),
    )
    op.create_index(op.f("ix_account_reset_staff_id"), "account_reset", ["staff_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_account_reset_staff_id"), "account_reset")
    op.drop_table("account_reset")
    op.drop_column("staff_session", "confirmed_at")
    for name in ("totp_counter", "totp_draft", "totp_secret", "must_change_password"):
        op.drop_column("staff", name)
