"""Classifiers kept by version."""

import hashlib
import io
import json
import zipfile

import pytest

from classifier.shelf import Shelf, check_parcel
from classifier.store import ArtefactError
from tests.classifiers import a_model


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "classifier")


def keep(shelf, threshold=0.5):
    return shelf.keep(a_model(threshold), {"macro_f1": threshold}, "digest", f"# Card of {threshold}")


def test_an_empty_shelf_says_what_to_do(shelf):
    assert shelf.shipped() is None
    with pytest.raises(ArtefactError, match="flask classifier train"):
        shelf.load()


def test_what_is_kept_is_not_the_shipped_one_until_somebody_says_so(shelf):
    version = keep(shelf)

    assert (shelf.shipped(), shelf.has(version)) == (None, True)


def test_of_a_shelf_from_before_the_last_one_in_use_counts_as_shipped(shelf, tmp_path):
    first, second = keep(shelf, 0.1), keep(shelf, 0.2)
    (tmp_path / "classifier" / "in_use").write_text(f"{first}\n{second}\n")

    assert shelf.load().version == second


def test_the_same_model_has_the_same_version_wherever_it_is_made(shelf, tmp_path):
    assert keep(shelf) == keep(Shelf(tmp_path / "elsewhere")) == keep(shelf)


def test_every_version_has_its_card(shelf):
    first, second = keep(shelf, 0.25), keep(shelf, 0.5)
    shelf.ship(first)

    assert (shelf.card(), shelf.card(second)) == ("# Card of 0.25", "# Card of 0.5")


def test_a_version_without_a_card_says_so(shelf):
    with pytest.raises(ArtefactError, match="no card"):
        shelf.card()
    with pytest.raises(ArtefactError, match="no card"):
        shelf.card("abcdef012345")


def test_a_loaded_model_is_the_one_that_was_kept(shelf):
    shelf.ship(keep(shelf, 0.25))

    artefact = shelf.load()

    assert (artefact.model.labels, artefact.model.threshold, artefact.model.doubt) == (a_model().labels, 0.25, 0.05)
    assert artefact.version == shelf.shipped()


def test_what_was_packed_can_be_taken_in_elsewhere(shelf, tmp_path):
    version = keep(shelf, 0.25)
    elsewhere = Shelf(tmp_path / "elsewhere")

    elsewhere.take_in(version, shelf.pack(version))
    elsewhere.take_in(version, shelf.pack(version))

    assert elsewhere.load(version).model.threshold == 0.25
    assert elsewhere.card(version) == "# Card of 0.25"


def zipped(**files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda parcel: b"",
        lambda parcel: parcel[:-10],
        lambda parcel: parcel[:300] + b"x" + parcel[301:],
        lambda parcel: zipped(model="{}"),
    ],
    ids=["nothing", "cut off", "changed", "something else"],
)
def test_a_damaged_parcel_is_not_taken_in(shelf, tmp_path, spoil):
    version = keep(shelf)
    elsewhere = Shelf(tmp_path / "elsewhere")

    with pytest.raises(ArtefactError):
        elsewhere.take_in(version, spoil(shelf.pack(version)))
    assert not elsewhere.has(version)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_the_parcel_of_another_version_is_not_taken_for_this_one(shelf):
    first, second = keep(shelf, 0.1), keep(shelf, 0.2)

    with pytest.raises(ArtefactError):
        check_parcel(first, shelf.pack(second))


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
    other = hashlib.sha256(text.encode()).hexdigest()[:12]
    (tmp_path / "classifier" / version / "model.json").write_text(text)
    (tmp_path / "classifier" / version).rename(tmp_path / "classifier" / other)

    with pytest.raises(ArtefactError, match="another version"):
        shelf.load(other)


def test_other_data_are_noticed(shelf):
    version = keep(shelf)

    with pytest.raises(ArtefactError, match="data changed"):
        shelf.load(version, "another digest")


def test_a_version_is_a_name_and_never_a_path(shelf, tmp_path):
    (tmp_path / "model.json").write_text("{}")

    with pytest.raises(ArtefactError):
        shelf.load("../")


def test_old_versions_are_forgotten_but_never_the_shipped_one(shelf):
    shipped = keep(shelf, 0.01)
    shelf.ship(shipped)
    kept = [keep(shelf, 0.1 + n / 100) for n in range(10)]

    assert shelf.has(shipped)
    assert shelf.has(kept[-1])
    assert sum(shelf.has(version) for version in kept) <= 7


def test_no_half_written_version_stays_behind(shelf, tmp_path):
    keep(shelf)
    keep(shelf)

    assert [p for p in (tmp_path / "classifier").iterdir() if p.name.startswith(".")] == []
