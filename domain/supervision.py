"""Traffic lights that say why, letters that want an answer, and the ladder from a nudge to a talk. Pure rules.

Urging, supervision and reminder talks are how leadership presses for what is due (reports rule, chapter on supervision).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from domain.deadlines import LIMITS, WorkCalendar, soon_until, working_days_between
from domain.permissions import ALLOWED
from domain.terms import Action, DeadlineKind, LadderStep, LetterKind, LetterStatus, Light, Role

# What somebody does who writes a letter of this kind: whoever may do it may write it.
ACTION_OF_LETTER: Mapping[LetterKind, Action] = {
    LetterKind.SUPERVISION: Action.SUPERVISE,
    LetterKind.URGING: Action.URGE,
}


@dataclass(frozen=True, slots=True)
class RunningClock:
    """A clock that nobody has stopped yet."""

    kind: DeadlineKind
    due_on: date
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Signal:
    """A light and the clock that turned it: `days` until the date, negative when it is over.

    They are working days where the limit is one of working days. Without a clock the light is green and says nothing.
    """

    light: Light
    clock: RunningClock | None = None
    days: int = 0
    in_working_days: bool = False


def signal_of(clocks: Iterable[RunningClock], today: date, work: WorkCalendar) -> Signal:
    """The light of a case: the clock that is due first decides."""
    first = min(clocks, key=lambda clock: (clock.due_on, clock.kind), default=None)
    if first is None:
        return Signal(Light.GREEN)
    is_soon = first.due_on <= soon_until(today, work)
    light = Light.RED if first.due_on < today else Light.AMBER if is_soon else Light.GREEN
    in_working_days = LIMITS[first.kind].working_days is not None
    days = working_days_between(today, first.due_on, work) if in_working_days else (first.due_on - today).days
    return Signal(light, first, days, in_working_days)


def may_issue(role: Role, kind: LetterKind) -> bool:
    """Who may write a letter of this kind, and decide on its answer."""
    return role in ALLOWED[ACTION_OF_LETTER[kind]]


def is_open(status: LetterStatus) -> bool:
    """Whether the body still owes an answer."""
    return status in {LetterStatus.AWAITED, LetterStatus.SENT_BACK}


def is_settled(status: LetterStatus) -> bool:
    """Whether nobody has to do anything about the letter any more."""
    return status in {LetterStatus.ACCEPTED, LetterStatus.WITHDRAWN, LetterStatus.LAPSED}


def is_overdue(status: LetterStatus, answer_by: date, today: date) -> bool:
    """Whether the answer should be there and is not."""
    return is_open(status) and answer_by < today


@dataclass(frozen=True, slots=True)
class LadderFacts:
    """When each step was taken last; None for never. `needs_more` says that a supervision letter found no good answer in time."""

    light: Light
    urged_on: date | None = None
    escalated_on: date | None = None
    supervised_on: date | None = None
    talked_on: date | None = None
    needs_more: bool = False


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder. `is_next` marks the one that should follow now."""

    step: LadderStep
    reached_on: date | None
    is_next: bool


def ladder(facts: LadderFacts) -> tuple[Rung, ...]:
    """The four steps with their dates. What is not late needs no further step; a leader may take any of them at any time."""
    following = _following(facts)
    reached = {
        LadderStep.URGED: facts.urged_on,
        LadderStep.ESCALATED: facts.escalated_on,
        LadderStep.SUPERVISED: facts.supervised_on,
        LadderStep.TALKED: facts.talked_on,
    }
    return tuple(Rung(step, day, step is following) for step, day in reached.items())


def _following(facts: LadderFacts) -> LadderStep | None:
    if facts.supervised_on is not None:
        # A talk answers what went wrong before it: only a letter after it asks for another.
        is_new = facts.talked_on is None or facts.talked_on < facts.supervised_on
        return LadderStep.TALKED if facts.needs_more and is_new else None
    match facts.light:
        case Light.GREEN:
            return None
        case Light.AMBER:
            return None if facts.urged_on else LadderStep.URGED
        case Light.RED:
            return LadderStep.SUPERVISED if facts.escalated_on else LadderStep.ESCALATED
