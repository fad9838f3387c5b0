"""Letters that press for an answer: written, answered, accepted or sent back; and the talk when nothing helped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select

from domain.errors import IllegalTransition, InvalidInput, NotAllowed, NotFound
from domain.lifecycle import fits
from domain.permissions import StaffFacts, body_of, may
from domain.supervision import (
    ACTION_OF_LETTER,
    LadderFacts,
    Rung,
    RunningClock,
    Signal,
    is_open,
    is_overdue,
    is_settled,
    ladder,
    may_issue,
    signal_of,
)
from domain.terms import Action, CaseEventKind, LetterKind, LetterStatus
from domain.times import local_day
from models import Case, CaseEvent, LetterAnswer, Staff, SupervisionLetter
from services.base import Service
from services.query_plans import beside
from services.scope import visible_to
from services.written import needed

_UNSETTLED = tuple(status for status in LetterStatus if not is_settled(status))
_SHOWN = 50


@dataclass(frozen=True, slots=True)
class AnswerView:
    """One answer. Texts are None for whoever may not read the statement either."""

    text: str | None
    staff_name: str
    answered_at: datetime
    is_accepted: bool | None
    remark: str | None


@dataclass(frozen=True, slots=True)
class LetterView:
    """One letter with its answers, for one reader."""

    id: int
    case_number: str
    kind: LetterKind
    body: str
    text: str | None
    issued_by: str
    issued_at: datetime
    answer_by: date
    status: LetterStatus
    is_overdue: bool
    answers: tuple[AnswerView, ...]
    may_answer: bool
    may_decide: bool
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class Pressure:
    """How much a case is pressed: its light, the steps that were taken, its letters, and what this reader may do."""

    signal: Signal
    rungs: tuple[Rung, ...]
    letters: tuple[LetterView, ...]
    may_write: tuple[LetterKind, ...]
    may_talk: bool


class SupervisionLetters(Service):
    """Writes, answers and decides. Every step has its line in the journal."""

    def issue(self, staff: StaffFacts, case_number: str, *, kind: LetterKind, text: str, answer_by: date) -> int:
        """A letter to the body that has the case.

        Raises InvalidInput for an empty text, a date in the past, a case that nobody has.
        """
        case = self.case_for(staff, case_number, ACTION_OF_LETTER[kind])
        if case.assigned_body is None:
            raise InvalidInput("text", "nobody_assigned")
        if answer_by < self.today():
            raise InvalidInput("answer_by", "in_the_past")
        letter = SupervisionLetter(
            case_id=case.id,
            kind=kind,
            body=case.assigned_body,
            text=needed("text", text),
            issued_by=staff.staff_id,
            issued_at=self.now(),
            answer_by=answer_by,
            status=LetterStatus.AWAITED,
        )
        self.session.add(letter)
        if kind is LetterKind.SUPERVISION:
            case.supervised_until = max(answer_by, case.supervised_until or answer_by)
        else:
            case.urging_count += 1
        self.record(case, CaseEventKind.LETTER_ISSUED, actor=staff, old_value=kind, new_value=answer_by.isoformat())
        self.session.flush()
        return letter.id

    def answer(self, staff: StaffFacts, case_number: str, *, letter_id: int, text: str) -> None:
        """The answer of the body that has the case. Raises IllegalTransition when none is owed."""
        case = self.case_for(staff, case_number, Action.ANSWER_LETTER)
        letter = self._letter(case, letter_id)
        if not is_open(letter.status):
            raise IllegalTransition(letter.status)
        self.session.add(
            LetterAnswer(
                letter_id=letter.id,
                case_id=case.id,
                text=needed("text", text),
                staff_id=staff.staff_id,
                answered_at=self.now(),
            )
        )
        letter.status = LetterStatus.ANSWERED
        self.record(case, CaseEventKind.LETTER_ANSWERED, actor=staff, new_value=letter.kind)
        self.session.flush()
        self.session.expire(letter, ["answers"])

    def decide(self, staff: StaffFacts, case_number: str, *, letter_id: int, is_accepted: bool, remark: str) -> None:
        """Takes the answer, or sends it back with what is missing. Raises NotAllowed, IllegalTransition."""
        case = self.case_for(staff, case_number, Action.DECIDE_LETTER)
        letter = self._letter(case, letter_id)
        if not may_issue(staff.role, letter.kind):
            raise NotAllowed(Action.DECIDE_LETTER)
        if letter.status is not LetterStatus.ANSWERED:
            raise IllegalTransition(letter.status)
        remark = remark.strip() if is_accepted else needed("remark", remark)
        answer = letter.answers[-1]
        answer.decided_by, answer.decided_at, answer.is_accepted = staff.staff_id, self.now(), is_accepted
        answer.remark = remark or None
        letter.status = LetterStatus.ACCEPTED if is_accepted else LetterStatus.SENT_BACK
        self.record(
            case,
            CaseEventKind.LETTER_ACCEPTED if is_accepted else CaseEventKind.LETTER_SENT_BACK,
            actor=staff,
            new_value=letter.kind,
            reason=remark or None,
        )

    def withdraw(self, staff: StaffFacts, case_number: str, *, letter_id: int, reason: str) -> None:
        """Takes a letter back that was a slip, or that settled itself: nothing is owed, and it counts as never written.

        It stays readable. Raises NotAllowed for whoever may not write such a letter, IllegalTransition when it is settled.
        """
        case = self.case_for(staff, case_number, Action.VIEW_CASE)
        letter = self._letter(case, letter_id)
        if not may_issue(staff.role, letter.kind):
            raise NotAllowed(Action.DECIDE_LETTER)
        if is_settled(letter.status):
            raise IllegalTransition(letter.status)
        reason = needed("reason", reason)
        letter.status = LetterStatus.WITHDRAWN
        self.record(case, CaseEventKind.LETTER_WITHDRAWN, actor=staff, new_value=letter.kind, reason=reason)
        self.session.flush()
        if letter.kind is LetterKind.SUPERVISION:
            case.supervised_until = self._watched_until(case)
        else:
            case.urging_count -= 1

    def lapse(self, case: Case, staff: StaffFacts) -> None:
        """Ends what is not settled where the body no longer has the case: nobody is left to answer."""
        for letter in self._letters(
            select(SupervisionLetter).where(
                SupervisionLetter.case_id == case.id, SupervisionLetter.status.in_(_UNSETTLED)
            )
        ):
            letter.status = LetterStatus.LAPSED
            self.record(case, CaseEventKind.LETTER_LAPSED, actor=staff, new_value=letter.kind)

    def _watched_until(self, case: Case) -> date | None:
        """The last day to which the head watches a case: what he said himself, or the latest of his letters that stand."""
        said = self.session.scalar(
            select(CaseEvent.new_value)
            .where(CaseEvent.case_id == case.id, CaseEvent.kind == CaseEventKind.SUPERVISED)
            .order_by(CaseEvent.id.desc())
            .limit(1)
        )
        days = self.session.scalars(
            select(SupervisionLetter.answer_by).where(
                SupervisionLetter.case_id == case.id,
                SupervisionLetter.kind == LetterKind.SUPERVISION,
                SupervisionLetter.status != LetterStatus.WITHDRAWN,
            )
        )
        return max([*([date.fromisoformat(said)] if said else []), *days], default=None)

    def hold_talk(self, staff: StaffFacts, case_number: str, *, held_on: date, reason: str) -> None:
        """Puts on record that the head talked with the body that lets a case lie. Raises InvalidInput."""
        case = self.case_for(staff, case_number, Action.HOLD_TALK)
        if case.assigned_body is None:
            raise InvalidInput("reason", "nobody_assigned")
        if held_on > self.today():
            raise InvalidInput("held_on", "in_the_future")
        self.record(
            case,
            CaseEventKind.TALK_HELD,
            actor=staff,
            old_value=case.assigned_body,
            new_value=held_on.isoformat(),
            reason=needed("reason", reason),
        )

    # ── reading ──────────────────────────────────────────────────────────────────────────────────
    def of_case(self, staff: StaffFacts, case_number: str) -> Pressure:
        """How a case is pressed. Raises NotFound."""
        case = self.case_for(staff, case_number, Action.VIEW_CASE)
        facts = self.facts_of(case)
        signal = signal_of(
            [RunningClock(d.kind, d.due_on, d.provisional) for d in case.deadlines if d.met_at is None],
            self.today(),
            self.parts.calendar,
        )
        letters = self._letters(select(SupervisionLetter).where(SupervisionLetter.case_id == case.id))
        has_body = case.assigned_body is not None
        writable = [
            kind
            for kind, action in ACTION_OF_LETTER.items()
            if has_body and may(staff, action, facts) and fits(action, case.status, case.track)
        ]
        return Pressure(
            signal=signal,
            rungs=ladder(self._ladder_facts(case, signal, letters)),
            letters=self._views(staff, letters),
            may_write=tuple(writable),
            may_talk=has_body and may(staff, Action.HOLD_TALK, facts),
        )

    def waiting(self, staff: StaffFacts) -> tuple[LetterView, ...]:
        """Letters within one's scope that somebody has still to do something about, the most urgent first."""
        rows = self._letters(
            select(SupervisionLetter)
            .join(Case, Case.id == SupervisionLetter.case_id)
            .where(
                beside(visible_to(staff)),
                SupervisionLetter.status.in_(_UNSETTLED),
            )
            .order_by(SupervisionLetter.answer_by)
            .limit(_SHOWN)
        )
        return self._views(staff, rows)

    def _views(self, staff: StaffFacts, letters: Sequence[SupervisionLetter]) -> tuple[LetterView, ...]:
        cases = {
            case.id: case
            for case in self.session.scalars(select(Case).where(Case.id.in_([letter.case_id for letter in letters])))
        }
        people = {
            staff_id
            for letter in letters
            for staff_id in (letter.issued_by, *(answer.staff_id for answer in letter.answers))
        }
        names = dict(self.session.execute(select(Staff.id, Staff.display_name).where(Staff.id.in_(people))).all())
        return tuple(self._view(staff, letter, cases[letter.case_id], names) for letter in letters)

    def _view(self, staff: StaffFacts, letter: SupervisionLetter, case: Case, names: dict[int, str]) -> LetterView:
        facts = self.facts_of(case)
        reads = may(staff, Action.VIEW_STATEMENT, facts)
        return LetterView(
            id=letter.id,
            case_number=case.case_number,
            kind=letter.kind,
            body=letter.body,
            text=letter.text if reads else None,
            issued_by=names[letter.issued_by],
            issued_at=letter.issued_at,
            answer_by=letter.answer_by,
            status=letter.status,
            is_overdue=is_overdue(letter.status, letter.answer_by, self.today()),
            answers=tuple(
                AnswerView(
                    answer.text if reads else None,
                    names[answer.staff_id],
                    answer.answered_at,
                    answer.is_accepted,
                    answer.remark if reads else None,
                )
                for answer in letter.answers
            ),
            may_answer=is_open(letter.status)
            and may(staff, Action.ANSWER_LETTER, facts)
            and case.assigned_body == body_of(staff),
            may_decide=letter.status is LetterStatus.ANSWERED
            and may(staff, Action.DECIDE_LETTER, facts)
            and may_issue(staff.role, letter.kind),
            may_withdraw=not is_settled(letter.status) and may_issue(staff.role, letter.kind),
        )

    def _ladder_facts(self, case: Case, signal: Signal, letters: Sequence[SupervisionLetter]) -> LadderFacts:
        last: dict[CaseEventKind, datetime] = {}
        for event in self.session.scalars(
            select(CaseEvent)
            .where(
                CaseEvent.case_id == case.id,
                CaseEvent.kind.in_(
                    [CaseEventKind.URGED, CaseEventKind.ESCALATED, CaseEventKind.SUPERVISED, CaseEventKind.TALK_HELD]
                ),
            )
            .order_by(CaseEvent.id)
        ):
            last[event.kind] = event.happened_at
        for letter in letters:
            if letter.status is LetterStatus.WITHDRAWN:
                continue
            kind = CaseEventKind.SUPERVISED if letter.kind is LetterKind.SUPERVISION else CaseEventKind.URGED
            last[kind] = max(letter.issued_at, last.get(kind, letter.issued_at))
        today = self.today()

        def day(kind: CaseEventKind) -> date | None:
            return local_day(last[kind]) if kind in last else None

        return LadderFacts(
            light=signal.light,
            urged_on=day(CaseEventKind.URGED),
            escalated_on=day(CaseEventKind.ESCALATED),
            supervised_on=day(CaseEventKind.SUPERVISED),
            talked_on=day(CaseEventKind.TALK_HELD),
            needs_more=any(
                letter.kind is LetterKind.SUPERVISION
                and (letter.status is LetterStatus.SENT_BACK or is_overdue(letter.status, letter.answer_by, today))
                for letter in letters
            )
            or (case.supervised_until is not None and case.supervised_until < today),
        )

    def _letters(self, query: Select[SupervisionLetter]) -> Sequence[SupervisionLetter]:
        return self.session.scalars(query.order_by(SupervisionLetter.id)).all()

    def _letter(self, case: Case, letter_id: int) -> SupervisionLetter:
        letter = self.session.get(SupervisionLetter, letter_id, with_for_update=True)
        if letter is None or letter.case_id != case.id:
            raise NotFound(str(letter_id))
        return letter
