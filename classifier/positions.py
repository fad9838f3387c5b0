"""Which persons a text names by their position: rank, unit, and whether it accuses them. Never by looking a name up.

The titles and the words around them stand in `data/positions.yaml`, with the reasons of the ranks in `data/groups.yaml`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import accumulate
from typing import Any, TypeVar

from classifier.accusation import Around, Stance, is_no_person, is_object_of_report, join_coordinated, stance_of
from classifier.lexicon import UnitHit, Weight, pattern, quick, read
from classifier.sieve import Quick, Sieve
from classifier.text import SENTENCE_END, cut, is_word
from domain.directory import VERTICAL_KINDS, Directory
from domain.terms import Rank, UnitKind
from domain.values import Position

_LEADERS = frozenset({Rank.COMMISSION_HEAD, Rank.COUNTY_LEADER})
# About these nobody may be accused by a mere grievance: it would take the report out of the ordinary way.
_CAREFUL = _LEADERS | {Rank.COMMISSION_MEMBER, Rank.DISCIPLINE_STAFF}
_OUR_OWN = frozenset({Rank.COMMISSION_MEMBER, Rank.DISCIPLINE_STAFF})
_PARTICLE = 1  # what may stand between a unit's name and the title in it
# In a grievance an unclear mention of these counts as an accusation: it takes the report to a higher desk, never away from one.
_BELOW = frozenset({Rank.COUNTY_MANAGED, Rank.UNIT_MANAGED, Rank.VILLAGE_CADRE})
_VILLAGES = "villages"
T = TypeVar("T")

_MOST_TITLES = 200
_SURNAME_AND_ONE = 2  # characters: with what is itself a word no name begins
_LONGEST_BEFORE = 4  # a name of three characters and what stands before it
_AROUND_SURNAME = 4  # characters on each side that say how it is cut into words
_AFTER_NAME = 8  # characters from where a name begins that say how it is cut into words
_GAP = 16  # characters between a unit's name and the title of somebody who works there, at most


@dataclass(frozen=True, slots=True)
class Title:
    """A title in a text, from `start` to `end`, with the stance the text takes to the person.

    `belongs` says where such a title belongs (data/positions.yaml). `name` is the surname with the title, or the name after
    it, where one is written.
    """

    start: int
    end: int
    written: str
    rank: Rank
    belongs: str
    stance: Stance
    name: str | None

    @property
    def called(self) -> str:
        """The person as written: title and name together, in the order they stand in."""
        if self.name is None:
            return self.written
        return self.name if self.name.endswith(self.written) else self.written + self.name

    @property
    def called_to(self) -> int:
        """Where `called` ends in the text."""
        return self.end + len(self.called) - len(self.name or self.written)


def doubtful_upward(titles: Sequence[Title]) -> tuple[Position, ...]:
    """The county's leaders, and the commission's own head, whom a text names without saying whether it accuses them.

    For the bot to ask about: `accused` is False in all of them. Empty where one of them is accused anyway.
    """
    leaders = [t for t in titles if t.rank in _LEADERS]
    if any(t.stance is Stance.ACCUSED for t in leaders):
        return ()
    doubtful = {t.written: t for t in leaders if t.stance is Stance.UNCLEAR}
    return tuple(Position(t.written, t.rank, name=t.name, accused=False) for t in doubtful.values())


def named_person(titles: Sequence[Title]) -> str | None:
    """The first official accused, else the first named by surname, as written; None if there is neither."""
    accused = [t for t in titles if t.stance is Stance.ACCUSED and t.rank is not Rank.PRIVATE_PERSON]
    chosen = next(iter([*accused, *(t for t in titles if t.name and t.stance is Stance.UNCLEAR)]), None)
    return chosen.called if chosen else None


def spans_above(titles: Sequence[Title]) -> tuple[tuple[int, int], ...]:
    """Where titles stand whose rank alone decides: a unit's name within them is part of the title."""
    return tuple((t.start, t.end) for t in titles if t.rank in _CAREFUL)


