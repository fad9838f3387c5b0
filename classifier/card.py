"""Writes the cards: what the model is, what it was trained on, how it did on writers it had not seen."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from classifier.agreement import Agreement
from classifier.corpus import DECIDED, Example
from classifier.kinds import KindModel
from classifier.store import libraries


def model_card(figures: Mapping[str, float], examples: list[Example], model: KindModel) -> str:
    """The card of a model as Markdown. `figures` are printed as they are; nothing in the card is typed by hand."""
    writers = Counter(example.writer for example in examples)
    labels = Counter(example.label for example in examples)
    rows = "\n".join(f"| {name} | {value} |" for name, value in figures.items())
    by_writer = "\n".join(f"| {name} | {count} |" for name, count in sorted(writers.items()))
    return f"""# Model card

Written by every training run and kept with the version (`flask classifier card`); `make eval` adds the figures of the test sets. Do not edit.

- **What**: characters 1-2 and jieba words 1-2 as tf-idf, one linear machine a label, probabilities by one temperature
  ({model.temperature:.4f}), abstains below {model.threshold:.4f}, rules out below {model.doubt:.4f}. {_libraries()}.
- **For**: a suggestion to citizens and staff. It decides nothing and has no say in who may see a case.
- **Trained on**: {_trained_on(len(examples), writers[DECIDED])}, {len(labels)} labels, at least {min(labels.values())} of each.
- **Not represented**: see docs/data-card.md.
- **How measured**: without prefix: groups of writers left out in turn, so that no figure rests on a voice that was trained on.
  `test_`: the development test set, by writers who wrote no training message. `real_`: the 70 published cases (docs/real-cases.md).
  Neither of these two is used for fitting or choosing. `agreement_`: two annotators (docs/data-card.md).

| figure | value |
| --- | --- |
{rows}

| writer | messages |
| --- | --- |
{by_writer}
"""


def _trained_on(total: int, decided: int) -> str:
    """How many messages of which origin; what real reports may leave in a model is bounded (ADR 0008)."""
    invented = (
        f"{total - decided} invented messages in `data/reports/`, no personal data, each file one writer with one voice"
    )
    return f"{invented}; and {decided} reports of this installation that staff labelled" if decided else invented


def write_data_card(
    path: Path, examples: list[Example], test_set: list[tuple[str, str]], agreed: Agreement, pairs: int = 10
) -> None:
    """Writes `path` as Markdown. `test_set`: writer and label of each message."""
    labels = sorted({e.label for e in examples} | {label for _, label in test_set})
    trained, tested = Counter(e.label for e in examples), Counter(label for _, label in test_set)
    writers = Counter(e.writer for e in examples) + Counter(writer for writer, _ in test_set)
    lengths = sorted(len(e.text) for e in examples)
    counts = "\n".join(f"| {label} | {trained[label]} | {tested[label]} |" for label in labels)
    voices = "\n".join(f"| {name} | {count} |" for name, count in sorted(writers.items()))
    differ = "\n".join(f"| {a} | {b} | {count} |" for (a, b), count in agreed.pairs[:pairs])
    head = (path.parent / "data-card-head.md").read_text(encoding="utf-8").rstrip()
    quarter, half, most = (lengths[len(lengths) * n // 100] for n in (25, 50, 95))
    path.write_text(
        f"""{head}

## Figures (written by `make eval`)

{len(examples)} messages for training, {len(test_set)} in the development test set. Characters: a quarter up to {quarter}, half up to
{half}, nineteen in twenty up to {most}, the longest {lengths[-1]}. {sum(bool(e.near) for e in examples)} are marked as near another label,
{sum(bool(e.tie) for e in examples)} as decided by a tie-breaker.

A second annotator, who saw text and taxonomy only, labelled {agreed.messages} messages: {agreed.same:.1%} the same, Cohen's kappa
**{agreed.kappa:.3f}**. The pairs they differ on most:

| label | label | messages |
| --- | --- | --- |
{differ}

| label | training | test set |
| --- | --- | --- |
{counts}

| writer | messages |
| --- | --- |
{voices}
""",
        encoding="utf-8",
    )


def _libraries() -> str:
    return ", ".join(f"{name} {version}" for name, version in libraries().items())
