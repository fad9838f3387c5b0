"""What was promised under fire, and what is there afterwards."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import func, select

from domain.terms import InboundStatus, OutboxStatus
from models import Case, InboundMessage, OutboxMessage, Reporter
from services import Services


class Witness(Protocol):
    """A citizen and what he was told: `answered` are his messages that got a reply, `numbers` those of his cases."""

    @property
    def openid(self) -> str: ...

    @property
    def answered(self) -> Sequence[str]: ...

    @property
    def numbers(self) -> Sequence[str]: ...


@dataclass(slots=True)
class Aftermath:
    """Every list is empty when nothing was lost."""

    kills: int = 0
    stories: int = 0
    answered: int = 0
    delivered: int = 0
    lost_messages: list[str] = field(default_factory=list)
    doubled_messages: list[str] = field(default_factory=list)
    lost_cases: list[str] = field(default_factory=list)
    cases_nobody_heard_of: list[str] = field(default_factory=list)
    undelivered: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    gave_up: list[str] = field(default_factory=list)
    journal: str | None = None

    @property
    def damage(self) -> dict[str, object]:
        """Whatever is not as it must be, by name."""
        names = (
            "lost_messages", "doubled_messages", "lost_cases", "cases_nobody_heard_of", "undelivered", "stuck",
            "gave_up", "journal",
        )  # fmt: skip
        return {name: value for name in names if (value := getattr(self, name))}


def compare(services: Services, persons: Sequence[Witness], sent: Mapping[str, int], aftermath: Aftermath) -> None:
    """Fills `aftermath`. `sent` counts the messages that the platform took, by person."""
    session = services.session
    stored = Counter(session.scalars(select(InboundMessage.msg_id)))
    cases = Counter(session.scalars(select(Case.case_number)))
    answered = [key for person in persons for key in person.answered]
    numbers = {number for person in persons for number in person.numbers}
    aftermath.stories = len(numbers)
    aftermath.answered = len(answered)
    aftermath.delivered = sum(sent.values())
    aftermath.lost_messages = [key for key in answered if stored[key] == 0]
    aftermath.doubled_messages = [str(key) for key, times in stored.items() if times > 1]
    aftermath.lost_cases = [number for number in numbers if cases[number] != 1]
    aftermath.cases_nobody_heard_of = [number for number in cases if number not in numbers]
    aftermath.stuck += map(
        str, session.scalars(select(InboundMessage.msg_id).where(InboundMessage.status == InboundStatus.STORED))
    )
    # Nothing waits any more, and nobody got less than the outbox says he was sent.
    waiting = session.scalars(select(OutboxMessage.id).where(OutboxMessage.status != OutboxStatus.SENT))
    aftermath.undelivered = [str(message_id) for message_id in waiting]
    owed = session.execute(
        select(Reporter.openid, func.count(OutboxMessage.id))
        .join(OutboxMessage, OutboxMessage.reporter_id == Reporter.id)
        .group_by(Reporter.id, Reporter.openid)
    )
    aftermath.undelivered += [str(openid) for openid, times in owed if sent.get(str(openid), 0) < times]
    aftermath.journal = services.journal.verify().broken
