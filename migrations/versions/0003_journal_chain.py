"""The journal becomes a chain; lines may concern the installation; of a line only its sealed reason may be written again."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_FIXED = "id, case_id, kind, happened_at, actor, staff_id, old_status, new_status, old_value, new_value"
_CHAINED = {"case_event": _FIXED, "journal_link": "position, event_id, digest", "journal_anchor": None}


def upgrade() -> None:
    _drop_old_triggers()
    with op.batch_alter_table("case_event") as batch_op:
        batch_op.alter_column("case_id", existing_type=sa.Integer(), nullable=True)
    op.create_table(
        "journal_link",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False, comment="1, 2, 3 … without a gap"),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False, comment="SHA-256, hexadecimal"),
        sa.Column(
            "salt",
            sa.LargeBinary(),
            nullable=True,
            comment="of the reason's commitment, so that a dump cannot guess reasons",
        ),
        sa.ForeignKeyConstraint(["event_id"], ["case_event.id"], name=op.f("fk_journal_link_event_id_case_event")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_journal_link")),
        sa.UniqueConstraint("event_id", name=op.f("uq_journal_link_event_id")),
    )
    head = op.create_table(
        "journal_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False, comment="keyed digest of position and digest"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_head")),
    )
    op.bulk_insert(head, [{"id": 1, "position": 0, "digest": "0" * 64, "seal": ""}])
    op.create_table(
        "journal_anchor",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False, comment="Ed25519, hexadecimal"),
        sa.Column("signature", sa.Text(), nullable=False, comment="Ed25519, hexadecimal"),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_journal_anchor")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table, columns in _CHAINED.items():
            op.execute(
                f"CREATE TRIGGER {table}_no_update BEFORE UPDATE {f'OF {columns} ' if columns else ''}ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION case_event_refuse()"
            )
            op.execute(
                f"CREATE TRIGGER {table}_no_delete BEFORE DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION case_event_refuse()"
            )
        return
    for table, columns in _CHAINED.items():
        for verb in (f"UPDATE OF {columns}" if columns else "UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.split()[0].lower()} BEFORE {verb} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
            )


def downgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for table in _CHAINED:
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{verb}" + (f" ON {table}" if is_postgresql else ""))
    op.drop_table("journal_anchor")
    op.drop_table("journal_head")
    op.drop_table("journal_link")
    with op.batch_alter_table("case_event") as batch_op:
        batch_op.alter_column("case_id", existing_type=sa.Integer(), nullable=False)
    if is_postgresql:
        op.execute(
            "CREATE TRIGGER case_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON case_event "
            "FOR EACH STATEMENT EXECUTE FUNCTION case_event_refuse()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER case_event_no_{verb.lower()} BEFORE {verb} ON case_event "
            "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
        )


def _drop_old_triggers() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER case_event_append_only ON case_event")
        return
    for verb in ("update", "delete"):
        op.execute(f"DROP TRIGGER case_event_no_{verb}")
