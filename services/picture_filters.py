"""The filters that a number of the pictures leads to: the same words for the list as for the count."""

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

from domain.deadlines import NAMED
from domain.times import first_moment
from models import Case
from services.views import WorklistFilter


def picture_filters(wanted: WorklistFilter) -> list[ColumnElement[bool]]:
    """What a worklist asks for beyond what `CaseTally` counts."""
    where = [
        *_days(Case.received_at, wanted.since, wanted.until),
        *_days(Case.concluded_at, wanted.concluded_since, wanted.concluded_until),
    ]
    if wanted.source:
        where.append(Case.source == wanted.source)
    if wanted.satisfaction:
        where.append(Case.satisfaction == wanted.satisfaction)
    if wanted.named is not None:
        where.append(Case.identity_claim.in_(NAMED) if wanted.named else Case.identity_claim.not_in(NAMED))
    if wanted.answered_in:
        where.append(Case.acceptance_days.between(*wanted.answered_in))
    if wanted.told_in:
        where.append(Case.feedback_days.between(*wanted.told_in))
    return where


def _days(
    moment: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None],
    since: date | None,
    until: date | None,
) -> list[ColumnElement[bool]]:
    """Days of the county, both included."""
    where: list[ColumnElement[bool]] = []
    if since:
        where.append(moment >= first_moment(since))
    if until:
        where.append(moment < first_moment(until + timedelta(days=1)))
    return where
