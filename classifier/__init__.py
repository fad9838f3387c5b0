"""Text in, suggestion out: runs without web and without database. Public names: `load`, `Suggester`."""

from pathlib import Path

from classifier.shelf import Shelf
from classifier.suggester import ArtefactSuggester as Suggester
from domain.directory import Directory

__all__ = ["Suggester", "load"]


def load(folder: Path, directory: Directory) -> Suggester:
    """The suggester of the classifier in use. Raises classifier.store.ArtefactError when none fits."""
    return Suggester(Shelf(folder).load(), directory)
