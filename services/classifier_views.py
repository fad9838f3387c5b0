"""What is said of trained classifiers: how they did, what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.terms import VersionStatus


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures on the test sets. `tests` says which these were; `by_label`: messages of a label, and how many were right."""

    tests: str
    figures: Mapping[str, float]
    by_label: Mapping[str, tuple[int, int]]

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> "Measured | None":
        """What a row holds."""
        if stored is None:
            return None
        by_label = {label: (total, right) for label, (total, right) in stored["by_label"].items()}
        return cls(stored["tests"], stored["figures"], by_label)


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A classifier that was trained. Without a parcel it is the shipped one. `trained_at` None means now; it is the moment
    at which the decisions were read."""

    name: str
    figures: Mapping[str, float]
    card: str
    messages: int
    decisions: int = 0
    corrections: int = 0
    measured: Measured | None = None
    parcel: bytes | None = None
    trained_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version. `is_fit`: it can be put in use, by this program and with what is kept of it."""

    name: str
    is_shipped: bool
    is_in_use: bool
    is_fit: bool
    trained_at: datetime
    messages: int
    decisions: int
    corrections: int
    figures: Mapping[str, float]
    measured: Measured | None
    card: str


@dataclass(frozen=True, slots=True)
class SwitchView:
    """A proposal or a change. Persons by name, None for the command line; `may_decide` is for the reader of the page."""

    id: int
    version: str
    is_roll_back: bool
    status: VersionStatus
    note: str
    proposed_by: str | None
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    may_decide: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """A version beside the one in use, both measured on the same messages."""

    version: VersionView
    present: VersionView

    @property
    def figures(self) -> dict[str, tuple[float, float]]:
        """By figure: of the one in use, and of the version."""
        before, after = self._both()
        return {name: (before.figures[name], after.figures[name]) for name in before.figures if name in after.figures}

    @property
    def by_label(self) -> dict[str, tuple[int, int, int]]:
        """By label: how many messages, how many the one in use got right, how many the version."""
        before, after = self._both()
        return {label: (total, right, after.by_label[label][1]) for label, (total, right) in before.by_label.items()}

    def _both(self) -> tuple[Measured, Measured]:
        before, after = self.present.measured, self.version.measured
        if before is None or after is None:
            raise ValueError("a version that was not measured cannot be compared")
        return before, after
