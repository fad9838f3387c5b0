"""Which persons a text names, by title or by the way people call each other. Says nothing of rank: `positions.py` does."""

from collections.abc import Sequence
from functools import cache

from classifier.lexicon import pattern, quick, read
from classifier.positions import Title
from classifier.sieve import Quick

_FILE = "positions.yaml"
_BEFORE = 8  # characters before a name that say whose it is

_Span = tuple[int, int, str]


def persons_in(text: str, titles: Sequence[Title]) -> list[str]:
    """The persons of normalised `text` as written, in order of mention, each once. `titles`: those found in it.

    Who has neither name nor title but is described, by his look or by what he does there, counts as well; a neighbour or
    colleague of the writer does not.
    """
    return _in_order(_further(_descriptions(), text, _named(text, titles)))


def first_person(text: str, titles: Sequence[Title]) -> str | None:
    """The first of `persons_in` who has a name or a title, else the first described; None if there is nobody."""
    named = _named(text, titles)
    spans = named or _further(_descriptions(), text, named)
    return min(spans)[2] if spans else None


def _named(text: str, titles: Sequence[Title]) -> list[_Span]:
    return _further(_nicknames(), text, [(title.start, title.called_to, title.called) for title in titles])


def _further(expression: Quick, text: str, known: list[_Span]) -> list[_Span]:
    """The known spans, and those that `expression` finds beside them."""
    return known + [
        (match.start(), match.end(), without_link(match.group()))
        for match in expression.finditer(text)
        if not any(start < match.end() and match.start() < end for start, end, _ in known)
        and not pattern(read(_FILE)["not_complained_of"]).search(text[max(0, match.start() - _BEFORE) : match.start()])
    ]


def without_link(written: str) -> str:
    """What somebody is called, without what ties it to his unit or says what he is in charge of."""
    return pattern(read(_FILE)["before_who"]).sub("", written)


def _in_order(spans: list[_Span]) -> list[str]:
    return list(dict.fromkeys(name for _, _, name in sorted(spans)))


@cache
def _nicknames() -> Quick:
    return quick(*nickname_expressions())


def nickname_expressions() -> list[str]:
    """A surname with old, little, big before it, with a blank or a form of address after it, or "of the name of"."""
    lists = read(_FILE)
    surnames, rare = f"[{lists['surnames']}{lists['further_surnames']}]", f"[{lists['rare_surnames']}]"
    return [e.replace("{surnames}", surnames).replace("{rare_surnames}", rare) for e in lists["nicknames"]]


@cache
def _descriptions() -> Quick:
    return quick(*description_expressions())


def description_expressions() -> list[str]:
    """How somebody is described who has neither name nor title: where he belongs, his look, his work, what he does."""
    lists = read(_FILE)
    expressions: list[str] = lists["descriptions"]
    for name, part in lists["described"].items():
        expressions = [e.replace(f"{{{name}}}", part) for e in expressions]
    return expressions
