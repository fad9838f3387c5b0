"""After an objection a case has clocks of the same kinds once more; the first ones stay as they were."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_RUNNING = ("ix_case_deadline_running", "case_deadline", ["due_on", "case_id"])


def upgrade() -> None:
    op.drop_index(*_RUNNING[:2])
    with op.batch_alter_table("case_deadline") as table:
        table.add_column(
            sa.Column(
                "round", sa.Integer(), nullable=False, server_default="1", comment="1, and one more each objection"
            )
        )
        table.drop_constraint("uq_case_deadline_case_id", type_="unique")
        table.create_unique_constraint("uq_case_deadline_case_id", ["case_id", "kind", "round"])
    _index_what_runs()


def downgrade() -> None:
    later = op.get_bind().scalar(sa.text("SELECT count(*) FROM case_deadline WHERE round > 1"))
    if later:
        msg = f"{later} clocks run or ran after an objection: below 0029 there is no place for them"
        raise RuntimeError(msg)
    op.drop_index(*_RUNNING[:2])
    with op.batch_alter_table("case_deadline") as table:
        table.drop_constraint("uq_case_deadline_case_id", type_="unique")
        table.create_unique_constraint("uq_case_deadline_case_id", ["case_id", "kind"])
        table.drop_column("round")
    _index_what_runs()


def _index_what_runs() -> None:
    where = sa.text("met_at IS NULL")
    op.create_index(*_RUNNING, sqlite_where=where, postgresql_where=where)