class PositionFinder:
    """Finds the persons of one county in a text."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._lists = read("positions.yaml")

    def find(
        self,
        text: str,
        titles: Sequence[Title],
        hits: Sequence[UnitHit] = (),
        *,
        is_grievance: bool = False,
        is_about_discipline: bool = False,
    ) -> tuple[Position, ...]:
        """The persons normalised `text` names, in order of mention, each once. `hits`: the units' names in it.

        `is_about_discipline`: the message is about somebody's conduct, so whoever it begins with is meant.
        """
        persons: dict[tuple[str, Rank, str | None], Position] = {}
        nobody_else = is_grievance and _is_only_about_our_own(titles, hits)
        for title in titles:
            person = self._person(title, text, hits, is_grievance=is_grievance)
            if person is None:
                continue
            key = (person.name or person.title, person.rank, person.unit)
            known = persons.get(key)
            begins = is_about_discipline and title is titles[0] and self._is_introduced(title)
            if (nobody_else or begins) and title.stance is Stance.UNCLEAR:
                person = replace(person, accused=True)
            persons[key] = replace(person, accused=person.accused or (known is not None and known.accused))
        return tuple(persons.values())

    def _is_introduced(self, title: Title) -> bool:
        """Whether somebody of our own is brought up as one of several, whose part the text goes on to tell."""
        return title.rank in _OUR_OWN and pattern(self._lists["introduced"]).search(title.written) is not None

    def _person(self, title: Title, text: str, hits: Sequence[UnitHit], *, is_grievance: bool) -> Position | None:
        """The person a title stands for; None where the title says nothing without a unit."""
        is_unclear = title.stance is Stance.UNCLEAR and title.rank in _BELOW
        accused = title.stance is Stance.ACCUSED or (is_grievance and is_unclear)
        person = Position(title.written, title.rank, name=title.name, accused=accused)
        match title.belongs:
            case "none":
                return person
            case "village":
                return replace(person, unit=_VILLAGES)
            case "secretary":
                return self._secretary(person, title, text, hits)
            case "town":
                return replace(person, unit=_township(title, hits))
            case "body":
                return self._of_our_own(person, title, text, hits)
            case _:
                return self._of_unit(person, title, text, hits)

    def _secretary(self, person: Position, title: Title, text: str, hits: Sequence[UnitHit]) -> Position | None:
        """The Party secretary of the unit named before him; None where none is."""
        key = _attached(title, text, hits, self._gap) or _last_before(title, text, hits)
        if key is None:
            return None
        is_village = self._directory.units[key].kind is UnitKind.GRASSROOTS
        return replace(person, unit=key, rank=Rank.VILLAGE_CADRE if is_village else person.rank)

    def _of_our_own(self, person: Position, title: Title, text: str, hits: Sequence[UnitHit]) -> Position:
        """Somebody of the commission, its groups or a township's commission, with the body he works in if it is named."""
        for entry in self._lists["bodies"]:
            if any(word in title.written for word in entry["words"]):
                return replace(person, unit=entry["body"])
        if any(word in title.written for word in self._lists["group_words"]):
            host = _attached(title, text, hits, self._gap)
            if host is None:
                return person
            if self._directory.units[host].kind in VERTICAL_KINDS:
                # The discipline staff of a vertical unit is its superior's matter, not ours.
                return replace(person, rank=Rank.UNIT_MANAGED, unit=host)
            return replace(person, unit=self._directory.group_of(host))
        return replace(person, unit=_township(title, hits) if title.written[0] in self._town_words else None)

    def _of_unit(self, person: Position, title: Title, text: str, hits: Sequence[UnitHit]) -> Position | None:
        """Somebody of a unit; the unit may change what the title says of his rank."""
        key = _attached(title, text, hits, self._gap) or _last_before(title, text, hits) or self._ward(title, hits)
        if key is None:
            return None if title.written in self._lists["needs_unit"] else person
        overlapping = next((hit.end for hit in hits if hit.start < title.start < hit.end), title.start)
        if text[overlapping : title.end] in self._lists["heads_of_offices"]:
            title = replace(title, rank=Rank.COUNTY_MANAGED)
        return replace(person, unit=key, rank=self._rank_in(title, key))

    def _ward(self, title: Title, hits: Sequence[UnitHit]) -> str | None:
        """The only unit that a text names, where such a title leads no more than a ward of it."""
        named = {hit.unit for hit in hits}
        only = next(iter(named)) if len(named) == 1 else None
        return only if only and title.written == self._lists["heads_of_wards"].get(only) else None

    def _rank_in(self, title: Title, unit_key: str) -> Rank:
        kind = self._directory.units[unit_key].kind
        if title.written in self._lists["leaders_by_unit"].get(unit_key, ()):
            return Rank.COUNTY_LEADER
        of_a_ward = self._lists["heads_of_wards"].get(unit_key)
        if of_a_ward and title.written.endswith(of_a_ward):
            return Rank.UNIT_MANAGED
        match kind:
            case UnitKind.ENTERPRISE_PRIVATE:
                return Rank.PRIVATE_PERSON
            case UnitKind.GRASSROOTS:
                return Rank.VILLAGE_CADRE
            case UnitKind.TOWNSHIP:
                return Rank.UNIT_MANAGED
            case UnitKind.ENTERPRISE_COUNTY:
                return title.rank
            case _:
                is_enterprise_head = title.written in self._lists["enterprise_heads"]
                return Rank.UNIT_MANAGED if is_enterprise_head else title.rank

    @cached_property
    def _gap(self) -> re.Pattern[str]:
        return pattern(with_surnames(self._lists["attached_gap"]))

    @property
    def _town_words(self) -> tuple[str, ...]:
        return tuple(read("names.yaml")["town_words"])


