"""Promises about words: every enum member is labelled and in the glossary, code holds no Chinese, names are ours."""

import inspect
import re
import subprocess
from enum import StrEnum
from pathlib import Path

import pytest

from app.reference import WORDS
from app.settings import PROJECT
from bot.words import load_words
from domain import deadlines, errors, terms

ENUMS = [e for _, e in inspect.getmembers(terms, inspect.isclass) if issubclass(e, StrEnum) and e is not StrEnum]
PACKAGES = ["app", "bot", "admin", "outbox", "services", "classifier", "models", "domain", "simulator"]
CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


@pytest.mark.parametrize("enum", ENUMS, ids=lambda e: e.__name__)
def test_every_member_of_every_list_has_a_chinese_label(enum):
    labels = load_words(WORDS)

    assert all(labels.label(member) for member in enum)


@pytest.mark.parametrize("enum", ENUMS, ids=lambda e: e.__name__)
def test_every_member_of_every_list_stands_in_the_glossary(enum):
    glossary = (PROJECT / "docs" / "glossary.md").read_text(encoding="utf-8")
    part = glossary.partition(f"## {enum.__name__}\n")[2].partition("\n## ")[0]

    assert [m.name for m in enum if f"`{m.name}`" not in part] == []


def test_every_refusal_has_a_sentence():
    labels = load_words(WORDS)
    codes = {e.code for _, e in inspect.getmembers(errors, inspect.isclass) if issubclass(e, errors.DomainError)}
    general = labels.error("domain_error")

    assert [code for code in codes - {"domain_error", "invalid_input"} if labels.error(code) == general] == []


def test_every_deadline_names_its_basis_in_words():
    labels = load_words(WORDS)

    assert [limit.basis for limit in deadlines.LIMITS.values() if limit.basis not in labels.labels["Basis"]] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_code_holds_no_chinese(package):
    found = [
        f"{path.relative_to(PROJECT)}:{number}"
        for path in (PROJECT / package).rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if CHINESE.search(line)
    ]

    assert found == []


@pytest.mark.parametrize("package", PACKAGES)
def test_our_package_names_are_ours(package):
    module = __import__(package)

    assert Path(module.__file__ or "").is_relative_to(PROJECT)


def test_nothing_committed_names_a_registry_host():
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout.split()
    hosts = re.compile(r"(pypi\.org|pythonhosted\.org|registry\.npmjs|deb\.debian\.org)")
    locks = [name for name in tracked if name.endswith((".lock", "package-lock.json", ".npmrc"))]

    assert [name for name in locks if hosts.search((PROJECT / name).read_text(encoding="utf-8"))] == []
