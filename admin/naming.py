"""What things are called: units, bodies, kinds, columns. Knows names, no rule."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from admin.kinds_to_choose import initials
from domain.deadlines import WorkCalendar
from domain.directory import Directory
from domain.errors import UnknownUnit
from domain.taxonomy import Taxonomy

# Characters that turn the direction of writing or hide: a statement must not show something else than it says.
_HIDING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C], "\ufffd")

# What a code of a kind looks like in a text.
_LABEL = re.compile(r" ?\b([a-z]+(?:_[a-z]+)+)\b ?", re.ASCII)


class Words(Protocol):
    """What people read instead of codes."""

    @property
    def labels(self) -> Mapping[str, Mapping[str, str]]: ...

    def label(self, member: StrEnum) -> str: ...

    def error(self, code: str, status: int = 400) -> str: ...

    def redirect(self, label: str) -> str | None: ...

    def letter(self, name: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Names:
    """What pages call things, and which days offices work, as it is in force."""

    words: Words
    directory: Directory
    taxonomy: Taxonomy
    calendar: WorkCalendar


class Naming:
    """Calls things what they are called now."""

    def __init__(self, names: Callable[[], Names]) -> None:
        self._names = names

    @property
    def words(self) -> Words:
        """The words in force."""
        return self._names().words

    @property
    def directory(self) -> Directory:
        """Units, groups and offices in force."""
        return self._names().directory

    @property
    def taxonomy(self) -> Taxonomy:
        """The kinds as they are called now."""
        return self._names().taxonomy

    @property
    def calendar(self) -> WorkCalendar:
        """The days on which offices work, as far as they are known."""
        return self._names().calendar

    def kind(self, label: str | None) -> str:
        """Name of a kind or `nk_` label; empty for none."""
        return self.taxonomy.name_of(label) if label else ""

    def meaning(self, label: str) -> str:
        """What a label stands for, in a sentence: the definition of a kind; of the others, what is done with them."""
        kind = self.taxonomy.kinds.get(label)
        if kind is not None:
            return kind.definition
        other = self.taxonomy.non_kinds[label]
        words = self.words.labels["Elsewhere"]["of_thirty_none" if other.accepted else "not_taken"]
        return words.format(next=other.next_step)

    def named(self, text: str) -> str:
        """Text as it may be shown, with the names of kinds where it holds their codes."""

        def name(code: re.Match[str]) -> str:
            known = code[1] in self.taxonomy.labels
            return f"\u201c{self.kind(code[1])}\u201d" if known else code[0]

        return _LABEL.sub(name, self.plain(text))

    def known_kind(self, label: str) -> str:
        """The same for a label that somebody typed: what is unknown stays as it is."""
        return self.kind(label) if label in self.taxonomy.labels else label

    def aspect(self, key: str) -> str:
        """Name of an aspect; what is unknown stays as it is."""
        aspect = self.taxonomy.aspects.get(key)
        return aspect.name if aspect else key

    def body(self, key: str | None, unit: str | None = None) -> str:
        """Name of an owner, office, group or township commission; empty for none."""
        if key is None:
            return ""
        owners = self.words.labels["Owner"]
        if self.directory.is_township(key):
            return owners["township"].format(name=self.directory.units[key].name)
        try:
            return self.directory.name_of(key, unit)
        except UnknownUnit:
            return owners.get(key, key)

    def unit(self, key: str | None) -> str:
        """Name of a unit; empty for none."""
        unit = self.directory.units.get(key or "")
        return unit.name if unit else ""

    def plain(self, text: str) -> str:
        """Text as it may be shown: hiding and turning marks made visible."""
        return text.translate(_HIDING)

    def labels(self) -> dict[str, list[tuple[str, str]]]:
        """All labels under the name of their aspect, for a grouped list; the rest under an empty name."""
        grouped: dict[str, list[tuple[str, str]]] = {a.name: [] for a in self.taxonomy.aspects.values()}
        for kind in self.taxonomy.kinds.values():
            grouped[self.taxonomy.aspects[kind.aspect].name].append((kind.key, f"{kind.num}. {kind.name}"))
        grouped[""] = [(n.key, n.name) for n in self.taxonomy.non_kinds.values()]
        return grouped

    def units(self) -> dict[str, list[tuple[str, str]]]:
        """All units with names, under the name of their kind."""
        grouped: dict[str, list[tuple[str, str]]] = {}
        for unit in self.directory.units.values():
            grouped.setdefault(self.words.label(unit.kind), []).append((unit.key, unit.name))
        return grouped

    def found_by(self, key: str, name: str) -> str:
        """What one types to find a unit or a body in a long list: its name, then its other names, each with its initials."""
        unit = self.directory.units.get(key)
        others = unit.aliases if unit is not None else ()
        return " ".join(f"{one} {initials(one)}" for one in (name, *others)).lower()

    def sheet(self, key: str) -> str:
        """Name of a sheet of a list that staff edit."""
        return self.words.labels["ListSheet"][key]

    def column(self, sheet: str, key: str) -> str:
        """Heading of a column; the same column may be called otherwise in one sheet."""
        names = self.words.labels["ListColumn"]
        return names.get(f"{sheet}.{key}") or names[key]

    def column_hint(self, sheet: str, key: str) -> str:
        """How a column is filled in; empty where its name says it."""
        hints = self.words.labels["ListHint"]
        return hints.get(f"{sheet}.{key}") or hints.get(key, "")
