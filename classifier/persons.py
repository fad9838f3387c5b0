"""Which persons a text names, by title or by the way people call each other. Says nothing of rank: `positions.py` does."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from classifier.lexicon import pattern, quick, read
from classifier.positions import Title, name_after
from classifier.sieve import Quick
from classifier.text import is_word

_FILE = "positions.yaml"
_BYNAME = 2  # characters
_BEFORE = 8  # characters before a name that say whose it is

_Span = tuple[int, int, str]


def persons_in(text: str, titles: Sequence[Title]) -> list[str]:
    """The persons of normalised `text` as written, in order of mention, each once. `titles`: those found in it.

    Who has neither name nor title but is described, by his look or by what he does there, counts as well; a neighbour or
    colleague of the writer does not.
    """
    named = _named(text, titles)
    return _in_order([*named, *_beside(_descriptions(), text, named)])


def first_person(text: str, titles: Sequence[Title]) -> str | None:
    """The first of `persons_in` who has a name or a title, else the first described; None if there is nobody."""
    named = _named(text, titles)
    # Those described come in order, so that nobody after the first need be looked for.
    first = min(named) if named else next(_beside(_descriptions(), text, named), None)
    return first[2] if first else None


def _named(text: str, titles: Sequence[Title]) -> list[_Span]:
    known = [(title.start, title.called_to, title.called) for title in titles]
    return known + [span for span in _beside(_nicknames(), text, known) if not _is_thing(span[2])]


def _beside(expression: Quick, text: str, known: list[_Span]) -> Iterator[_Span]:
    """The spans that `expression` finds beside the known ones, in order, each with the name that follows it."""
    for match in expression.finditer(text):
        if any(start < match.end() and match.start() < end for start, end, _ in known):
            continue
        if pattern(read(_FILE)["not_complained_of"]).search(text[max(0, match.start() - _BEFORE) : match.start()]):
            continue
        name = name_after(text, match.end()) or ""
        yield match.start(), match.end() + len(name), without_link(match.group()) + name


def _is_thing(written: str) -> bool:
    """Whether what looks like a byname, "little" or "old" and a character that is no surname, is a word of the dictionary."""
    lists = read(_FILE)
    return (
        len(written) == _BYNAME
        and written[0] in lists["byname_begins"]
        and written[1] not in _surnames()
        and is_word(written)
    )


@cache
def _surnames() -> frozenset[str]:
    lists = read(_FILE)
    return frozenset(lists["surnames"] + lists["further_surnames"] + lists["rare_surnames"])


def without_link(written: str) -> str:
    """What somebody is called, without what ties it to his unit or says what he is in charge of."""
    return pattern(read(_FILE)["before_who"]).sub("", written)


def _in_order(spans: list[_Span]) -> list[str]:
    return list(dict.fromkeys(name for _, _, name in sorted(spans)))


@cache
def _nicknames() -> Quick:
    return quick(*nickname_expressions())


def nickname_expressions() -> list[str]:
    """A surname with old, little, big before it, with a blank or a form of address after it, or "of the name of"; what
    somebody is called that holds no surname, where a title or a work before it or his deed after it shows him."""
    lists = read(_FILE)
    parts = {
        "free": lists["free"],
        "behind": lists["behind"],
        "then": lists["then"],
        "surnames": f"[{lists['surnames']}{lists['further_surnames']}]",
        "rare_surnames": f"[{lists['rare_surnames']}]",
    }
    return _put_together([*lists["nicknames"], *lists["bynames"]], parts)


@cache
def _descriptions() -> Quick:
    return quick(*description_expressions())


def description_expressions() -> list[str]:
    """How somebody is described who has neither name nor title: where he belongs, his look, his work, what he does."""
    lists = read(_FILE)
    return _put_together(lists["descriptions"], {**lists["described"], "surnames": lists["surnames"]})


def _put_together(expressions: Sequence[str], parts: Mapping[str, str]) -> list[str]:
    """Expressions with the parts that stand in them by name, in braces; a part may hold those that come after it."""
    for name, part in parts.items():
        expressions = [e.replace(f"{{{name}}}", part) for e in expressions]
    return list(expressions)
