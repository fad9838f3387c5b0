"""Whether two messages tell of the same event in other words: another person's, or the same person's again later.

Pure: what is kept of a message (`Story`), and how two of them compare (`same_story`). Of the text only digests under a secret of the
installation are kept. Weights and thresholds are fitted on invented stories told twice (`flask classifier stories --fit`).
"""

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.lexicon import any_of, pattern, read
from classifier.numerals import value_of
from classifier.persons import nickname_expressions, without_link
from classifier.positions import find_titles
from classifier.slots import amounts_in
from classifier.text import Reading
from domain.terms import SharedTrait
from domain.values import Suggestion

FOLDER = Path(__file__).resolve().parent.parent / "data" / "stories"

_SIGNS = 2048
_WORDS_BESIDE_CHARACTERS = 0.5
_RARE_WORDS = 16
_LABELS = 3
# Of a long list of numbers and names those with the lowest digests stand for all, and so the same ones in another telling: no
# message has more than a few dozen keys.
_KEYED_FIGURES, _KEYED_PERSONS, _KEYED_UNITS = 16, 8, 3
_LEAST_FIGURE = 3  # one and two stand in every second message
_CLEAR = 0.3  # of an agreement between 0 and 1: a reason to show


@dataclass(frozen=True, slots=True)
class Story:
    """What is kept of a message. `chances` are labels with their probability, `happened` as in `Slots`.

    `figures` are all numbers, `sums` two neighbouring steps for each sum of money, `persons` surnames, all as digests; `wording`
    one bit for each of many random directions: the share of equal bits tells how much of the wording two messages have in common.
    `keys` are digests under which tellings of one event are likely to meet.
    """

    units: tuple[str, ...]
    township: str | None
    chances: tuple[tuple[str, float], ...]
    happened: str | None
    figures: tuple[int, ...]
    sums: tuple[int, ...]
    persons: tuple[int, ...]
    wording: bytes
    keys: tuple[int, ...]

    def as_record(self) -> dict[str, Any]:
        """For keeping as JSON, without the keys. To be sealed like the message itself: it says when, where and about whom."""
        return asdict(self) | {"wording": self.wording.hex(), "keys": ()}

    @classmethod
    def from_record(cls, kept: Mapping[str, Any]) -> "Story":
        """What `as_record` gave."""
        lists = {name: tuple(value) for name, value in kept.items() if isinstance(value, list)}
        lists["chances"] = tuple((label, chance) for label, chance in kept["chances"])
        return cls(**(dict(kept) | lists | {"wording": bytes.fromhex(kept["wording"])}))


@dataclass(frozen=True, slots=True)
class Resemblance:
    """How likely two messages tell of one event, and what speaks for it, the strongest first."""

    probability: float
    reasons: tuple[SharedTrait, ...]

    @property
    def worth_showing(self) -> bool:
        """Whether it belongs into a short list of what may be the same event (docs/classifier.md)."""
        return bool(self.probability >= _fitted()["listed_from"])

    @property
    def is_likely(self) -> bool:
        """Whether it is to be counted as the same event until somebody has looked."""
        return bool(self.probability >= _fitted()["likely_from"])


