"""Labels of enum members and sentences for errors, from `words/`. A clerk may change them without touching code."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

import yaml
from flask import Flask


class Labels:
    """What people read instead of codes."""

    def __init__(self, labels: Mapping[str, Mapping[str, str]], errors: Mapping[str, str]) -> None:
        self._labels = labels
        self._errors = errors

    @classmethod
    def read(cls, folder: Path) -> "Labels":
        """Reads `labels.yaml` and `errors.yaml` of `folder`."""
        labels = yaml.safe_load((folder / "labels.yaml").read_text(encoding="utf-8"))
        errors = yaml.safe_load((folder / "errors.yaml").read_text(encoding="utf-8"))
        return cls(labels, errors)

    def label(self, member: StrEnum | None) -> str:
        """The Chinese label of an enum member; empty for None. Raises KeyError for one without a label (a test forbids it)."""
        return "" if member is None else self._labels[type(member).__name__][member.value]

    def basis(self, code: str) -> str:
        """The regulation behind a deadline, in words."""
        return self._labels["Basis"].get(code, code)

    def error(self, code: str, status: int | None = None) -> str:
        """The sentence for an error code, else for its HTTP status, else a general one."""
        return self._errors.get(code) or self._errors.get(f"http_{status}") or self._errors["domain_error"]


def add_filters(app: Flask, labels: Labels) -> None:
    """`label`, `basis` and `error_words` for all templates."""
    app.jinja_env.filters["label"] = labels.label
    app.jinja_env.filters["basis"] = labels.basis
    app.jinja_env.filters["error_words"] = labels.error
