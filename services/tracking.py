"""What a citizen may do with a case that is lodged: look, add, withdraw, say whether it helped."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from domain.deadlines import deadlines_on_objection
from domain.errors import IllegalTransition, NotFound
from domain.lifecycle import CAN_BE_SUPPLEMENTED, STEPS
from domain.terms import CaseEventKind, CaseStatus, Satisfaction, Source
from domain.times import local_day
from models import Case, Feedback
from services.base import CITIZEN, Service
from services.intake import QueryCode, query_code_fits

_ENDED_BY_WITHDRAWAL = STEPS[CaseEventKind.WITHDRAWN].before


@dataclass(frozen=True, slots=True)
class TrackedCase:
    """What a citizen sees of a case: nothing of what was reported, about whom, or who handles it."""

    case_number: str
    status: CaseStatus
    received_on: date
    declined_to: str | None
    can_supplement: bool
    can_withdraw: bool
    wants_satisfaction: bool
    feedback: str | None
    questions: tuple[str, ...] = ()


class Tracking(Service):
    """The citizen's side of a case. A citizen is known by his account, or by number and code."""

    def cases_of(self, reporter_id: int, limit: int = 5) -> list[TrackedCase]:
        """The newest cases of an account, newest first. Reading a feedback this way counts as read."""
        cases = self.session.scalars(
            select(Case).where(Case.reporter_id == reporter_id).order_by(Case.id.desc()).limit(limit)
        )
        return [self._view(case) for case in cases]

    def find(self, case_number: str, query_code: str) -> TrackedCase:
        """The case of a number and its code. Raises NotFound for a wrong code as for an unknown number."""
        return self._view(self._by_code(case_number, query_code))

    def supplement(
        self, key: "CitizenKey", statement: str, attachment_ids: tuple[int, ...] = (), source: Source = Source.WECHAT
    ) -> None:
        """Adds to a case. Raises NotFound, IllegalTransition (ended), InvalidInput (nothing in it)."""
        case = self._case(key)
        if case.status not in CAN_BE_SUPPLEMENTED:
            raise IllegalTransition(case.status)
        self.services.intake.supplement_report(case, statement, attachment_ids, source, sender=key.reporter_id)

    def withdraw(self, key: "CitizenKey", reason: str) -> bool:
        """Withdraws a case nobody works on yet (True); later the wish is put on record and work goes on (False)."""
        case = self._case(key)
        ends = case.status in _ENDED_BY_WITHDRAWAL
        old = None
        if ends:
            old = self.services.casework.move(case, CaseEventKind.WITHDRAWN)
            self.services.casework.stop_clocks(case)
        self.record(case, CaseEventKind.WITHDRAWN, actor=CITIZEN, old_status=old, reason=reason or None)
        return ends

    def record_satisfaction(self, key: "CitizenKey", value: Satisfaction, comment: str) -> CaseStatus:
        """What the citizen thinks of the outcome. Dissatisfied is an objection that must be examined again."""
        case = self._case(key)
        objects = value is Satisfaction.DISSATISFIED
        kind = CaseEventKind.OBJECTED if objects else CaseEventKind.SATISFACTION_RECORDED
        old = self.services.casework.move(case, kind)
        case.satisfaction, case.satisfaction_comment = value, comment or None
        self.record(case, kind, actor=CITIZEN, old_status=old, new_value=value, reason=comment or None)
        if objects:
            for due in deadlines_on_objection(case.route_rule, case.track, self.today(), self.parts.calendar):
                self.services.intake.start_clock(case, due)
        return case.status

    def ask_for_person(self, key: "CitizenKey") -> None:
        """The citizen would rather speak to somebody: shown on the case until it is worked on."""
        case = self._case(key)
        case.contact_requested_at = self.now()
        self.record(case, CaseEventKind.CONTACT_REQUESTED, actor=CITIZEN)

    def renew_code(self, key: "CitizenKey", code: QueryCode) -> None:
        """Puts another code in place of one that never reached the citizen. Raises NotFound. The old one is void."""
        case = self._case(key)
        case.query_code_hash = code.hashed
        self.record(case, CaseEventKind.CODE_RENEWED, actor=CITIZEN)

    def _case(self, key: "CitizenKey") -> Case:
        """The case to take a step with, locked and as it stands now: staff may have gone on with it meanwhile."""
        if key.query_code is not None:
            self._by_code(key.case_number, key.query_code)  # before the lock: nobody waits for a stranger's guesses
            return self.case_by_number(key.case_number)
        case = self.case_by_number(key.case_number)
        if key.reporter_id is None or case.reporter_id != key.reporter_id:
            raise NotFound(key.case_number)
        return case

    def _by_code(self, case_number: str, query_code: str) -> Case:
        case = self.session.scalar(select(Case).where(Case.case_number == case_number))
        if not query_code_fits(case, query_code) or case is None:
            raise NotFound(case_number)
        return case

    def _view(self, case: Case) -> TrackedCase:
        newest = self.session.scalar(
            select(Feedback).where(Feedback.case_id == case.id).order_by(Feedback.id.desc()).limit(1)
        )
        told = case.status in {CaseStatus.FED_BACK, CaseStatus.SATISFIED, CaseStatus.OBJECTED}
        if newest is not None and told and newest.read_at is None:
            newest.read_at = self.now()
        status = self.services.undoing.told_status(case)
        return TrackedCase(
            case_number=case.case_number,
            status=status,
            received_on=local_day(case.received_at),
            declined_to=case.declined_to if status is CaseStatus.DECLINED else None,
            can_supplement=case.status in CAN_BE_SUPPLEMENTED,
            can_withdraw=case.status in _ENDED_BY_WITHDRAWAL,
            wants_satisfaction=case.status is CaseStatus.FED_BACK,
            feedback=newest.text if newest is not None and told else None,
            questions=self.services.inquiries.read_by_reporter(case) if case.status in CAN_BE_SUPPLEMENTED else (),
        )


@dataclass(frozen=True, slots=True)
class CitizenKey:
    """How a citizen proves that a case is his: by the code he was given, or else by his account.

    The account stands here with a code, too, where it is known: what is sent with a supplement is its files.
    """

    case_number: str
    reporter_id: int | None = None
    query_code: str | None = None
