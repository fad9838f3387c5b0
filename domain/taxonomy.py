"""The 30 kinds in 5 aspects and the labels that are none of them, as frozen values built from `data/taxonomy.yaml`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from domain.terms import ReportKind, Track

NON_KIND_PREFIX = "nk_"
# None of the thirty, and yet an accusation.
OTHER_DISCIPLINE = "nk_other_discipline"
# Names nothing that could be looked into: asked about first.
NO_SUBSTANCE = "nk_no_substance"


def accusing(label: str) -> str | None:
    """`label` if messages that have it accuse by their meaning whoever they name; None for all others."""
    return label if label == OTHER_DISCIPLINE or not label.startswith(NON_KIND_PREFIX) else None


_KIND_OF_LABEL = {
    "nk_appeal": ReportKind.APPEAL,
    "nk_suggestion": ReportKind.SUGGESTION,
    "nk_help_request": ReportKind.SERVICE_REQUEST,
}


def report_kind_of(label: str | None) -> ReportKind | None:
    """What kind of report a label makes of it; None for labels that say nothing of that."""
    return _KIND_OF_LABEL.get(label or "")


def track_of(kind: ReportKind) -> Track:
    """How a kind of report is handled."""
    return Track.ACCUSATION if kind in {ReportKind.ACCUSATION, ReportKind.APPEAL} else Track.SERVICE_REQUEST


@dataclass(frozen=True, slots=True)
class Aspect:
    """One of the five aspects. `ask` is the question that tells the aspects apart."""

    key: str
    num: int
    name: str
    ask: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the thirty kinds. `separating_rule` tells it from its neighbour `confusable_with`."""

    key: str
    num: int
    aspect: str
    name: str
    definition: str
    signals: tuple[str, ...]
    confusable_with: str
    separating_rule: str
    legal_hooks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NonKind:
    """A label for reports that are none of the thirty. `accepted` says whether the commission takes them.

    `accuses` is False where such a message complains of no public body, whatever bodies it names. `separating_rule` tells it
    from what it is often taken for; empty where nothing is.
    """

    key: str
    name: str
    accepted: bool
    accuses: bool
    next_step: str
    separating_rule: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What may be answered to the question of a tie-breaker, and which kinds that makes of it."""

    says: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TieBreaker:
    """A question that decides between kinds of different answers."""

    key: str
    ask: str
    answers: tuple[Answer, ...]

    def among(self, labels: Sequence[str]) -> tuple[Answer, ...]:
        """The answers that lead to one of these labels, each with those of them that it leads to, in their order."""
        narrowed = (Answer(a.says, tuple(label for label in labels if label in a.kinds)) for a in self.answers)
        return tuple(answer for answer in narrowed if answer.kinds)


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """Both lists, by key, in the order of the file, and what decides between near kinds."""

    aspects: Mapping[str, Aspect]
    kinds: Mapping[str, Kind]
    non_kinds: Mapping[str, NonKind]
    tie_breakers: tuple[TieBreaker, ...]

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> "Taxonomy":
        """Builds the taxonomy from the parsed YAML. Raises KeyError or ValueError when the file is not whole."""
        aspects = {a["key"]: Aspect(a["key"], a["num"], a["name"], a["ask"]) for a in data["aspects"]}
        kinds = {
            k["key"]: Kind(
                key=k["key"],
                num=k["num"],
                aspect=k["aspect"],
                name=k["name"],
                definition=k["definition"],
                signals=tuple(k["signals"]),
                confusable_with=k["confusable_with"]["key"],
                separating_rule=k["confusable_with"]["rule"],
                legal_hooks=tuple(k["legal_hooks"]),
            )
            for k in data["kinds"]
        }
        non_kinds = {
            n["key"]: NonKind(n["key"], n["name"], n["accept"], n.get("accuses", True), n["next"], n.get("rule", ""))
            for n in data["non_kinds"]
        }
        tie_breakers = tuple(
            TieBreaker(t["id"], t["ask"], tuple(Answer(a["says"], tuple(a["kinds"])) for a in t["answers"]))
            for t in data["annotation"]["tie_breakers"]
        )
        if len(kinds) != data["counts"]["kinds"] or any(k.aspect not in aspects for k in kinds.values()):
            msg = "taxonomy.yaml: counts or aspects do not fit"
            raise ValueError(msg)
        if not kinds.keys() >= {label for t in tie_breakers for answer in t.answers for label in answer.kinds}:
            msg = "taxonomy.yaml: a tie-breaker names a kind that there is not"
            raise ValueError(msg)
        return cls(aspects, kinds, non_kinds, tie_breakers)

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels, kinds first."""
        return (*self.kinds, *self.non_kinds)

    def name_of(self, label: str) -> str:
        """The Chinese name of a kind or `nk_` label. Raises KeyError for an unknown one."""
        return self.kinds[label].name if label in self.kinds else self.non_kinds[label].name

    def separating_rule(self, label: str) -> str:
        """What tells a label from what it is often taken for; empty where nothing is. Raises KeyError for an unknown one."""
        return (self.kinds[label] if label in self.kinds else self.non_kinds[label]).separating_rule

    def questions_between(self, labels: Sequence[str]) -> tuple[TieBreaker, ...]:
        """For each two of these labels, the likeliest first, the question that decides between them; each question once."""
        asked = (
            next((t for t in self.tie_breakers if len(t.among(pair)) == len(pair)), None)
            for pair in combinations(labels, 2)
        )
        return tuple(dict.fromkeys(filter(None, asked)))

    def takes(self, label: str) -> bool:
        """Whether the commission takes matters of this label."""
        non_kind = self.non_kinds.get(label)
        return non_kind is None or non_kind.accepted

    def accuses(self, label: str | None) -> bool:
        """Whether messages of this label complain of a public body or official; so do those nobody has classified."""
        non_kind = self.non_kinds.get(label or "")
        return non_kind is None or non_kind.accuses

    def aspect_of(self, label: str | None) -> str | None:
        """The aspect key of a kind; None for an `nk_` label or no label."""
        kind = self.kinds.get(label or "")
        return kind.aspect if kind else None
