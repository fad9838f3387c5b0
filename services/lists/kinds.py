"""What kinds are called and how they are told apart: the words of `data/taxonomy.yaml` and of the cards, as sheets.

Codes, numbers, aspects and which label is accepted stay: the trained classifier knows labels by their code, and rules
depend on the rest. What it was trained on is the shipped file; these words are read by people only.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from domain.edited_lists import CODE, Data, Faults, Row, Sheet, Tables, closed_rows
from domain.errors import UnfitRows
from domain.taxonomy import Taxonomy

_FIXED = frozenset({"number", "aspect"})
KINDS = Sheet(
    "kinds",
    (CODE, "number", "aspect", "name", "plain", "definition", "rule", "question", "this", "neighbour"),
    fixed=_FIXED,
    long=frozenset({"definition", "rule"}),
    is_closed=True,
)
ASPECTS = Sheet("aspects", (CODE, "name", "ask"), is_closed=True)
OTHERS = Sheet("others", (CODE, "name", "plain", "next"), is_closed=True)
_CARD = ("question", "this", "neighbour")


class KindList:
    """`shipped` is the parsed `taxonomy.yaml`, `plain` and `cards` the words of `kinds.yaml` and `distinguish.yaml`."""

    sheets = (KINDS, ASPECTS, OTHERS)

    def __init__(
        self, shipped: Mapping[str, Any], plain: Mapping[str, str], cards: Mapping[str, Mapping[str, str]]
    ) -> None:
        self._whole = shipped
        self._fixed: dict[str, Row] = {
            k[CODE]: {"number": str(k["num"]), "aspect": k["aspect"]} for k in shipped["kinds"]
        }
        self.shipped: Data = {
            "kinds": {
                k[CODE]: {
                    "name": k["name"],
                    "plain": plain.get(k[CODE], ""),
                    "definition": k["definition"],
                    "rule": k["confusable_with"]["rule"],
                    **{part: cards.get(k[CODE], {}).get(part, "") for part in _CARD},
                }
                for k in shipped["kinds"]
            },
            "aspects": {a[CODE]: {"name": a["name"], "ask": a["ask"]} for a in shipped["aspects"]},
            "others": {
                n[CODE]: {"name": n["name"], "plain": plain.get(n[CODE], ""), "next": n["next"]}
                for n in shipped["non_kinds"]
            },
        }

    def built(self, data: Data) -> Taxonomy:
        """The taxonomy of a version. Raises KeyError or ValueError."""
        kinds, aspects, others = data["kinds"], data["aspects"], data["others"]
        return Taxonomy.from_mapping(
            {
                **self._whole,
                "aspects": [{**a, **aspects[a[CODE]]} for a in self._whole["aspects"]],
                "kinds": [
                    {
                        **k,
                        "name": kinds[k[CODE]]["name"],
                        "definition": kinds[k[CODE]]["definition"],
                        "confusable_with": {**k["confusable_with"], "rule": kinds[k[CODE]]["rule"]},
                    }
                    for k in self._whole["kinds"]
                ],
                "non_kinds": [
                    {**n, "name": others[n[CODE]]["name"], "next": others[n[CODE]]["next"]}
                    for n in self._whole["non_kinds"]
                ],
            }
        )

    def plain(self, data: Data) -> dict[str, str]:
        """One plain line for each label that has one, as in `words/kinds.yaml`."""
        return {key: row["plain"] for part in ("kinds", "others") for key, row in data[part].items() if row["plain"]}

    def cards(self, data: Data) -> dict[str, dict[str, str]]:
        """The questions that tell neighbours apart, as in `words/distinguish.yaml`."""
        return {key: {part: row[part] for part in _CARD} for key, row in data["kinds"].items() if row["question"]}

    def check(self, data: Data) -> None:
        """Refuses what lacks a label."""
        self.built(data)

    def tables(self, data: Data, named_by: Data | None = None) -> Tables:
        """Kinds, aspects, and the labels that are no kind."""
        aspects = {key: row["name"] for key, row in data["aspects"].items()}
        return {
            KINDS.key: [
                {CODE: key, "number": fixed["number"], "aspect": aspects[fixed["aspect"]], **data["kinds"][key]}
                for key, fixed in self._fixed.items()
            ],
            ASPECTS.key: [{CODE: key, **row} for key, row in data["aspects"].items()],
            OTHERS.key: [{CODE: key, **row} for key, row in data["others"].items()],
        }

    def read(self, tables: Tables, base: Data) -> Data:
        """The words that the sheets say, over those of `base`. Raises UnfitRows."""
        faults, before = Faults(), self.tables(base)
        found = {}
        for sheet in self.sheets:
            rows = closed_rows(sheet, tables.get(sheet.key, ()), before[sheet.key], faults)
            counts = Counter(row["name"] for row in rows.values())
            for row in tables.get(sheet.key, ()):
                if counts[row.get("name", "")] > 1:
                    faults.add("row_name_of_two", sheet, row, "name", row["name"])
            found[sheet.key] = {
                key: {name: value for name, value in row.items() if name != CODE and name not in sheet.fixed}
                for key, row in rows.items()
            }
        if faults.found:
            raise UnfitRows(faults.found)
        return found
