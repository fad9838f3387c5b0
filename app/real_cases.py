"""The 70 published cases: a test set of its own, and the table of how the classifier did on each."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from app.reference import DATA
from domain.taxonomy import Taxonomy
from services.base import Suggester

REAL_CASES = DATA / "evaluation" / "real_cases.jsonl"


@dataclass(frozen=True, slots=True)
class Tried:
    """One real case as the classifier took it. `expected` holds the label of the published case and its second one, if any."""

    id: str
    text: str
    expected: tuple[str, ...]
    best: str
    top3: tuple[str, ...]
    confidence: float
    abstained: bool

    @property
    def is_right(self) -> bool:
        """Whether the first suggestion is the label of the case."""
        return self.best == self.expected[0]


def read_real_cases() -> list[dict[str, Any]]:
    """The 70 published cases, retold by somebody who never saw the training messages."""
    return [json.loads(line) for line in REAL_CASES.read_text(encoding="utf-8").splitlines()]


def try_real_cases(suggester: Suggester) -> list[Tried]:
    """What the suggester makes of them."""
    tried = []
    for row in read_real_cases():
        answer = suggester.suggest(row["text"], date(2026, 11, 23))
        top3 = tuple(label for label, _ in answer.scores[:3])
        expected = (row["label"], *row["secondary"])
        tried.append(Tried(row["id"], row["text"], expected, answer.label, top3, answer.confidence, answer.abstained))
    return tried


def macro_accuracy(tried: list[Tried]) -> float:
    """Share of right first suggestions, averaged over the labels that occur."""
    by_label: dict[str, list[bool]] = {}
    for case in tried:
        by_label.setdefault(case.expected[0], []).append(case.is_right)
    return sum(sum(hits) / len(hits) for hits in by_label.values()) / len(by_label)


def figures_of_cases(tried: list[Tried]) -> dict[str, float]:
    """The figures over all cases, each between 0 and 1 but the first."""
    answered = [case for case in tried if not case.abstained]
    return {
        "real_cases": float(len(tried)),
        "real_top1": round(sum(case.is_right for case in tried) / len(tried), 4),
        "real_macro_top1": round(macro_accuracy(tried), 4),
        "real_top3": round(sum(case.expected[0] in case.top3 for case in tried) / len(tried), 4),
        "real_coverage": round(len(answered) / len(tried), 4),
        "real_precision": round(sum(case.is_right for case in answered) / max(1, len(answered)), 4),
    }


def write_case_table(path: Path, tried: list[Tried], figures: dict[str, float], taxonomy: Taxonomy) -> None:
    """The table of results, misses included."""

    def name(label: str) -> str:
        return f"{taxonomy.name_of(label)} (`{label}`)"

    template = (DATA / "evaluation" / "real_cases_head.md").read_text(encoding="utf-8")
    lines = [template.format(**{key: f"{value:.3f}" for key, value in figures.items()}).rstrip(), ""]
    lines += ["| # | | expected | suggested | confidence | asked instead |", "| --- | --- | --- | --- | --- | --- |"]
    for case in tried:
        mark = "+" if case.is_right else ("3" if case.expected[0] in case.top3 else "-")
        expected = " / ".join(map(name, case.expected))
        asked = "yes" if case.abstained else ""
        lines.append(f"| {case.id} | {mark} | {expected} | {name(case.best)} | {case.confidence:.2f} | {asked} |")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
