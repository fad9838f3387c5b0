"""Runs the effects of one turn: the only place that knows both the dialogue's wishes and the services that grant them."""

from collections.abc import Callable
from contextlib import ExitStack

from bot.dialogue import effects as fx
from bot.dialogue import events as ev
from bot.dialogue.context import Context
from bot.dialogue.machine import step
from bot.dialogue.states import Draft, State, Topic
from domain.errors import DomainError, NotFound, NotOurs
from domain.terms import CaseStatus, ReportKind, RouteRule, Satisfaction, Source
from services import Services, Transact
from services.conversations import Turn
from services.intake import Identity, NewReport, QueryCode
from services.suggestions import Advice
from services.tracking import CitizenKey, TrackedCase

_MAX_STEPS = 25  # a turn is a handful of steps long; more would be a loop, and a loop is a fault

_KIND_OF_TOPIC = {
    Topic.POLICY: ReportKind.CONSULTATION,
    Topic.HELP: ReportKind.SERVICE_REQUEST,
    Topic.BLOCKED: ReportKind.SERVICE_REQUEST,
}
_LABEL_OF_TOPIC = {Topic.POLICY: "nk_suggestion", Topic.HELP: "nk_help_request", Topic.BLOCKED: "nk_help_request"}


class Write:
    """The one writing transaction of a turn, opened when it is first needed; commits when the stack is left without an error."""

    def __init__(self, stack: ExitStack, transact: Transact, turn: Turn, openid: str = "") -> None:
        """`openid` is needed for the turn of somebody who never wrote before: he is made known in this transaction."""
        self._stack = stack
        self._transact = transact
        self._turn = turn
        self._openid = openid
        self._services: Services | None = None

    def __call__(self) -> Services:
        """The services."""
        if self._services is None:
            self._services = self._stack.enter_context(self._transact())
            if self._turn.reporter_id is None:
                self._turn = self._services.conversations.welcome(self._openid)
        return self._services

    @property
    def turn(self) -> Turn:
        """The turn, with whose it is."""
        self()
        return self._turn


class Run:
    """One turn on its way. `says` collects what is said; `is_withheld` that nothing of the statement may stay."""

    def __init__(
        self,
        write: Write,
        context: Context,
        allows: Callable[[str, str], bool],
        advise: Callable[[str], Advice],
    ) -> None:
        self._write = write
        self._context = context
        self._allows = allows
        self._advise = advise
        self._said: list[fx.Say] = []
        self.is_withheld = False

    @property
    def says(self) -> tuple[fx.Say, ...]:
        """What is to be said, in order."""
        return tuple(self._said)

    def through(self, state: State, event: ev.Event) -> State:
        """Takes steps until no effect asks for another. Raises RuntimeError if that does not end."""
        waiting: list[ev.Event] = [event]
        for _ in range(_MAX_STEPS):
            if not waiting:
                return state
            state, effects = step(state, waiting.pop(0), self._context)
            for effect in effects:
                answer = self._carry_out(effect)
                if answer is not None:
                    waiting.append(answer)
        msg = "the dialogue does not come to rest"
        raise RuntimeError(msg)

    def _carry_out(self, effect: fx.Effect) -> ev.Event | None:
        try:
            return self._grant(effect)
        except NotFound:
            return ev.CaseNotFound()
        except NotOurs as error:
            return ev.LodgeRefused(RouteRule(error.rule))
        except DomainError:
            return ev.LodgeRefused() if isinstance(effect, fx.LodgeReport) else ev.Failed()

    def _grant(self, effect: fx.Effect) -> ev.Event | None:
        match effect:
            case fx.Say():
                self._said.append(effect)
            case fx.Classify(text):
                advice = self._advise(text)
                return ev.Suggested(advice.suggestion, advice.route, advice.suggestion.doubtful)
            case fx.LodgeReport(draft):
                return self._lodge(draft)
            case fx.RenewCode(number):
                code = QueryCode.new()  # before the first `self._write`, as for a report
                self._write().tracking.renew_code(self._key(number, None), code)
                return ev.CodeRenewed(number, code.plain)
            case fx.LookUpCases():
                return ev.CasesFound(tuple(map(_view, self._write().tracking.cases_of(self._write.turn.of))))
            case fx.LookUpCase(number, code):
                return self._look_up(number, code)
            case fx.Supplement(number, text, attachments, code):
                self._write().tracking.supplement(self._key(number, code), text, attachments)
                return ev.Done(ev.DoneKind.SUPPLEMENTED)
            case fx.Withdraw(number, code):
                ended = self._write().tracking.withdraw(self._key(number, code), "")
                return ev.Done(ev.DoneKind.WITHDRAWN if ended else ev.DoneKind.WITHDRAWAL_NOTED)
            case fx.RecordSatisfaction(number, value, comment, code):
                return self._rate(self._key(number, code), value, comment)
            case fx.AskForPerson(number):
                if number is not None:
                    self._write().tracking.ask_for_person(self._key(number, None))
            case fx.ForgetDraft():
                self.is_withheld = True
        return None

    def _lodge(self, draft: Draft) -> ev.Event:
        advice = self._advise(draft.everything)
        label = draft.label or _LABEL_OF_TOPIC.get(draft.topic)
        code = QueryCode.new()  # before the first `self._write`: hashing is slow on purpose, and others wait to write
        report = NewReport(
            statement=draft.text,
            source=Source.WECHAT,
            suggestion=advice.suggestion,
            label=label,
            was_asked=True,
            unit=draft.unit,
            # A citizen who came for help and then described one of the kinds chose which of the two it is.
            report_kind=None if draft.label else _KIND_OF_TOPIC.get(draft.topic),
            slots=(*draft.found, *((item.value, text) for item, text in draft.answers if text)),
            identity=Identity(draft.name, draft.contact) if draft.is_named else None,
            reporter_id=self._write.turn.of,
            attachment_ids=draft.attachments,
            scene_code=self._write.turn.scene_code,
            in_danger=draft.in_danger,
            code=code,
        )
        lodged = self._write().intake.lodge_report(report)
        return ev.ReportLodged(lodged.case_number, lodged.query_code)

    def _look_up(self, number: str, code: str | None) -> ev.Event:
        tracking = self._write().tracking
        if code is None:
            own = tuple(case for case in tracking.cases_of(self._write.turn.of) if case.case_number == number)
            return ev.CasesFound(tuple(map(_view, own))) if own else ev.CaseNotFound()
        if not self._allows("track", number):
            return ev.Throttled()
        return ev.CasesFound((_view(tracking.find(number, code)),))

    def _rate(self, key: CitizenKey, value: Satisfaction, comment: str) -> ev.Event:
        status = self._write().tracking.record_satisfaction(key, value, comment)
        return ev.Done(ev.DoneKind.OBJECTED if status is CaseStatus.OBJECTED else ev.DoneKind.RATED)

    def _key(self, number: str, code: str | None) -> CitizenKey:
        return CitizenKey(number, reporter_id=self._write.turn.of, query_code=code)


def _view(case: TrackedCase) -> ev.CaseView:
    return ev.CaseView(
        case_number=case.case_number,
        status=case.status,
        received_on=case.received_on,
        can_supplement=case.can_supplement,
        can_withdraw=case.can_withdraw,
        needs_satisfaction=case.wants_satisfaction,
        feedback=case.feedback,
        declined_to=case.declined_to,
        questions=case.questions,
    )
