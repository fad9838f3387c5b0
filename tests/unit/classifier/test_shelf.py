"""Classifiers kept by version."""

import json

import numpy as np
import pytest

from classifier.features import COLUMNS, Features
from classifier.kinds import KindModel
from classifier.shelf import Shelf
from classifier.store import ArtefactError


def a_model(threshold=0.5):
    return KindModel(
        labels=("approval_payoff", "nk_spam"),
        features=Features(),
        weights=np.zeros((COLUMNS, 2), dtype=np.float16),
        intercept=np.array([0.5, -0.5], dtype=np.float32),
        temperature=1.0,
        threshold=threshold,
        doubt=0.05,
    )


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "classifier")


def keep(shelf, threshold=0.5):
    return shelf.keep(a_model(threshold), {"macro_f1": threshold}, "digest", f"# Card of {threshold}")


def test_an_empty_shelf_says_what_to_do(shelf):
    assert shelf.in_use() is None
    with pytest.raises(ArtefactError, match="flask classifier train"):
        shelf.load()


def test_what_is_kept_is_not_used_until_somebody_says_so(shelf):
    version = keep(shelf)

    assert shelf.in_use() is None
    assert [v.name for v in shelf.versions()] == [version]


def test_the_same_model_has_the_same_version_wherever_it_is_made(shelf, tmp_path):
    assert keep(shelf) == keep(Shelf(tmp_path / "elsewhere")) == keep(shelf)


def test_every_version_has_its_card(shelf):
    first, second = keep(shelf, 0.25), keep(shelf, 0.5)
    shelf.use(first)

    assert (shelf.card(), shelf.card(second)) == ("# Card of 0.25", "# Card of 0.5")


def test_a_version_without_a_card_says_so(shelf):
    with pytest.raises(ArtefactError, match="no card"):
        shelf.card()
    with pytest.raises(ArtefactError, match="no card"):
        shelf.card("abcdef012345")


def test_a_loaded_model_is_the_one_that_was_kept(shelf):
    shelf.use(keep(shelf, 0.25))

    artefact = shelf.load()

    assert (artefact.model.labels, artefact.model.threshold, artefact.model.doubt) == (a_model().labels, 0.25, 0.05)
    assert artefact.version == shelf.in_use()


def test_rolling_back_goes_one_version_back_at_a_time(shelf):
    first, second, third = (keep(shelf, t) for t in (0.1, 0.2, 0.3))
    for version in (first, second, third):
        shelf.use(version)

    assert [shelf.roll_back(), shelf.roll_back()] == [second, first]
    with pytest.raises(ArtefactError, match="no earlier"):
        shelf.roll_back()


def test_a_version_put_in_use_twice_does_not_stand_in_the_way_of_a_roll_back(shelf):
    first, second = keep(shelf, 0.1), keep(shelf, 0.2)
    for version in (first, second, second):
        shelf.use(version)

    assert shelf.roll_back() == first


def test_the_stamp_changes_with_the_version_in_use(shelf):
    before = shelf.stamp()
    shelf.use(keep(shelf))

    assert shelf.stamp() != before


@pytest.mark.parametrize("file", ["model.json", "weights.npz"])
def test_a_changed_file_is_not_loaded(shelf, tmp_path, file):
    version = keep(shelf)
    path = tmp_path / "classifier" / version / file
    path.write_bytes(path.read_bytes() + b" ")

    with pytest.raises(ArtefactError, match="changed"):
        shelf.load(version)


def test_a_version_of_another_library_is_not_loaded(shelf, tmp_path):
    version = keep(shelf)
    found = json.loads((tmp_path / "classifier" / version / "model.json").read_text())
    found["libraries"]["scikit-learn"] = "0.1"
    text = json.dumps(found)
    import hashlib

    other = hashlib.sha256(text.encode()).hexdigest()[:12]
    (tmp_path / "classifier" / version / "model.json").write_text(text)
    (tmp_path / "classifier" / version).rename(tmp_path / "classifier" / other)

    with pytest.raises(ArtefactError, match="another version"):
        shelf.use(other)


def test_other_data_are_noticed(shelf):
    version = keep(shelf)

    with pytest.raises(ArtefactError, match="data changed"):
        shelf.load(version, "another digest")


def test_a_version_is_a_name_and_never_a_path(shelf, tmp_path):
    (tmp_path / "model.json").write_text("{}")

    with pytest.raises(ArtefactError):
        shelf.use("../")


def test_old_versions_are_forgotten_but_never_the_one_before(shelf):
    first, second = keep(shelf, 0.01), keep(shelf, 0.02)
    shelf.use(first)
    shelf.use(second)
    for n in range(10):
        keep(shelf, 0.1 + n / 100)

    names = {v.name for v in shelf.versions()}
    assert {first, second} <= names
    assert len(names) <= 8


def test_no_half_written_version_stays_behind(shelf, tmp_path):
    keep(shelf)
    keep(shelf)

    assert [p for p in (tmp_path / "classifier").iterdir() if p.name.startswith(".")] == []
