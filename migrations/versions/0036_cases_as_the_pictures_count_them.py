"""What the pictures count of a case, a sign for each value, so that those of any days are read in one go; and cases by the day
on which they were accepted, with what a scope asks for."""

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

# In the order of the signs. Of words the sign is the number in `counted_value`, of days it is their number.
_WORDS = ("label", "unit", "source", "track", "assigned_body", "status", "satisfaction", "identity_claim")
_DAYS = ("acceptance_days", "feedback_days")
# Below it are signs that mean something to whoever reads a text; on it is no value at all.
_FIRST_SIGN = 32
_READ = ("received_at", "route_rule", *_WORDS, *_DAYS)
_COLUMNS: Mapping[str, str] = {
    "day": "local_day({row}received_at)",
    "case_id": "{row}id",
    "route_rule": (
        "CASE WHEN {row}route_rule IN ('e01_own_principal', 'e02_county_leader', 'e03_commission_member', "
        "'e04_cadre_office_staff', 'e04_discipline_staff') THEN {row}route_rule ELSE '' END"
    ),
    "status": "CASE WHEN {row}status = 'sent_upward' THEN 'sent_upward' ELSE '' END",
    "assigned_body": "coalesce({row}assigned_body, '')",
    "signs": "signs({row})",
}


def upgrade() -> None:
    op.create_table(
        "counted_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counted_value")),
        sa.UniqueConstraint("value", name=op.f("uq_counted_value_value")),
    )
    op.create_table(
        "counted_case",
        sa.Column("day", sa.Date(), nullable=False, comment="of the county, on which it was received"),
        sa.Column("case_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column(
            "route_rule",
            sa.Text(),
            nullable=False,
            comment="a rule that closes a case to somebody, or empty for every other: all that a scope asks for",
        ),
        sa.Column(
            "status",
            sa.Text(),
            nullable=False,
            comment="sent_upward, or empty for every other: all that a scope asks for",
        ),
        sa.Column("assigned_body", sa.Text(), nullable=False),
        sa.Column("signs", sa.Text(), nullable=False, comment="one for each of `COUNTED`"),
        sa.PrimaryKeyConstraint("day", "case_id", name=op.f("pk_counted_case")),
        sqlite_with_rowid=False,
    )
    _count_what_is_there()
    (_keep_on_postgresql if _is_postgresql() else _keep_on_sqlite)()
    op.drop_index("ix_case_accepted", "case")
    is_accepted = sa.text("accepted_at IS NOT NULL")
    op.create_index(
        "ix_case_accepted",
        "case",
        ["accepted_at", "route_rule", "status", "assigned_body"],
        sqlite_where=is_accepted,
        postgresql_where=is_accepted,
    )


def downgrade() -> None:
    op.drop_index("ix_case_accepted", "case")
    op.create_index("ix_case_accepted", "case", ["accepted_at"])
    if _is_postgresql():
        op.execute('DROP TRIGGER counted_case_keep ON "case"')
        op.execute("DROP FUNCTION counted_case_keep()")
    else:
        for verb in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER counted_case_on_{verb}")
    op.drop_table("counted_case")
    op.drop_table("counted_value")


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


# Put into statements below (S608): names of ours and nothing else.
# ── what is kept ─────────────────────────────────────────────────────────────────────────────────
def _count_what_is_there() -> None:
    words = " UNION ".join(f'SELECT {_word(name, "")} AS value FROM "case"' for name in _WORDS)  # noqa: S608  (names of ours)
    op.execute(f"INSERT INTO counted_value (value) SELECT value FROM ({words}) AS told ORDER BY value")  # noqa: S608
    op.execute(f'{_into("")} FROM "case" ORDER BY received_at, id')


def _keep_on_sqlite() -> None:
    changes = {
        "INSERT": f"{_learn()}; {_into('NEW.')}",
        "DELETE": _out(),
        f"UPDATE OF {', '.join(_READ)}": f"{_learn()}; {_over()}",
    }
    for verb, change in changes.items():
        op.execute(
            f'CREATE TRIGGER counted_case_on_{verb.split()[0].lower()} AFTER {verb} ON "case" BEGIN {change}; END'
        )


def _keep_on_postgresql() -> None:
    """At once, not at the commit as the tallies: each case has a row of its own, for which nobody else waits."""
    op.execute(
        "CREATE FUNCTION counted_case_keep() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE told text; BEGIN "
        f"IF TG_OP = 'DELETE' THEN {_out()}; RETURN NULL; END IF; "
        f"told := {_signs('NEW.')}; "
        f"IF told IS NULL THEN {_learn()} ON CONFLICT (value) DO NOTHING; told := {_signs('NEW.')}; END IF; "
        f"IF TG_OP = 'INSERT' THEN {_into('NEW.', signs='told')}; ELSE {_over(signs='told')}; END IF; "
        "RETURN NULL; END $$"
    )
    op.execute(
        f'CREATE TRIGGER counted_case_keep AFTER INSERT OR DELETE OR UPDATE OF {", ".join(_READ)} ON "case" '
        "FOR EACH ROW EXECUTE FUNCTION counted_case_keep()"
    )


def _learn() -> str:
    """A number for each word of the case that has none yet."""
    told = " UNION ".join(f"SELECT {_word(name, 'NEW.')} AS value" for name in _WORDS)
    return (
        f"INSERT INTO counted_value (value) SELECT told.value FROM ({told}) AS told "  # noqa: S608  (names of ours)
        "WHERE NOT EXISTS (SELECT 1 FROM counted_value AS known WHERE known.value = told.value)"
    )


def _into(row: str, signs: str = "") -> str:
    values = ", ".join(_as_said(value, row, signs) for value in _COLUMNS.values())
    return f"INSERT INTO counted_case ({', '.join(_COLUMNS)}) SELECT {values}"


def _over(signs: str = "") -> str:
    changes = ", ".join(f"{name} = {_as_said(value, 'NEW.', signs)}" for name, value in _COLUMNS.items())
    return f"UPDATE counted_case SET {changes} WHERE {_is_old()}"  # noqa: S608  (names of ours)


def _out() -> str:
    return f"DELETE FROM counted_case WHERE {_is_old()}"  # noqa: S608  (names of ours)


def _is_old() -> str:
    return f"day = {_as_said(_COLUMNS['day'], 'OLD.')} AND case_id = OLD.id"


# ── how each engine says it ──────────────────────────────────────────────────────────────────────
def _as_said(expression: str, row: str, signs: str = "") -> str:
    if expression.startswith("signs("):
        return signs or _signs(row)
    if not expression.startswith("local_day("):
        return expression.format(row=row)
    moment = expression.removeprefix("local_day(").removesuffix(")").format(row=row)
    # The county has been eight hours east since 1991.
    return f"({moment} AT TIME ZONE 'Asia/Shanghai')::date" if _is_postgresql() else f"date({moment}, '+8 hours')"


def _signs(row: str) -> str:
    points = [
        *(f"{_FIRST_SIGN} + (SELECT id FROM counted_value WHERE value = {_word(name, row)})" for name in _WORDS),  # noqa: S608
        *(f"{_FIRST_SIGN} + coalesce({row}{name} + 1, 0)" for name in _DAYS),
    ]
    if _is_postgresql():
        return " || ".join(f"chr({point})" for point in points)
    return f"char({', '.join(points)})"


def _word(name: str, row: str) -> str:
    return f"coalesce({row}{name}, '')"
