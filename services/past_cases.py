"""Cases that a ledger kept elsewhere had in hand, or had done with: they stand here as they stood there, clocks and all."""

from collections.abc import Mapping
from datetime import date, datetime, time

from domain.deadlines import MET_BY, deadline_on_conclusion, deadlines_on_assignment, working_days_between
from domain.past import DAYS, FIELDS, Past, faults_of, status_of, steps_of
from domain.permissions import StaffFacts
from domain.terms import CaseEventKind, CaseStatus, Disposition
from domain.times import SHANGHAI, local_day, read_day
from models import Case
from services.base import Service
from services.written import MAX_REASON

OFFICE_OPENS = time(9)


class PastCases(Service):
    """Reads the past of a row, and gives it to the case that the row became."""

    def read(self, cells: Mapping[str, str], received_on: date) -> tuple[Past | None, list[str]]:
        """The past that a row tells, None for a row that is new or wrong, and what is to be said about it."""
        found: list[str] = []
        said = self._status(cells.get("status", ""), found)
        days: dict[str, date] = {}
        for name in DAYS:
            day = read_day(cells.get(name, ""))
            if day is not None:
                days[name] = day
            elif cells.get(name):
                found.append("row_bad_step_day")
        body = self._body(cells.get("body", ""))
        if cells.get("body") and body is None:
            found.append("row_unknown_body")
        disposition = self._word("dispositions", cells.get("disposition", ""))
        if cells.get("disposition") and disposition is None:
            found.append("row_bad_disposition")
        result = cells.get("result", "")
        if len(result) > MAX_REASON:
            found.append("row_result_too_long")
        if found:
            return None, found
        status = status_of(said, days)
        if result and "result" not in FIELDS[status].needed:
            # What a ledger notes while somebody still works on a case is no outcome.
            result = ""
            found.append("row_result_left_out")
        past = Past(status, body, **days, disposition=Disposition(disposition) if disposition else None, result=result)
        faults = faults_of(past, received_on, self.today())
        is_new = past == Past(CaseStatus.RECEIVED)
        return None if faults or is_new else past, [*faults, *found]

    def take_over(self, staff: StaffFacts, case_number: str, past: Past) -> None:
        """Puts a case that was just opened where it stood, with the clocks that run there, and one line in the journal.

        The line says that the case came so; the steps themselves were taken elsewhere and are not ours to record.
        """
        case = self.case_by_number(case_number)
        received_on, old = local_day(case.received_at), case.status
        case.status, case.assigned_body, case.disposition = past.status, past.body, past.disposition
        is_declined = past.status is CaseStatus.DECLINED
        case.declined_to, case.outcome = (past.result, None) if is_declined else (None, past.result or None)
        if past.accepted_on is not None:
            case.acceptance_days = self._working_days(received_on, past.accepted_on)
            case.accepted_at = None if is_declined else self.moment(past.accepted_on)
        if past.concluded_on is not None:
            case.concluded_at = self.moment(past.concluded_on)
            if past.told_on is not None:
                case.feedback_days = self._working_days(past.concluded_on, past.told_on)
        self._set_clocks(case, past)
        self.record(case, CaseEventKind.TAKEN_OVER, actor=staff, old_status=old, new_value=past.body)

    def moment(self, day: date) -> datetime:
        """When something was done of which only the day is known."""
        return min(datetime.combine(day, OFFICE_OPENS, SHANGHAI), self.now())

    def _set_clocks(self, case: Case, past: Past) -> None:
        calendar = self.parts.calendar
        if past.assigned_on is not None:
            for due in deadlines_on_assignment(case.route_rule, case.track, past.assigned_on, calendar):
                self.services.intake.start_clock(case, due)
        if past.concluded_on is not None:
            answer = deadline_on_conclusion(case.track, case.identity_claim, past.concluded_on, calendar)
            if answer is not None:
                self.services.intake.start_clock(case, answer)
        self.session.flush()
        for step, day in steps_of(past):
            self.services.casework.stop_clocks(case, MET_BY[step], at=self.moment(day))
        if past.status in {CaseStatus.DECLINED, CaseStatus.WITHDRAWN}:
            self.services.casework.stop_clocks(case, at=self.moment(past.accepted_on) if past.accepted_on else None)

    def _working_days(self, since: date, until: date) -> int:
        return working_days_between(since, until, self.parts.calendar)

    def _status(self, word: str, found: list[str]) -> CaseStatus | None:
        if not word:
            return None
        status = self._word("statuses", word)
        if status == CaseStatus.SENT_UPWARD:
            found.append("row_not_ours")  # what belongs to the superior is not copied (art. 15)
        elif status is None:
            found.append("row_bad_status")
        return CaseStatus(status) if status else None

    def _word(self, which: str, word: str) -> str | None:
        known: Mapping[str, list[str]] = self.parts.import_words[which]
        return next((key for key, words in known.items() if word and word in map(str, words)), None)

    def _body(self, name: str) -> str | None:
        directory = self.parts.directory
        names = {body.name: body.key for body in directory.offices.values()}
        names |= {body.name: body.key for body in directory.groups.values()}
        if name in names:
            return names[name]
        shorter = {name, *(name.removesuffix(word) for word in map(str, self.parts.import_words["township_endings"]))}
        return next((key for key in directory.townships if shorter & set(directory.names_of_unit(key))), None)
