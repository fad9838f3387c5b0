"""What a person can do about a lodged case: add to it, withdraw it, say whether the outcome helped."""

from collections.abc import Mapping
from dataclasses import replace

from bot.dialogue.commands import read_leading_choice
from bot.dialogue.context import Context
from bot.dialogue.effects import Classify, Effect, RecordSatisfaction, Supplement, Withdraw, say
from bot.dialogue.events import Done, DoneKind, MediaReceived, Suggested
from bot.dialogue.flow import onward
from bot.dialogue.node import Node, Question, Turn
from bot.dialogue.states import State, StateName
from bot.dialogue.steps.choices import fixed
from bot.dialogue.steps.statement import is_dangerous
from bot.dialogue.steps.tracking import back_to_case, media_about_case
from domain.terms import Satisfaction

WITHDRAW_YES, WITHDRAW_NO = "withdraw_yes", "withdraw_no"


def done(state: State, event: Done, context: Context) -> Turn:
    """Says what was done. More can be added to a case; everything else ends the following up."""
    told = say(f"done_{event.kind}")
    if event.kind is DoneKind.SUPPLEMENTED and state.name is StateName.SUPPLEMENTING:
        return Turn(state, (told,), asks=False)
    turn = onward(state, context, told)
    return turn._replace(asks=turn.state.name is not StateName.IDLE)


# ── adding ───────────────────────────────────────────────────────────────────────────────────────
def _ask_supplement(state: State, context: Context) -> Question | None:
    return Question("supplement") if state.focus else None


def _hear(state: State, text: str, context: Context) -> Turn:
    return Turn(replace(state, heard=text), (Classify(text),), asks=False)


def _supplement_heard(state: State, suggested: Suggested | None, context: Context) -> Turn:
    warned = (say("danger"),) if suggested and is_dangerous(suggested) else ()
    return _supplement(state, state.heard, state.loose, *warned)


def _supplement_shown(state: State, media: MediaReceived, context: Context) -> Turn:
    loose = (*state.loose, media.attachment_id)
    if media.recognition:
        # What was spoken follows as a text and takes the recording with it.
        return Turn(replace(state, loose=loose), asks=False)
    return _supplement(state, "", loose)


def _supplement(state: State, text: str, attachments: tuple[int, ...], *told: Effect) -> Turn:
    if state.focus is None:
        return Turn(state, told)
    sent = Supplement(state.focus.case_number, text, attachments, state.focus.query_code)
    return Turn(state.at(StateName.SUPPLEMENTING), (*told, sent), asks=False)


# ── withdrawing ──────────────────────────────────────────────────────────────────────────────────
def _ask_withdraw(state: State, context: Context) -> Question | None:
    choices = (fixed(WITHDRAW_YES, context), fixed(WITHDRAW_NO, context))
    return Question("withdraw", choices) if state.focus else None


def _choose_withdraw(state: State, key: str, context: Context) -> Turn:
    if key != WITHDRAW_YES or state.focus is None:
        return back_to_case(state, context)
    return Turn(state, (Withdraw(state.focus.case_number, state.focus.query_code),), asks=False)


def _not_a_choice(state: State, text: str, context: Context) -> Turn:
    return Turn(state, (say("not_a_choice"),))


# ── rating ───────────────────────────────────────────────────────────────────────────────────────
def _ask_rating(state: State, context: Context) -> Question | None:
    if state.focus is None:
        return None
    return Question("rate", tuple(fixed(value, context) for value in Satisfaction))


def _choose_rating(state: State, key: str, context: Context) -> Turn:
    rated = replace(state, rating=Satisfaction(key))
    if rated.rating is Satisfaction.DISSATISFIED:
        return Turn(rated.at(StateName.EXPLAINING_RATING))
    return _record(rated, "")


def _said_rating(state: State, text: str, context: Context) -> Turn:
    read = read_leading_choice(text, tuple(fixed(value, context) for value in Satisfaction))
    if read is None:
        return Turn(state, (say("not_a_choice"),))
    value, remark = read
    if not remark:
        return _choose_rating(state, value, context)
    explained = replace(state.at(StateName.EXPLAINING_RATING), rating=Satisfaction(value))
    return _hear(explained, remark, context)


def _ask_why(state: State, context: Context) -> Question | None:
    return Question("ask_why") if state.focus and state.rating else None


def _why_heard(state: State, suggested: Suggested | None, context: Context) -> Turn:
    return _record(state, state.heard)


def _record(state: State, comment: str) -> Turn:
    if state.focus is None or state.rating is None:
        return Turn(state)
    recorded = RecordSatisfaction(state.focus.case_number, state.rating, comment, state.focus.query_code)
    return Turn(replace(state, heard=""), (recorded,), asks=False)


NODES: Mapping[StateName, Node] = {
    StateName.SUPPLEMENTING: Node(
        meaning="what is to be added?",
        ask=_ask_supplement,
        leads_to=(StateName.VIEWING_CASE, StateName.IDLE),
        chosen=None,
        said=_hear,
        heard=_supplement_heard,
        shown=_supplement_shown,
        skipped=back_to_case,
        returned=back_to_case,
    ),
    StateName.WITHDRAWING: Node(
        meaning="really withdraw?",
        ask=_ask_withdraw,
        leads_to=(StateName.VIEWING_CASE, StateName.IDLE, StateName.PLACING),
        chosen=_choose_withdraw,
        said=_not_a_choice,
        heard=None,
        shown=media_about_case,
        skipped=back_to_case,
        returned=back_to_case,
    ),
    StateName.RATING: Node(
        meaning="did it help?",
        ask=_ask_rating,
        leads_to=(StateName.EXPLAINING_RATING, StateName.VIEWING_CASE, StateName.IDLE, StateName.PLACING),
        chosen=_choose_rating,
        said=_said_rating,
        heard=None,
        shown=media_about_case,
        skipped=back_to_case,
        returned=back_to_case,
    ),
    StateName.EXPLAINING_RATING: Node(
        meaning="what was not right?",
        ask=_ask_why,
        leads_to=(StateName.RATING, StateName.IDLE, StateName.PLACING),
        chosen=None,
        said=_hear,
        heard=_why_heard,
        shown=media_about_case,
        skipped=lambda state, context: _record(state, ""),
        returned=lambda state, context: Turn(state.at(StateName.RATING)),
    ),
}
