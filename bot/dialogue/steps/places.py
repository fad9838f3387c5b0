"""A place sent as a location: it answers 'where?' before or after it is asked."""

from bot.dialogue.context import Context
from bot.dialogue.effects import say
from bot.dialogue.events import LocationReceived
from bot.dialogue.flow import onward
from bot.dialogue.node import Turn
from bot.dialogue.questions import next_slot
from bot.dialogue.states import FOLLOWING_UP, Item, State, StateName
from bot.dialogue.steps.statement import start

_NO_DRAFT = FOLLOWING_UP | {StateName.REFERRED_UPWARD, StateName.RESUMING, StateName.PLACING}


def received(state: State, event: LocationReceived, context: Context) -> Turn:
    """Keeps the address as where it happened. A place without an address, or while no matter is told, cannot be used."""
    if not event.label.strip() or state.name in _NO_DRAFT:
        return Turn(state, (say("location_unclear"),))
    is_asked = state.name is StateName.ANSWERING and next_slot(state.draft) is Item.WHERE
    draft = state.draft.answer(Item.WHERE, event.label.strip())
    if is_asked:
        return onward(state.with_draft(draft.settle(Item.WHERE)), context)
    if state.name is StateName.IDLE:
        return Turn(start(state, draft), (say("location_kept"),))
    return Turn(state.with_draft(draft), (say("location_kept"),))
