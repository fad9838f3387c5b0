"""The tallies of the pictures narrower: of the rules only those that close a case, of names whether one was given, and what all
bodies have together as a row of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_BODY = "coalesce({row}assigned_body, '')"
_EVERYBODY = "'*'"
_RULE = "{row}route_rule"
_CLOSED = (
    "CASE WHEN {row}route_rule IN ('e01_own_principal', 'e02_county_leader', 'e03_commission_member', "
    "'e04_cadre_office_staff', 'e04_discipline_staff') THEN {row}route_rule ELSE '' END"
)
_SENT_UPWARD = "CASE WHEN {row}status = 'sent_upward' THEN 'sent_upward' ELSE '' END"
_ALL_OF_A_SCOPE = "sent_upward, or empty for every other: all that a scope asks for"
_IS_OPEN = "{row}status IN ('received', 'accepted', 'assigned', 'in_handling', 'transferred', 'concluded', 'objected')"
_CLOCKS = (("acceptance_notice", "acceptance_days"), ("feedback", "feedback_days"))
_SAID = "coalesce({row}satisfaction, '')"


@dataclass(frozen=True)
class _Share:
    """What one case adds to a tally: a one in `measure`, under `key`, if it is such a case."""

    measure: str
    key: Mapping[str, str]
    only: str | None = None


@dataclass(frozen=True)
class _Tally:
    """A table with a row for each key that is counted. `comments` are those of its columns."""

    name: str
    shares: Sequence[_Share]
    comments: Mapping[str, str]
    has_rowid: bool = False

    @property
    def keys(self) -> list[str]:
        return list(self.shares[0].key)

    @property
    def measures(self) -> list[str]:
        return list(dict.fromkeys(share.measure for share in self.shares))


def _for_everybody_too(*shares: _Share) -> tuple[_Share, ...]:
    return (*shares, *(replace(share, key={**share.key, "assigned_body": _EVERYBODY}) for share in shares))


def _of_a_day(*keys: tuple[str, str]) -> tuple[_Share, ...]:
    concluded = "{row}concluded_at"
    return (
        _Share("received", {**dict(keys), "day": "local_day({row}received_at)"}),
        _Share("concluded", {**dict(keys), "day": f"local_day({concluded})"}, f"{concluded} IS NOT NULL"),
    )


def _of_a_clock(*keys: tuple[str, str]) -> tuple[_Share, ...]:
    return tuple(
        _Share("cases", {**dict(keys), "clock": f"'{clock}'", "days": f"{{row}}{days}"}, f"{{row}}{days} IS NOT NULL")
        for clock, days in _CLOCKS
    )


def _of_a_unit(*keys: tuple[str, str]) -> tuple[_Share, ...]:
    key = {**dict(keys), "unit": "coalesce({row}unit, '')", "label": "coalesce({row}label, '')"}
    return _Share("cases", key), _Share("in_hand", key, _IS_OPEN)


# The order of the keys is that in which they are read. `""` keeps a place for what is filled in.
_CLOSED_COMMENT = "a rule that closes a case to somebody, or empty for every other: all that a scope asks for"
_EVERYBODY_COMMENT = "* for what all of them have together, and nobody"
_SPAN_COMMENTS = {"days": "working days", "status": _ALL_OF_A_SCOPE}
_SCOPE = (("route_rule", _CLOSED), ("status", _SENT_UPWARD))
_NOW = {
    "picture_tallies": (
        _Tally(
            "day_tally",
            _for_everybody_too(*_of_a_day(("assigned_body", _BODY), ("day", ""), *_SCOPE)),
            {"assigned_body": _EVERYBODY_COMMENT, "route_rule": _CLOSED_COMMENT, "status": _ALL_OF_A_SCOPE},
        ),
        _Tally(
            "flow_tally",
            (
                _Share(
                    "cases",
                    {
                        "assigned_body": _BODY,
                        "source": "{row}source",
                        "track": "{row}track",
                        "status": "{row}status",
                        "satisfaction": _SAID,
                        "route_rule": _CLOSED,
                    },
                ),
            ),
            {"route_rule": _CLOSED_COMMENT},
        ),
        _Tally(
            "span_tally",
            _for_everybody_too(
                *_of_a_clock(
                    ("assigned_body", _BODY),
                    ("clock", ""),
                    ("days", ""),
                    ("is_named", "{row}identity_claim IN ('claimed', 'verified')"),
                    *_SCOPE,
                )
            ),
            {**_SPAN_COMMENTS, "assigned_body": _EVERYBODY_COMMENT, "route_rule": _CLOSED_COMMENT},
        ),
        _Tally(
            "unit_tally",
            _for_everybody_too(*_of_a_unit(("assigned_body", _BODY), ("unit", ""), ("label", ""), *_SCOPE)),
            {
                "assigned_body": _EVERYBODY_COMMENT,
                "route_rule": _CLOSED_COMMENT,
                "status": _ALL_OF_A_SCOPE,
                "in_hand": "of these, what is open",
            },
        ),
    ),
}
_SCOPE_BEFORE = (("route_rule", _RULE), ("assigned_body", _BODY), ("status", _SENT_UPWARD))
_BEFORE = {
    "picture_tallies": (
        _Tally(
            "day_tally", _of_a_day(("day", ""), *_SCOPE_BEFORE), {"status": _ALL_OF_A_SCOPE}, has_rowid=True
        ),
        _Tally(
            "flow_tally",
            (
                _Share(
                    "cases",
                    {
                        "source": "{row}source",
                        "track": "{row}track",
                        "route_rule": _RULE,
                        "assigned_body": _BODY,
                        "status": "{row}status",
                        "satisfaction": _SAID,
                    },
                ),
            ),
            {},
            has_rowid=True,
        ),
        _Tally(
            "span_tally",
            _of_a_clock(("clock", ""), ("days", ""), ("identity_claim", "{row}identity_claim"), *_SCOPE_BEFORE),
            _SPAN_COMMENTS,
            has_rowid=True,
        ),
    ),
    "unit_tally": (
        _Tally(
            "unit_tally",
            _of_a_unit(("unit", ""), ("label", ""), ("route_rule", _RULE), ("status", _SENT_UPWARD)),
            {"status": _ALL_OF_A_SCOPE, "in_hand": "of these, what is open"},
        ),
    ),
}  # fmt: skip
_TYPES = {"day": sa.Date(), "days": sa.Integer(), "is_named": sa.Boolean()}
_READ = {
    "picture_tallies": (
        "received_at", "concluded_at", "route_rule", "assigned_body", "status", "source", "track", "satisfaction",
        "identity_claim", "acceptance_days", "feedback_days", "unit", "label",
    ),
    "unit_tally": ("unit", "label", "route_rule", "status"),
}  # fmt: skip


def upgrade() -> None:
    _drop(_BEFORE)
    _make(_NOW)


def downgrade() -> None:
    _drop(_NOW)
    _make(_BEFORE)


def _drop(tallies: Mapping[str, Sequence[_Tally]]) -> None:
    for trigger, kept in tallies.items():
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f'DROP TRIGGER {trigger}_keep ON "case"')
            op.execute(f"DROP FUNCTION {trigger}_keep()")
        else:
            for verb in ("insert", "delete", "update"):
                op.execute(f"DROP TRIGGER {trigger}_on_{verb}")
        for tally in kept:
            op.drop_table(tally.name)


def _make(tallies: Mapping[str, Sequence[_Tally]]) -> None:
    for trigger, kept in tallies.items():
        for tally in kept:
            op.create_table(
                tally.name,
                *(
                    sa.Column(key, _TYPES.get(key, sa.Text()), nullable=False, comment=tally.comments.get(key))
                    for key in tally.keys
                ),
                *(
                    sa.Column(measure, sa.Integer(), nullable=False, comment=tally.comments.get(measure))
                    for measure in tally.measures
                ),
                sa.PrimaryKeyConstraint(*tally.keys, name=op.f(f"pk_{tally.name}")),
                sqlite_with_rowid=tally.has_rowid,
            )
            op.execute(_sum(tally, (("", 1),), table='"case"'))
        _keep(trigger, kept)


def _keep(trigger: str, tallies: Sequence[_Tally]) -> None:
    """The triggers that count what is written from now on."""

    def changes(*sides: tuple[str, int]) -> str:
        return " ".join(f"{_sum(tally, sides)};" for tally in tallies)

    verbs = {
        "INSERT": changes(("NEW.", 1)),
        "DELETE": changes(("OLD.", -1)),
        f"UPDATE OF {', '.join(_READ[trigger])}": changes(("OLD.", -1), ("NEW.", 1)),
    }
    if op.get_bind().dialect.name != "postgresql":
        for verb, change in verbs.items():
            op.execute(
                f'CREATE TRIGGER {trigger}_on_{verb.split()[0].lower()} AFTER {verb} ON "case" BEGIN {change} END'
            )
        return
    insert, delete, update = verbs.values()
    op.execute(
        f"CREATE FUNCTION {trigger}_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'INSERT' THEN {insert} ELSIF TG_OP = 'DELETE' THEN {delete} ELSE {update} END IF; "
        "RETURN NULL; END $$"
    )
    # At the commit, not before: all cases of a day touch the same rows, and nobody shall hold those while he works.
    op.execute(
        f'CREATE CONSTRAINT TRIGGER {trigger}_keep AFTER {" OR ".join(verbs)} ON "case" '
        f"DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {trigger}_keep()"
    )


def _sum(tally: _Tally, sides: Sequence[tuple[str, int]], table: str = "") -> str:
    """One statement that takes a row off what it was and adds it to what it is.

    The counts are touched in the order of their keys, so that two changes at once never wait for each other.
    """
    keys, measures = ", ".join(tally.keys), tally.measures
    rows = " UNION ALL ".join(
        "SELECT "  # noqa: S608  (names of ours)
        + ", ".join(f"{_local(value.format(row=row))} AS {key}" for key, value in share.key.items())
        + ", "
        + ", ".join(f"{by if measure == share.measure else 0} AS {measure}" for measure in measures)
        + (f" FROM {table}" if table else "")
        + (f" WHERE {share.only.format(row=row)}" if share.only else "")
        for row, by in sides
        for share in tally.shares
    )
    sums = ", ".join(f"sum({measure})" for measure in measures)
    changed = " OR ".join(f"sum({measure}) <> 0" for measure in measures)
    added = ", ".join(f"{measure} = {tally.name}.{measure} + excluded.{measure}" for measure in measures)
    return (
        f"INSERT INTO {tally.name} ({keys}, {', '.join(measures)}) SELECT {keys}, {sums} FROM ({rows}) AS moved "  # noqa: S608  (names of ours)
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
