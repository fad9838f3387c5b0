"""What the machine commands print, as plain values (contract, section 5)."""

from typing import Any

from domain.directory import Directory
from domain.taxonomy import Taxonomy
from domain.terms import RouteRule
from services.suggestions import Advice


def suggestion_as_json(advice: Advice, taxonomy: Taxonomy, directory: Directory) -> dict[str, Any]:
    """The answer of `flask suggest` without its id (contract, section 5)."""
    suggestion, route = advice.suggestion, advice.route
    units = [unit for unit in suggestion.mentions.units if unit in directory.units]
    return {
        "label": suggestion.label,
        "scores": [[label, p] for label, p in suggestion.scores],
        "abstain": suggestion.abstained,
        "aspect": taxonomy.aspect_of(suggestion.label),
        "unit": route.unit or next(iter(units), None),
        "units": units,
        "needs_clarification": route.rule is RouteRule.CLARIFY,
        "route_rule": route.rule.value,
        "owner": route.owner,
        "slots": {
            "person": suggestion.slots.person,
            "amount_cny": suggestion.slots.amount_cny,
            "when": suggestion.slots.when,
            "where": suggestion.slots.where,
        },
        "model_version": suggestion.model_version,
    }
