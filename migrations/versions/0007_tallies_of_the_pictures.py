"""How many working days an answer took, and the counts of the pictures, which triggers keep."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import holidays
import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_OF_A_SCOPE = {
    "route_rule": "{row}route_rule",
    "assigned_body": "coalesce({row}assigned_body, '')",
    "status": "CASE WHEN {row}status = 'sent_upward' THEN 'sent_upward' ELSE '' END",
}
_CLAIM = {"identity_claim": "{row}identity_claim"}


@dataclass(frozen=True)
class _Share:
    """What one case adds to a tally: a one in `measure`, under `key`, where `needs` has a value."""

    measure: str
    key: dict[str, str]
    needs: str | None = None


_TALLIES: dict[str, Sequence[_Share]] = {
    "day_tally": (
        _Share("received", {"day": "local_day({row}received_at)", **_OF_A_SCOPE}),
        _Share("concluded", {"day": "local_day({row}concluded_at)", **_OF_A_SCOPE}, "{row}concluded_at"),
    ),
    "flow_tally": (
        _Share(
            "cases",
            {
                "source": "{row}source",
                "track": "{row}track",
                "route_rule": "{row}route_rule",
                "assigned_body": "coalesce({row}assigned_body, '')",
                "status": "{row}status",
                "satisfaction": "coalesce({row}satisfaction, '')",
            },
        ),
    ),
    "span_tally": tuple(
        _Share(
            "cases", {"clock": f"'{clock}'", "days": f"{{row}}{column}", **_CLAIM, **_OF_A_SCOPE}, f"{{row}}{column}"
        )
        for clock, column in (("acceptance_notice", "acceptance_days"), ("feedback", "feedback_days"))
    ),
}
_TYPES = {"day": sa.Date(), "days": sa.Integer()}
_READ = (
    "received_at", "concluded_at", "route_rule", "assigned_body", "status", "source", "track", "satisfaction",
    "identity_claim", "acceptance_days", "feedback_days",
)  # fmt: skip


def upgrade() -> None:
    op.add_column("case", sa.Column("acceptance_days", sa.Integer(), nullable=True, comment=_comment("answer")))
    op.add_column("case", sa.Column("feedback_days", sa.Integer(), nullable=True, comment=_comment("feedback")))
    _fill_in_days()
    for name, shares in _TALLIES.items():
        keys = list(shares[0].key)
        op.create_table(
            name,
            *(
                sa.Column(key, _TYPES.get(key, sa.Text()), nullable=False, comment=_column_comment(name, key))
                for key in keys
            ),
            *(sa.Column(measure, sa.Integer(), nullable=False) for measure in _measures(shares)),
            sa.PrimaryKeyConstraint(*keys, name=op.f(f"pk_{name}")),
        )
        op.execute(_sum(name, shares, (("", 1),), table='"case"'))
    changes = {
        "INSERT": _changes((("NEW.", 1),)),
        "DELETE": _changes((("OLD.", -1),)),
        f"UPDATE OF {', '.join(_READ)}": _changes((("OLD.", -1), ("NEW.", 1))),
    }
    if op.get_bind().dialect.name == "postgresql":
        insert, delete, update = changes.values()
        op.execute(
            "CREATE FUNCTION picture_tallies_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP = 'INSERT' THEN {insert} ELSIF TG_OP = 'DELETE' THEN {delete} ELSE {update} END IF; "
            "RETURN NULL; END $$"
        )
        # At the commit, not before: all cases of a day touch the same rows, and nobody shall hold those while he works.
        op.execute(
            f'CREATE CONSTRAINT TRIGGER picture_tallies_keep AFTER {" OR ".join(changes)} ON "case" '
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION picture_tallies_keep()"
        )
    else:
        for verb, change in changes.items():
            name = f"picture_tallies_on_{verb.split()[0].lower()}"
            op.execute(f'CREATE TRIGGER {name} AFTER {verb} ON "case" BEGIN {change} END')
    op.create_index("ix_case_concluded", "case", ["concluded_at"])


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute('DROP TRIGGER picture_tallies_keep ON "case"')
        op.execute("DROP FUNCTION picture_tallies_keep()")
    else:
        for verb in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER picture_tallies_on_{verb}")
    for name in _TALLIES:
        op.drop_table(name)
    op.drop_index("ix_case_concluded", "case")
    op.drop_column("case", "feedback_days")
    op.drop_column("case", "acceptance_days")


def _comment(what: str) -> str:
    return f"working days until the {what}; written when it was given"


def _column_comment(table: str, key: str) -> str | None:
    if key == "days":
        return "working days"
    if key == "status" and table != "flow_tally":
        return "sent_upward, or empty for every other: all that a scope asks for"
    return None


def _measures(shares: Sequence[_Share]) -> list[str]:
    return list(dict.fromkeys(share.measure for share in shares))


def _changes(sides: Sequence[tuple[str, int]]) -> str:
    return " ".join(f"{_sum(name, shares, sides)};" for name, shares in _TALLIES.items())


def _sum(name: str, shares: Sequence[_Share], sides: Sequence[tuple[str, int]], table: str = "") -> str:
    """One statement that takes a row off what it was and adds it to what it is.

    The counts are touched in the order of their keys, so that two changes at once never wait for each other.
    """
    keys, measures = ", ".join(shares[0].key), _measures(shares)
    rows = " UNION ALL ".join(
        "SELECT "  # noqa: S608  (names of ours)
        + ", ".join(f"{_local(value.format(row=row))} AS {key}" for key, value in share.key.items())
        + ", "
        + ", ".join(f"{by if measure == share.measure else 0} AS {measure}" for measure in measures)
        + (f" FROM {table}" if table else "")
        + (f" WHERE {share.needs.format(row=row)} IS NOT NULL" if share.needs else "")
        for row, by in sides
        for share in shares
    )
    sums = ", ".join(f"sum({measure})" for measure in measures)
    changed = " OR ".join(f"sum({measure}) <> 0" for measure in measures)
    added = ", ".join(f"{measure} = {name}.{measure} + excluded.{measure}" for measure in measures)
    return (
        f"INSERT INTO {name} ({keys}, {', '.join(measures)}) SELECT {keys}, {sums} FROM ({rows}) AS moved "  # noqa: S608  (names of ours)
        f"GROUP BY {keys} HAVING {changed} ORDER BY {keys} ON CONFLICT ({keys}) DO UPDATE SET {added}"
    )


def _local(expression: str) -> str:
    """`local_day(x)` as this engine says it: the county has been eight hours east since 1991."""
    if not expression.startswith("local_day("):
        return expression
    moment = expression.removeprefix("local_day(").removesuffix(")")
    if op.get_bind().dialect.name == "postgresql":
        return f"({moment} AT TIME ZONE 'Asia/Shanghai')::date"
    return f"date({moment}, '+8 hours')"


def _fill_in_days() -> None:
    """Counts the working days of what was answered before; from now on the service does when it answers."""
    rest = holidays.country_holidays("CN")
    cases = sa.table(
        "case",
        *(sa.column(name, sa.DateTime(timezone=True)) for name in ("received_at", "accepted_at", "concluded_at")),
        *(sa.column(name, sa.Integer()) for name in ("id", "acceptance_days", "feedback_days")),
    )
    feedback = sa.table("feedback", sa.column("case_id"), sa.column("given_at", sa.DateTime(timezone=True)))
    first = sa.select(sa.func.min(feedback.c.given_at)).where(feedback.c.case_id == cases.c.id).scalar_subquery()
    bind = op.get_bind()
    rows = bind.execute(
        sa.select(cases.c.id, cases.c.received_at, cases.c.accepted_at, cases.c.concluded_at, first).where(
            cases.c.accepted_at.is_not(None)
        )
    ).all()
    for case_id, received_at, accepted_at, concluded_at, told_at in rows:
        bind.execute(
            sa.update(cases)
            .where(cases.c.id == case_id)
            .values(
                acceptance_days=_between(received_at, accepted_at, rest),
                feedback_days=_between(concluded_at, told_at, rest) if concluded_at and told_at else None,
            )
        )


def _between(start: datetime, end: datetime | str, rest: holidays.HolidayBase) -> int:
    end = datetime.fromisoformat(end) if isinstance(end, str) else end
    day, last = _local_day(start), _local_day(end)
    count = 0
    while day < last:
        day += timedelta(days=1)
        count += rest.is_working_day(day)
    return count


def _local_day(moment: datetime) -> date:
    """SQLite gives moments without a zone, in UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware.astimezone(UTC) + timedelta(hours=8)).date()
