"""Rows into words and colours for a page. Knows names and days, no rule."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from admin import marks, side_by_side
from admin.marks import Marks
from admin.next_step import NextStep
from admin.side_by_side import Row
from domain.deadlines import LIMITS, soon_until
from domain.terms import CaseEventKind, CaseStatus, DeadlineKind
from domain.times import SHANGHAI, local_day
from services.similar import Counterpart
from services.views import CasePage, FactView

_SENTENCE_END = re.compile("[!?;\uff01\uff1f\uff1b\u3002\\n]+")

_WHOLE_DATE = re.compile(r"\d{4}[\u5e74/.-]\d{1,2}\b|\d{4}\u5e74\d{1,2}\u6708")

_COLOURS = {
    CaseStatus.RECEIVED: "new",
    CaseStatus.ACCEPTED: "going",
    CaseStatus.ASSIGNED: "going",
    CaseStatus.TRANSFERRED: "going",
    CaseStatus.IN_HANDLING: "going",
    CaseStatus.CONCLUDED: "done",
    CaseStatus.FED_BACK: "done",
    CaseStatus.SATISFIED: "done",
    CaseStatus.OBJECTED: "warn",
    CaseStatus.SENT_UPWARD: "warn",
    CaseStatus.DECLINED: "quiet",
    CaseStatus.WITHDRAWN: "quiet",
}


@dataclass(frozen=True, slots=True)
class Due:
    """How long until a date: negative days are late."""

    days: int
    state: str  # "late", "today", "soon", "later"


class Presenter(NextStep):
    """Helps templates; handed to them as `show`."""

    def runs(self, page: CasePage, kind: str) -> bool:
        """Whether a clock of this kind runs."""
        return any(clock.kind == kind and clock.met_at is None for clock in page.deadlines)

    def basis(self, code: str) -> str:
        """The regulation behind a deadline."""
        return self.words.labels["Basis"].get(code, code)

    def due(self, day: date | None, now: datetime) -> Due | None:
        """How far away a due date is at the moment `now`, in days of the county."""
        if day is None:
            return None
        today = local_day(now)
        days = (day - today).days
        is_soon = day <= soon_until(today, self.calendar)
        return Due(days, "late" if days < 0 else "today" if days == 0 else "soon" if is_soon else "later")

    def why_due(self, kind: DeadlineKind, since: date, due_on: date, basis: str = "") -> str:
        """Why a limit ends on this day: how long it is, from which day it counts, and what does not count."""
        limit, words = LIMITS[kind], self.words.labels["WhyDue"]
        begin = words.get("objection" if basis and basis != limit.basis else kind, "")
        told = {"since": since, "begin": begin, "first": since + timedelta(days=1), "due": due_on}
        if limit.months is not None:
            return words["months"].format(months=limit.months, **told)
        if not limit.working_days:
            return words["same_day"].format(**told)
        days = (since + timedelta(days=n) for n in range(1, (due_on - since).days + 1))
        free = sum(not self.calendar.is_working_day(day) for day in days)
        text = words["working_days"].format(days=limit.working_days, **told)
        return text + words["free_days"].format(free=free) if free else text

    def colour(self, status: CaseStatus) -> str:
        """The class of a status; the word stands beside it, colour alone says nothing."""
        return _COLOURS[status]

    def moment(self, moment: datetime | None) -> str:
        """A moment on the county's clock."""
        return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if moment else ""

    def marks(self, page: CasePage) -> Marks:
        """What is to be marked in the statements of a case."""
        return marks.marks_of(page.suggestion, page.unit_words, page.facts)

    def marked(self, text: str, wanted: Marks) -> list[tuple[bool, list[tuple[str, str]]]]:
        """A statement cut where marks stand: whether a part is a fact, and its runs with what each is marked for."""
        return marks.cut(self.plain(text), wanted)

    def compared(self, page: CasePage, other: Counterpart) -> tuple[Row, ...]:
        """What a case and the one that is likely the same say of each thing."""

        def said(case: CasePage | Counterpart) -> dict[str, str]:
            names = self.words.labels["Compared"]
            told = {
                names["unit"]: self.unit(case.unit),
                names["kind"]: self.kind(case.label),
                names["received"]: self.moment(case.received_at)[:10],
            }
            facts = ((self.words.label(f.fact), self.slot(f.value)) for f in case.facts if not f.is_struck)
            return told | dict(facts)

        return side_by_side.rows(said(page), said(other))

    def shared(self, page: CasePage, other: Counterpart) -> list[tuple[bool, str]]:
        """The statement of that one, cut where its wording stands in this case as well."""
        here = "\n".join(report.statement for report in page.reports)
        return side_by_side.shared(self.plain(other.statement), self.plain(here))

    def mark_means(self, part: str) -> str:
        """What a mark says, in words."""
        return self.words.labels["Mark"][part]

    def sentence_of(self, page: CasePage) -> int | None:
        """In which sentence of the first statement that holds it the word stands that named the unit, from one."""
        for report in page.reports:
            before, found, _ = report.statement.partition(page.unit_words[0]) if page.unit_words else ("", "", "")
            if found:
                return 1 + len([part for part in _SENTENCE_END.split(before)[:-1] if part.strip()])
        return None

    def elapsed(self, counted_from: date, due_on: date, now: datetime) -> tuple[int, int]:
        """How many of how many days of a clock are over, never more than there are."""
        whole = max(1, (due_on - counted_from).days)
        return min(whole, max(0, (local_day(now) - counted_from).days)), whole

    def waits_since(self, page: CasePage) -> datetime | None:
        """Since when nobody has had a case in hand: not taken in, or taken in and not handed on; None when somebody has it."""
        if page.status not in {CaseStatus.RECEIVED, CaseStatus.ACCEPTED}:
            return None
        came = [
            e.happened_at
            for e in page.events
            # A slip that was taken back is no new beginning.
            if e.new_status is page.status is not e.old_status and e.kind is not CaseEventKind.UNDONE
        ]
        return came[-1] if came else page.received_at

    def needs_date(self, fact: FactView) -> bool:
        """Whether it helps to say which date the writer's words mean: not where they say the whole date themselves."""
        return bool(fact.happened) and _WHOLE_DATE.match(str(fact.value)) is None

    def days_since(self, moment: datetime, now: datetime) -> int:
        """Days of the county from one moment to another."""
        return (local_day(now) - local_day(moment)).days

    def drafts(self, letters: Sequence[str]) -> list[tuple[str, str]]:
        """Letters that a clerk may begin with: what they are called and what they say."""
        return [(self.words.labels["Draft"][name], self.words.letter(name)) for name in letters]

    def slot(self, value: str | float) -> str:
        """A slot as it may be shown; an amount without a trailing zero."""
        return f"{value:,.10g}" if isinstance(value, float) else self.plain(str(value))

    def value(self, kind: CaseEventKind, value: str | None) -> str:
        """A journal value in words where it is a key of ours."""
        if not value or value == "-":
            return ""
        match kind:
            case CaseEventKind.ASSIGNED | CaseEventKind.TRANSFERRED | CaseEventKind.RETURNED | CaseEventKind.TAKEN_OVER:
                return self.body(value)
            case (
                CaseEventKind.ASSIGNMENT_PROPOSED
                | CaseEventKind.ASSIGNMENT_APPROVED
                | CaseEventKind.ASSIGNMENT_SENT_BACK
                | CaseEventKind.ASSIGNMENT_WITHDRAWN
                | CaseEventKind.ASSIGNMENT_LAPSED
            ):
                return self.body(value)
            case CaseEventKind.UNDONE if value.startswith(f"{CaseEventKind.ASSIGNED}:"):
                return self.body(value.partition(":")[2])
            case CaseEventKind.UNDONE if value in set(CaseEventKind):
                return self.words.label(CaseEventKind(value))
            case CaseEventKind.CLASSIFIED | CaseEventKind.UNDONE:
                value = value.removeprefix(f"{CaseEventKind.CLASSIFIED}:")
                label, _, unit = value.partition("/")
                known = label in self.taxonomy.labels
                return " / ".join(filter(None, (self.kind(label) if known else "", self.unit(unit))))
            case _:
                return self._labelled(value)

    def percent(self, share: float) -> str:
        """A probability in whole percent; never a certainty."""
        whole = round(share * 100)
        return "<1%" if whole == 0 else ">99%" if whole == 100 else f"{whole}%"

    def _labelled(self, value: str) -> str:
        for table in (
            "RouteRule",
            "Disposition",
            "Satisfaction",
            "IdentityClaim",
            "DeadlineKind",
            "LetterKind",
            "Fact",
        ):
            words = self.words.labels[table].get(value)
            if words:
                return words
        return self.body(value)
