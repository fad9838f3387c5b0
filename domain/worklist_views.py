"""Which questions each desk brings to the worklist, and in which order an answer is read (`docs/console.md`)."""

from collections.abc import Mapping

from domain.terms import Role, WorklistSort, WorklistView

_V = WorklistView

_BODY = (_V.DUE_TODAY, _V.SUPERVISED, _V.AWAITING_FEEDBACK, _V.CONTACT, _V.ANSWERED, _V.AWAITING_ANSWER)

VIEWS_OF_ROLE: Mapping[Role, tuple[WorklistView, ...]] = {
    Role.PETITION: (
        _V.TRIAGE,
        _V.LOW_CONFIDENCE,
        _V.ALIKE,
        _V.CONTACT,
        _V.ANSWERED,
        _V.AWAITING_ANSWER,
        _V.AWAITING_FEEDBACK,
        _V.DUE_TODAY,
        _V.SUPERVISED,
    ),
    Role.CLUE: (
        _V.COUNTY_CADRES,
        _V.SENT_BACK,
        _V.AWAITING_APPROVAL,
        _V.RECUSED,
        _V.REPEATED,
        _V.ALIKE,
        _V.LOW_CONFIDENCE,
        _V.DUE_TODAY,
        _V.SUPERVISED,
    ),
    Role.GROUP: _BODY,
    Role.INSPECTION: _BODY,
    Role.TOWNSHIP: _BODY,
    Role.TRIAL: _BODY,
    Role.CADRE: (_V.TRIAGE, *_BODY),
    Role.LEADER: (
        _V.AWAITING_APPROVAL,
        _V.DUE_TODAY,
        _V.SUPERVISED,
        _V.COUNTY_CADRES,
        _V.RECUSED,
        _V.REPEATED,
        _V.CONTACT,
        _V.AWAITING_FEEDBACK,
    ),
    Role.AUDITOR: (_V.DUE_TODAY, _V.SUPERVISED, _V.AWAITING_FEEDBACK),
    Role.SYSADMIN: (),
}

_SORTS: Mapping[WorklistView, WorklistSort] = {
    # Who waited longest is looked at first; what is dangerous stands above everybody.
    _V.TRIAGE: WorklistSort.WAITING,
    _V.LOW_CONFIDENCE: WorklistSort.WAITING,
    _V.CONTACT: WorklistSort.WAITING,
    _V.ANSWERED: WorklistSort.WAITING,
    _V.AWAITING_ANSWER: WorklistSort.WAITING,
    _V.AWAITING_APPROVAL: WorklistSort.WAITING,
    _V.SENT_BACK: WorklistSort.WAITING,
    _V.AWAITING_FEEDBACK: WorklistSort.DUE,
    _V.DUE_TODAY: WorklistSort.DUE,
    _V.SUPERVISED: WorklistSort.DUE,
}


def usual_sort(view: WorklistView | None) -> WorklistSort:
    """The order of a view unless another one is asked for."""
    return _SORTS.get(view, WorklistSort.URGENT) if view is not None else WorklistSort.URGENT
