"""The way of a new classifier by command: trained with what staff confirmed, compared, put in use, taken back."""

import json
import shutil
from dataclasses import replace

import pytest

from app.training import register_shipped
from classifier.shelf import Shelf
from services.classifier_views import NewVersion


@pytest.fixture
def run(site, shelf):
    """Runs `flask classifier ...` on a site with the trained classifier."""
    runner = site.app.test_cli_runner()

    def _run(*arguments, given=None):
        return runner.invoke(args=["classifier", *arguments], input=given)

    return _run


@pytest.fixture
def shelf(site, trained):
    """A shelf of this test's own, with the trained classifier on it as the shipped one."""
    folder = site.settings.shelf
    folder.unlink()
    shipped = Shelf(trained).shipped()
    shutil.copytree(trained / shipped, folder / shipped)
    Shelf(folder).ship(shipped)
    register_shipped(site.system)
    return Shelf(folder)


@pytest.fixture
def shipped(shelf):
    return shelf.shipped()


@pytest.fixture
def other(site, shelf, tmp_path):
    """A second version, which another host trained: the same machine, more careful."""
    artefact = shelf.load()
    elsewhere = Shelf(tmp_path / "elsewhere")
    careful = replace(artefact.model, threshold=0.99)
    name = elsewhere.keep(careful, artefact.figures, artefact.data_digest, "# Careful")
    with site.system.transact() as services:
        services.classifiers.keep(
            NewVersion(name, artefact.figures, "# Careful", messages=6000, decisions=7, parcel=elsewhere.pack(name))
        )
    return name


def answering(site):
    site.system.parts.suggester.refresh()
    with site.system.transact(read_only=True) as services:
        return services.suggestions.advise("工商所来店里要烟").suggestion.model_version


def test_two_versions_are_shown_side_by_side_on_the_same_messages(run, shipped, other):
    answer = run("compare", shipped, other)

    assert answer.exit_code == 0, answer.output
    rows = {line.split()[0]: line.split()[1:] for line in answer.output.splitlines()[1:]}
    assert rows["real_top1"][0] == rows["real_top1"][1]
    assert float(rows["real_coverage"][2]) < 0


def test_a_version_comes_into_use_only_after_its_figures_were_confirmed(run, site, shipped, other):
    refused = run("use", other, given="n\n")
    before = answering(site)

    assert refused.exit_code == 1
    assert "real_top1" in refused.output
    assert run("use", other, given="y\n").exit_code == 0
    assert (before, answering(site)) == (shipped, other)


def test_one_command_takes_it_back(run, site, shipped, other):
    run("use", other, "--yes")
    new = answering(site)

    answer = run("roll-back")

    assert json.loads(answer.output) == {"in_use": shipped}
    assert (new, answering(site)) == (other, shipped)


def test_going_back_from_the_first_says_that_there_is_nothing(run):
    answer = run("roll-back")

    assert answer.exit_code == 1
    assert "no earlier classifier" in answer.output


def test_an_unknown_version_is_one_line_and_no_trace(run):
    answer = run("use", "abcdef012345", "--yes")

    assert answer.exit_code == 1
    assert answer.output.strip().splitlines()[-1].startswith("Error: ")


def test_all_versions_are_listed(run, shipped, other):
    listed = [json.loads(line) for line in run("versions").output.splitlines()]

    assert {row["version"]: row["in_use"] for row in listed} == {shipped: True, other: False}


def test_the_card_of_the_training_run_is_kept_with_the_version(run, shelf, other):
    figures = shelf.load().figures

    assert f"| macro_f1_kinds | {figures['macro_f1_kinds']} |" in run("card").output
    assert run("card", other).output == "# Careful"


def test_where_staff_decided_nothing_new_there_is_nothing_to_train(run):
    answer = run("retrain")

    assert answer.exit_code == 1
    assert "nothing_new" in answer.output
