"""Letters about a case and the report of a month: who may write which, what stands in them, and that they were written.

What a letter may say follows from its fields (`words/paper/fields.yaml`): none has the reporter, none the statement.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from domain.deadlines import add_months
from domain.errors import InvalidInput, NotAllowed
from domain.permissions import StaffFacts, may
from domain.terms import Action, CaseEventKind, DeadlineKind, ReferenceList
from domain.times import first_moment, local_day
from models import Case, CaseDeadline
from services.base import Service
from services.documents import Values, fill_template
from services.scope import visible_to
from services.views import WorklistFilter

# Which step of casework a letter belongs to: whoever may take that step with the case may write it.
LETTER_ACTIONS: Mapping[ReferenceList, Action] = {
    ReferenceList.ACCEPTANCE_LETTER: Action.ACCEPT,
    ReferenceList.ASSIGNMENT_SLIP: Action.ASSIGN,
    ReferenceList.SUPERVISION_LETTER: Action.URGE,
    ReferenceList.FEEDBACK_LETTER: Action.GIVE_FEEDBACK,
}


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """What letters say of a case. Days are days of the county."""

    case_number: str
    today: date
    received_on: date
    accepted_on: date | None
    label: str | None
    unit: str | None
    body: str | None
    assigned_on: date | None
    due_on: date | None
    supervised_until: date | None
    urging_count: int
    concluded_on: date | None
    text: str | None


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """Counts of a month within the reader's scope; `in_hand` and `late` are of now."""

    today: date
    month: date
    received: int
    accepted: int
    concluded: int
    in_hand: int
    late: int
    by_aspect: tuple[tuple[str | None, int], ...]
    by_unit: tuple[tuple[str | None, int], ...]
    by_body: tuple[tuple[str | None, int], ...]


@dataclass(frozen=True, slots=True)
class Produced:
    """A letter as a Word file."""

    content: bytes
    version: int


class Letters(Service):
    """Reads what a letter needs, fills it in, writes it down."""

    def possible(self, staff: StaffFacts, case_number: str) -> tuple[ReferenceList, ...]:
        """The letters that this member of staff may write about the case as it stands."""
        case = self.case_for(staff, case_number, Action.VIEW_CASE)
        facts = self.facts_of(case)
        return tuple(
            letter
            for letter, action in LETTER_ACTIONS.items()
            if may(staff, action, facts) and self._is_ready(letter, case)
        )

    def facts(self, staff: StaffFacts, case_number: str, letter: ReferenceList) -> LetterFacts:
        """What stands in the letter. Raises NotFound, NotAllowed, InvalidInput when the case does not stand there yet."""
        case = self.case_for(staff, case_number, Action.VIEW_CASE)
        action = LETTER_ACTIONS.get(letter)
        if action is None or not may(staff, action, self.facts_of(case)):
            raise NotAllowed(letter)
        if not self._is_ready(letter, case):
            raise InvalidInput("letter", "letter_too_early")
        handling = self.session.scalar(
            select(CaseDeadline)
            .where(CaseDeadline.case_id == case.id, CaseDeadline.kind == DeadlineKind.HANDLING)
            .order_by(CaseDeadline.round.desc())
            .limit(1)
        )
        return LetterFacts(
            case_number=case.case_number,
            today=self.today(),
            received_on=local_day(case.received_at),
            accepted_on=_day(case.accepted_at),
            label=case.label,
            unit=case.unit,
            body=case.assigned_body,
            assigned_on=handling.counted_from if handling else None,
            due_on=handling.due_on if handling else None,
            supervised_until=case.supervised_until,
            urging_count=case.urging_count,
            concluded_on=_day(case.concluded_at),
            text=case.feedbacks[-1].text if letter is ReferenceList.FEEDBACK_LETTER else None,
        )

    def month(self, staff: StaffFacts, month: date) -> MonthFacts:
        """The counts of the month that `month` lies in. Raises InvalidInput for a month that has not begun."""
        if not may(staff, Action.EXPORT_LISTS):
            raise NotAllowed(Action.EXPORT_LISTS)
        first = month.replace(day=1)
        if first > self.today():
            raise InvalidInput("month", "month_to_come")
        last = add_months(first, 1) - timedelta(days=1)
        came = self.services.statistics.of_days(staff, WorklistFilter(since=first, until=last))
        aspects: Counter[str | None] = Counter()
        for (label,), cases in came.by("label").items():
            aspects[self.parts.taxonomy.aspect_of(label or None)] += cases
        units, bodies = (
            Counter({value or None: cases for (value,), cases in came.by(name).items()})
            for name in ("unit", "assigned_body")
        )
        begin, end = first_moment(first), first_moment(last + timedelta(days=1))
        accepted = select(func.count(Case.id)).where(
            visible_to(staff), Case.accepted_at >= begin, Case.accepted_at < end
        )

        def total(wanted: WorklistFilter) -> int:
            return self.services.worklists.total(staff, wanted)

        return MonthFacts(
            today=self.today(),
            month=first,
            received=bodies.total(),
            accepted=self.session.scalar(accepted) or 0,
            concluded=total(WorklistFilter(concluded_since=first, concluded_until=last)),
            in_hand=total(WorklistFilter(open_only=True)),
            late=total(WorklistFilter(due="late")),
            by_aspect=_most_first(aspects),
            by_unit=tuple(row for row in _most_first(units) if row[0])[:10],
            by_body=_most_first(bodies),
        )

    def produce(
        self, staff: StaffFacts, letter: ReferenceList, values: Values, *, case_number: str | None = None
    ) -> Produced:
        """The letter from the template in force, and a line in the journal before it leaves."""
        template = self.services.reference_lists.in_force(letter)
        form = self.parts.letters[letter]
        content = fill_template(template.content or form.shipped(), form, values)
        case = self.case_for(staff, case_number, Action.VIEW_CASE) if case_number else None
        self.services.journal.write(
            CaseEventKind.LETTER_PRODUCED,
            actor=staff,
            case_id=case.id if case else None,
            old_value=str(template.id),
            new_value=letter,
        )
        self.session.flush()
        return Produced(content, template.id)

    @staticmethod
    def _is_ready(letter: ReferenceList, case: Case) -> bool:
        match letter:
            case ReferenceList.ACCEPTANCE_LETTER:
                return case.accepted_at is not None
            case ReferenceList.FEEDBACK_LETTER:
                return bool(case.feedbacks) and case.content_destroyed_at is None
            case ReferenceList.SUPERVISION_LETTER:
                return case.assigned_body is not None and case.supervised_until is not None
            case _:
                return case.assigned_body is not None


def _most_first(counts: Counter[str | None]) -> tuple[tuple[str | None, int], ...]:
    return tuple(sorted(counts.items(), key=lambda row: (-row[1], row[0] or "")))


def _day(moment: datetime | None) -> date | None:
    return local_day(moment) if moment else None
