"""Reads the reference data of `data/`: the only place that knows where it lies."""

from typing import Any

import yaml

from app.settings import PROJECT
from domain.directory import Directory
from domain.taxonomy import Taxonomy

DATA = PROJECT / "data"
WORDS = PROJECT / "words"


def read_data(name: str) -> Any:
    """A YAML file of `data/`, parsed."""
    return yaml.safe_load((DATA / name).read_text(encoding="utf-8"))


def load_directory() -> Directory:
    """Units, groups and offices of `data/groups.yaml`."""
    return Directory.from_mapping(read_data("groups.yaml"))


def load_taxonomy() -> Taxonomy:
    """Kinds of `data/taxonomy.yaml`."""
    return Taxonomy.from_mapping(read_data("taxonomy.yaml"))
