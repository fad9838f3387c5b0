"""What the commands print, and how they fail (contract, section 5)."""

import json
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, ParamSpec

import click

from classifier.store import ArtefactError
from domain.errors import DomainError, StorageFailed
from domain.terms import RouteRule
from services.suggestions import Advice, Suggestions

P = ParamSpec("P")


def suggestion_as_json(advice: Advice, suggestions: Suggestions) -> dict[str, Any]:
    """The answer of `flask suggest` without its id (contract, section 5)."""
    suggestion, route = advice.suggestion, advice.route
    taxonomy = suggestions.parts.taxonomy
    units = suggestion.mentions.units if taxonomy.accuses(suggestion.label) else ()
    return {
        "label": suggestion.label,
        "scores": [[label, p] for label, p in suggestion.scores],
        "abstain": suggestion.abstained,
        "aspect": taxonomy.aspect_of(suggestion.label),
        "unit": suggestions.unit_of(suggestion.label, suggestion.mentions, route),
        "units": list(units),
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


def emit(value: dict[str, Any]) -> None:
    """Prints one line of JSON."""
    click.echo(json.dumps(value, ensure_ascii=False))


def emit_all(values: Iterable[dict[str, Any]]) -> None:
    """Prints one line of JSON for each."""
    for value in values:
        emit(value)


def plainly(command: Callable[P, None]) -> Callable[P, None]:
    """Turns what an operator can mend into one line instead of a trace."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except StorageFailed as error:
            raise click.ClickException(
                f"the database cannot be used ({error}); is it there, and prepared by `python -m app.prepare`?"
            ) from error
        except (ArtefactError, DomainError) as error:
            raise click.ClickException(str(error)) from error

    return run
