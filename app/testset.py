"""Messages with the right answers, written by people who wrote no training message; and how a classifier does on them.

Never used for fitting or choosing: only `make eval` and `flask classifier compare` read them.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from app.cli_answers import suggestion_as_json
from app.reference import DATA
from classifier.evaluation import expected_calibration_error, macro_f1
from classifier.found import persons_found, sums_found
from classifier.persons import persons_in
from classifier.positions import find_titles
from classifier.slots import amounts_in
from classifier.text import normalise
from domain.taxonomy import NON_KIND_PREFIX
from services.base import Parts, Suggester
from services.suggestions import Advice, Suggestions

TEST_SET = DATA / "evaluation"
# The day on which the messages of the test set are taken to arrive; their dates were written for it.
REPORTED_AT = datetime(2026, 11, 20, 4, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Expected:
    """A message and what is right about it. `unit` is the first unit complained of, `persons` are as written in the text."""

    text: str
    label: str
    unit: str | None
    owner: str
    amounts: tuple[float, ...]
    persons: tuple[str, ...]
    when: str | None
    writer: str
    written_label: str | None = None


def read_test_set(folder: Path = TEST_SET) -> list[Expected]:
    """All messages of the development test set, by writer and line."""
    return [
        Expected(
            text=row["text"], label=row["label"], unit=row["unit"], owner=row["owner"],
            amounts=tuple(map(float, row["amounts"])), persons=tuple(row["persons"]), when=row["when"], writer=path.stem,
            written_label=row.get("written_label"),
        )
        for path in sorted(folder.glob("dev_*.jsonl"))
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())
    ]  # fmt: skip


def measure(parts: Parts, suggester: Suggester, expected: Sequence[Expected]) -> dict[str, float]:
    """The figures of a classifier on a test set, each between 0 and 1 but the first."""
    suggestions = Suggestions(replace(parts, suggester=suggester, clock=lambda: REPORTED_AT))
    advices = [suggestions.advise(row.text) for row in expected]
    answers = [suggestion_as_json(advice, suggestions) for advice in advices]
    truth = [row.label for row in expected]
    guesses = [advice.suggestion.label for advice in advices]
    right = np.array([guess == label for guess, label in zip(guesses, truth, strict=True)])
    confidence = np.array([advice.suggestion.confidence for advice in advices])
    answered = np.array([not advice.suggestion.abstained for advice in advices])
    kept = [advice.suggestion.not_ruled_out for advice in advices]
    texts = [normalise(row.text) for row in expected]
    sums = sums_found((row.amounts, amounts_in(text)) for row, text in zip(expected, texts, strict=True))
    persons = persons_found(
        (row.persons, persons_in(text, find_titles(text))) for row, text in zip(expected, texts, strict=True)
    )
    figures = {
        "messages": float(len(expected)),
        "macro_f1_kinds": macro_f1(truth, guesses, [k for k in sorted(set(truth)) if _is_kind(k)]),
        "macro_f1": macro_f1(truth, guesses, sorted(set(truth))),
        "top3": _share(row.label in _first_three(advice) for row, advice in zip(expected, advices, strict=True)),
        "scope": _share(_is_kind(guess) == _is_kind(label) for guess, label in zip(guesses, truth, strict=True)),
        "calibration_error": expected_calibration_error(confidence, right),
        "coverage": float(answered.mean()),
        "precision": float(right[answered].mean()) if answered.any() else 0.0,
        "in_set": _share(row.label in labels for row, labels in zip(expected, kept, strict=True)),
        "set_size": float(np.mean([len(labels) for labels in kept])),
        "unit": _share(answer["unit"] == row.unit for row, answer in zip(expected, answers, strict=True)),
        "owner": _share(answer["owner"] == row.owner for row, answer in zip(expected, answers, strict=True)),
        "amounts": sums.recall,
        "amounts_precision": sums.precision,
        "persons": persons.recall,
        "when": _found_moments(expected, advices),
    }
    return {name: round(value, 4) for name, value in figures.items()}


def right_by_label(answers: Iterable[tuple[str, str]]) -> dict[str, tuple[int, int]]:
    """By right label: how many messages, and of how many the first suggestion (second of each pair) was right."""
    total: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for label, guess in answers:
        total[label] += 1
        right[label] += guess == label
    return {label: (total[label], right[label]) for label in sorted(total)}


def _found_moments(expected: Iterable[Expected], advices: Iterable[Advice]) -> float:
    """The share of events dated by the text whose day, month or year is resolved rightly."""
    return _share(
        (advice.suggestion.slots.happened or "")[: len(row.when)] == row.when
        for row, advice in zip(expected, advices, strict=True)
        if row.when
    )


def _first_three(advice: Advice) -> list[str]:
    return [label for label, _ in advice.suggestion.scores[:3]]


def _is_kind(label: str) -> bool:
    return not label.startswith(NON_KIND_PREFIX)


def _share(hits: Iterable[bool]) -> float:
    counted = list(hits)
    return sum(counted) / max(1, len(counted))
