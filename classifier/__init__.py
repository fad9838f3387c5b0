"""Text in, suggestion out: runs without web and without database. Public names: `load`, `Suggester`."""

from pathlib import Path

from classifier.shelf import Shelf
from classifier.suggester import ArtefactSuggester as Suggester
from domain.directory import Directory

__all__ = ["Suggester", "load"]


def load(folder: Path, directory: Directory, version: str | None = None) -> Suggester:
    """The suggester of a version, of the shipped one if none is named. Raises classifier.store.ArtefactError when none fits."""
    return Suggester(Shelf(folder).load(version), directory)
