"""`make eval`: trains, measures on what the model has not seen, prints one table, writes the cards."""

from collections.abc import Mapping
from pathlib import Path

import click

from app.parts import System
from app.real_cases import REAL_CASES, figures_of_cases, try_real_cases, write_case_table
from app.reference import DATA
from app.settings import PROJECT
from app.testset import REPORTED_AT, TEST_SET, measure, read_test_set, right_by_label
from app.training import train_shipped
from classifier.agreement import agreement, read_second_labels
from classifier.card import model_card, write_data_card
from classifier.corpus import digest, read_examples
from classifier.public_sets import SETS, cross_validate, read_public_set
from classifier.shelf import Shelf
from classifier.store import Artefact
from classifier.suggester import ArtefactSuggester
from services.classifier_views import Measured

REPORTS, SECOND = DATA / "reports", DATA / "annotation"
DOCS = PROJECT / "docs"


def evaluate(system: System) -> dict[str, float]:
    """Trains into the instance and measures; writes `docs/model-card.md`, `docs/data-card.md`, `docs/real-cases.md`.

    Gives the figures: of writers left out, then `test_` of the development test set, `real_` of the published cases,
    `agreement_` of the two annotators, and macro-F1 on the public sets that are there.
    """
    trained = train_shipped(system.settings.shelf)
    shelf = Shelf(system.settings.shelf)
    artefact = shelf.load()
    suggester = ArtefactSuggester(artefact, system.parts.directory)
    figures = trained.figures.as_dict() | measure_suggester(system, suggester)
    tried = try_real_cases(suggester)
    examples, expected = read_examples(REPORTS), read_test_set()
    agreed = agreement(
        [
            *((e.text, e.written_label or e.label) for e in examples),
            *((row.text, row.written_label or row.label) for row in expected),
        ],
        read_second_labels(SECOND),
    )
    figures |= {
        "agreement_messages": float(agreed.messages),
        "agreement_same": round(agreed.same, 4),
        "agreement_kappa": round(agreed.kappa, 4),
    }
    _print(figures)
    public = _public_sets(system.settings.public_sets)
    card = model_card(figures | public, examples, trained.model)
    shelf.write_card(artefact.version, card)
    (DOCS / "model-card.md").write_text(card, encoding="utf-8")
    write_data_card(DOCS / "data-card.md", examples, [(row.writer, row.label) for row in expected], agreed)
    write_case_table(DOCS / "real-cases.md", tried, figures, system.parts.taxonomy)
    return figures | public


def compare(system: System, first: str, second: str) -> list[tuple[str, float, float]]:
    """The figures of two versions on the same test sets. Raises ArtefactError when one cannot be loaded."""
    left, right = (
        measure_suggester(system, ArtefactSuggester(artefact_of(system, version), system.parts.directory))
        for version in (first, second)
    )
    return [(name, left[name], right[name]) for name in left]


def artefact_of(system: System, version: str) -> Artefact:
    """A version by its name, from this host's shelf or the database. Raises ArtefactError when it is nowhere, or unfit."""
    shelf = Shelf(system.settings.shelf)
    if not shelf.has(version):
        with system.transact(read_only=True) as services:
            shelf.take_in(version, services.classifiers.parcel(version))
    return shelf.load(version)


def measured(system: System, suggester: ArtefactSuggester) -> Measured:
    """What is shown of a version in the console: the figures of `compare`, and those of each label."""
    by_label = right_by_label(
        [
            *((row.label, suggester.suggest(row.text, REPORTED_AT.date()).label) for row in read_test_set()),
            *((case.expected[0], case.best) for case in try_real_cases(suggester)),
        ]
    )
    return Measured(test_sets(), measure_suggester(system, suggester), by_label)


def test_sets() -> str:
    """Which messages are measured on, as one hash: figures on others cannot be put side by side."""
    return digest([*sorted(TEST_SET.glob("dev_*.jsonl")), REAL_CASES])


def measure_suggester(system: System, suggester: ArtefactSuggester) -> dict[str, float]:
    """`test_` figures of the development test set and `real_` figures of the published cases."""
    on_test_set = measure(system.parts, suggester, read_test_set())
    return {f"test_{name}": value for name, value in on_test_set.items()} | figures_of_cases(try_real_cases(suggester))


def _public_sets(folder: Path) -> dict[str, float]:
    """Our pipeline on the public sets, beside the best figure before; says which it skipped because they are not there."""
    figures = {}
    for chosen in SETS:
        try:
            texts, labels = read_public_set(chosen, folder)
        except FileNotFoundError:
            click.echo(f"{chosen.name:22}   skipped: {chosen.file} is not in QIAOMEN_PUBLIC_SETS")
            continue
        score = round(cross_validate(texts, labels), 4)
        figures[f"{chosen.name.replace(' ', '_')}_macro_f1"] = score
        click.echo(
            f"{chosen.name:22} {score:>9.4f}   best before {chosen.before:.3f}, difference {score - chosen.before:+.3f}"
        )
    return figures


def _print(figures: Mapping[str, float]) -> None:
    for name, value in figures.items():
        click.echo(f"{name:22} {value:>9.4f}" if value % 1 else f"{name:22} {value:>9.0f}")
