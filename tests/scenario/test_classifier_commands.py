"""The way of a new classifier: trained with what staff confirmed, compared, put in use, taken back."""

import json
import shutil
from dataclasses import replace

import pytest

from app import cli_classifier
from classifier.shelf import Shelf


@pytest.fixture
def run(site, shelf):
    """Runs `flask classifier ...` on a site with the trained classifier."""
    runner = site.app.test_cli_runner()

    def _run(*arguments, given=None):
        return runner.invoke(args=["classifier", *arguments], input=given)

    return _run


@pytest.fixture
def shelf(site, trained):
    """A shelf of this test's own, with the trained classifier on it and in use."""
    folder = site.settings.instance / "classifier"
    folder.unlink()
    used = Shelf(trained).in_use()
    shutil.copytree(trained / used, folder / used)
    Shelf(folder).use(used)
    return Shelf(folder)


@pytest.fixture
def other(shelf):
    """A second version: the same machine, more careful."""
    artefact = shelf.load()
    careful = replace(artefact.model, threshold=0.99)
    return shelf.keep(careful, artefact.figures, artefact.data_digest, "# Careful")


def test_two_versions_are_shown_side_by_side_on_the_same_messages(run, shelf, other):
    answer = run("compare", shelf.in_use(), other)

    assert answer.exit_code == 0, answer.output
    rows = {line.split()[0]: line.split()[1:] for line in answer.output.splitlines()[1:]}
    assert rows["real_top1"][0] == rows["real_top1"][1]
    assert float(rows["real_coverage"][2]) < 0


def test_a_version_comes_into_use_only_after_its_figures_were_confirmed(run, shelf, other):
    before = shelf.in_use()

    refused = run("use", other, given="n\n")

    assert refused.exit_code == 1
    assert "real_top1" in refused.output
    assert shelf.in_use() == before
    assert run("use", other, given="y\n").exit_code == 0
    assert shelf.in_use() == other


def test_one_command_takes_it_back(run, site, shelf, other):
    before = shelf.in_use()
    run("use", other, "--yes")
    with site.system.transact(read_only=True) as services:
        new = services.suggestions.advise("工商所来店里要烟").suggestion.model_version

    answer = run("roll-back")

    assert json.loads(answer.output) == {"in_use": before}
    with site.system.transact(read_only=True) as services:
        assert (new, services.suggestions.advise("工商所来店里要烟").suggestion.model_version) == (other, before)


def test_going_back_from_the_first_says_that_there_is_nothing(run):
    answer = run("roll-back")

    assert answer.exit_code == 1
    assert "no earlier classifier" in answer.output


def test_an_unknown_version_is_one_line_and_no_trace(run):
    answer = run("use", "abcdef012345", "--yes")

    assert answer.exit_code == 1
    assert answer.output.strip().splitlines()[-1].startswith("Error: ")


def test_all_versions_are_listed(run, shelf, other):
    listed = [json.loads(line) for line in run("versions").output.splitlines()]

    assert {row["version"]: row["in_use"] for row in listed} == {shelf.in_use(): True, other: False}


def test_the_card_of_the_training_run_is_kept_with_the_version(run, shelf, other):
    figures = shelf.load().figures

    assert f"| macro_f1_kinds | {figures['macro_f1_kinds']} |" in run("card").output
    assert run("card", other).output == "# Careful"


def test_retraining_reads_what_staff_confirmed_and_leaves_the_present_one_in_use(run, shelf, monkeypatch):
    before, taught = shelf.in_use(), []

    def retrain_with(folder, decided):
        taught.extend(decided)
        return before

    monkeypatch.setattr(cli_classifier, "retrain_with", retrain_with)

    answer = json.loads(run("retrain").output)

    assert answer == {"version": before, "decisions": len(taught), "in_use": before}
    assert shelf.in_use() == before
