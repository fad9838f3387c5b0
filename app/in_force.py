"""What staff edit, as it is in force: one value that changes as a whole when another version's day has come.

Every process looks by itself, at most once a second and with one small query, before a transaction is opened; whoever
is in the middle of something goes on with what he has. Contents are parsed only when a version changed.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

import structlog
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from app.database import transaction
from app.reference import Lists
from bot.words import Words, build_words
from domain.directory import Directory
from domain.edited_lists import Data
from domain.terms import ReferenceList
from domain.times import local_day
from services.base import Parts, Suggester
from services.reference_lists import LISTS_CHANGED, contents_of, versions_in_force

log = structlog.get_logger(__name__)

_EVERY = 1.0  # seconds; how late another process may be
_AFTER_A_FAILURE = 10.0  # a database that does not answer is not asked by every message

_Versions = Mapping[ReferenceList, int]


@dataclass(frozen=True, slots=True)
class Reference:
    """What is in force now: parts with directory, taxonomy, calendar and a classifier that knows the units, and words."""

    parts: Parts
    words: Words


class InForce:
    """Holds the present reference and exchanges it for the next."""

    def __init__(self, shipped: Reference, lists: Lists, sessions: sessionmaker[Session]) -> None:
        self._shipped = shipped
        self._lists = lists
        self._sessions = sessions
        self._lock = Lock()
        self._versions: _Versions = dict.fromkeys(lists.by_name, 0)
        self._look_again_at = 0.0
        self.now = shipped
        event.listen(sessions, "after_commit", self._after_commit)

    def look(self) -> None:
        """Takes up what came in force meanwhile. Never raises and never waits for another thread that looks."""
        if time.monotonic() < self._look_again_at or not self._lock.acquire(blocking=False):
            return
        try:
            self._look_again_at = time.monotonic() + _EVERY
            self._take_up()
        except SQLAlchemyError as error:
            # Whoever opens a transaction next meets the same and says so; what is in memory stays in force.
            self._look_again_at = time.monotonic() + _AFTER_A_FAILURE
            log.warning("lists_not_read", reason=type(error).__name__)
        finally:
            self._lock.release()

    def _take_up(self) -> None:
        by_name, day = self._lists.by_name, local_day(self._shipped.parts.clock())
        with transaction(self._sessions, read_only=True) as session:
            versions = versions_in_force(session, day, tuple(by_name))
            if versions == self._versions:
                return
            contents = contents_of(session, [number for number in versions.values() if number])
        data = {which: self._fit(which, versions[which], contents) for which in by_name}
        self.now = self._built(data)
        self._versions = versions
        log.info("lists_taken_up", versions={which.value: number for which, number in versions.items()})

    def _fit(self, which: ReferenceList, number: int, contents: Mapping[int, bytes]) -> Data:
        """The content of a version. One that the program cannot work with (any more) gives way to the shipped one."""
        edited = self._lists.by_name[which]
        if number not in contents:
            return edited.shipped
        try:
            data: dict[str, Any] = json.loads(contents[number])
            edited.check(data)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            log.error("list_unfit", list=which.value, version=number, reason=type(error).__name__)
            return edited.shipped
        return data

    def _built(self, data: Mapping[ReferenceList, Data]) -> Reference:
        lists, shipped = self._lists, self._shipped
        directory = lists.directory.built(data[ReferenceList.DIRECTORY])
        kinds = data[ReferenceList.KINDS]
        words = {**lists.words.raw(data[ReferenceList.WORDS]), "kinds": lists.kinds.plain(kinds)}
        return Reference(
            parts=replace(
                shipped.parts,
                directory=directory,
                taxonomy=lists.kinds.built(kinds),
                calendar=lists.calendar.built(data[ReferenceList.CALENDAR]),
                suggester=self._suggester(directory),
            ),
            words=build_words({**words, "distinguish": lists.kinds.cards(kinds)}),
        )

    def _suggester(self, directory: Directory) -> Suggester:
        """A classifier that finds these units. Its finders take half a second to build: not for a holiday."""
        for known in (self.now.parts, self._shipped.parts):
            if directory == known.directory:
                return known.suggester
        return self._shipped.parts.suggester.knowing(directory)

    def _after_commit(self, session: Session) -> None:
        if session.info.pop(LISTS_CHANGED, False):
            self._look_again_at = 0.0
