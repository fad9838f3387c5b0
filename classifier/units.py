"""Which units a text names. Finds names by the longest match, tells actors from places, and never invents a unit.

The lists stand in `data/groups.yaml` (names, aliases, doubtful words) and `data/names.yaml` (further names, guards, context).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from classifier.lexicon import UnitHit, Weight, any_of, pattern, read
from classifier.positions import PositionFinder, Title, spans_above, with_surnames
from classifier.sieve import pieces_of
from classifier.spelling import Speller
from classifier.text import SENTENCE_END, Reading, normalise
from domain.directory import Directory
from domain.taxonomy import OTHER_DISCIPLINE
from domain.terms import UnitKind
from domain.values import AmbiguousMention, Mentions

_VILLAGES, _COURT = "villages", "court"
_NEAR = 12  # characters on each side that a cue may stand in
_ATTACHED = 2  # characters between a unit's name and a doubtful word that still belongs to it


@dataclass(frozen=True, slots=True)
class _Name:
    """What a name in the table stands for. Without a unit it is a doubtful word or a bare word for a township."""

    unit: str | None = None
    township: str | None = None
    embedded: bool = False
    doubtful: bool = False
    bare_town: bool = False
    place_of: str | None = None  # the unit it means when it acts, else nothing
    field: bool = False  # a bare word for a field of work: counts only where it acts
    doer: bool = False  # whoever is in charge of a field of work: counts unless he is the township's


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    written: str
    name: _Name


class MentionFinder:
    """Finds everything a text says about who is meant: units and persons together."""

    def __init__(self, directory: Directory) -> None:
        self._units = UnitFinder(directory)
        self._positions = PositionFinder(directory)

    def find(self, reading: Reading, titles: Sequence[Title], *, kind: str | None = None) -> Mentions:
        """The units, doubtful words, persons and township that a message names. `titles`: those found in it.

        `kind`: the label of a message that accuses (`domain.taxonomy.accusing`): officials whose part is unclear count as
        accused then, and some kinds tell by themselves who is meant where nobody is named.
        """
        found = self._units.read(reading, titles, kind)
        positions = self._positions.find(
            reading.text,
            titles,
            found.hits,
            is_grievance=kind is not None,
            is_about_discipline=kind == OTHER_DISCIPLINE,
        )
        accused = any(p.accused for p in positions)
        # A word such as "leader" need not be asked about where the text says who is meant.
        doubtful = tuple(a for a in found.mentions.ambiguous if a.candidates or not accused)
        if not positions and doubtful == found.mentions.ambiguous:
            return found.mentions
        return replace(found.mentions, positions=positions, ambiguous=doubtful)

    def words_for(self, unit: str, reading: Reading, titles: Sequence[Title]) -> tuple[str, ...]:
        """The words of a message that named this unit."""
        return self._units.words_for(unit, reading, titles)


@dataclass(frozen=True, slots=True)
class Found:
    """The units of a text, and every unit's name in it with its place, whatever its weight."""

    mentions: Mentions
    hits: tuple[UnitHit, ...]
    chosen: tuple[UnitHit, ...] = ()  # those that decided


