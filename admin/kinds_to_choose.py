"""All kinds as one chooses among them: what each means, what tells it from its neighbour, what one types to find it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from domain.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class Choice:
    """One kind of the list. `rule` tells it from `neighbour`, which is empty for labels that are none of the thirty; both may be.

    `named` is the name with its initials, `found_by` all that is searched: the same with meaning and rule, in small letters.
    """

    label: str
    number: int | None
    name: str
    meaning: str
    neighbour: str
    rule: str
    named: str
    found_by: str


@dataclass(frozen=True, slots=True)
class Group:
    """Kinds under a heading; `aspect` is the key of one of the five, empty for the others."""

    aspect: str
    choices: tuple[Choice, ...]


def choices(
    taxonomy: Taxonomy, first: Iterable[str], meaning: Callable[[str], str], named: Callable[[str], str]
) -> tuple[tuple[Choice, ...], tuple[Group, ...]]:
    """What is likeliest, in the order of `first`, and all the others by aspect."""

    def of(label: str) -> Choice:
        kind = taxonomy.kinds.get(label)
        name, means = taxonomy.name_of(label), meaning(label)
        neighbour = taxonomy.name_of(kind.confusable_with) if kind else ""
        rule = named(taxonomy.separating_rule(label))
        called = f"{name} {initials(name)}".lower()
        found_by = f"{called} {means} {rule}".lower()
        return Choice(label, kind.num if kind else None, name, means, neighbour, rule, called, found_by)

    likely = dict.fromkeys(label for label in first if label in taxonomy.labels)

    def others() -> Iterator[Group]:
        for aspect in (*taxonomy.aspects, ""):
            rest = [label for label in taxonomy.labels if (taxonomy.aspect_of(label) or "") == aspect]
            yield Group(aspect, tuple(of(label) for label in rest if label not in likely))

    return tuple(map(of, likely)), tuple(group for group in others() if group.choices)


@lru_cache(maxsize=4096)
def initials(name: str) -> str:
    """The first letters of how the characters of a name are read: what one types to find it quickly."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()
