"""Who a case goes to, found anew from everything that was said in it, and which clocks follow from that."""

from dataclasses import replace

from sqlalchemy import select

from domain.deadlines import MET_BY, NAMED, deadlines_on_receipt
from domain.errors import InvalidInput, UnknownUnit
from domain.permissions import openness
from domain.routing import DECIDING_RANKS, X2_MULTI_SUBJECT, bodies_for, in_conflict, split_subjects
from domain.taxonomy import report_kind_of, track_of
from domain.terms import CaseEventKind, DeadlineKind, ReportKind
from domain.times import local_day
from domain.values import Mentions, Route, RoutingFacts
from models import Case, CaseDeadline
from services.base import Service
from services.suggestions import with_unit_first
from services.views import SubjectView

# What a route or a track brings with it from the day of receipt.
_BY_ROUTE = frozenset(
    {
        DeadlineKind.ACCEPTANCE_NOTICE,
        DeadlineKind.OUT_OF_SCOPE_NOTICE,
        DeadlineKind.DISCIPLINE_STAFF_INTAKE,
        DeadlineKind.VERTICAL_NOTICE,
        DeadlineKind.HELP_REQUEST_REPLY,
    }
)


class Routes(Service):
    """Routes cases again, and says whom they may be handed to."""

    def anew(self, case: Case) -> Route:
        """The route by label and unit as staff decided them and by the persons named in everything that was said.

        Never more open than the case was kept: a unit left empty, a finder that reads otherwise today, or a word less in
        a list must not open a closed case to the house.
        """
        mentions = _as_decided(self._mentions(case), case.unit)
        route = self.services.suggestions.kept_route(case.label, mentions, in_danger=case.in_danger)
        if openness(route.rule) > openness(case.route_rule):
            return Route(case.route_rule, case.owner, via=case.via, overlays=tuple(case.overlays.split()))
        return route

    def subjects(self, case: Case) -> tuple[SubjectView, ...]:
        """Whom a case complains of, where the rules found several in it, the one first that decides; else nothing."""
        if X2_MULTI_SUBJECT not in case.overlays.split():
            return ()
        mentions = _as_decided(self._mentions(case), case.unit)
        items = split_subjects(RoutingFacts(case.label, mentions, case.in_danger), self.parts.directory)
        if len(items) < 2:
            return ()
        return tuple(
            SubjectView(
                next(iter(item.mentions.units), None),
                tuple(dict.fromkeys(p.title for p in item.mentions.positions if p.accused)),
                self.services.suggestions.route(item.label, item.mentions).owner,
            )
            for item in items
        )

    def follow(self, case: Case, route: Route) -> None:
        """The case goes this way from now on, with its clocks; nobody has it yet."""
        case.route_rule, case.owner, case.via = route.rule, route.owner, route.via
        case.overlays = " ".join(route.overlays)
        self._renew_clocks(case)

    def change_kind(self, case: Case, *, old_label: str | None, wanted: ReportKind | None) -> None:
        """What kind of report it is: as `wanted`, else as its label says. Its track is that of the kind.

        Raises InvalidInput where somebody works on it already: he would have the clocks of the other track.
        """
        if wanted is None:
            wanted = report_kind_of(case.label)
            if wanted is None and report_kind_of(old_label) is not None and case.label in self.parts.taxonomy.kinds:
                wanted = ReportKind.ACCUSATION
        if wanted is None or wanted is case.report_kind:
            return
        if track_of(wanted) is not case.track and case.assigned_body is not None:
            raise InvalidInput("report_kind", "other_track")
        case.report_kind, case.track = wanted, track_of(wanted)

    def check_body(self, case: Case, body: str) -> None:
        """A case goes to a body of ours that may see it, and never to one that it is itself about (groups.yaml x1).

        Raises UnknownUnit, InvalidInput.
        """
        if body not in self.parts.directory.bodies:
            raise UnknownUnit(body)
        if body not in bodies_for(case.route_rule, case.owner, self.parts.directory):
            raise InvalidInput("body", "not_by_this_rule")
        if in_conflict(RoutingFacts(case.label, self._mentions(case)), body=body):
            raise InvalidInput("body", "in_conflict")

    def _mentions(self, case: Case) -> Mentions:
        """Whom the case names; found anew, because of persons nothing is stored but what was said."""
        return self.parts.suggester.suggest(everything_said(case), self.today()).mentions

    def _renew_clocks(self, case: Case) -> None:
        """Clocks that no longer apply end; those that do are counted from the day of receipt, whenever that is found."""
        due = deadlines_on_receipt(
            case.route_rule,
            case.track,
            local_day(case.received_at),
            self.parts.calendar,
            named=case.identity_claim in NAMED,
            in_danger=False,  # that clock runs since receipt or since somebody noticed
        )
        is_met = MET_BY[CaseEventKind.ACCEPTED] if case.accepted_at is not None else frozenset()
        wanted = {clock.kind: clock for clock in due if clock.kind in _BY_ROUTE - is_met}
        for clock in self.session.scalars(
            select(CaseDeadline).where(
                CaseDeadline.case_id == case.id,
                CaseDeadline.kind.in_(_BY_ROUTE - wanted.keys()),
                CaseDeadline.met_at.is_(None),
            )
        ):
            clock.met_at = self.now()
        for clock_due in wanted.values():
            self.services.intake.start_clock(case, clock_due)


def everything_said(case: Case) -> str:
    """Statement, supplements and answers: a position is often named only when asked."""
    parts = [report.statement for report in case.reports]
    parts += [value for value in (case.slots or {}).values() if isinstance(value, str)]
    return "\n".join(parts)


def _as_decided(mentions: Mentions, unit: str | None) -> Mentions:
    """The mentions with the unit that staff decided. With none, only persons whose rank decides wherever they work."""
    if unit is not None:
        return with_unit_first(mentions, unit)
    persons = tuple(p for p in mentions.positions if p.rank in DECIDING_RANKS)
    return replace(mentions, units=(), ambiguous=(), positions=persons, embedded=False)