class UnitFinder:
    """Finds the units of one county in a text."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._lists = read("names.yaml")
        self._names = _name_table(directory, self._lists)
        self._speller = Speller(
            name for name, found in self._names.items() if found.unit and not (found.doubtful or found.doer)
        )
        self._matters = {normalise(word): unit for unit, words in read("matters.yaml").items() for word in words}
        # Looking for the first two characters keeps the rest of the work rare.
        self._by_start = _lengths_by_start(self._names)
        self._matters_by_start = _lengths_by_start(self._matters)
        self._acts_after = pattern("^(?:" + any_of(self._lists["acts_after"]).pattern + ")")
        self._person_after = pattern(with_surnames(self._lists["department_person"]))
        self._weak = frozenset(self._lists["weak"])

    def read(self, reading: Reading, titles: Sequence[Title] = (), kind: str | None = None) -> Found:
        """The units a message names, in order of mention, with the doubtful words that nothing around them decides."""
        text = reading.text
        scanned = list(self._scan(reading))
        plain = self._weighed(text, scanned)
        if all(hit.weight is Weight.PLACE for hit in plain) and (slip := self._misspelt(reading)):
            scanned = [*(found for found in scanned if found.end <= slip.start or slip.end <= found.start), slip]
            plain = self._weighed(text, scanned)
        decided, doubtful = self._doubtful(text, scanned, plain)
        hits = sorted([*plain, *decided], key=lambda hit: hit.start)
        above = spans_above(titles)
        chosen = _heaviest([hit for hit in hits if not any(s <= hit.start and hit.end <= e for s, e in above)])
        units = tuple(dict.fromkeys(hit.unit for hit in chosen))
        # Where it is about one of our own and names no other, a matter in it is beside the point.
        if (not units and not above) or (
            kind in self._lists["go_between"] and all(map(self._directory.is_private, units))
        ):
            units = (*self.by_matter(text, doubtful), *units)
        units = units or self._by_kind(text, kind) or self._by_village_officer(text, kind)
        mentions = Mentions(
            units=units,
            ambiguous=tuple(a for a in doubtful if a.candidates or not units),
            township=next((hit.township for hit in hits if hit.township), None),
            embedded=any(hit.embedded for hit in chosen),
        )
        return Found(mentions, tuple(plain), tuple(chosen))

    def words_for(self, unit: str, reading: Reading, titles: Sequence[Title]) -> tuple[str, ...]:
        """The words of a message that named this unit, each once, in order; the words for its matter where none is a name."""
        text = reading.text
        named = [text[hit.start : hit.end] for hit in self.read(reading, titles).chosen if hit.unit == unit]
        return tuple(dict.fromkeys(named or [word for word in self._matters_in(text) if self._matters[word] == unit]))

    def _misspelt(self, reading: Reading) -> _Found | None:
        """A name written with a slip, for where nobody who could have acted is named as he should be."""
        slip = self._speller.find(reading)
        return _Found(*slip, self._names[slip[2]]) if slip else None

    def by_matter(self, text: str, doubtful: Sequence[AmbiguousMention]) -> tuple[str, ...]:
        """The one body whose matter the text speaks of; nothing if there are several, or if a doubtful word excludes it."""
        spoken = {self._matters[word] for word in self._matters_in(text)}
        if len(spoken) > 1:
            spoken = {self._matters[word] for word in self._matters_in(text, demanded=False)}
        allowed = [set(mention.candidates) for mention in doubtful if mention.candidates]
        return tuple(spoken) if len(spoken) == 1 and all(spoken <= candidates for candidates in allowed) else ()

    def _matters_in(self, text: str, *, demanded: bool = True) -> list[str]:
        """The words of the text that stand for the matter of one body; unless `demanded`, without papers that are asked for."""
        return [
            text[start : start + length]
            for start, lengths in _starts(text, self._matters_by_start)
            for length in lengths
            if text[start : start + length] in self._matters
            and not pattern(self._lists["firm_after"]).match(text, start + length)
            and (demanded or not self._is_demanded(text, start, start + length))
        ]

    def _is_demanded(self, text: str, start: int, end: int) -> bool:
        """Whether a paper is only what somebody has to bring for another matter."""
        before, after = text[max(0, start - _NEAR) : start], text[end : end + _NEAR]
        lists = self._lists
        return bool(pattern(lists["paper_before"]).search(before) or pattern(lists["paper_after"]).search(after))

    def _by_kind(self, text: str, kind: str | None) -> tuple[str, ...]:
        """The one body that messages of this kind complain of, where the text speaks of what it does."""
        rule = self._lists["by_kind"].get(kind)
        if rule is None or pattern(self._lists["elsewhere_police"]).search(text):
            return ()
        return (rule["unit"],) if any(word in text for word in rule["words"]) else ()

    def _by_village_officer(self, text: str, kind: str | None) -> tuple[str, ...]:
        """The villages, where a grievance about one speaks of an officer that every village has."""
        speaks = kind is not None and all(
            pattern(self._lists[key]).search(text) for key in ("village", "village_officer")
        )
        return (_VILLAGES,) if speaks else ()

    def _scan(self, reading: Reading) -> Iterator[_Found]:
        """The names in the text from left to right, the longest at each place, guards respected."""
        text, free_from = reading.text, 0
        for start, lengths in _starts(text, self._by_start):
            if start < free_from:
                continue
            possible = (text[start : start + length] for length in lengths)
            written = next((n for n in possible if n in self._names and self._stands(reading, start, n)), None)
            if written is not None:
                free_from = start + len(written)
                yield _Found(start, free_from, written, self._names[written])

    def _stands(self, reading: Reading, start: int, name: str) -> bool:
        """Whether `name` stands at `start` and is meant as a name there."""
        guard = self._lists["guards"].get(name)
        if guard is None:
            return True
        text, end = reading.text, start + len(name)
        before, after = text[max(0, start - _NEAR) : start], text[end : end + _NEAR]
        if "not_before" in guard and pattern(guard["not_before"]).search(after):
            return False
        if "not_after" in guard and pattern(guard["not_after"]).search(before):
            return False
        return not guard.get("whole_word") or {start, end} <= reading.bounds

    def _weighed(self, text: str, found: list[_Found]) -> list[UnitHit]:
        """The names that stand for units, each with its weight; words for a township that nobody named are left out."""
        township = next((f.name.township for f in found if f.name.township), None)
        hits = []
        for item in found:
            name = item.name
            if name.doubtful:
                continue
            weight = self._weight(text, item)
            unit = name.unit
            if name.bare_town:
                unit = township
            elif name.place_of is not None:
                unit = name.place_of if weight is Weight.ACTOR else None
            if unit is not None and weight is not None:
                hits.append(UnitHit(item.start, item.end, unit, weight, name.township, name.embedded))
        return hits

    def _weight(self, text: str, item: _Found) -> Weight | None:
        """How surely the name stands for the body complained of; None where it is another body or a remedy."""
        before, after = text[max(0, item.start - _NEAR) : item.start], text[item.end : item.end + _NEAR]
        lists, unit = self._lists, item.name.unit
        kind = self._directory.units[unit].kind if unit else None
        if kind not in {UnitKind.VERTICAL, UnitKind.BANK} and pattern(lists["elsewhere_before"]).search(before):
            return None
        if pattern(lists["remedy_after"]).search(after):
            return None
        if pattern(lists["denied_before"]).search(before) or pattern(lists["denied_after"]).search(after):
            return None
        beside = self._weight_beside(item, before, after)
        if beside is not None:
            return beside
        if item.name.field or item.name.doer:
            return self._weight_of_field(item.name, before, after)
        is_place = item.name.place_of is not None or (item.name.township is not None and unit == item.name.township)
        if item.written in self._weak:
            if self._acts_after.search(after) or self._person_after.search(after):
                return Weight.ACTOR
            return None if item.written in lists["only_acting"] else Weight.THING
        if is_place or item.written in lists["places"]:
            organ = item.written.endswith(tuple(lists["town_organs"]))
            if organ or self._acts(before, after):
                return Weight.ACTOR
            is_short = is_place and unit is not None and item.written != self._directory.units[unit].name
            place = pattern(lists["place_before"]).search(before) or pattern(lists["place_after"]).search(after)
            return Weight.PLACE if place or is_short else Weight.THING
        channel = pattern(lists["channel_before"]).search(before) and pattern(lists["channel_after"]).search(after)
        if channel or pattern(lists["channel_verb_before"]).search(before):
            return Weight.CHANNEL
        return Weight.ACTOR

    def _weight_beside(self, item: _Found, before: str, after: str) -> Weight | None:
        """The weight of a name that is beside the point: a court that has not spoken, an errand, an officer's kin; else None."""
        lists, unit = self._lists, item.name.unit
        if unit == _COURT and (
            pattern(lists["unjudged_after"]).search(after) or pattern(lists["unjudged_before"]).search(before)
        ):
            return Weight.PLACE
        if (_VILLAGES in (unit, item.name.place_of)) and pattern(lists["errand_after"]).search(after):
            return Weight.PLACE
        if any(
            pattern(a["before"]).search(before) and pattern(a["after"]).search(after)
            for a in lists["aside"]
            if unit in a.get("units", (unit,))
        ):
            return Weight.THING
        if unit == _VILLAGES and pattern(lists["kin_of_officer_after"]).search(after):
            return Weight.CHANNEL
        if item.name.bare_town and item.written in lists["town_places"] and self._is_only_where(after):
            return Weight.PLACE
        return None

    def _acts(self, before: str, after: str) -> bool:
        """Whether a township or village does something, takes something in or has work done for it."""
        lists = self._lists
        return bool(
            self._acts_after.search(after)
            or pattern(lists["handed_in_after"]).search(after)
            or (pattern(lists["served_before"]).search(before) and pattern(lists["served_after"]).search(after))
        )

    def _is_only_where(self, after: str) -> bool:
        """Whether a bare word for a township says no more than where somebody lives or trades."""
        lists = self._lists
        return bool(pattern(lists["bare_place_after"]).search(after)) and not self._acts_after.search(after)

    def _weight_of_field(self, name: _Name, before: str, after: str) -> Weight | None:
        """The weight of a word for a field of work, and of whoever is in charge of one: they act, or stand for nobody."""
        lists = self._lists
        if name.doer:
            is_other = pattern(lists["no_doer_before"]).search(before) or pattern(lists["no_doer_after"]).search(after)
            return None if is_other else Weight.ACTOR
        acts = pattern(lists["department_acts"]).search(after) or self._person_after.search(after)
        return Weight.ACTOR if acts and pattern(lists["department_pause"]).search(before) else None

    def _doubtful(
        self, text: str, found: list[_Found], hits: list[UnitHit]
    ) -> tuple[list[UnitHit], list[AmbiguousMention]]:
        """Doubtful words: those that the context decides, as hits, and those that must be asked about."""
        decided: list[UnitHit] = []
        doubtful: dict[str, AmbiguousMention] = {}
        actors = {hit.unit for hit in hits if hit.weight >= Weight.CHANNEL}
        for item in found:
            if not item.name.doubtful:
                continue
            mention = self._directory.ambiguous[item.written]
            attached = any(0 <= item.start - hit.end <= _ATTACHED for hit in hits if hit.weight > Weight.PLACE)
            if attached or actors & set(mention.candidates):
                continue
            rule = self._by_context(item, text)
            if rule is not None:
                # Where much may decide, a word that does nothing gives way to whoever does.
                is_plain = rule.get("broad") and not self._acts_after.search(text[item.end : item.end + _NEAR])
                weight = Weight.THING if is_plain else Weight.ACTOR
                decided.append(UnitHit(item.start, item.end, rule["unit"], weight))
            else:
                doubtful[mention.alias] = mention
        return decided, list(doubtful.values())

    def _by_context(self, item: _Found, text: str) -> Mapping[str, Any] | None:
        """The rule by which a word of the same sentence decides on the unit."""
        head = text[: item.start]
        sentence = SENTENCE_END.split(head)[-1] + item.written + SENTENCE_END.split(text[item.end :])[0]
        for rule in self._lists["contexts"]:
            if rule["alias"] == item.written and any(word in sentence for word in rule["words"]):
                found: Mapping[str, Any] = rule
                return found
        return None


