"""Commands for the classifier: train, measure, compare, put in use, go back."""

from pathlib import Path

import click
from flask.cli import AppGroup

from app.cli_answers import emit, plainly
from app.evaluation import compare, evaluate
from app.finders import DEVELOPMENT, UNSEEN, FinderTrial, by_writer, flat, messages_of, on_messages
from app.parts import System
from app.reference import DATA
from app.retraining import run_training
from app.settings import PROJECT
from app.stories import fit, measure
from app.training import register_shipped, train_if_needed, train_shipped
from classifier.corpus import read_examples
from classifier.trials import as_table, run_trials
from domain.errors import Conflict


def add_classifier_commands(classifier: AppGroup, system: System) -> None:
    """Adds them to `flask classifier`."""

    @classifier.command("train")
    @click.option("--if-needed", is_flag=True, help="Only when code or data changed.")
    @plainly
    def train(if_needed: bool) -> None:
        """Trains the shipped classifier from data/reports: it is used while no other version is put in use."""
        if if_needed:
            emit({"trained": train_if_needed(system.settings.shelf)})
        else:
            figures = train_shipped(system.settings.shelf).figures.as_dict()
            register_shipped(system)
            emit(figures)

    @classifier.command("retrain")
    @plainly
    def retrain() -> None:
        """Trains with what staff confirmed as well; the result is kept, not used: compare it first."""
        with system.transact() as services:
            services.retraining.request(None)
            claim = services.retraining.claim()
        version = run_training(system, claim) if claim else None
        if version is None:
            raise click.ClickException("no new version; the log says why")
        with system.transact(read_only=True) as services:
            made = next(view for view in services.classifiers.versions(None) if view.name == version)
            present = services.classifiers.present_name()
        emit({"version": version, "decisions": made.decisions, "in_use": present})

    @classifier.command("use")
    @click.argument("version")
    @click.option("--yes", is_flag=True, help="Do not ask.")
    @plainly
    def use(version: str, yes: bool) -> None:
        """Puts a version in use, after its figures were shown beside those of the present one."""
        register_shipped(system)
        with system.transact(read_only=True) as services:
            present = services.classifiers.present_name()
        _print_comparison(compare(system, present, version), present, version)
        if not yes:
            click.confirm(f"use {version} instead of {present}?", abort=True)
        with system.transact() as services:
            before = services.classifiers.use(version)
        emit({"in_use": version, "before": before})

    @classifier.command("roll-back")
    @plainly
    def roll_back() -> None:
        """Goes back to the version that was in use before."""
        with system.transact() as services:
            try:
                now = services.classifiers.roll_back(None)
            except Conflict as error:
                raise click.ClickException("there is no earlier classifier to go back to") from error
        emit({"in_use": now})

    _add_showing(classifier, system)
    _add_measuring(classifier, system)


def _add_showing(classifier: AppGroup, system: System) -> None:
    """The commands that show versions."""

    @classifier.command("versions")
    @plainly
    def versions() -> None:
        """The classifiers that are known, the newest first."""
        with system.transact(read_only=True) as services:
            views = services.classifiers.versions(None)
        for view in views:
            emit({"version": view.name, "in_use": view.is_in_use, "fits": view.is_fit, **view.figures})

    @classifier.command("card")
    @click.argument("version", required=False)
    @plainly
    def card(version: str | None) -> None:
        """The card that the training run wrote for a version, or for the one in use."""
        with system.transact(read_only=True) as services:
            click.echo(services.classifiers.card(version), nl=False)

    @classifier.command("compare")
    @click.argument("first")
    @click.argument("second")
    @plainly
    def compare_command(first: str, second: str) -> None:
        """The figures of two versions on the same test sets, side by side."""
        _print_comparison(compare(system, first, second), first, second)


def _add_measuring(classifier: AppGroup, system: System) -> None:
    """The commands that measure and change nothing but documents."""

    @classifier.command("finders")
    @plainly
    def finders() -> None:
        """How the finders of units, owners, sums and persons do on the training messages, writer by writer."""
        trial = FinderTrial(system.parts)
        for writer, figures in by_writer(trial, read_examples(DATA / "reports")):
            emit({"writer": writer, **flat(figures)})
        for path in (DEVELOPMENT, UNSEEN):
            for name, rows in messages_of(path).items():
                emit({"messages": name, **on_messages(trial, rows)})

    @classifier.command("trials")
    @plainly
    def trials() -> None:
        """Measures every candidate that was tried and writes the table in docs/classifier.md. Takes minutes."""
        results = []
        for result in run_trials(read_examples(DATA / "reports"), system.parts.taxonomy):
            click.echo(result.name)
            results.append(result)
        table = as_table(results)
        write_between_marks(PROJECT / "docs" / "classifier.md", "trials", table)
        click.echo(table)

    @classifier.command("stories")
    @click.option(
        "--fit", "fits", is_flag=True, help="Write data/stories/weights.json anew from the stories for development."
    )
    @plainly
    def stories(fits: bool) -> None:
        """Measures how well one event told twice is found, on stories it was not fitted on."""
        if fits:
            fit(system.parts.suggester)
        emit(measure(system.parts.suggester))

    @classifier.command("evaluate")
    @plainly
    def evaluate_command() -> None:
        """Trains, measures, prints one table, writes the cards in docs/."""
        evaluate(system)


def write_between_marks(path: Path, name: str, text: str) -> None:
    """Replaces what stands between `<!-- name -->` and `<!-- /name -->`. Raises ValueError when the marks are not there."""
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, found, rest = path.read_text(encoding="utf-8").partition(start)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"{path.name} has no place for {name}")
    path.write_text(f"{before}{start}\n{text}\n{end}{after}", encoding="utf-8")


def _print_comparison(rows: list[tuple[str, float, float]], first: str, second: str) -> None:
    click.echo(f"{'':22} {first:>12} {second:>12} {'change':>9}")
    for name, left, right in rows:
        click.echo(f"{name:22} {left:>12.4f} {right:>12.4f} {right - left:>+9.4f}")
