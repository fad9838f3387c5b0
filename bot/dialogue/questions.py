"""Which facts are worth asking for, by kind: only what is missing and matters, five questions at most."""

from bot.dialogue.states import SLOTS, Draft, Item, Topic

MAX_QUESTIONS = 5

_W, _P, _N, _D, _E = Item.WHEN, Item.WHERE, Item.PERSON, Item.DEMAND, Item.EVIDENCE

# What a first reader of such a report looks for. A demand is asked for only where somebody wants something; a place only
# where it is not the unit's own counter.
MATTERS: dict[str, tuple[Item, ...]] = {
    "approval_payoff": (_W, _N, _D, _E),
    "approval_overdue": (_W, _E),
    "approval_refusal": (_W, _N),
    "extra_requirement": (_W, _D, _E),
    "forced_intermediary": (_W, _N, _D, _E),
    "disguised_permit": (_W, _D),
    "land_obstruction": (_W, _P, _N, _E),
    "utility_obstruction": (_W, _P, _N, _D),
    "credit_kickback": (_W, _N, _D, _E),
    "policy_fund_withheld": (_W, _N, _D, _E),
    "unfair_tender": (_W, _N, _E),
    "forced_trade": (_W, _P, _N, _D, _E),
    "piecemeal_notice": (_W, _N),
    "buck_passing": (_W,),
    "poor_window_service": (_W, _P, _N),
    "insider_scalper": (_W, _P, _N, _D, _E),
    "unit_levy": (_W, _N, _D, _E),
    "private_favour": (_W, _N, _D, _E),
    "enforcement_payoff": (_W, _P, _N, _D, _E),
    "excessive_inspection": (_W, _N, _E),
    "arbitrary_fine": (_W, _N, _D, _E),
    "illegal_fee": (_W, _D, _E),
    "selective_enforcement": (_W, _P, _N),
    "unlawful_seizure": (_W, _P, _N, _E),
    "broken_promise": (_W, _N, _E),
    "contract_arrears": (_W, _N, _E),
    "police_in_dispute": (_W, _N, _E),
    "judicial_misconduct": (_W, _N, _D, _E),
    "leak_retaliation": (_W, _N, _E),
    "failure_to_protect": (_W, _P, _E),
    "nk_appeal": (_W,),
    "nk_suggestion": (),
    "nk_help_request": (),
}
_IF_UNCLASSIFIED = (_W, _P, _N, _E)


def next_slot(draft: Draft) -> Item | None:
    """The fact to ask for now; None when nothing is missing that matters, or enough was asked."""
    if draft.topic is not Topic.REPORT or draft.questions_asked >= MAX_QUESTIONS:
        return None
    matters = MATTERS.get(draft.label or "", _IF_UNCLASSIFIED)
    return next((s for s in SLOTS if s in matters and s not in draft.settled and not is_known(draft, s)), None)


def is_known(draft: Draft, slot: Item) -> bool:
    """Whether the statement or an answer says it already; evidence also when something is attached."""
    if slot is Item.EVIDENCE and draft.attachments:
        return True
    # A sum of money tells what was demanded.
    return bool(draft.said_of(slot)) or (slot is Item.DEMAND and "amount" in dict(draft.found))
