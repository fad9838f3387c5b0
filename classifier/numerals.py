"""The value of an Arabic or Chinese numeral, by cn2an."""

import cn2an

# No sum and no day is written with more signs. What is longer is noise, or meant to do harm: cn2an's time grows with the square
# of the length, and a number of 310 digits is none that a float can hold.
MOST_SIGNS = 24


def value_of(numeral: str) -> float | None:
    """Its value; None for what is no numeral or is longer than anybody writes one."""
    if not 0 < len(numeral) <= MOST_SIGNS:
        return None
    try:
        return float(cn2an.cn2an(numeral, "smart"))
    except (ValueError, KeyError):  # the library answers some heaps of numerals with either
        return None
