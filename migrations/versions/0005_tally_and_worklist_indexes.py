"""Counts that triggers keep, and an index for each way the worklist is read."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_KEY = ("route_rule", "status", "assigned_body", "track", "label", "unit")
_COLUMNS = ", ".join(_KEY)
_INDEXES = {
    "ix_case_received": ["received_at", "id"],
    "ix_case_of_body": ["assigned_body", "received_at"],
    "ix_case_of_kind": ["label", "received_at"],
    "ix_case_of_unit": ["unit", "received_at"],
    "ix_case_in_danger": ["in_danger", "status"],
}


def upgrade() -> None:
    op.create_table(
        "case_tally",
        *(sa.Column(name, sa.Text(), nullable=False) for name in _KEY),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(*_KEY, name=op.f("pk_case_tally")),
    )
    values = _values_of("")
    op.execute(f'INSERT INTO case_tally ({_COLUMNS}, cases) SELECT {values}, count(*) FROM "case" GROUP BY {values}')  # noqa: S608  (names of ours)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION case_tally_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP = 'INSERT' THEN {_change(new=1)}; "
            f"ELSIF TG_OP = 'DELETE' THEN {_change(old=-1)}; "
            f"ELSE {_change(old=-1, new=1)}; END IF; "
            "RETURN NULL; END $$"
        )
        op.execute(
            f'CREATE TRIGGER case_tally_keep AFTER INSERT OR DELETE OR UPDATE OF {_COLUMNS} ON "case" '
            "FOR EACH ROW EXECUTE FUNCTION case_tally_keep()"
        )
    else:
        for verb, change in (
            ("INSERT", _change(new=1)),
            ("DELETE", _change(old=-1)),
            (f"UPDATE OF {_COLUMNS}", _change(old=-1, new=1)),
        ):
            op.execute(
                f'CREATE TRIGGER case_tally_on_{verb.split()[0].lower()} AFTER {verb} ON "case" BEGIN {change}; END'
            )
    op.drop_index(op.f("ix_case_assigned_body"), "case")
    for name, columns in _INDEXES.items():
        op.create_index(name, "case", columns)


def downgrade() -> None:
    for name in _INDEXES:
        op.drop_index(name, "case")
    op.create_index(op.f("ix_case_assigned_body"), "case", ["assigned_body"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute('DROP TRIGGER case_tally_keep ON "case"')
        op.execute("DROP FUNCTION case_tally_keep()")
    else:
        for verb in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER case_tally_on_{verb}")
    op.drop_table("case_tally")


def _change(**sides: int) -> str:
    """One statement that takes a row off what it was and adds it to what it is.

    The counts are touched in the order of their keys, so that two changes at once never wait for each other.
    """
    rows = " UNION ALL ".join(
        f"SELECT {_values_of(side.upper() + '.', named=True)}, {by} AS by" for side, by in sides.items()
    )
    return (
        f"INSERT INTO case_tally ({_COLUMNS}, cases) SELECT {_COLUMNS}, sum(by) FROM ({rows}) AS moved "  # noqa: S608  (names of ours)
        f"GROUP BY {_COLUMNS} HAVING sum(by) <> 0 ORDER BY {_COLUMNS} "
        f"ON CONFLICT ({_COLUMNS}) DO UPDATE SET cases = case_tally.cases + excluded.cases"
    )


def _values_of(prefix: str, *, named: bool = False) -> str:
    return ", ".join(f"coalesce({prefix}{name}, '')" + (f" AS {name}" if named else "") for name in _KEY)
