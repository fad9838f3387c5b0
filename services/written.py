"""What staff write into a step: how much of it, and that there is some."""

from domain.errors import InvalidInput

MAX_REASON = 2_000  # characters


def needed(field: str, text: str) -> str:
    """The text without blanks around it. Raises InvalidInput for none and for too much."""
    text = text.strip()
    if not text or len(text) > MAX_REASON:
        raise InvalidInput(field, "too_long" if text else "empty")
    return text
