"""Units with their names, stationed groups, names of offices, words that must be asked about: `data/groups.yaml` as sheets.

What is not here cannot be edited: ranks, and the rules e01 to e12, which regulations set.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

from domain.directory import SUPERVISED_KINDS, VERTICAL_KINDS, Directory
from domain.edited_lists import CODE, Data, Faults, Row, Sheet, Tables, closed_rows, joined, split_cell
from domain.errors import UnfitRows
from domain.terms import UnitKind

UNITS = Sheet("units", (CODE, "name", "aliases", "unit_kind", "group", "office", "superior", "regulator"))
GROUPS = Sheet("groups", (CODE, "name", "office"))
ASKED = Sheet("asked", (CODE, "candidates", "ask"), own_code=True)
OFFICES = Sheet("offices", (CODE, "name", "role"), is_closed=True)
_SHORTEST_NAME = 2  # a single character stands in half of all messages
_PointedAt = Callable[[Sheet, Sheet, Row, str, str], str | None]
_EDITED = ("offices", "groups", "units", "ambiguous_aliases")


class DirectoryList:
    """`shipped` is the parsed `groups.yaml`; `kinds` the names of the kinds of unit."""

    sheets = (UNITS, GROUPS, ASKED, OFFICES)

    def __init__(self, shipped: Mapping[str, Any], kinds: Mapping[str, str]) -> None:
        self.shipped: Data = {part: shipped[part] for part in _EDITED}
        self._whole = shipped
        self._kinds = kinds

    def built(self, data: Data) -> Directory:
        """The directory of a version. Raises KeyError or ValueError when it contradicts itself."""
        return Directory.from_mapping({**self._whole, **{part: data[part] for part in _EDITED}})

    def check(self, data: Data) -> None:
        """Refuses what the program cannot work with: also a unit, group or office less than it was shipped with."""
        directory = self.built(data)
        known = {*directory.units, *directory.groups, *directory.offices}
        if missing := [row[CODE] for part in _EDITED[:3] for row in self._whole[part] if row[CODE] not in known]:
            msg = f"rules name what is missing: {', '.join(missing)}"
            raise ValueError(msg)

    def tables(self, data: Data, named_by: Data | None = None) -> Tables:
        """The four sheets; what a row points at stands there by name, that of `named_by` where it has one."""
        names = _names(data) | _names(named_by or data)
        group_of = {unit: group[CODE] for group in data["groups"] for unit in group["covers"]}
        return {
            UNITS.key: [
                {
                    CODE: u[CODE],
                    "name": u["name"],
                    "aliases": joined(u.get("aliases", ())),
                    "unit_kind": self._kinds[u["kind"]],
                    "group": names.get(group_of.get(u[CODE], ""), ""),
                    "office": names.get(u.get("linked_office") or "", ""),
                    "superior": u.get("superior") or "",
                    "regulator": names.get(u.get("regulator") or "", ""),
                }
                for u in data["units"]
            ],
            GROUPS.key: [
                {CODE: g[CODE], "name": g["name"], "office": names[g["linked_office"]]} for g in data["groups"]
            ],
            ASKED.key: [
                {CODE: a["alias"], "candidates": joined(names[key] for key in a["candidates"]), "ask": a["ask"]}
                for a in data["ambiguous_aliases"]
            ],
            OFFICES.key: [{CODE: o[CODE], "name": o["name"], "role": o["role"]} for o in data["offices"]],
        }

    def read(self, tables: Tables, base: Data) -> Data:
        """The directory that the sheets say. A row without a code is new and gets one. Raises UnfitRows."""
        faults, before = Faults(), self.tables(base)
        given = {sheet: _coded(sheet, tables.get(sheet.key, before[sheet.key])) for sheet in (UNITS, GROUPS, ASKED)}
        offices = closed_rows(OFFICES, tables.get(OFFICES.key, ()), before[OFFICES.key], faults)
        # What a row points at may have been renamed in the same upload: the name of before is still understood.
        by_name = {
            sheet: {row["name"]: row[CODE] for row in (*before[sheet.key], *rows)}
            for sheet, rows in ((UNITS, given[UNITS]), (GROUPS, given[GROUPS]), (OFFICES, offices.values()))
        }

        def pointed_at(among: Sheet, sheet: Sheet, row: Row, column: str, name: str) -> str | None:
            key = by_name[among].get(name)
            if name and key is None:
                faults.add("row_unknown_name", sheet, row, column, name)
            return key

        self._check_codes(given, faults)
        self._check_names(given, faults)
        units, group_of = self._units(given[UNITS], pointed_at, faults)
        groups = []
        for row in given[GROUPS]:
            if not row["office"]:
                faults.add("row_cell_empty", GROUPS, row, "office")
            groups.append(
                {
                    CODE: row[CODE],
                    "name": row["name"],
                    "linked_office": pointed_at(OFFICES, GROUPS, row, "office", row["office"]),
                    "covers": [unit for unit, group in group_of.items() if group == row[CODE]],
                }
            )
        asked = [
            {
                "alias": row[CODE],
                "candidates": [
                    pointed_at(UNITS, ASKED, row, "candidates", name) for name in split_cell(row["candidates"])
                ],
                "ask": row["ask"],
            }
            for row in given[ASKED]
        ]
        if faults.found:
            raise UnfitRows(faults.found)
        return {"offices": list(offices.values()), "groups": groups, "units": units, "ambiguous_aliases": asked}

    def _units(self, rows: Sequence[Row], pointed_at: _PointedAt, faults: Faults) -> tuple[list[Data], dict[str, str]]:
        """The units, and which group watches over which."""
        kinds = {name: UnitKind(key) for key, name in self._kinds.items()}
        units: list[Data] = []
        group_of: dict[str, str] = {}
        for row in rows:
            kind = kinds.get(row["unit_kind"])
            if kind is None:
                faults.add("row_unknown_name", UNITS, row, "unit_kind", row["unit_kind"])
            else:
                _check_for_kind(row, kind, faults)
            group = pointed_at(GROUPS, UNITS, row, "group", row["group"])
            if group is not None:
                group_of[row[CODE]] = group
            optional = {
                "superior": row["superior"],
                "regulator": pointed_at(UNITS, UNITS, row, "regulator", row["regulator"]),
                "linked_office": pointed_at(OFFICES, UNITS, row, "office", row["office"]),
            }
            units.append(
                {
                    CODE: row[CODE],
                    "name": row["name"],
                    "aliases": list(split_cell(row["aliases"])),
                    "kind": kind,
                    **{name: value for name, value in optional.items() if value},
                }
            )
        return units, group_of

    def _check_codes(self, given: Mapping[Sheet, Sequence[Row]], faults: Faults) -> None:
        """Codes twice, and codes gone that rules or the classifier name."""
        for sheet, rows in given.items():
            counts = Counter(row[CODE] for row in rows)
            for row in rows:
                if counts[row[CODE]] > 1:
                    faults.add("row_twice", sheet, row, CODE, row[CODE])
        for sheet in (UNITS, GROUPS):
            there = {row[CODE] for row in given[sheet]}
            for row in self._whole[sheet.key]:
                if row[CODE] not in there:
                    faults.add("row_must_stay", sheet, {}, CODE, row["name"])

    def _check_names(self, given: Mapping[Sheet, Sequence[Row]], faults: Faults) -> None:
        """Names that are missing, too short to look for, or mean something else already."""
        for sheet, column in ((UNITS, "name"), (GROUPS, "name"), (ASKED, "ask")):
            for row in given[sheet]:
                if not row[column]:
                    faults.add("row_cell_empty", sheet, row, column)
        asked = {row[CODE] for row in given[ASKED]}
        counts = Counter(name for row in given[UNITS] for name in _names_of(row))
        for row in given[UNITS]:
            for name in _names_of(row):
                if len(name) < _SHORTEST_NAME:
                    faults.add("row_name_too_short", UNITS, row, "aliases", name)
                elif counts[name] > 1 or name in asked:
                    code = "row_name_of_two" if counts[name] > 1 else "row_name_asked_about"
                    faults.add(code, UNITS, row, "aliases", name)


def _check_for_kind(row: Row, kind: UnitKind, faults: Faults) -> None:
    """Who watches over a unit follows from its kind: a group, a township's own office, or a body above it."""
    needed = {
        "group": kind in SUPERVISED_KINDS,
        "office": kind is UnitKind.TOWNSHIP,
        "superior": kind in VERTICAL_KINDS,
    }
    for column, is_needed in needed.items():
        if is_needed and not row[column]:
            faults.add("row_cell_empty", UNITS, row, column)
        elif row[column] and not is_needed:
            faults.add("row_cell_not_for_kind", UNITS, row, column, row["unit_kind"])


def _names_of(row: Row) -> tuple[str, ...]:
    """The name and the aliases of a unit, none twice."""
    return tuple(dict.fromkeys(name for name in (row["name"], *split_cell(row["aliases"])) if name))


def _names(data: Data) -> dict[str, str]:
    return {row[CODE]: row["name"] for part in ("offices", "groups", "units") for row in data[part]}


def _coded(sheet: Sheet, rows: Sequence[Row]) -> list[Row]:
    """The rows, with the first free number as the code of those that have none."""
    taken = {row[CODE] for row in rows}
    free = (code for number in count(1) if (code := f"{sheet.key[:-1]}_{number}") not in taken)
    return [row if row[CODE] else {**row, CODE: next(free)} for row in rows]
