"""What a machine read out of a statement and got wrong: struck out by staff, and brought back. The statement stays as it is.

What is struck stays sealed on the case and still counts for whose case it is: a position that was named closes it whoever
thinks the reading wrong (`services/routes.py`).
"""

from collections.abc import Iterable

from domain.errors import InvalidInput
from domain.permissions import StaffFacts
from domain.terms import Action, CaseEventKind, Fact
from models import Case
from services.base import Service
from services.views import FactView


class Facts(Service):
    """Reads, strikes out, brings back. The journal says which fact, never what it was."""

    def of(self, case: Case) -> tuple[FactView, ...]:
        """What was found, the struck ones marked as such."""
        slots, struck = case.slots or {}, struck_of(case)
        return tuple(
            FactView(fact, slots[fact], slots.get("happened") if fact is Fact.WHEN else None, fact in struck)
            for fact in Fact
            if slots.get(fact)
        )

    def strike(self, staff: StaffFacts, case_number: str, *, version: int, fact: Fact) -> Case:
        """This fact is none. Raises InvalidInput where there is no such fact, or it is struck already."""
        return self._change(staff, case_number, version, fact, CaseEventKind.FACT_STRUCK)

    def restore(self, staff: StaffFacts, case_number: str, *, version: int, fact: Fact) -> Case:
        """It is one after all. Raises InvalidInput where it is not struck."""
        return self._change(staff, case_number, version, fact, CaseEventKind.FACT_RESTORED)

    def _change(self, staff: StaffFacts, case_number: str, version: int, fact: Fact, kind: CaseEventKind) -> Case:
        case = self.case_as_seen(staff, case_number, Action.CORRECT_FACTS, version)
        strikes = kind is CaseEventKind.FACT_STRUCK
        struck = struck_of(case)
        if not (case.slots or {}).get(fact) or (fact in struck) is strikes:
            raise InvalidInput("fact", "unknown")
        before = self.services.undoing.snapshot(case)
        case.struck_facts = _written(struck ^ {fact})
        self.record(case, kind, actor=staff, new_value=fact)
        self.services.undoing.remember(case, staff, before, kind)
        return case


def struck_of(case: Case) -> frozenset[Fact]:
    """The facts of a case that staff struck out."""
    return frozenset(map(Fact, case.struck_facts.split()))


def _written(facts: Iterable[Fact]) -> str:
    return " ".join(sorted(facts))
