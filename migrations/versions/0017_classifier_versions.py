"""Trained classifiers, which was put in use when, and training runs."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "classifier_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="the first digits of the hash of its content"),
        sa.Column(
            "data_digest",
            sa.Text(),
            nullable=False,
            comment="of the program and the files it was made by; it fits no other",
        ),
        sa.Column("is_shipped", sa.Boolean(), nullable=False),
        sa.Column("trained_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False, comment="shipped messages it learned from"),
        sa.Column("decisions", sa.Integer(), nullable=False, comment="decisions of staff it learned from"),
        sa.Column(
            "corrections",
            sa.Integer(),
            nullable=False,
            comment="those among them that were not what had been suggested",
        ),
        sa.Column("figures", sa.LargeBinary(), nullable=False),
        sa.Column(
            "measured",
            sa.LargeBinary(),
            nullable=True,
            comment="figures on the test sets, and which test sets these were",
        ),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("parcel", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_classifier_version")),
        sa.UniqueConstraint("name", name=op.f("uq_classifier_version_name")),
    )
    op.create_table(
        "classifier_switch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False, comment="put in use; of a roll-back the one given up"),
        sa.Column("is_roll_back", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False, comment="why, in the words of whoever proposed it"),
        sa.Column("proposed_by", sa.Integer(), nullable=True, comment="None: the command line"),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"], ["classifier_version.id"], name=op.f("fk_classifier_switch_version_id_classifier_version")
        ),
        sa.ForeignKeyConstraint(["proposed_by"], ["staff.id"], name=op.f("fk_classifier_switch_proposed_by_staff")),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_classifier_switch_decided_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_classifier_switch")),
    )
    op.create_table(
        "classifier_training",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True, comment="1 while it waits or runs: there is one place only"),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("requested_by", sa.Integer(), nullable=True, comment="None: the command line"),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("lease_token", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True, comment="a code; never what a message said"),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["classifier_version.id"],
            name=op.f("fk_classifier_training_version_id_classifier_version"),
        ),
        sa.ForeignKeyConstraint(["requested_by"], ["staff.id"], name=op.f("fk_classifier_training_requested_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_classifier_training")),
        sa.UniqueConstraint("place", name=op.f("uq_classifier_training_place")),
    )


def downgrade() -> None:
    op.drop_table("classifier_training")
    op.drop_table("classifier_switch")
    op.drop_table("classifier_version")
