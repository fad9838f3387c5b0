"""Joins the classifier's suggestion with the rules' route. Touches no database; the rules, not the model, decide who may see."""

from dataclasses import dataclass, replace

from domain.routing import EMERGENCY, kept_under, must_not_collect, route
from domain.terms import RouteRule
from domain.times import local_day
from domain.values import Mentions, Route, RoutingFacts, Suggestion
from services.base import Parts


@dataclass(frozen=True, slots=True)
class Advice:
    """A suggestion and the route that would follow from it."""

    suggestion: Suggestion
    route: Route


class Suggestions:
    """What a text seems to be about, and who would take it. Needs no session, so a turn can ask before it writes."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def advise(self, text: str) -> Advice:
        """The advice for a text as a citizen wrote it."""
        suggestion = self.parts.suggester.suggest(text, local_day(self.parts.clock()))
        danger = suggestion.label == EMERGENCY
        return Advice(suggestion, self.route(suggestion.label, suggestion.mentions, in_danger=danger))

    def route(self, label: str | None, mentions: Mentions, *, in_danger: bool = False) -> Route:
        """Who takes a report of this label about these units and persons."""
        return route(RoutingFacts(label, mentions, in_danger), self.parts.directory, self.parts.taxonomy)

    def kept_route(self, label: str | None, mentions: Mentions, *, in_danger: bool = False) -> Route:
        """The same as a case keeps it: never open to an office whose own people it is about."""
        return kept_under(self.route(label, mentions, in_danger=in_danger), mentions)

    def unit_of(self, label: str | None, mentions: Mentions, route: Route) -> str | None:
        """The unit complained of, for showing and counting: the one that decided, else the first public one named.

        None where the message complains of nobody. A private party is the unit only where the rules say that it is the one
        reported: elsewhere an office stands behind the agency or tout.
        """
        if not self.parts.taxonomy.accuses(label):
            return None
        if route.unit is not None:
            return route.unit
        return next((unit for unit in mentions.units if not self.parts.directory.is_private(unit)), None)

    def upward_rule(self, mentions: Mentions) -> RouteRule | None:
        """The rule that forbids this level to hear the report at all, if one does (art. 15)."""
        return must_not_collect(mentions.positions)


def with_unit_first(mentions: Mentions, unit: str | None) -> Mentions:
    """The mentions with the unit a person confirmed in front, no longer ambiguous."""
    if unit is None:
        return mentions
    return replace(mentions, units=(unit, *(u for u in mentions.units if u != unit)), ambiguous=())
