"""One step for several cases: each goes through its own service, alone, and each gets an answer of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from domain.errors import DomainError, InvalidInput
from domain.permissions import StaffFacts
from services.base import Service

MAX_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Chosen:
    """A case as the list showed it: with another version it is not the one that was chosen."""

    case_number: str
    version: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one case. `problem` is a code of `words/errors.yaml`, None when it was done.

    `is_proposed`: its body is proposed, and has it when the head approves.
    """

    case_number: str
    problem: str | None
    is_proposed: bool = False


class Bulk(Service):
    """The steps that are safe for many at once. One refusal leaves the other cases alone."""

    def assign(self, staff: StaffFacts, chosen: Sequence[Chosen], *, body: str, reason: str) -> tuple[Answer, ...]:
        """Hands each case to the same body, or proposes it where the head must approve."""
        answers = self._each(
            chosen,
            lambda case: self.services.casework.assign(
                staff, case.case_number, version=case.version, body=body, reason=reason
            ),
        )
        done = [answer.case_number for answer in answers if answer.problem is None]
        waiting = self.services.assignment_proposals.waiting_among(done)
        return tuple(replace(answer, is_proposed=answer.case_number in waiting) for answer in answers)

    def urge(self, staff: StaffFacts, chosen: Sequence[Chosen], *, reason: str) -> tuple[Answer, ...]:
        """Urges each case's body."""
        return self._each(chosen, lambda case: self.services.supervision.urge(staff, case.case_number, reason=reason))

    def merge(self, staff: StaffFacts, chosen: Sequence[Chosen], *, reason: str) -> tuple[Answer, ...]:
        """Puts all under the one that came first. Raises InvalidInput for fewer than two."""
        if len(chosen) < 2:
            raise InvalidInput("case", "two_cases_needed")
        head = self.services.merging.head_of(staff, [case.case_number for case in chosen])
        return self._each(
            [case for case in chosen if case.case_number != head],
            lambda case: self.services.merging.merge(
                staff, case.case_number, version=case.version, other=head, reason=reason
            ),
        )

    def _each(self, chosen: Sequence[Chosen], step: Callable[[Chosen], object]) -> tuple[Answer, ...]:
        """Raises InvalidInput for none and for too many."""
        if not chosen or len(chosen) > MAX_AT_ONCE:
            raise InvalidInput("case", "too_many_cases" if chosen else "no_case_chosen")
        answers = []
        for case in chosen:
            try:
                with self.session.begin_nested():
                    step(case)
            except InvalidInput as error:
                answers.append(Answer(case.case_number, error.reason))
            except DomainError as error:
                answers.append(Answer(case.case_number, error.code))
            else:
                answers.append(Answer(case.case_number, None))
        return tuple(answers)
