"""The classifier that a process works with: taken up while it runs, and never while a message waits for its answer."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from threading import Event, Lock, Thread
from typing import cast

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from app.database import transaction
from classifier import load
from classifier.shelf import Shelf
from classifier.store import ArtefactError
from domain.directory import Directory
from domain.values import Suggestion
from models.sealing import SealError
from services.base import Suggester
from services.classifiers import name_to_load, parcel_of

log = structlog.get_logger(__name__)

_LOOK_EVERY = 5.0  # seconds
_NOT_LOOKED = "-"

# Which version is used, None for the shipped one; and how a version is made ready.
Look = Callable[[], str | None]
Load = Callable[[str | None], Suggester]


class CannotLook(Exception):
    """The database cannot be asked now."""


class SuggesterInUse:
    """Suggests with the version in use. Another one is loaded beside it by `refresh`; the step from one to the other is short."""

    def __init__(self, look: Look, load_version: Load) -> None:
        self._look = look
        self._load = load_version
        self._lock = Lock()
        self._loaded: Suggester | None = None
        self._version: str | None = _NOT_LOOKED

    @property
    def is_loaded(self) -> bool:
        """Whether a classifier is in memory."""
        return self._loaded is not None

    def refresh(self) -> None:
        """Looks which version is used, and loads it if it is another one.

        What cannot be loaded leaves the one in memory at work, or the shipped one where there is none. Raises
        classifier.store.ArtefactError when nothing is loaded and nothing fits.
        """
        with self._lock:
            try:
                version = self._look()
            except CannotLook:
                if self._loaded is not None:
                    return
                # A message must be answered: the shipped one does until the database is there.
                self._loaded = self._load(None)
                return
            if version == self._version and self._loaded is not None:
                return
            try:
                self._loaded = self._load(version)
            except CannotLook:
                log.warning("classifier_not_fetched", version=version)
                self._loaded = self._loaded or self._load(None)
                return
            except ArtefactError as error:
                if version is None and self._loaded is None:
                    raise
                log.error("classifier_not_taken_up", version=version, reason=str(error))
                self._loaded = self._loaded or self._load(None)
            else:
                log.info("classifier_taken_up", version=version or "shipped")
            self._version = version

    def knowing(self, directory: Directory) -> "SuggesterInUse":
        """The same with the units of another directory; it takes up versions by itself, as this one does."""
        other = SuggesterInUse(self._look, lambda version: self._load(version).knowing(directory))
        with self._lock:
            if self._loaded is not None:
                other._loaded, other._version = self._loaded.knowing(directory), self._version
        return other

    def suggest(self, text: str, reported_on: date) -> Suggestion:
        """The suggestion of the version that was in use at the last look."""
        return self._now().suggest(text, reported_on)

    def words_for(self, unit: str, text: str) -> tuple[str, ...]:
        """The words that named a unit, to the same version."""
        return self._now().words_for(unit, text)

    def _now(self) -> Suggester:
        if self._loaded is None:
            self.refresh()
        return cast("Suggester", self._loaded)


def make_suggester(sessions: sessionmaker[Session], folder: Path, directory: Directory, program: str) -> SuggesterInUse:
    """The suggester of a process of this program (`Parts.classifier_digest`); copies of what is used lie in `folder`."""
    shelf = Shelf(folder)

    def look() -> str | None:
        try:
            with transaction(sessions, read_only=True) as session:
                return name_to_load(session, program)
        except SQLAlchemyError as error:
            raise CannotLook(type(error).__name__) from error

    def load_version(version: str | None) -> Suggester:
        if version is not None and not shelf.has(version):
            try:
                with transaction(sessions, read_only=True) as session:
                    parcel = parcel_of(session, version)
                shelf.take_in(version, parcel)
            except (SQLAlchemyError, OSError) as error:
                raise CannotLook(type(error).__name__) from error
            except SealError as error:
                raise ArtefactError(str(error)) from error
        return load(folder, directory, version)

    return SuggesterInUse(look, load_version)


def keep_current(in_force: Callable[[], Suggester], stop: Event, every: float = _LOOK_EVERY) -> None:
    """Looks again and again, in a thread of its own, until `stop` is set. Does nothing for other suggesters.

    The one in force is asked for each time: other units make it another one.
    """
    if not isinstance(in_force(), SuggesterInUse):
        return

    def look() -> None:
        while not stop.wait(every):
            try:
                cast("SuggesterInUse", in_force()).refresh()
            except Exception:
                log.exception("look_for_classifier_failed")

    Thread(target=look, name="classifier-in-use", daemon=True).start()
