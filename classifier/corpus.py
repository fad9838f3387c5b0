"""Reads the labelled, invented messages of `data/reports/`. Each file is one writer, so that splits can be by writer."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from domain.taxonomy import Taxonomy

T = TypeVar("T")
# The "writer" of messages that citizens sent and staff labelled. Their words are handled with care: see `Features.fit`.
DECIDED = "decided_by_staff"


@dataclass(frozen=True, slots=True)
class Example:
    """One message with the label its writer meant. `unit` is a key of `groups.yaml`, or None.

    `written_label` is the writer's own where a disagreement was settled against it (data/annotation/settled.md).
    `amounts` (yuan) and `persons` (as written, those complained of) are None where the writer was not asked to note them.
    `owner` is the body that takes it, where the writer noted one.
    `near` is the label it lies next to, `tie` the tie-breaker of `taxonomy.yaml` that decides it, where the writer noted one.
    """

    text: str
    label: str
    writer: str
    unit: str | None = None
    near: str | None = None
    tie: str | None = None
    written_label: str | None = None
    amounts: tuple[float, ...] | None = None
    persons: tuple[str, ...] | None = None
    owner: str | None = None


def lessons_of(taxonomy: Taxonomy) -> list[Example]:
    """What the taxonomy itself says of each kind, its definition and its signals, as examples by nobody."""
    return [
        Example(text, kind.key, "taxonomy")
        for kind in taxonomy.kinds.values()
        for text in (kind.definition, *kind.signals)
    ]


def read_examples(folder: Path) -> list[Example]:
    """All examples, in the order of file names and lines. Raises ValueError naming file and line of a broken one."""
    examples = []
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                examples.append(
                    Example(
                        row["text"], row["label"], path.stem,
                        unit=row.get("unit"), near=row.get("near"), tie=row.get("tie"),
                        written_label=row.get("written_label"),
                        amounts=_all_of(row, "amounts", float), persons=_all_of(row, "persons", str),
                        owner=row.get("owner"),
                    )
                )  # fmt: skip
            except (ValueError, KeyError) as error:
                msg = f"{path.name}:{number}: {error}"
                raise ValueError(msg) from error
    return examples


def _all_of(row: Mapping[str, Any], name: str, of: Callable[[Any], T]) -> tuple[T, ...] | None:
    """The list `name` of a message; None where its writer noted none at all."""
    return tuple(map(of, row[name])) if name in row else None


def digest(paths: Iterable[Path]) -> str:
    """One SHA-256 over the contents of some files, in the order given."""
    total = hashlib.sha256()
    for path in paths:
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
