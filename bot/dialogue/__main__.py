"""Prints the diagram of the conversation: `python -m bot.dialogue > docs/dialogue.mmd`."""

import sys

from bot.dialogue.diagram import as_mermaid

sys.stdout.write(as_mermaid())