def _lengths_by_start(names: Iterable[str]) -> dict[str, list[int]]:
    """From the first two characters of names (every name has two) to the lengths there are, the longest first."""
    lengths: dict[str, set[int]] = {}
    for name in names:
        lengths.setdefault(name[:2], set()).add(len(name))
    return {start: sorted(found, reverse=True) for start, found in lengths.items()}


def _starts(text: str, by_start: Mapping[str, list[int]]) -> list[tuple[int, list[int]]]:
    """The places in `text` where a name may begin, each with the lengths it may have."""
    if by_start.keys().isdisjoint(pieces_of(text)):
        return []
    pairs = map(str.__add__, text, text[1:])
    return [(start, by_start[pair]) for start, pair in enumerate(pairs) if pair in by_start]


def _heaviest(hits: list[UnitHit]) -> list[UnitHit]:
    """The hits of the greatest weight there is; a mere place is none."""
    best = max((hit.weight for hit in hits), default=Weight.PLACE)
    return [hit for hit in hits if hit.weight == best and hit.weight > Weight.PLACE]


def _name_table(directory: Directory, lists: Mapping[str, Mapping[str, list[str]]]) -> dict[str, _Name]:
    """Every name that can stand in a text, with what it stands for."""
    table: dict[str, _Name] = {}
    for unit in directory.units.values():
        town = unit.key if unit.kind is UnitKind.TOWNSHIP else None
        for name in (*directory.names_of_unit(unit.key), *lists["aliases"].get(unit.key, ())):
            table[normalise(name)] = _Name(unit.key, township=town)
    for town, short_names in lists["towns"].items():
        names = (directory.unit(town).name, *short_names)
        table |= {name: _Name(town, township=town) for name in names}
        table |= {n + organ: _Name(town, township=town) for n in _with_of(names) for organ in lists["town_organs"]}
        table |= dict(_station_names(names, town, lists))
    table |= dict(_bare_names(lists))
    for key, words in lists["departments"].items():
        table |= {word + tail: _Name(key) for word in words for tail in lists["department_tails"]}
        doers = (first + word + last for first, last in _around_fields(lists) for word in words)
        table |= {name: _Name(key, doer=True) for name in doers if name not in table}
        table |= {
            word: _Name(key, field=True) for word in words if word not in table and word not in directory.ambiguous
        }
    table |= {alias: _Name(doubtful=True) for alias in directory.ambiguous}
    return table


