"""Whether a text accuses the official it names, or only mentions him. Reads the words around the title and nothing else.

Article 15 of the reports rule makes both errors costly: a leader accused and not recognised is heard where he may not be,
a leader only mentioned and taken for accused silences a citizen. So an accusation needs a word that speaks for it, a
mention needs one too, and whatever is left is `UNCLEAR`, for a person or the bot to ask about.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import pairwise
from typing import Any

from classifier.lexicon import listed, pattern, read
from classifier.text import CLAUSE_END

_FILE = "positions.yaml"
_BEFORE = 40  # characters before a title that may still speak of it
_CARRIED = 16  # characters of the next clause before its verb, if its subject is carried over


class Stance(StrEnum):
    """How a text speaks of an official."""

    ACCUSED = "accused"
    MENTIONED = "mentioned"
    UNCLEAR = "unclear"


class Around:
    """The words around one title: `before` it, `after` it to the end of the clause, and the clause that follows."""

    def __init__(self, text: str, start: int, end: int, next_title: int | None) -> None:
        self.before = text[max(0, start - _BEFORE) : start]
        self.rest = text[end:]
        clause_end = CLAUSE_END.search(self.rest)
        stop = clause_end.start() if clause_end else len(self.rest)
        self.clause = self.rest[:stop]
        following = self.rest[stop + 1 :]
        following_end = CLAUSE_END.search(following)
        self.following = following[: following_end.start()] if following_end else following
        # What the official himself does reaches as far as the next person or body who could be the subject.
        is_subject = next_title is not None and not pattern(_lists()["no_subject_before"]).search(text[end:next_title])
        cut = min(stop, next_title - end) if next_title is not None and is_subject else stop
        actor = listed(_FILE, "other_actors").search(self.clause)
        self.after = self.clause[: min(cut, actor.start()) if actor else cut]
        self.following_is_his = next_title is None or next_title - end > stop + 1 + len(self.following)

    def has_before(self, key: str) -> bool:
        """Whether the words before the title fit the expression `key` of the data file."""
        return pattern(_lists()[key]).search(self.before) is not None

    def has_after(self, key: str) -> bool:
        """Whether the words after the title fit the expression `key` of the data file."""
        return pattern(_lists()[key]).search(self.clause) is not None


def is_no_person(text: str, start: int, end: int) -> bool:
    """Whether the title is part of another name: a telephone line, a letter box, an office nobody brought money to."""
    is_other_name = pattern(_lists()["not_a_person"]).search(text[end:]) is not None
    return is_other_name and not pattern(_lists()["money_brought_before"]).search(text[max(0, start - _BEFORE) : start])


def stance_of(around: Around, *, is_leader: bool) -> Stance:
    """How the text speaks of the official. `is_leader`: one whom this level may not hear about unless it is certain.

    The order is the argument: kin and invocations first, then what cannot be innocent, then what is plainly a mention,
    then what only sounds like one or the other.
    """
    if around.has_after("kin_after"):
        return Stance.UNCLEAR
    if around.has_after("invoked_after"):
        return Stance.MENTIONED
    if _is_reported(around) or _is_recipient(around) or _is_blamed(around):
        return Stance.ACCUSED
    if around.has_before("behind_before"):
        return Stance.UNCLEAR
    if _is_addressed(around):
        return Stance.MENTIONED
    if _acts(around):
        return Stance.ACCUSED
    if around.has_before("invoked_before"):
        return Stance.MENTIONED
    does_his_office = around.has_after("office_after")
    if _fits_report(around, "report_weak_before"):
        return Stance.UNCLEAR if does_his_office else Stance.ACCUSED
    grievance = _is_bad(around.after, ("grievance",))
    if grievance and not is_leader:
        return Stance.ACCUSED
    if _acts_in_following(around):
        return Stance.UNCLEAR if does_his_office and is_leader else Stance.ACCUSED
    # Below the county's leaders nobody is above suspicion because he holds a meeting or promises something.
    if (does_his_office and is_leader) or around.has_before("beside_before"):
        return Stance.MENTIONED
    return Stance.UNCLEAR


def join_coordinated(text: str, spans: list[tuple[int, int]], stances: Iterable[Stance]) -> list[Stance]:
    """The stances of titles in order, where titles joined by "and" that are unclear alone share their neighbour's."""
    joined = list(stances)
    links = [
        pattern(_lists()["coordination"]).search(text[left_end:right_start]) is not None
        for (_, left_end), (right_start, _) in pairwise(spans)
    ]
    for i, linked in enumerate(links):
        if linked and joined[i + 1] is Stance.UNCLEAR:
            joined[i + 1] = joined[i]
    for i in reversed(range(len(links))):
        if links[i] and (joined[i] is Stance.UNCLEAR or joined[i + 1] is Stance.ACCUSED):
            joined[i] = joined[i + 1]
    return joined


