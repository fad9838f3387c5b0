"""Among a million cases the few that are asked for are found: indexes of what runs or is leased, the end of a number, and a
tally of what is complained of that knows no bodies."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_CLOCKS, _RUNNING = ("ix_case_deadline_due", "case_deadline"), ("ix_case_deadline_running", "case_deadline")
_INDEXES = (
    (*_RUNNING, ["due_on", "case_id"], "met_at IS NULL"),
    ("ix_outbox_message_leased", "outbox_message", ["lease_token"], "lease_token IS NOT NULL"),
    ("ix_conversation_telling", "conversation", ["reporter_id"], "state IS NOT NULL"),
    ("ix_case_number_end", "case", ["number_end"], None),
    ("ix_case_of_unit_and_kind", "case", ["unit", "label"], None),
    ("ix_case_of_source", "case", ["source", "received_at"], None),
    ("ix_case_of_track", "case", ["track", "received_at"], None),
    ("ix_case_satisfaction", "case", ["satisfaction", "received_at"], "satisfaction IS NOT NULL"),
    ("ix_case_acceptance_days", "case", ["acceptance_days"], "acceptance_days IS NOT NULL"),
    ("ix_case_feedback_days", "case", ["feedback_days"], "feedback_days IS NOT NULL"),
    ("ix_case_tally_body", "case_tally", ["assigned_body"], None),
)
_OPEN = "('received', 'accepted', 'assigned', 'in_handling', 'transferred', 'concluded', 'objected')"
_KEY = {
    "unit": "coalesce({row}unit, '')",
    "label": "coalesce({row}label, '')",
    "route_rule": "{row}route_rule",
    "status": "CASE WHEN {row}status = 'sent_upward' THEN 'sent_upward' ELSE '' END",
}
_READ = "unit, label, route_rule, status"


def upgrade() -> None:
    # SQLite can only add what it computes as it reads, PostgreSQL 17 only what it keeps; the index keeps it on both.
    is_kept = op.get_bind().dialect.name == "postgresql"
    op.add_column("case", sa.Column("number_end", sa.Text(), sa.Computed("substr(case_number, 15)", persisted=is_kept)))
    for name, table, columns, where in _INDEXES:
        only = sa.text(where) if where else None
        op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)
    op.drop_index(*_CLOCKS)
    op.create_table(
        "unit_tally",
        *(sa.Column(key, sa.Text(), nullable=False, comment=_comment(key)) for key in _KEY),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("in_hand", sa.Integer(), nullable=False, comment="of these, what is open"),
        sa.PrimaryKeyConstraint(*_KEY, name=op.f("pk_unit_tally")),
        sqlite_with_rowid=False,  # read from end to end in the order of its key
    )
    op.execute(_sum((("", 1),), table=' FROM "case"'))
    changes = {
        "INSERT": _sum((("NEW.", 1),)),
        "DELETE": _sum((("OLD.", -1),)),
        f"UPDATE OF {_READ}": _sum((("OLD.", -1), ("NEW.", 1))),
    }
    if op.get_bind().dialect.name == "postgresql":
        insert, delete, update = changes.values()
        op.execute(
            "CREATE FUNCTION unit_tally_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP = 'INSERT' THEN {insert}; ELSIF TG_OP = 'DELETE' THEN {delete}; ELSE {update}; END IF; "
            "RETURN NULL; END $$"
        )
        # At the commit, as the tallies of the pictures: nobody shall hold these rows while he works.
        op.execute(
            f'CREATE CONSTRAINT TRIGGER unit_tally_keep AFTER {" OR ".join(changes)} ON "case" '
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION unit_tally_keep()"
        )
    else:
        for verb, change in changes.items():
            name = f"unit_tally_on_{verb.split()[0].lower()}"
            op.execute(f'CREATE TRIGGER {name} AFTER {verb} ON "case" BEGIN {change}; END')


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute('DROP TRIGGER unit_tally_keep ON "case"')
        op.execute("DROP FUNCTION unit_tally_keep()")
    else:
        for verb in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER unit_tally_on_{verb}")
    op.drop_table("unit_tally")
    op.create_index(*_CLOCKS, ["met_at", "due_on"])
    for name, table, *_ in _INDEXES:
        op.drop_index(name, table)
    op.drop_column("case", "number_end")


def _comment(key: str) -> str | None:
    return "sent_upward, or empty for every other: all that a scope asks for" if key == "status" else None


def _sum(sides: tuple[tuple[str, int], ...], table: str = "") -> str:
    """One statement that takes a row off what it was and adds it to what it is.

    The counts are touched in the order of their keys, so that two changes at once never wait for each other.
    """
    keys = ", ".join(_KEY)
    rows = " UNION ALL ".join(
        "SELECT "
        + ", ".join(f"{value.format(row=row)} AS {key}" for key, value in _KEY.items())
        + f", {by} AS cases, CASE WHEN {row}status IN {_OPEN} THEN {by} ELSE 0 END AS in_hand{table}"
        for row, by in sides
    )
    return (
        f"INSERT INTO unit_tally ({keys}, cases, in_hand) SELECT {keys}, sum(cases), sum(in_hand) FROM ({rows}) AS moved "  # noqa: S608  (names of ours)
        f"GROUP BY {keys} HAVING sum(cases) <> 0 OR sum(in_hand) <> 0 ORDER BY {keys} ON CONFLICT ({keys}) DO UPDATE "
        "SET cases = unit_tally.cases + excluded.cases, in_hand = unit_tally.in_hand + excluded.in_hand"
    )
