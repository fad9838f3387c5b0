"""Cases, conversations, staff and outbox: the first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reporter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("openid", sa.LargeBinary(), nullable=True),
        sa.Column("openid_digest", sa.Text(), nullable=True, comment="keyed digest, for look-ups only"),
        sa.Column("is_following", sa.Boolean(), nullable=False),
        sa.Column("scene_code", sa.Text(), nullable=True, comment="card or box scanned last; says where, not who"),
        sa.Column(
            "last_spoke_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="opens the 48-hour window of the platform",
        ),
        sa.Column(
            "messages_left", sa.Integer(), nullable=False, comment="customer-service messages left in the window"
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("separated_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reporter")),
        sa.UniqueConstraint("openid_digest", name=op.f("uq_reporter_openid_digest")),
    )
    op.create_table(
        "scheduled_job",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_ran_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_scheduled_job")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column(
            "body", sa.Text(), nullable=True, comment="group, office or township of groups.yaml this account acts for"
        ),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("failed_count", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("username", name=op.f("uq_staff_username")),
    )
    op.create_table(
        "case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("query_code_hash", sa.Text(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("scene_code", sa.Text(), nullable=True),
        sa.Column("track", sa.Text(), nullable=False),
        sa.Column("report_kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("identity_claim", sa.Text(), nullable=False),
        sa.Column("in_danger", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="two people never overwrite each other"),
        sa.Column("suggested_label", sa.Text(), nullable=True),
        sa.Column("suggested_confidence", sa.Double(), nullable=True),
        sa.Column("suggestion", sa.LargeBinary(), nullable=True, comment="scores and the words that speak for them"),
        sa.Column("model_version", sa.Text(), nullable=True),
        sa.Column("citizen_label", sa.Text(), nullable=True, comment="what the citizen picked in the conversation"),
        sa.Column("label", sa.Text(), nullable=True, comment="what staff decided; the suggestion until then"),
        sa.Column(
            "labelled_at", sa.DateTime(timezone=True), nullable=True, comment="None until a member of staff decided"
        ),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("slots", sa.LargeBinary(), nullable=True),
        sa.Column("route_rule", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False, comment="who should take it by rule; a person assigns"),
        sa.Column("via", sa.Text(), nullable=True),
        sa.Column(
            "overlays", sa.Text(), nullable=False, comment="ids of the x rules of groups.yaml, separated by spaces"
        ),
        sa.Column("assigned_body", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_to", sa.Text(), nullable=True, comment="where the citizen was told to go"),
        sa.Column("disposition", sa.Text(), nullable=True),
        sa.Column("supervised_until", sa.Date(), nullable=True),
        sa.Column("urging_count", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.LargeBinary(), nullable=True),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "contact_requested_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="the citizen asked to speak to a person",
        ),
        sa.Column("satisfaction", sa.Text(), nullable=True),
        sa.Column("satisfaction_comment", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["reporter_id"], ["reporter.id"], name=op.f("fk_case_reporter_id_reporter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("case_number", name=op.f("uq_case_case_number")),
    )
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_assigned_body"), ["assigned_body"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_reporter_id"), ["reporter_id"], unique=False)
        batch_op.create_index("ix_case_worklist", ["status", "received_at"], unique=False)

    op.create_table(
        "conversation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "turn_token", sa.Text(), nullable=True, comment="who takes the turn; nobody else may write until it expires"
        ),
        sa.Column("turn_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["reporter_id"], ["reporter.id"], name=op.f("fk_conversation_reporter_id_reporter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        sa.UniqueConstraint("reporter_id", name=op.f("uq_conversation_reporter_id")),
    )
    op.create_table(
        "inbound_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=True),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("msg_id", sa.Text(), nullable=True),
        sa.Column("msg_type", sa.Text(), nullable=False, comment="text, image …, or event.<name>"),
        sa.Column("create_time", sa.Integer(), nullable=False, comment="seconds, as the platform wrote it"),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reply", sa.LargeBinary(), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["reporter_id"], ["reporter.id"], name=op.f("fk_inbound_message_reporter_id_reporter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_message")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_inbound_message_dedupe_key")),
    )
    with op.batch_alter_table("inbound_message", schema=None) as batch_op:
        batch_op.create_index("ix_inbound_message_turn", ["reporter_id", "status", "id"], unique=False)

    op.create_table(
        "staff_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_digest", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_session_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_staff_session_token_digest")),
    )
    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_session_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("media_id", sa.LargeBinary(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("lease_token", sa.Text(), nullable=True),
        sa.Column("original_name", sa.Text(), nullable=True, comment="file of the sealed original under INSTANCE"),
        sa.Column("clean_name", sa.Text(), nullable=True, comment="file of the sealed copy without metadata"),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("size_bytes", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True, comment="of the original bytes"),
        sa.Column("refusal", sa.Text(), nullable=True, comment="code of the reason why it was refused"),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_attachment_case_id_case")),
        sa.ForeignKeyConstraint(["reporter_id"], ["reporter.id"], name=op.f("fk_attachment_reporter_id_reporter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachment_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_attachment_fetch", ["status", "next_try_at"], unique=False)

    op.create_table(
        "case_deadline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("counted_from", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False, comment="reaches a year without published make-up days"),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("urged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_deadline_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_deadline")),
        sa.UniqueConstraint("case_id", "kind", name=op.f("uq_case_deadline_case_id")),
    )
    with op.batch_alter_table("case_deadline", schema=None) as batch_op:
        batch_op.create_index("ix_case_deadline_due", ["met_at", "due_on"], unique=False)

    op.create_table(
        "case_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("old_status", sa.Text(), nullable=True),
        sa.Column("new_status", sa.Text(), nullable=True),
        sa.Column("old_value", sa.Text(), nullable=True, comment="a key or a day, never content"),
        sa.Column("new_value", sa.Text(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_event_case_id_case")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_case_event_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_event")),
    )
    with op.batch_alter_table("case_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_event_case_id"), ["case_id"], unique=False)

    op.create_table(
        "conflict_of_interest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_conflict_of_interest_case_id_case")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_conflict_of_interest_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict_of_interest")),
        sa.UniqueConstraint("case_id", "staff_id", name=op.f("uq_conflict_of_interest_case_id")),
    )
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_feedback_case_id_case")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_feedback_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
    )
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_case_id"), ["case_id"], unique=False)

    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False, comment="name of the text under words/letters"),
        sa.Column("values", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True, comment="the way it left by"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("lease_token", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("platform_msg_id", sa.Text(), nullable=True, comment="matches the delivery report that follows"),
        sa.Column("delivery", sa.Text(), nullable=True, comment="what the platform reported: success, or why not"),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_outbox_message_case_id_case")),
        sa.ForeignKeyConstraint(["reporter_id"], ["reporter.id"], name=op.f("fk_outbox_message_reporter_id_reporter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
    )
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_message_claim", ["status", "not_before"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_message_platform_msg_id"), ["platform_msg_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_message_reporter_id"), ["reporter_id"], unique=False)

    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_report_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_case_id"), ["case_id"], unique=False)

    op.create_table(
        "reporter_identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("contact", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_reporter_identity_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reporter_identity")),
        sa.UniqueConstraint("case_id", name=op.f("uq_reporter_identity_case_id")),
    )


def downgrade() -> None:
    op.drop_table("reporter_identity")
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_case_id"))

    op.drop_table("report")
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_message_reporter_id"))
        batch_op.drop_index(batch_op.f("ix_outbox_message_platform_msg_id"))
        batch_op.drop_index("ix_outbox_message_claim")

    op.drop_table("outbox_message")
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feedback_case_id"))

    op.drop_table("feedback")
    op.drop_table("conflict_of_interest")
    with op.batch_alter_table("case_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_event_case_id"))

    op.drop_table("case_event")
    with op.batch_alter_table("case_deadline", schema=None) as batch_op:
        batch_op.drop_index("ix_case_deadline_due")

    op.drop_table("case_deadline")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index("ix_attachment_fetch")
        batch_op.drop_index(batch_op.f("ix_attachment_case_id"))

    op.drop_table("attachment")
    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_session_staff_id"))

    op.drop_table("staff_session")
    with op.batch_alter_table("inbound_message", schema=None) as batch_op:
        batch_op.drop_index("ix_inbound_message_turn")

    op.drop_table("inbound_message")
    op.drop_table("conversation")
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_index("ix_case_worklist")
        batch_op.drop_index(batch_op.f("ix_case_reporter_id"))
        batch_op.drop_index(batch_op.f("ix_case_assigned_body"))

    op.drop_table("case")
    op.drop_table("staff")
    op.drop_table("scheduled_job")
    op.drop_table("reporter")
