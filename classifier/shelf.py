"""The trained classifiers of a machine, by version: the shipped one, and copies of those that the database says are used."""

import io
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from classifier.kinds import KindModel
from classifier.store import Artefact, ArtefactError, load_artefact, write_artefact

# Named in the days when this file alone decided what is in use; so that a shelf of then needs no training.
_SHIPPED = "in_use"
_CARD = "card.md"
_KEPT = 5  # versions besides the shipped one


class Shelf:
    """A folder with one sub-folder a version, and a file that names the shipped one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, model: KindModel, figures: Mapping[str, float], data_digest: str, card: str) -> str:
        """Writes a model and its card as a whole or not at all. Gives back its version."""
        draft = self._draft()
        version = write_artefact(draft, model, figures, data_digest)
        (draft / _CARD).write_text(card, encoding="utf-8")
        if not self._put(draft, version):
            self.write_card(version, card)
        return version

    def take_in(self, version: str, parcel: bytes) -> None:
        """Puts a version here that was packed elsewhere. Raises ArtefactError when it is damaged, or of other code."""
        draft = self._draft()
        try:
            _unpack(parcel, draft / version)
            load_artefact(draft / version)
            self._put(draft / version, version)
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def pack(self, version: str) -> bytes:
        """A version as one piece that can be kept and sent anywhere."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:  # the weights are compressed already
            for path in sorted(self._of(version).iterdir()):
                archive.write(path, path.name)
        return packed.getvalue()

    def ship(self, version: str) -> None:
        """Says which of the versions is the shipped one."""
        with tempfile.NamedTemporaryFile("w", dir=self._folder, delete=False, encoding="utf-8") as draft:
            draft.write(version + "\n")
        Path(draft.name).replace(self._folder / _SHIPPED)

    def shipped(self) -> str | None:
        """The version made from the shipped messages alone; None if there is none yet."""
        try:
            return next(reversed((self._folder / _SHIPPED).read_text(encoding="utf-8").split()), None)
        except OSError:
            return None

    def has(self, version: str) -> bool:
        """Whether there is a copy of this version here."""
        return self._of(version).exists()

    def load(self, version: str | None = None, data_digest: str | None = None) -> Artefact:
        """The version asked for, or the shipped one. Raises ArtefactError if it is missing, damaged, or of other code or data."""
        chosen = version or self.shipped()
        if chosen is None:
            raise ArtefactError("no trained classifier: run `flask classifier train`")
        return load_artefact(self._of(chosen), data_digest)

    def card(self, version: str | None = None) -> str:
        """The card of a version, or of the shipped one. Raises ArtefactError if there is none."""
        try:
            return (self._of(version or self.shipped() or "") / _CARD).read_text(encoding="utf-8")
        except OSError as error:
            raise ArtefactError("there is no such classifier, or it has no card") from error

    def write_card(self, version: str, card: str) -> None:
        """Puts a fuller card in the place of the one that the training run wrote."""
        (self._of(version) / _CARD).write_text(card, encoding="utf-8")

    def _of(self, version: str) -> Path:
        return self._folder / Path(version).name

    def _draft(self) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(dir=self._folder, prefix=".draft-"))

    def _put(self, draft: Path, version: str) -> bool:
        """Gives a written version its place. False if it is there already, also when another process was quicker."""
        try:
            draft.rename(self._of(version))
        except OSError:
            if not self.has(version):
                raise
            shutil.rmtree(draft)
            return False
        self._forget_old(version)
        return True

    def _forget_old(self, newest: str) -> None:
        """Removes the oldest copies beyond `_KEPT`, never the shipped one. The database has them if they are needed again."""
        needed = {newest, self.shipped()}
        spare = [f for f in self._folder.iterdir() if f.is_dir() and f.name[0] != "." and f.name not in needed]
        for folder in sorted(spare, key=lambda f: f.stat().st_mtime, reverse=True)[_KEPT:]:
            shutil.rmtree(folder, ignore_errors=True)


def check_parcel(version: str, parcel: bytes) -> None:
    """Raises ArtefactError when this is not the version, whole, made for this code."""
    with tempfile.TemporaryDirectory() as folder:
        Shelf(Path(folder)).take_in(version, parcel)


def _unpack(parcel: bytes, folder: Path) -> None:
    folder.mkdir()
    try:
        with zipfile.ZipFile(io.BytesIO(parcel)) as archive:
            archive.extractall(folder)  # nosec B202  (sealed by us; names cannot leave the folder)
    except (zipfile.BadZipFile, OSError) as error:
        raise ArtefactError(f"the classifier {folder.name} was changed") from error
