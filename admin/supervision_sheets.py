"""What supervision shows, as an Excel file: whose cases are stuck, and which letters wait. No statement, no text of a letter."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import IO

from admin.presenters import Presenter
from admin.sheets import Column, Page, Value, write_book
from domain.times import local_day
from services.calendar_of_due import BodyLight
from services.supervision_letters import LetterView

# Name of the heading in `words/labels.yaml`, width in characters, type.
_LIGHTS: tuple[tuple[str, float, type], ...] = (
    ("body", 28, str), ("light", 10, str), ("clock", 20, str), ("due_on", 12, date), ("late", 9, int),
    ("soon", 9, int), ("open", 9, int), ("oldest_days", 11, int),
)  # fmt: skip
_LETTERS: tuple[tuple[str, float, type], ...] = (
    ("case_number", 21, str), ("letter", 12, str), ("body", 28, str), ("issued_on", 12, date),
    ("answer_by", 12, date), ("letter_status", 12, str), ("is_overdue", 9, str),
)  # fmt: skip


def write_supervision(
    show: Presenter, lights: Sequence[BodyLight], letters: Sequence[LetterView], *, at: datetime, by: str
) -> IO[bytes]:
    """The file, at its beginning."""
    words, label = show.words.labels["Sheet"], show.words.label
    headings = show.words.labels["SupervisionColumn"]

    def columns(told: tuple[tuple[str, float, type], ...]) -> list[Column]:
        return [Column(headings[name], width, kind) for name, width, kind in told]

    stuck: list[list[Value]] = [
        [
            show.body(row.body) if row.body else words["nobody"],
            label(row.signal.light),
            label(row.signal.clock.kind) if row.signal.clock else None,
            row.signal.clock.due_on if row.signal.clock else None,
            row.late,
            row.soon,
            row.open,
            row.oldest_days,
        ]
        for row in lights
    ]
    waiting: list[list[Value]] = [
        [
            letter.case_number,
            label(letter.kind),
            show.body(letter.body),
            local_day(letter.issued_at),
            letter.answer_by,
            label(letter.status),
            words["yes"] if letter.is_overdue else words["no"],
        ]
        for letter in letters
    ]

    def said(rows: list[list[Value]], width: int, nothing: str) -> list[list[Value]]:
        # An empty sheet could as well be one that failed.
        return rows or [[words[nothing], *[None] * (width - 1)]]

    return write_book(
        [
            Page(words["stuck"], columns(_LIGHTS), said(stuck, len(_LIGHTS), "none_stuck")),
            Page(words["letters"], columns(_LETTERS), said(waiting, len(_LETTERS), "no_letters")),
        ],
        about=(
            words["about"],
            {
                words["exported_at"]: show.moment(at),
                words["exported_by"]: by,
                words["scope"]: words["scope_words"],
                words["secrecy"]: "",
            },
        ),
    )
