"""When a claim on a row is over: whoever claimed it finished with it, or died, or the clocks are at odds."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, SQLColumnExpression, or_

# Whoever reads the clock and then waits for the right to write finds claims that began later than "now", and the clocks
# of two hosts differ. That is no clock set back.
CLOCKS_DIFFER = timedelta(minutes=1)


def is_over(until: SQLColumnExpression[datetime | None], now: object, never_later: object) -> ColumnElement[bool]:
    """That the claim which lasts `until` (null: there is none) binds nobody any more.

    `never_later` is the latest end that a claim made now can have, `CLOCKS_DIFFER` included: one that ends later was made
    before the clock was set back, and would hold for as long as it was set back.
    """
    return or_(until.is_(None), until < now, until > never_later)


def latest_end(now: datetime, lease: timedelta) -> datetime:
    """The latest end that a claim for `lease` can have, whoever made it by whichever clock."""
    return now + lease + CLOCKS_DIFFER
