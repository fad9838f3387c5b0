"""Loads `words/`: what the bot says and understands, in Chinese, editable by staff. Renders letters; decides nothing."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from bot.dialogue.commands import plain
from bot.dialogue.context import Command, Context, Distinction, Phrases, Redirect
from bot.dialogue.effects import Say, Value
from bot.dialogue.letters import CHOICES, LETTERS, NEVER_LEFT_OUT
from bot.dialogue.steps.greeting import MENU
from domain.directory import Directory
from domain.taxonomy import Taxonomy
from domain.terms import CaseStatus

# Letters that are not the conversation's, with the values they are given.
_OTHER_LETTERS = {
    "notice_progress": frozenset[str](),
    "notice_keyword": frozenset[str](),
    "late_reply": frozenset({"text"}),
    "storage_failure": frozenset[str](),
    "trouble": frozenset[str](),
    "feedback_confirmed": frozenset[str](),
    "feedback_partly": frozenset[str](),
    "feedback_unfounded": frozenset[str](),
    "feedback_helped": frozenset[str](),
    "redirect_sentence": frozenset({"advice", "where", "phone", "hours"}),
}
_GIVEN = LETTERS | _OTHER_LETTERS
_FAULTS = {
    "letter_missing": "letters/{0}.txt is missing or empty",
    "letter_unknown_field": "letters/{0}.txt: {1} is not known there",
    "letter_field_must_stay": "letters/{0}.txt: {1} must stay",
}
_FIELD = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Words:
    """Everything of `words/`, checked. `labels` by enum name and member value, `errors` by code."""

    phrases: Phrases
    letters: Mapping[str, str]
    errors: Mapping[str, str]
    labels: Mapping[str, Mapping[str, str]]

    def context(self, *, now: datetime, taxonomy: Taxonomy, directory: Directory, report_url: str) -> Context:
        """What a step of the conversation may look up at the moment `now` (aware UTC)."""
        return Context(now, taxonomy, directory, self.phrases, report_url)

    def render(self, letter: str, values: Mapping[str, Value]) -> str:
        """A letter with its values. A line whose fields are all empty is left out; choices are numbered, one a line."""
        written = {name: _written(value) for name, value in values.items()}
        lines = []
        for line in self.letters[letter].splitlines():
            fields = _FIELD.findall(line)
            if not fields or any(written.get(name) for name in fields):
                lines.append(_FIELD.sub(lambda field: written.get(field[1], ""), line))
        return "\n".join(lines)

    def reply(self, said: Iterable[Say]) -> str:
        """All that was said in one turn as one message, empty if nothing was."""
        return "\n\n".join(self.render(say.letter, say.values) for say in said)

    def letter(self, name: str) -> str:
        """A letter without fields, as it stands."""
        return self.letters[name]

    def error(self, code: str, status: int = 400) -> str:
        """Why something was refused; the general words for the HTTP status when the code has none of its own."""
        return self.errors.get(code) or self.errors.get(f"http_{status}") or self.errors["domain_error"]

    def label(self, member: StrEnum) -> str:
        """What an enum member is called. Raises KeyError when `labels.yaml` does not have it."""
        return self.labels[type(member).__name__][member]

    def redirect(self, label: str) -> str | None:
        """Where a matter of this `nk_` label belongs, in one paragraph; None if it belongs here."""
        redirect = self.phrases.redirects.get(label)
        return self.render("redirect_sentence", asdict(redirect)) if redirect else None


def load_words(folder: Path) -> Words:
    """Reads the folder. Raises ValueError that names every file and word that does not fit."""
    return build_words(read_words(folder))


def read_words(folder: Path) -> dict[str, dict[str, Any]]:
    """What stands in the folder: each YAML file under its name, the letters under `letters`."""
    read: dict[str, dict[str, Any]] = {
        path.stem: yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        for path in sorted(folder.glob("*.yaml"))
    }
    read["letters"] = {
        path.stem: path.read_text(encoding="utf-8").strip() for path in sorted((folder / "letters").glob("*.txt"))
    }
    return read


def build_words(read: Mapping[str, Mapping[str, Any]]) -> Words:
    """The words as the bot uses them. Raises ValueError that names every file and word that does not fit."""
    letters, spoken, statuses = read["letters"], read["commands"], read["statuses"]
    choices = {str(key): tuple(map(str, words)) for key, words in read["choices"].items()}
    faults = [
        *(_FAULTS[code].format(name, field) for name, code, field in faults_of_letters(letters)),
        *_missing("commands.yaml", Command, spoken["commands"]),
        *_missing("choices.yaml", CHOICES, choices),
        *_missing("statuses.yaml", CaseStatus, statuses),
    ]
    if faults:
        raise ValueError("; ".join(faults))
    phrases = Phrases(
        commands={plain(str(word)): Command(key) for key, words in spoken["commands"].items() for word in words},
        menu={plain(word): key for key in MENU for word in choices[key]},
        greetings=_plain_words(spoken["greetings"]),
        courtesies=_plain_words(spoken["courtesies"]),
        fillers=tuple(spoken["fillers"]),
        choices=choices,
        kinds=read["kinds"],
        distinctions={key: Distinction(**words) for key, words in read["distinguish"].items()},
        redirects={key: Redirect(**words) for key, words in read["redirects"].items()},
        statuses=statuses,
    )
    return Words(phrases, letters, read["errors"], read["labels"])


def fields_of(letter: str) -> frozenset[str]:
    """The values that a letter is given."""
    return _GIVEN.get(letter, frozenset())


def faults_of_letters(letters: Mapping[str, str]) -> Iterable[tuple[str, str, str]]:
    """Letters that are missing or say nothing, fields that nobody fills, fields that must not be left out.

    Each as the letter, a code of `words/errors.yaml`, and the field.
    """
    yield from ((name, "letter_missing", "") for name in _GIVEN if not letters.get(name))
    for name, text in letters.items():
        fields, given = set(_FIELD.findall(text)), fields_of(name)
        yield from ((name, "letter_unknown_field", f"{{{field}}}") for field in sorted(fields - given))
        yield from (
            (name, "letter_field_must_stay", f"{{{field}}}") for field in sorted(given & NEVER_LEFT_OUT - fields)
        )


def _plain_words(words: Iterable[object]) -> frozenset[str]:
    return frozenset(plain(str(word)) for word in words)


def _written(value: Value) -> str:
    if isinstance(value, tuple):
        return "\n".join(f"{number}. {text}" for number, text in enumerate(value, start=1))
    return str(value)


def _missing(file: str, wanted: Iterable[str], there: Mapping[str, object]) -> list[str]:
    return [f"{file}: {key} is missing" for key in wanted if key not in there]
