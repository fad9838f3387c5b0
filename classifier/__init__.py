"""Text in, suggestion out: runs without web and without database. Public names: `load`, `Suggester`."""

from pathlib import Path

from classifier.store import load_artefact
from classifier.suggester import ArtefactSuggester as Suggester
from domain.directory import Directory

__all__ = ["Suggester", "load"]


def load(folder: Path, directory: Directory) -> Suggester:
    """The suggester of a trained artefact. Raises classifier.store.ArtefactError when none fits."""
    return Suggester(load_artefact(folder), directory)
