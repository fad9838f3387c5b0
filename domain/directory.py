"""Who is who in the county: units, stationed groups, offices of the commission, as frozen values built from `data/groups.yaml`.

Knows names and who supervises whom. Does not know which report goes where: that is `domain/routing.py`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.errors import UnknownUnit
from domain.terms import Rank, UnitKind
from domain.values import AmbiguousMention

# Kinds that the county's stationed groups watch over; the others have a commission, a superior or nobody of their own.
SUPERVISED_KINDS = frozenset(
    {
        UnitKind.PARTY_ORGAN,
        UnitKind.DEPARTMENT,
        UnitKind.INSTITUTION,
        UnitKind.PEOPLE_ORG,
        UnitKind.ZONE,
        UnitKind.COURT_PROCURATORATE,
        UnitKind.ENTERPRISE_COUNTY,
    }
)
VERTICAL_KINDS = frozenset({UnitKind.VERTICAL, UnitKind.BANK})


@dataclass(frozen=True, slots=True)
class Office:
    """An office inside the county commission."""

    key: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class StationedGroup:
    """A group of the commission that sits in one organ and watches over the units in `covers`."""

    key: str
    name: str
    linked_office: str
    covers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A body that can be reported.

    `superior` names the discipline body above a vertical unit or bank, `regulator` is the unit that watches over a
    private class, `linked_office` is set for townships; other units have their group's.
    """

    key: str
    name: str
    aliases: tuple[str, ...]
    kind: UnitKind
    superior: str | None = None
    regulator: str | None = None
    linked_office: str | None = None


@dataclass(frozen=True, slots=True)
class Directory:
    """The whole table, by key, in the order of the file. `titles` are the examples that the file gives for each rank."""

    units: Mapping[str, Unit]
    groups: Mapping[str, StationedGroup]
    offices: Mapping[str, Office]
    ambiguous: Mapping[str, AmbiguousMention]
    titles: Mapping[Rank, tuple[str, ...]]
    group_by_unit: Mapping[str, str]

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> "Directory":
        """Builds the directory from the parsed YAML.

        Raises KeyError when something is missing, ValueError when the file contradicts itself.
        """
        units = {
            u["key"]: Unit(
                key=u["key"],
                name=u["name"],
                aliases=tuple(u.get("aliases", ())),
                kind=UnitKind(u["kind"]),
                superior=u.get("superior"),
                regulator=u.get("regulator"),
                linked_office=u.get("linked_office"),
            )
            for u in data["units"]
        }
        groups = {
            g["key"]: StationedGroup(g["key"], g["name"], g["linked_office"], tuple(g["covers"]))
            for g in data["groups"]
        }
        directory = cls(
            units=units,
            groups=groups,
            offices={o["key"]: Office(o["key"], o["name"], o["role"]) for o in data["offices"]},
            ambiguous={
                a["alias"]: AmbiguousMention(a["alias"], tuple(a["candidates"]), a["ask"])
                for a in data["ambiguous_aliases"]
            },
            titles={Rank(r["key"]): tuple(r["titles"]) for r in data["rank_rules"]},
            group_by_unit={unit: g.key for g in groups.values() for unit in g.covers},
        )
        faults = directory._faults(data)
        if faults:
            msg = f"groups.yaml: {'; '.join(faults)}"
            raise ValueError(msg)
        return directory

    @property
    def townships(self) -> tuple[str, ...]:
        """Keys of the townships, each of which has a discipline commission of its own."""
        return tuple(key for key in self.units if self.is_township(key))

    def is_township(self, key: str) -> bool:
        """Whether the key is that of a township, whose commission has the same."""
        unit = self.units.get(key)
        return unit is not None and unit.kind is UnitKind.TOWNSHIP

    @property
    def bodies(self) -> frozenset[str]:
        """Every body of ours a case can be handed to: offices, stationed groups, township commissions (by township key)."""
        return frozenset((*self.offices, *self.groups, *self.townships))

    def is_private(self, key: str) -> bool:
        """Whether the unit is an enterprise of private persons, and so no body of ours. Raises UnknownUnit."""
        return self.unit(key).kind is UnitKind.ENTERPRISE_PRIVATE

    def unit(self, key: str) -> Unit:
        """The unit. Raises UnknownUnit."""
        if key not in self.units:
            raise UnknownUnit(key)
        return self.units[key]

    def group_of(self, unit_key: str) -> str | None:
        """The stationed group that watches over the unit; None where there is none. Raises UnknownUnit."""
        return self.group_by_unit.get(self.unit(unit_key).key)

    def linked_office_of(self, unit_key: str) -> str | None:
        """The supervision office for the unit's county-managed cadres: its group's, or a township's own. Raises UnknownUnit."""
        group = self.group_of(unit_key)
        return self.groups[group].linked_office if group else self.units[unit_key].linked_office

    def name_of(self, key: str, unit_key: str | None = None) -> str:
        """The Chinese name of an owner, office, group or unit.

        The owner `superior_of_unit` has a name only together with its unit. Owners that are no body (`clarify`,
        `reply_only` …) have none in the file: their labels stand in `words/`. Raises UnknownUnit for those.
        """
        for table in (self.offices, self.groups, self.units):
            if key in table:
                return table[key].name
        unit = self.units.get(unit_key or "") if key == "superior_of_unit" else None
        if unit is None or unit.superior is None:
            raise UnknownUnit(key)
        return unit.superior

    def names_of_unit(self, unit_key: str) -> tuple[str, ...]:
        """The full name and every alias of a unit. Raises UnknownUnit."""
        unit = self.unit(unit_key)
        return (unit.name, *unit.aliases)

    def _faults(self, data: Mapping[str, Any]) -> list[str]:
        """What contradicts itself in the file, in words for the person who edits it."""
        units = self.units.values()
        covered = [unit for group in self.groups.values() for unit in group.covers]
        offices = [*(g.linked_office for g in self.groups.values()), *(u.linked_office for u in units)]
        candidates = [key for mention in self.ambiguous.values() for key in mention.candidates]
        names = [name for unit in units for name in self.names_of_unit(unit.key)]
        listed = [row["key"] for part in ("units", "groups", "offices") for row in data[part]]
        should_be_covered = {u.key for u in units if u.kind in SUPERVISED_KINDS}
        return [
            *_fault("listed twice", _repeated(listed)),
            *_fault("covered but unknown", set(covered) - set(self.units)),
            *_fault("covered twice", _repeated(covered)),
            *_fault("covered by nobody", should_be_covered - set(covered)),
            *_fault("covered though not supervised", set(covered) & set(self.units) - should_be_covered),
            *_fault("candidate but unknown", set(candidates) - set(self.units)),
            *_fault("linked office unknown", {office for office in offices if office} - set(self.offices)),
            *_fault("regulator unknown", {u.regulator for u in units if u.regulator} - set(self.units)),
            *_fault("without a superior", {u.key for u in units if u.kind in VERTICAL_KINDS and not u.superior}),
            *_fault(
                "without a linked office",
                {u.key for u in units if u.kind is UnitKind.TOWNSHIP and not u.linked_office},
            ),
            *_fault("name of two units", _repeated(names)),
        ]


def _repeated(values: Iterable[str]) -> set[str]:
    return {value for value, count in Counter(values).items() if count > 1}


def _fault(what: str, keys: set[str]) -> list[str]:
    return [f"{what}: {', '.join(sorted(keys))}"] if keys else []
