"""The picture of the conversation."""

import runpy
from pathlib import Path

import pytest

from bot.dialogue.diagram import as_mermaid
from bot.dialogue.states import StateName

_PICTURE = Path(__file__).resolve().parents[4] / "docs/dialogue.mmd"


def test_the_picture_in_the_docs_is_the_machine() -> None:
    assert _PICTURE.read_text(encoding="utf-8") == as_mermaid(), "run: python -m bot.dialogue > docs/dialogue.mmd"


def test_the_picture_shows_every_state() -> None:
    lines = as_mermaid().splitlines()
    assert all(any(line.endswith(f'" as {name}') for line in lines) for name in StateName)


def test_the_package_prints_its_picture(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_module("bot.dialogue", run_name="__main__")
    assert capsys.readouterr().out == as_mermaid()
