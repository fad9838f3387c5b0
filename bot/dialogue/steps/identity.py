"""Anonymous or named, explained honestly; then name and telephone. Never asks for an identity card."""

from collections.abc import Mapping
from dataclasses import replace

from bot.dialogue.commands import has_identity_card, read_phone
from bot.dialogue.context import Context
from bot.dialogue.effects import say
from bot.dialogue.flow import onward, step_back
from bot.dialogue.node import Node, Question, Turn
from bot.dialogue.states import Item, State, StateName, Topic
from bot.dialogue.steps.choices import fixed
from bot.dialogue.steps.statement import keep, more, more_heard

ANONYMOUS, NAMED = "anonymous", "named"
_MAX_NAME = 30


def _ask_signing(state: State, context: Context) -> Question:
    is_report = state.draft.topic is Topic.REPORT
    return Question("sign" if is_report else "leave_contact", (fixed(ANONYMOUS, context), fixed(NAMED, context)))


def _choose_signing(state: State, key: str, context: Context) -> Turn:
    if key == NAMED:
        return Turn(state.at(StateName.GIVING_NAME))
    return _stay_anonymous(state, context)


def _stay_anonymous(state: State, context: Context) -> Turn:
    draft = replace(state.draft.settle(Item.SIGNING), is_named=False, name="", contact="")
    return onward(state.with_draft(draft), context)


def _name_said(state: State, text: str, context: Context) -> Turn:
    if has_identity_card(text):
        return Turn(state)
    if len(text.strip()) > _MAX_NAME:
        return Turn(state, (say("bad_name"),))
    return Turn(state.at(StateName.GIVING_CONTACT).with_draft(replace(state.draft, name=text.strip())))


def _contact_said(state: State, text: str, context: Context) -> Turn:
    if has_identity_card(text):
        return Turn(state)
    phone = read_phone(text)
    if phone is None:
        return Turn(state, (say("bad_contact"),))
    draft = replace(state.draft.settle(Item.SIGNING), is_named=True, contact=phone)
    return onward(state.with_draft(draft), context)


NODES: Mapping[StateName, Node] = {
    StateName.SIGNING: Node(
        meaning="anonymous or named?",
        ask=_ask_signing,
        leads_to=(
            StateName.GIVING_NAME,
            StateName.REVIEWING,
            StateName.TELLING,
            StateName.CHOOSING_KIND,
            StateName.ASKING_UNIT,
            StateName.ANSWERING,
        ),
        chosen=_choose_signing,
        said=more,
        heard=more_heard,
        shown=keep,
        skipped=_stay_anonymous,
        returned=step_back,
    ),
    StateName.GIVING_NAME: Node(
        meaning="your name?",
        ask=lambda state, context: Question("ask_name"),
        leads_to=(StateName.GIVING_CONTACT, StateName.SIGNING, StateName.REVIEWING),
        chosen=None,
        said=_name_said,
        heard=None,
        shown=keep,
        skipped=_stay_anonymous,
        returned=lambda state, context: Turn(state.at(StateName.SIGNING)),
    ),
    StateName.GIVING_CONTACT: Node(
        meaning="your telephone?",
        ask=lambda state, context: Question("ask_contact"),
        leads_to=(StateName.GIVING_NAME, StateName.REVIEWING),
        chosen=None,
        said=_contact_said,
        heard=None,
        shown=keep,
        skipped=_stay_anonymous,
        returned=lambda state, context: Turn(state.at(StateName.GIVING_NAME)),
    ),
}
