"""Takes up a conversation after a while: what is simply gone on with, what is offered again, what is too old to be kept."""

from dataclasses import replace
from datetime import timedelta

from bot.dialogue.context import Context
from bot.dialogue.effects import Effect, say
from bot.dialogue.flow import gathered, resting
from bot.dialogue.states import FOLLOWING_UP, State

# A draft older than this is offered again instead of simply going on, …
FORGETTING = timedelta(hours=24)
# … older than this it is dropped: nothing unlodged is kept longer.
EXPIRY = timedelta(days=7)
# A case is looked at no longer than this: the next text is most likely about something else.
LOOKING = timedelta(minutes=30)


def wake(state: State, context: Context) -> tuple[State, tuple[Effect, ...]]:
    """The conversation as it may be taken up again after a while, and what to say about that first."""
    if state.was_lost:
        return replace(state, was_lost=False), (say("forgotten"),)
    slept = context.now - state.last_active_at if state.last_active_at else timedelta()
    if slept > EXPIRY:
        dropped = state.draft.has_content or bool(state.heard or state.loose)
        return State(), (say("expired"),) if dropped else ()
    if slept > FORGETTING:
        kept = gathered(replace(state, undo=None, focus=None, rule=None))
        return replace(kept.at(resting(kept.draft)), choices=()), ()
    if slept > LOOKING and state.name in FOLLOWING_UP:
        rested = replace(state.at(resting(state.draft)), focus=None, listed=(), rating=None, choices=())
        return rested, ()
    return state, ()