class Storyteller:
    """Makes stories under a secret of the installation."""

    def __init__(self, secret: bytes) -> None:
        self._secret = hashlib.blake2b(secret, person=b"story").digest()
        self._characters: dict[str, NDArray[np.uint8]] = {}

    def story(self, reading: Reading, suggestion: Suggestion) -> Story:
        """What is kept of a message, given what the suggester said of it."""
        mentions, labels = suggestion.mentions, suggestion.not_ruled_out[:_LABELS] or (suggestion.label,)
        sums = [amount for amount in amounts_in(reading.text) if amount > 0]
        figures = self._digests(f"{value:g}" for value in {*sums, *_figures(reading.text)})
        persons = self._digests(_surnames(reading.text))
        keyed = figures[:_KEYED_FIGURES]
        words = sorted({w for w in reading.words if len(w) > 1}, key=lambda word: (-_rarity(word), word))
        return Story(
            units=mentions.units,
            township=mentions.township,
            chances=suggestion.scores[:_LABELS],
            happened=suggestion.slots.happened,
            figures=figures,
            sums=self._digests(step for amount in sums for step in _steps(amount)),
            persons=persons,
            wording=self._wording(reading.text, words),
            keys=self._digests(
                f"{about}/{what}"
                for about, things in (
                    *((label, (*keyed, *persons[:_KEYED_PERSONS], *words[:_RARE_WORDS])) for label in labels),
                    *((unit, keyed) for unit in mentions.units[:_KEYED_UNITS]),
                )
                for what in things
            ),
        )

    def _digests(self, things: Iterator[str]) -> tuple[int, ...]:
        return tuple(sorted({int.from_bytes(self._digest(thing, 8), signed=True) for thing in things}))

    def _digest(self, thing: str, size: int) -> bytes:
        return hashlib.blake2b(thing.encode("utf-8", "surrogatepass"), key=self._secret, digest_size=size).digest()

    def _wording(self, text: str, words: list[str]) -> bytes:
        """Signs of random projections of the weighted characters and words (Charikar 2002)."""
        characters = sorted({c for c in text.lower() if c.isalnum()})
        total = np.zeros(_SIGNS)
        for terms, share in ((characters, 1.0), (words, _WORDS_BESIDE_CHARACTERS)):
            if terms:
                weights = np.array([_rarity(term) for term in terms])
                weights *= share / np.sqrt((weights**2).sum())
                total += 2 * (weights @ np.array([self._directions(term) for term in terms])) - weights.sum()
        return np.packbits(total > 0).tobytes()

    def _directions(self, term: str) -> NDArray[np.uint8]:
        """On which side of each random plane a term lies."""
        known = self._characters.get(term)
        if known is None:
            size = hashlib.blake2b.MAX_DIGEST_SIZE
            drawn = b"".join(self._digest(f"{n}{term}", size) for n in range(_SIGNS // 8 // size))
            known = np.unpackbits(np.frombuffer(drawn, dtype=np.uint8))
            if len(term) == 1 and len(self._characters) < len(_commonness()):
                self._characters[term] = known
        return known


def same_story(left: Story, right: Story) -> Resemblance:
    """How likely the two tell of one event, if one among a hundred thousand earlier reports does; and why."""
    fitted, found = _fitted(), traits(left, right)
    weights = fitted["weights"]
    score = weights["base"] + sum(weights[name] * value for name, value in found.items())
    speaking = {
        trait: weights[trait.value] * found[trait.value]
        for trait in SharedTrait
        if found[trait.value] >= (fitted["worded_alike"] if trait is SharedTrait.WORDING else _CLEAR)
    }
    reasons = sorted((trait for trait, weight in speaking.items() if weight > 0), key=lambda trait: -speaking[trait])
    return Resemblance(1 / (1 + math.exp(-max(-30.0, min(30.0, score)))), tuple(reasons))


def traits(left: Story, right: Story) -> dict[str, float]:
    """What the two have in common (under the names of `SharedTrait`), and in what they contradict each other (`other_…`)."""
    chances = dict(right.chances)
    same_sum = not set(left.sums).isdisjoint(right.sums)
    figures = len(set(left.figures).intersection(right.figures))
    same_unit, other_unit = _compared(left.units, right.units)
    same_person, other_person = _compared(left.persons, right.persons)
    same_place, other_place = _compared(_listed(left.township), _listed(right.township))
    dated = bool(left.happened and right.happened)
    same_moment = dated and _overlap(str(left.happened), str(right.happened))
    return {
        SharedTrait.UNIT.value: same_unit,
        "other_unit": other_unit,
        SharedTrait.PLACE.value: same_place,
        "other_place": other_place,
        SharedTrait.KIND.value: math.sqrt(sum(math.sqrt(p * chances.get(label, 0)) for label, p in left.chances)),
        SharedTrait.SUM.value: float(same_sum),
        "other_sum": float(bool(left.sums and right.sums) and not same_sum),
        SharedTrait.FIGURES.value: figures / math.sqrt(max(1, len(left.figures) * len(right.figures))),
        SharedTrait.PERSON.value: same_person,
        "other_person": other_person,
        SharedTrait.MOMENT.value: float(same_moment),
        "other_moment": float(dated and not same_moment),
        SharedTrait.WORDING.value: likeness(left.wording, right.wording),
    }


def likeness(left: bytes, right: bytes) -> float:
    """The cosine of two wordings, estimated from the signs they share."""
    differing = (int.from_bytes(left) ^ int.from_bytes(right)).bit_count()
    return math.cos(math.pi * differing / _SIGNS)


def _compared(left: tuple[Any, ...], right: tuple[Any, ...]) -> tuple[float, float]:
    """Whether both name something and share one; whether both name something and share none."""
    both = bool(left and right)
    shared = both and not set(left).isdisjoint(right)
    return float(shared), float(both and not shared)


def _listed(name: str | None) -> tuple[str, ...]:
    return (name,) if name else ()


def _overlap(left: str, right: str) -> bool:
    """Whether two ISO moments of any precision may be the same one."""
    return left.startswith(right) or right.startswith(left)


def _steps(amount: float) -> tuple[str, str]:
    """Two of the steps on a scale of sums, so that sums within about a tenth of each other share one."""
    place = 8 * math.log10(amount)
    return f"a{math.floor(place)}", f"b{math.floor(place + 0.5)}"


def _figures(text: str) -> Iterator[float]:
    """All numbers of three and more, in whatever form they are written."""
    lists = read("slots.yaml")
    for match in pattern(f"{lists['numeral']}[{''.join(lists['scales'])}]?").finditer(text):
        value = value_of(match.group().replace(",", ""))
        if value is not None and value >= _LEAST_FIGURE:
            yield value


def _surnames(text: str) -> Iterator[str]:
    """The surnames of the persons whom a text names, by title or as people call each other."""
    lists = read("positions.yaml")
    surnames = f"[{lists['surnames']}{lists['further_surnames']}]"
    called = any_of(nickname_expressions())
    names = [title.name or title.written for title in find_titles(text)]
    for name in (*names, *(without_link(match.group()) for match in called.finditer(text))):
        if found := pattern(surnames).search(name[:2]):
            yield found.group()


def _rarity(term: str) -> float:
    """How much it tells that a term stands in a message: of its characters, those that stand in few messages tell most."""
    common = _commonness()
    return sum(common.get(character, common[""]) for character in term)


@cache
def _commonness() -> Mapping[str, float]:
    """The inverse document frequency of each character; of one never seen under the empty string."""
    messages, *counts = (FOLDER / "characters.txt").read_text(encoding="utf-8").split()
    total = 1 + int(messages)
    return {"": math.log(total) + 1} | {entry[0]: math.log(total / (1 + int(entry[1:]))) + 1 for entry in counts}


@cache
def _fitted() -> Mapping[str, Any]:
    fitted: Mapping[str, Any] = json.loads((FOLDER / "weights.json").read_text(encoding="utf-8"))
    return fitted
