"""What should be done next with a new case, as far as it follows from its kind and its rule; and where somebody must look."""

from dataclasses import dataclass

from domain.directory import Directory
from domain.routing import REPLY_ONLY, SUPERIOR_OF_UNIT, X2_MULTI_SUBJECT, X3_DANGER
from domain.taxonomy import NO_SUBSTANCE, Taxonomy
from domain.terms import CaseStatus, RouteRule, SecondLook, TriageStep

_SAYS_NO_UNIT = frozenset({RouteRule.CLARIFY, RouteRule.TOWNSHIP_OR_VILLAGE})
# A station of a vertical unit has a rule of its own (e08); its owner is the superior all the same.
_NOBODY_OF_OURS = frozenset({REPLY_ONLY, SUPERIOR_OF_UNIT})


@dataclass(frozen=True, slots=True)
class TriageFacts:
    """What decides what is next: what was suggested and how surely, what the rules made of it, what the reporter was asked.

    `abstained` is the classifier's own word that it is not sure, the only measure of that there is (`Suggestion.abstained`).
    `names_facts` is whether money, goods or a demand were found in what was said, `awaits_contact` whether somebody is in danger
    and nobody has noted yet that he was spoken with.
    """

    status: CaseStatus
    is_confirmed: bool
    suggested: str | None
    abstained: bool
    label: str | None
    unit: str | None
    rule: RouteRule
    owner: str
    overlays: tuple[str, ...]
    waits_for_answer: bool
    was_asked: bool
    names_facts: bool
    awaits_contact: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is next with a case. `label` is the kind it rests on, None where somebody must choose one first.

    `body` is set where the case is handed on, `because` where somebody must look twice.
    """

    step: TriageStep
    label: str | None = None
    body: str | None = None
    because: SecondLook | None = None

    @property
    def is_one_press(self) -> bool:
        """Whether it can be done as it stands; else somebody has to choose, to look or to wait."""
        return self.step not in {TriageStep.CHOOSE, TriageStep.LOOK, TriageStep.WAIT}


def body_for(owner: str, unit: str | None, directory: Directory) -> str | None:
    """The body that an owner named by the rules is, if a case can be handed to it; None where they name none."""
    if owner in directory.bodies:
        return owner
    return unit if unit is not None and directory.is_township(unit) else None


def lacks_unit(rule: RouteRule, owner: str, unit: str | None, directory: Directory) -> bool:
    """Whether the rules cannot say whose case it is before a unit is known."""
    return rule in _SAYS_NO_UNIT and body_for(owner, unit, directory) is None


def propose(case: TriageFacts, directory: Directory, taxonomy: Taxonomy) -> Proposal | None:
    """What is next with a new case; None where it is not new.

    A kind counts when a person confirmed it, or when the suggestion is sure and the reporter did not say otherwise. Then the
    kind and the rule say what follows. An overlay (several subjects, a conflict of interest, danger) is more than a kind says.
    """
    if case.status is not CaseStatus.RECEIVED:
        return None
    if case.waits_for_answer:
        return Proposal(TriageStep.WAIT, case.label)
    is_sure = not case.abstained and case.label == case.suggested
    label = case.label if case.is_confirmed or is_sure else None
    if label is None:
        return Proposal(TriageStep.CHOOSE)
    if because := _second_look(case, label, directory, taxonomy):
        return Proposal(TriageStep.LOOK, label, because=because)
    if _is_incomplete(case, label, directory):
        return Proposal(TriageStep.ASK, label)
    if case.owner in _NOBODY_OF_OURS:
        return Proposal(TriageStep.DECLINE, label)
    return Proposal(TriageStep.TAKE_IN, label, body=body_for(case.owner, case.unit, directory))


def _is_incomplete(case: TriageFacts, label: str, directory: Directory) -> bool:
    """Whether only the reporter can say what is missing."""
    return label == NO_SUBSTANCE or lacks_unit(case.rule, case.owner, case.unit, directory)


def _second_look(case: TriageFacts, label: str, directory: Directory, taxonomy: Taxonomy) -> SecondLook | None:
    """Why nothing follows from the kind alone; None where something does."""
    if label == NO_SUBSTANCE and case.names_facts and not case.is_confirmed:
        # "Two thousand or no licence" is a fact, however little stands around it.
        return SecondLook.NAMES_FACTS
    if case.awaits_contact:
        return SecondLook.DANGER
    # Whoever was in danger has been spoken with: then his case is like any other.
    if overlays := set(case.overlays) - {X3_DANGER}:
        return SecondLook.SEVERAL if X2_MULTI_SUBJECT in overlays else SecondLook.CONFLICT
    if _is_incomplete(case, label, directory):
        return SecondLook.ANSWERED if case.was_asked else None
    if not taxonomy.takes(label):
        return None if case.owner in _NOBODY_OF_OURS else SecondLook.NAMES_OFFICIAL
    if case.owner == REPLY_ONLY:
        return SecondLook.NO_OFFICIAL
    has_place = case.owner == SUPERIOR_OF_UNIT or body_for(case.owner, case.unit, directory) is not None
    return None if has_place else SecondLook.NO_BODY