def is_object_of_report(around: Around) -> bool:
    """Whether the title is itself the object of a verb of reporting, which is the only way to accuse an organisation."""
    return _is_reported(around)


def _is_reported(around: Around) -> bool:
    """Whether a strong verb of reporting has the official as its object."""
    return _fits_report(around, "report_before") and not (
        around.before.endswith((",", " ", ":")) and around.has_after("office_after")
    )


def _fits_report(around: Around, key: str) -> bool:
    lists = _lists()
    match = pattern(lists[key].replace("{gap}", f"(?P<gap>{lists['report_gap']})")).search(around.before)
    return match is not None and not pattern(lists["report_gap_stop"]).search(match["gap"])


def _is_recipient(around: Around) -> bool:
    """Whether something was given to him, or done together with him."""
    return (
        around.has_before("recipient_before")
        or around.has_before("money_brought_before")
        or (
            around.has_before("recipient_with")
            and not around.has_after("told_after")
            and pattern(_lists()["recipient_after"]).search(around.after) is not None
        )
        or (around.has_before("treat_before") and around.has_after("treat_after"))
        or (around.has_before("place_of_gift_before") and around.has_after("place_of_gift_after"))
    )


def _is_blamed(around: Around) -> bool:
    """Whether he is called guilty, or suffered from."""
    harmed = around.has_before("passive_before") and _is_bad(around.after, ("misconduct", "demands", "grievance"))
    return harmed or any(
        (around.has_after("matter_after"), around.has_after("verdict_after"), around.has_before("verdict_before"))
    )


def _is_addressed(around: Around) -> bool:
    """Whether somebody turned to him, or greets him."""
    return (
        around.has_before("told_before")
        or (around.has_before("gone_before") and around.has_after("gone_after"))
        or around.has_before("salutation_before")
        or pattern(_lists()["salutation_after"]).search(around.rest) is not None
    )


def _acts(around: Around) -> bool:
    """Whether misconduct has him as its subject in the same clause, by his own hand or by making others do it."""
    if around.has_after("causative"):
        return _is_bad(around.clause, ("misconduct", "demands", "grievance"))
    return _is_bad(around.after, ("misconduct", "demands"))


def _acts_in_following(around: Around) -> bool:
    """Whether the next clause goes on with him as its silent subject."""
    if not around.following_is_his:
        return False
    carried = pattern(_lists()["carried"])
    starts = _bad_starts(around.following, ("misconduct", "demands"))
    return any(start <= _CARRIED and carried.search(around.following[:start]) for start in starts)


def _is_bad(words: str, keys: tuple[str, ...]) -> bool:
    """Whether `words` tell of something bad that is neither denied nor merely talked about."""
    return any(True for _ in _bad_starts(words, keys))


def _bad_starts(words: str, keys: tuple[str, ...]) -> Iterator[int]:
    """Where in `words` something bad begins that is neither denied nor, unless it is a demand, only talked about."""
    lists = _lists()
    speech = pattern(lists["speech"]).search(words) if "grievance" not in keys else None
    for key in keys:
        for match in listed(_FILE, key).finditer(words):
            denied = pattern(lists["negation"]).search(words[: match.start()])
            only_said = speech is not None and speech.end() <= match.start() and key != "demands"
            if not denied and not only_said:
                yield match.start()


def _lists() -> Mapping[str, Any]:
    return read(_FILE)
