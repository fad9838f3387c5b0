"""The trained classifiers of an instance: kept by version, one in use, the one before it a single step away."""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from classifier.kinds import KindModel
from classifier.store import Artefact, ArtefactError, load_artefact, write_artefact

_HISTORY, _CARD = "in_use", "card.md"
_KEPT = 5  # versions besides the one in use


@dataclass(frozen=True, slots=True)
class Version:
    """A classifier on the shelf. `figures` are those of its training run."""

    name: str
    in_use: bool
    figures: Mapping[str, float]


class Shelf:
    """A folder with one sub-folder a version, and a file that lists what was in use, the present one last."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._history = folder / _HISTORY

    def keep(self, model: KindModel, figures: Mapping[str, float], data_digest: str, card: str) -> str:
        """Writes a model and its card as a whole or not at all, without putting it in use. Gives back its version."""
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=self._folder, prefix=".draft-"))
        version = write_artefact(draft, model, figures, data_digest)
        (draft / _CARD).write_text(card, encoding="utf-8")
        if (self._folder / version).exists():
            shutil.rmtree(draft)
            self.write_card(version, card)
        else:
            draft.rename(self._folder / version)
        self._forget_old(version)
        return version

    def card(self, version: str | None = None) -> str:
        """The card of a version, or of the one in use. Raises ArtefactError if there is none."""
        try:
            return self._card_of(version or self.in_use() or "").read_text(encoding="utf-8")
        except OSError as error:
            raise ArtefactError("there is no such classifier, or it has no card") from error

    def write_card(self, version: str, card: str) -> None:
        """Puts a fuller card in the place of the one that the training run wrote."""
        self._card_of(version).write_text(card, encoding="utf-8")

    def use(self, version: str) -> None:
        """Puts a version in use; processes that run take it up with their next message. Raises ArtefactError if it is unfit."""
        self.load(version)
        self._write_history([*self._used(), version])

    def roll_back(self) -> str:
        """Puts the version in use again that was in use before. Raises ArtefactError if there was none."""
        used = self._used()
        before = [version for version in used[:-1] if version != used[-1]]
        if not before:
            raise ArtefactError("there is no earlier classifier to go back to")
        self.load(before[-1])
        # The abandoned one leaves the list: a second roll-back goes further back, not to and fro.
        self._write_history(used[: len(used) - 1 - used[:-1][::-1].index(before[-1])])
        return before[-1]

    def in_use(self) -> str | None:
        """The version in use; None if there is none yet."""
        return next(reversed(self._used()), None)

    def stamp(self) -> tuple[int, int]:
        """Something that changes whenever another version is put in use; cheap enough to ask at every message."""
        try:
            found = self._history.stat()
        except OSError:
            return (0, 0)
        return (found.st_mtime_ns, found.st_ino)

    def load(self, version: str | None = None, data_digest: str | None = None) -> Artefact:
        """The version asked for, or the one in use. Raises ArtefactError if it is missing, damaged, or of other code or data."""
        chosen = version or self.in_use()
        if chosen is None:
            raise ArtefactError("no trained classifier: run `flask classifier train`")
        return load_artefact(self._folder / Path(chosen).name, data_digest)

    def versions(self) -> list[Version]:
        """All versions that can be loaded, the newest first."""
        in_use = self.in_use()
        versions = []
        for folder in sorted(self._folders(), key=lambda f: f.stat().st_mtime, reverse=True):
            try:
                artefact = load_artefact(folder)
            except ArtefactError:
                continue
            versions.append(Version(folder.name, folder.name == in_use, artefact.figures))
        return versions

    def _card_of(self, version: str) -> Path:
        return self._folder / Path(version).name / _CARD

    def _used(self) -> list[str]:
        try:
            return self._history.read_text(encoding="utf-8").split()
        except OSError:
            return []

    def _write_history(self, used: list[str]) -> None:
        with tempfile.NamedTemporaryFile("w", dir=self._folder, delete=False, encoding="utf-8") as draft:
            draft.write("\n".join(used) + "\n")
        Path(draft.name).replace(self._history)

    def _folders(self) -> list[Path]:
        return (
            [f for f in self._folder.iterdir() if f.is_dir() and not f.name.startswith(".")]
            if self._folder.exists()
            else []
        )

    def _forget_old(self, newest: str) -> None:
        """Removes the oldest versions beyond `_KEPT`; never one that a roll-back could still reach in one step."""
        needed = {newest, *self._used()[-2:]}
        spare = sorted(
            (f for f in self._folders() if f.name not in needed), key=lambda f: f.stat().st_mtime, reverse=True
        )
        for folder in spare[_KEPT:]:
            shutil.rmtree(folder)
