"""The fixed choices that several steps offer. Their words stand in `words/choices.yaml`."""

from bot.dialogue.commands import Choice
from bot.dialogue.context import Context

YES, NO, NONE = "yes", "no", "none"


def fixed(key: str, context: Context) -> Choice:
    """The choice of this key with its words."""
    return Choice(key, context.phrases.choices[key])
