"""How a case stands: found by the account or by number and code, shown in neutral words with what can be done about it."""

from collections.abc import Mapping
from dataclasses import replace

from bot.dialogue.commands import Choice, plain, read_case
from bot.dialogue.context import Context
from bot.dialogue.effects import LookUpCase, say
from bot.dialogue.events import CasesFound, CaseView, MediaReceived
from bot.dialogue.flow import onward
from bot.dialogue.node import Node, Question, Turn
from bot.dialogue.states import Focus, State, StateName
from bot.dialogue.steps.choices import fixed
from bot.dialogue.steps.statement import MIN_MORE, keep, more, start

SUPPLEMENT, WITHDRAW, RATE, LEAVE, OTHER_CASE = "supplement", "withdraw", "rate", "leave", "other_case"
READ_ON = "read_on"
# Somebody who writes this much while a case is looked up is telling something.
_A_STORY = 15
_MAX_TRIES = 2
# So much of a result at once leaves room for the rest of the reply within the platform's 2047 bytes.
_MAX_FEEDBACK = 420


def look_up(state: State, text: str) -> Turn:
    """Looks a case up by the number and code in a message; asks for what is missing."""
    number, code = read_case(text)
    if number is None and state.focus is not None:
        number = state.focus.case_number
    if number is None:
        return Turn(state, (say("not_a_number"),))
    if code is None:
        return Turn(replace(state, focus=Focus(number)))
    return Turn(replace(state, focus=Focus(number, code)), (LookUpCase(number, code),), asks=False)


def found(state: State, event: CasesFound, context: Context) -> Turn:
    """Shows the case, or the list to choose from."""
    if not event.cases:
        return not_found(state, context)
    if len(event.cases) == 1:
        return _show(state, event.cases[0], context)
    listed = tuple((case.case_number, str(case.status)) for case in event.cases)
    return Turn(replace(state.at(StateName.CHOOSING_CASE), listed=listed, focus=None))


def not_found(state: State, context: Context) -> Turn:
    """The same words for an unknown number and a wrong code. An account without cases is asked for number and code."""
    if state.focus is None:
        return Turn(state.at(StateName.FINDING_CASE))
    if state.name is not StateName.FINDING_CASE or state.tries >= _MAX_TRIES:
        return onward(state, context, say("case_not_found"))
    return Turn(replace(state, focus=None, tries=state.tries + 1), (say("case_not_found"),))


def leave(state: State, context: Context) -> Turn:
    """Out of the following up: to the draft that waits, or to the menu."""
    return onward(replace(state, listed=()), context)


def back_to_case(state: State, context: Context) -> Turn:
    """Back to the case that is looked at, if there is one with anything to do about it."""
    return Turn(state.at(StateName.VIEWING_CASE)) if state.focus and state.focus.actions else leave(state, context)


def media_about_case(state: State, media: MediaReceived, context: Context) -> Turn:
    """A picture while a case is looked at: asks whether it belongs there."""
    if state.focus and SUPPLEMENT in state.focus.actions:
        return Turn(replace(state.at(StateName.PLACING), loose=(media.attachment_id,)))
    return keep(start(state, state.draft), media, context)


def _show(state: State, case: CaseView, context: Context) -> Turn:
    same = state.focus if state.focus and state.focus.case_number == case.case_number else None
    begin = same.told if same else 0
    result = (case.feedback or "")[begin : begin + _MAX_FEEDBACK]
    follows = begin + len(result) < len(case.feedback or "")
    can = ((SUPPLEMENT, case.can_supplement), (WITHDRAW, case.can_withdraw), (RATE, case.needs_satisfaction))
    actions = (*((READ_ON,) if follows else ()), *(key for key, may in can if may), OTHER_CASE, LEAVE)
    told = begin + len(result) if follows else 0
    focus = Focus(case.case_number, same.query_code if same else None, actions, told)
    shown = []
    if begin == 0:
        shown.append(
            say(
                "case_view",
                case_number=case.case_number,
                status=context.phrases.statuses[case.status],
                received_on=case.received_on.isoformat(),
                declined_to=case.declined_to or "",
            )
        )
        if case.questions:
            shown.append(say("case_questions", questions=case.questions))
    if result:
        shown.append(say("case_feedback", feedback=f"{result}…" if follows else result))
    return Turn(replace(state.at(StateName.VIEWING_CASE), focus=focus, listed=()), tuple(shown))