def _is_only_about_our_own(titles: Sequence[Title], hits: Sequence[UnitHit]) -> bool:
    """Whether a grievance can be about nobody but people of the commission: no other person and no unit is named.

    Otherwise their part in it is left open, so that a report about a unit is not taken out of the ordinary way because
    it was told to the commission in vain. Left open here, it would lie on the desk it complains of.
    """
    return all(t.rank in _OUR_OWN for t in titles) and all(
        any(t.start - _PARTICLE <= hit.end and hit.start < t.end for t in titles) for hit in hits
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of the list of titles; `order` is its place in the list."""

    order: int
    not_after: re.Pattern[str] | None
    facts: Mapping[str, Any]


@cache
def _titles() -> tuple[Sieve, tuple[_Entry, ...]]:
    """All expressions for titles in one sieve, and the entry to which each of them belongs."""
    entries = [
        (with_surnames(expression), _Entry(order, pattern(e["not_after"]) if "not_after" in e else None, e))
        for order, e in enumerate(read("positions.yaml")["titles"])
        for expression in e["match"]
    ]
    return Sieve(expression for expression, _ in entries), tuple(entry for _, entry in entries)


@cache
def _short_titles() -> Quick:
    lists = read("positions.yaml")
    return quick(with_surnames(f"(?<=[{{any_surname}}])[{''.join(lists['short_titles'])}]"))


def _is_short_title(text: str, start: int) -> bool:
    """Whether the one character at `start`, behind a surname, is a title: it makes a word neither with the surname nor with
    what follows, unless it is one of the characters that often follow a title."""
    lists = read("positions.yaml")
    if not _is_surname(text, start - 1) or (
        text[start - 1] not in lists["surnames"] and is_word(text[start - 1 : start + 1])
    ):
        return False
    return bool(pattern(lists["short_title_after"]).match(text, start + 1)) or not (
        is_word(text[start : start + 2]) or pattern(lists["short_title_never"]).match(text, start)
    )


def find_titles(text: str) -> list[Title]:
    """The titles in normalised `text` that stand for persons, in order, each with its stance."""
    candidates = []
    sieve, entries = _titles()
    for number, expression in sieve.likely(text):
        entry = entries[number]
        for match in expression.finditer(text):
            before = text[max(0, match.start() - 16) : match.start()]
            if entry.not_after is None or not entry.not_after.search(before):
                candidates.append((match.start(), match.end(), entry.order, entry.facts))
    for match in _short_titles().finditer(text):
        if not _is_short_title(text, match.start()):
            continue
        facts = read("positions.yaml")["short_titles"][match.group()]
        candidates.append((match.start(), match.end(), len(entries), facts))
    chosen: list[tuple[int, int, Mapping[str, Any]]] = []
    is_taken = bytearray(len(text))
    for start, end, _, facts in sorted(candidates, key=lambda c: (c[0] - c[1], c[2], c[0])):
        if not any(is_taken[start:end]):
            is_taken[start:end] = b"\1" * (end - start)
            chosen.append((start, end, facts))
    chosen = _spread(sorted((c for c in chosen if not is_no_person(text, c[0], c[1])), key=lambda c: c[0]))

    if not chosen:
        return []
    next_starts = [start for start, _, _ in chosen[1:]]
    arounds = [
        Around(text, start, end, next_start)
        for (start, end, _), next_start in zip(chosen, [*next_starts, None], strict=True)
    ]
    stances = [
        stance_of(around, is_leader=Rank(entry["rank"]) in _CAREFUL)
        for around, (_, _, entry) in zip(arounds, chosen, strict=True)
    ]
    stances = join_coordinated(text, [(start, end) for start, end, _ in chosen], stances)
    return [
        Title(start, end, text[start:end], Rank(entry["rank"]), entry["belongs"], stance, _name(text, start, end))
        for (start, end, entry), stance, around in zip(chosen, stances, arounds, strict=True)
        if (not entry.get("report_only") or is_object_of_report(around))
        and (not entry.get("named_only") or _name(text, start, end))
    ]


def _spread(titles: list[T]) -> list[T]:
    """The first and the last titles of a text that repeats them: each looks at the words around it, so that a page of
    nothing but titles would cost minutes."""
    half = _MOST_TITLES // 2
    return titles if len(titles) <= _MOST_TITLES else [*titles[:half], *titles[-half:]]


def _name(text: str, start: int, end: int) -> str | None:
    """The person's name as written: name after the title, or surname or whole name before it, with the title then."""
    if after := name_after(text, end):
        return after
    if start > 0 and _is_surname(text, start - 1):
        return text[start - 1 : end]
    before = _name_before().search(text[max(0, start - _LONGEST_BEFORE) : start])
    if before and not is_word(before["name"][:_SURNAME_AND_ONE]):
        return text[start - len(before["name"]) : end]
    return None


def name_after(text: str, end: int) -> str | None:
    """The name of a person right after a title or a word for his work that ends at `end`; None where there is none.

    Either what follows the name says that it is one, or the cut into words does: then a surname stands alone, and the name
    ends where a word ends.
    """
    known = _name_after().match(text, end)
    if known:
        return None if is_word(known.group()[:_SURNAME_AND_ONE]) else known.group()
    possible = _cut_name().match(text, end)
    if possible is None:
        return None
    bounds = set(accumulate(map(len, cut(text[end : end + _AFTER_NAME]))))
    longest = possible.end() - end
    for length in range(longest, 1, -1):
        if {1, length} <= bounds:
            return text[end : end + length]
    return None


def _is_surname(text: str, at: int) -> bool:
    """Whether the character is a surname: it belongs to no word with the one before, as it does in "any" or "project".

    One that is more often something else must not even make a word with it.
    """
    lists = read("positions.yaml")
    if text[at] in lists["surnames"]:
        if not (at > 0 and is_word(text[at - 1 : at + 1])) or text[at - 1] in lists["before_surnames"]:
            return True
        around = text[max(0, at - _AROUND_SURNAME) : at + _AROUND_SURNAME]
        return min(at, _AROUND_SURNAME) in accumulate(map(len, cut(around)))
    is_one = text[at] in lists["further_surnames"] or text[at] in lists["rare_surnames"]
    return is_one and not (at > 0 and is_word(text[at - 1 : at + 1]))


@cache
def _name_after() -> re.Pattern[str]:
    return pattern(with_surnames(read("positions.yaml")["name_after"]))


@cache
def _cut_name() -> re.Pattern[str]:
    return pattern(with_surnames(read("positions.yaml")["cut_name"]))


@cache
def _name_before() -> re.Pattern[str]:
    return pattern(with_surnames(read("positions.yaml")["name_before"]))


def with_surnames(expression: str) -> str:
    """An expression of a data file, with the usual surnames or all, and the titles of clerks, where it asks for them."""
    lists = read("positions.yaml")
    every = lists["surnames"] + lists["further_surnames"] + lists["rare_surnames"]
    for name, words in (("surnames", lists["surnames"]), ("any_surname", every), ("clerks", lists["clerks"])):
        expression = expression.replace(f"{{{name}}}", words)
    return expression


def _attached(title: Title, text: str, hits: Sequence[UnitHit], gap: re.Pattern[str]) -> str | None:
    """The unit whose name stands right before the title or within it."""
    for hit in reversed(hits):
        inside = title.start <= hit.start < title.end or hit.start <= title.start < hit.end
        is_near = 0 <= title.start - hit.end <= _GAP
        if inside or (is_near and gap.search(text[hit.end : title.start])):
            return hit.unit
    return None


def _last_before(title: Title, text: str, hits: Sequence[UnitHit]) -> str | None:
    """The unit spoken of last in the same sentence before the title."""
    for hit in reversed(hits):
        if hit.end <= title.start and hit.weight >= Weight.CHANNEL:
            return None if SENTENCE_END.search(text[hit.end : title.start]) else hit.unit
    return None


def _township(title: Title, hits: Sequence[UnitHit]) -> str | None:
    """The township named last up to the title, else the first one in the text."""
    named = [hit for hit in hits if hit.township]
    before = [hit.township for hit in named if hit.start < title.end]
    return before[-1] if before else next((hit.township for hit in named), None)
