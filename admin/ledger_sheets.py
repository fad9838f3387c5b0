"""The ledger as an Excel file: which columns, in which words. Reads rows of `services/ledgers.py`, decides nothing."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import IO

from admin.presenters import Presenter
from admin.sheets import Column, Value, write_sheet
from services.ledgers import LedgerRow

# Name of the heading in `words/labels.yaml`, width in characters, type.
_COLUMNS: tuple[tuple[str, float, type], ...] = (
    ("case_number", 21, str), ("received_on", 12, date), ("source", 8, str), ("track", 10, str),
    ("report_kind", 10, str), ("status", 10, str), ("aspect", 18, str), ("kind", 24, str), ("is_confirmed", 8, str),
    ("unit", 22, str), ("owner", 24, str), ("assigned_body", 24, str), ("proposed_body", 24, str),
    ("identity_claim", 16, str),
    ("in_danger", 8, str), ("due_kind", 18, str), ("due_on", 12, date), ("days_left", 9, int),
    ("urging_count", 9, int), ("supervised_until", 12, date), ("accepted_on", 12, date), ("concluded_on", 12, date),
    ("disposition", 12, str), ("satisfaction", 10, str),
)  # fmt: skip


def write_ledger(
    show: Presenter, rows: Iterable[LedgerRow], *, exported_at: datetime, exported_by: str, asked: str, count: int
) -> IO[bytes]:
    """The file, at its beginning."""
    words = show.words.labels["Sheet"]
    headings = show.words.labels["LedgerColumn"]
    return write_sheet(
        [Column(headings[name], width, kind) for name, width, kind in _COLUMNS],
        (_line(show, row, exported_at, words) for row in rows),
        title=words["ledger"],
        footer=words["page"],
        stamp=f"{words['secrecy']}  {exported_by}  {show.moment(exported_at)}",
        about=(
            words["about"],
            {
                words["exported_at"]: show.moment(exported_at),
                words["exported_by"]: exported_by,
                words["rows"]: count,
                words["filter"]: asked or words["everything"],
                words["scope"]: words["scope_words"],
                words["secrecy"]: "",
            },
        ),
    )


def _line(show: Presenter, row: LedgerRow, now: datetime, words: Mapping[str, str]) -> list[Value]:
    label = show.words.label
    aspect = show.taxonomy.aspects.get(show.taxonomy.aspect_of(row.label) or "")
    due = show.due(row.due_on, now)
    return [
        row.case_number,
        row.received_on,
        label(row.source),
        label(row.track),
        label(row.report_kind),
        label(row.status),
        aspect.name if aspect else None,
        show.kind(row.label),
        words["yes"] if row.is_confirmed else words["no"],
        show.unit(row.unit),
        show.body(row.owner, row.unit),
        show.body(row.assigned_body),
        show.body(row.proposed_body) or None,
        label(row.identity_claim),
        words["yes"] if row.in_danger else words["no"],
        label(row.due_kind) if row.due_kind else None,
        row.due_on,
        due.days if due else None,
        row.urging_count,
        row.supervised_until,
        row.accepted_on,
        row.concluded_on,
        label(row.disposition) if row.disposition else None,
        label(row.satisfaction) if row.satisfaction else None,
    ]
