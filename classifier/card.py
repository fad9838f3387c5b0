"""Writes the model card: what the model is, what it was trained on, how it did on writers it had not seen."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import sklearn

from classifier.corpus import Example
from classifier.kinds import KindModel


def write_card(path: Path, figures: Mapping[str, float], examples: list[Example], model: KindModel) -> None:
    """Writes `path` as Markdown. `figures` are printed as they are; nothing in the card is typed by hand."""
    writers = Counter(example.writer for example in examples)
    labels = Counter(example.label for example in examples)
    rows = "\n".join(f"| {name} | {value} |" for name, value in figures.items())
    by_writer = "\n".join(f"| {name} | {count} |" for name, count in sorted(writers.items()))
    path.write_text(
        f"""# Model card

Written by `make eval`; do not edit.

- **What**: characters 1-2 and jieba words 1-2 as tf-idf, one linear machine a label, probabilities by one temperature
  ({model.temperature:.4f}), abstains below {model.threshold:.4f}. scikit-learn {sklearn.__version__}.
- **For**: a suggestion to citizens and staff. It decides nothing and has no say in who may see a case.
- **Trained on**: {len(examples)} invented messages, {len(labels)} labels, at least {min(labels.values())} of each, in `data/reports/`;
  no personal data. Each file is one writer with one voice.
- **Not represented**: dialects outside the northern plain, voice transcripts of real recognisers, messages of several thousand characters.
- **How measured**: each writer left out in turn, so that no figure rests on a voice that was trained on; `real_` figures on the 70
  published cases (docs/real-cases.md), which are used for nothing else.

| figure | value |
| --- | --- |
{rows}

| writer | messages |
| --- | --- |
{by_writer}
""",
        encoding="utf-8",
    )
