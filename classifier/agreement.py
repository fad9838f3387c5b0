"""How far two annotators who did not see each other's labels agree (Cohen 1960)."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sklearn.metrics import cohen_kappa_score

from classifier.text import normalise


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of `messages` read by two, the share with the same label, kappa, and the pairs of labels they differ on, most first."""

    messages: int
    same: float
    kappa: float
    pairs: tuple[tuple[tuple[str, str], int], ...]


def message_id(text: str) -> str:
    """The name of a message that survives reordering of files: twelve hexadecimal digits of its normalised text's SHA-256."""
    return hashlib.sha256(normalise(text).encode()).hexdigest()[:12]


def read_second_labels(folder: Path) -> dict[str, str]:
    """Message id to the label of the second annotator, from all files of `folder`. He may have named a second choice."""
    rows = (
        json.loads(line)
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    )
    return {row["id"]: row["label"] for row in rows}


def agreement(first: Iterable[tuple[str, str]], second: Mapping[str, str]) -> Agreement:
    """`first`: text and label by the writer; `second`: labels by message id. Counts the messages that both have read."""
    both = [(label, second[key]) for text, label in first if (key := message_id(text)) in second]
    ours, theirs = [a for a, _ in both], [b for _, b in both]
    differ = Counter(tuple(sorted(pair)) for pair in both if pair[0] != pair[1])
    return Agreement(
        messages=len(both),
        same=sum(a == b for a, b in both) / max(1, len(both)),
        kappa=float(cohen_kappa_score(ours, theirs)) if both else 0.0,
        pairs=tuple(((a, b), count) for (a, b), count in differ.most_common()),
    )