def _ask_finding(state: State, context: Context) -> Question:
    return Question("ask_code" if state.focus else "ask_number")


def _said_finding(state: State, text: str, context: Context) -> Turn:
    number, code = read_case(text)
    if number or code:
        return look_up(state, text)
    if len(plain(text)) >= _A_STORY:
        return _tell_instead(state, text, context)
    if state.tries >= _MAX_TRIES:
        return onward(state, context, say("left"))
    return Turn(replace(state, tries=state.tries + 1), (say("not_a_number"),))


def _tell_instead(state: State, text: str, context: Context) -> Turn:
    return more(replace(start(state, state.draft), choices=()), text, context)


def _ask_which(state: State, context: Context) -> Question | None:
    if not state.listed:
        return None
    cases = [
        Choice(number, (f"{number} {context.phrases.statuses.get(status, '')}".strip(), number))
        for number, status in state.listed
    ]
    return Question("choose_case", (*cases, fixed(OTHER_CASE, context)))


def _choose_case(state: State, key: str, context: Context) -> Turn:
    if key == OTHER_CASE:
        return Turn(replace(state.at(StateName.FINDING_CASE), focus=None))
    return Turn(replace(state, focus=Focus(key)), (LookUpCase(key),), asks=False)


def _said_choosing(state: State, text: str, context: Context) -> Turn:
    if read_case(text)[0]:
        return look_up(state.at(StateName.FINDING_CASE), text)
    if len(plain(text)) >= _A_STORY:
        return _tell_instead(state, text, context)
    return Turn(state, (say("not_a_choice"),))


def _ask_action(state: State, context: Context) -> Question | None:
    if state.focus is None or not state.focus.actions:
        return None
    return Question("case_actions", tuple(fixed(key, context) for key in state.focus.actions))


def _choose_action(state: State, key: str, context: Context) -> Turn:
    match key:
        case "supplement":
            return Turn(state.at(StateName.SUPPLEMENTING))
        case "withdraw":
            return Turn(state.at(StateName.WITHDRAWING))
        case "rate":
            return Turn(state.at(StateName.RATING))
        case "read_on" if state.focus is not None:
            return Turn(state, (LookUpCase(state.focus.case_number, state.focus.query_code),), asks=False)
        case "other_case":
            return Turn(replace(state.at(StateName.FINDING_CASE), focus=None))
        case _:
            return leave(state, context)


def _said_viewing(state: State, text: str, context: Context) -> Turn:
    can_supplement = state.focus is not None and SUPPLEMENT in state.focus.actions
    if can_supplement and not read_case(text)[0] and len(plain(text)) >= MIN_MORE:
        return Turn(replace(state.at(StateName.PLACING), heard=text))
    return _said_choosing(state, text, context)


NODES: Mapping[StateName, Node] = {
    StateName.FINDING_CASE: Node(
        meaning="number and code?",
        ask=_ask_finding,
        leads_to=(StateName.IDLE, StateName.TELLING, StateName.VIEWING_CASE),
        chosen=None,
        said=_said_finding,
        heard=None,
        shown=media_about_case,
        skipped=leave,
        returned=leave,
    ),
    StateName.CHOOSING_CASE: Node(
        meaning="which case?",
        ask=_ask_which,
        leads_to=(StateName.IDLE, StateName.TELLING, StateName.VIEWING_CASE, StateName.FINDING_CASE),
        chosen=_choose_case,
        said=_said_choosing,
        heard=None,
        shown=media_about_case,
        skipped=leave,
        returned=leave,
    ),
    StateName.VIEWING_CASE: Node(
        meaning="how it stands; what now?",
        ask=_ask_action,
        leads_to=(
            StateName.IDLE,
            StateName.TELLING,
            StateName.PLACING,
            StateName.FINDING_CASE,
            StateName.SUPPLEMENTING,
            StateName.WITHDRAWING,
            StateName.RATING,
        ),
        chosen=_choose_action,
        said=_said_viewing,
        heard=None,
        shown=media_about_case,
        skipped=leave,
        returned=leave,
    ),
}
