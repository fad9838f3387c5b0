"""Reads the reference data of `data/`: the only place that knows where it lies."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from app.settings import PROJECT
from bot.word_list import WordList
from bot.words import read_words
from classifier.corpus import digest
from domain.directory import Directory
from domain.edited_lists import EditedList
from domain.retention import RetentionRule, rules_from
from domain.taxonomy import Taxonomy
from domain.terms import RecordKind, ReferenceList
from services.documents import LetterForm
from services.lists.calendar import CalendarList
from services.lists.directory import DirectoryList
from services.lists.kinds import KindList

DATA = PROJECT / "data"
WORDS = PROJECT / "words"


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists that staff edit as sheets, each with what was shipped."""

    directory: DirectoryList
    kinds: KindList
    words: WordList
    calendar: CalendarList

    @property
    def by_name(self) -> Mapping[ReferenceList, EditedList]:
        """The same by what the journal and the pages call them."""
        return {
            ReferenceList.DIRECTORY: self.directory,
            ReferenceList.KINDS: self.kinds,
            ReferenceList.WORDS: self.words,
            ReferenceList.CALENDAR: self.calendar,
        }


def load_lists() -> Lists:
    """What is shipped in `data/` and `words/`, as lists that can be edited."""
    words = read_words(WORDS)
    return Lists(
        directory=DirectoryList(read_data("groups.yaml"), words["labels"]["UnitKind"]),
        kinds=KindList(read_data("taxonomy.yaml"), words["kinds"], words["distinguish"]),
        words=WordList(words),
        calendar=CalendarList(read_data("calendar.yaml"), words["labels"]["DayKind"]),
    )


def read_data(name: str) -> Any:
    """A YAML file of `data/`, parsed."""
    return _parsed(DATA / name)


def _parsed(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def load_directory() -> Directory:
    """Units, groups and offices of `data/groups.yaml`."""
    return Directory.from_mapping(read_data("groups.yaml"))


def load_retention() -> Mapping[RecordKind, RetentionRule]:
    """How long what is kept: `data/retention.yaml`."""
    return rules_from(read_data("retention.yaml"))


def load_letters() -> Mapping[ReferenceList, LetterForm]:
    """The shipped letters of `words/paper/` with their fields. Raises KeyError for a field that is not described."""
    told = _parsed(WORDS / "paper" / "fields.yaml")
    columns = told["columns"]
    forms = {}
    for letter, keys in told["letters"].items():
        fields = {key: told["fields"][key] for key in keys}
        names = {key: given["name"] for key, given in fields.items()}
        if any(isinstance(given["sample"], list) for given in fields.values()):
            names |= columns
        text = (WORDS / "paper" / f"{letter}.txt").read_text(encoding="utf-8")
        forms[ReferenceList(letter)] = LetterForm(text, names, {key: given["sample"] for key, given in fields.items()})
    return forms


def load_import_words() -> Mapping[str, Any]:
    """How columns and sources of an imported ledger are recognised: `words/paper/import.yaml`."""
    words: Mapping[str, Any] = _parsed(WORDS / "paper" / "import.yaml")
    return words


def load_taxonomy() -> Taxonomy:
    """Kinds of `data/taxonomy.yaml`."""
    return Taxonomy.from_mapping(read_data("taxonomy.yaml"))


def classifier_digest() -> str:
    """One hash over everything that a classifier is made from besides decisions of staff.

    The messages, the taxonomy, dictionary and characters, and the code that reads them.
    """
    return digest(
        [
            *sorted((DATA / "reports").glob("*.jsonl")),
            DATA / "taxonomy.yaml",
            DATA / "domain_words.txt",
            DATA / "traditional.txt",
            *(
                PROJECT / "classifier" / name
                for name in ("text.py", "features.py", "kinds.py", "machine.py", "training.py", "store.py")
            ),
        ]
    )