def _around_fields(lists: Mapping[str, Mapping[str, list[str]]]) -> list[tuple[str, str]]:
    """What stands before and after a word for a field of work where somebody is in charge of it."""
    around = lists["department_doers"]
    return [(before, after) for before in around["before"] for after in around["after"]]


def _with_of(names: Iterable[str]) -> list[str]:
    """A town's names as they stand before an organ: alone, or with a possessive particle or a preposition of place."""
    particles = read("names.yaml")["town_particles"]
    return [name + particle for name in names for particle in ("", *particles)]


def _station_names(
    names: tuple[str, ...], town: str, lists: Mapping[str, Mapping[str, list[str]]]
) -> Iterator[tuple[str, _Name]]:
    """The stations of one town, in both orders in which people name them (rule e08)."""
    for parent, stations in lists["stations"].items():
        for name in _with_of(names):
            for station in stations:
                yield name + station, _Name(parent, township=town, embedded=True)
    for parent, heads in lists["station_heads"].items():
        for head in heads:
            for name in names:
                for tail in lists["station_tails"]:
                    yield head + name + tail, _Name(parent, township=town, embedded=True)


def _bare_names(lists: Mapping[str, Mapping[str, list[str]]]) -> Iterator[tuple[str, _Name]]:
    """Words for a township or village that do not say which one."""
    for word in _with_of(lists["town_words"]):
        for organ in lists["town_organs"]:
            yield word + organ, _Name(bare_town=True)
        for parent, stations in lists["stations"].items():
            for station in stations:
                yield word + station, _Name(parent, embedded=True)
    for word in lists["town_places"]:
        yield word, _Name(bare_town=True)
    for word in lists["village_places"]:
        yield word, _Name(place_of=_VILLAGES)
