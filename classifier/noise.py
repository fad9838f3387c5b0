"""Writes a message as a hurried hand or a speech recogniser would: for trying augmentation, and for measuring how much it hurts."""

from collections.abc import Mapping
from functools import cache
from random import Random

from classifier.spelling import sounds
from classifier.text import common_characters

_HOMOPHONE, _DROPPED, _SWAPPED = 0.04, 0.5, 0.01  # of characters, of punctuation marks, of neighbours


def noisy(text: str, chance: Random) -> str:
    """`text` with some characters replaced by others of the same sound, punctuation dropped and neighbours swapped."""
    kept = []
    for character in text:
        if character.isalnum():
            kept.append(_homophone(character, chance) if chance.random() < _HOMOPHONE else character)
        elif chance.random() >= _DROPPED:
            kept.append(character)
        if len(kept) > 1 and chance.random() < _SWAPPED:
            kept[-1], kept[-2] = kept[-2], kept[-1]
    return "".join(kept)


def _homophone(character: str, chance: Random) -> str:
    return chance.choice(_by_sound().get(sounds(character), (character,)))


@cache
def _by_sound() -> Mapping[tuple[str, ...], tuple[str, ...]]:
    found: dict[tuple[str, ...], list[str]] = {}
    for character in common_characters():
        found.setdefault(sounds(character), []).append(character)
    return {sound: tuple(characters) for sound, characters in found.items()}
