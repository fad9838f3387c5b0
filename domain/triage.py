"""Which case is plain enough to be confirmed, taken in and handed on in one step, and to whom."""

from dataclasses import dataclass

from domain.directory import Directory
from domain.taxonomy import Taxonomy
from domain.terms import CaseStatus
from domain.worklist_views import LOW_CONFIDENCE


@dataclass(frozen=True, slots=True)
class TriageFacts:
    """What decides whether a new case is plain: what was suggested and how surely, what the rules made of it."""

    status: CaseStatus
    is_confirmed: bool
    suggested: str | None
    confidence: float | None
    abstained: bool
    label: str | None
    unit: str | None
    owner: str
    overlays: tuple[str, ...]
    waits_for_answer: bool


def body_for(owner: str, unit: str | None, directory: Directory) -> str | None:
    """The body that an owner named by the rules is, if a case can be handed to it; None where they name none."""
    if owner in directory.bodies:
        return owner
    return unit if unit is not None and unit in directory.townships else None


def body_in_one_step(case: TriageFacts, directory: Directory, taxonomy: Taxonomy) -> str | None:
    """The body that a plain new case goes to at once; None where somebody should look twice.

    Plain: new, nobody has decided, the suggestion is sure and the reporter did not say otherwise, the kind is ours, the unit
    is known, no overlay (several subjects, a conflict of interest, danger) says that there is more to it, and nobody waits for
    the reporter's answer to a question.
    """
    non_kind = taxonomy.non_kinds.get(case.suggested or "")
    is_ours = non_kind.accepted if non_kind else case.suggested in taxonomy.kinds
    is_sure = not case.abstained and case.confidence is not None and case.confidence >= LOW_CONFIDENCE
    is_new = case.status is CaseStatus.RECEIVED and not case.is_confirmed
    if (
        not (is_new and is_ours and is_sure and case.label == case.suggested and case.unit is not None)
        or case.overlays
        or case.waits_for_answer
    ):
        return None
    return body_for(case.owner, case.unit, directory)
