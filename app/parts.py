"""Builds the parts that all requests of a process share: reference data, calendar, classifier, keys, clock."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from threading import Lock
from typing import cast

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from app.database import make_engine, make_session_factory, transaction
from app.reference import (
    WORDS,
    load_directory,
    load_import_words,
    load_letters,
    load_retention,
    load_taxonomy,
    read_data,
)
from app.settings import Settings
from bot.words import Words, load_words
from classifier import load
from classifier.search import StatementWords
from classifier.shelf import Shelf
from classifier.store import ArtefactError
from domain.errors import StorageFailed
from domain.values import Suggestion
from models.sealing import Keyring, use_keyring
from services import Services
from services.attachment_store import AttachmentStore
from services.base import Parts, Suggester
from services.work_calendar import ChinaCalendar

_log = logging.getLogger(__name__)


def now() -> datetime:
    """The only clock of the system: aware UTC."""
    return datetime.now(UTC)


class DeferredSuggester:
    """The classifier in use: loaded when first asked, and again when another version was put in use meanwhile."""

    def __init__(self, load_now: Callable[[], Suggester], stamp: Callable[[], object]) -> None:
        self._load_now = load_now
        self._stamp = stamp
        self._lock = Lock()
        self._loaded: Suggester | None = None
        self._loaded_at: object = None

    @property
    def is_loaded(self) -> bool:
        """Whether a classifier is in memory."""
        return self._loaded is not None

    def warm_up(self) -> None:
        """Loads what is in use now. Raises classifier.store.ArtefactError when nothing is loaded and nothing fits."""
        with self._lock:
            stamp = self._stamp()
            if self._loaded is not None and stamp == self._loaded_at:
                return
            try:
                self._loaded = self._load_now()
            except ArtefactError as error:
                if self._loaded is None:
                    raise
                # A message must be answered: the one in memory goes on until the shelf is mended.
                _log.error("classifier not taken up: %s", error)
            self._loaded_at = stamp

    def suggest(self, text: str, reported_on: date) -> Suggestion:
        """The suggestion of the classifier in use."""
        if self._loaded is None or self._stamp() != self._loaded_at:
            self.warm_up()
        return cast("Suggester", self._loaded).suggest(text, reported_on)


@dataclass(frozen=True, slots=True)
class System:
    """Everything one process works with."""

    settings: Settings
    engine: Engine
    sessions: sessionmaker[Session]
    parts: Parts
    words: Words

    @contextmanager
    def transact(self, *, read_only: bool = False) -> Iterator[Services]:
        """Services on one transaction of their own: commits at the end, rolls back on any error.

        Raises StorageFailed instead of the database's own errors, so that front doors need not know them.
        """
        try:
            with transaction(self.sessions, read_only=read_only) as session:
                yield Services(session, self.parts)
        except SQLAlchemyError as error:
            raise StorageFailed(type(error).__name__) from error


def build_system(
    settings: Settings, *, suggester: Suggester | None = None, clock: Callable[[], datetime] = now
) -> System:
    """The parts for these settings. Tests hand in a suggester or a clock of their own."""
    use_keyring(Keyring.from_base64(settings.data_keys.get_secret_value(), settings.cipher))
    shelf = settings.instance / "classifier"
    directory, taxonomy = load_directory(), load_taxonomy()
    engine = make_engine(settings.database_url, pool_size=min(settings.threads, 16))
    parts = Parts(
        directory=directory,
        taxonomy=taxonomy,
        calendar=ChinaCalendar(read_data("calendar.yaml")),
        suggester=suggester or DeferredSuggester(lambda: load(shelf, directory), Shelf(shelf).stamp),
        attachments=AttachmentStore(settings.instance / "attachments"),
        clock=clock,
        retention=load_retention(),
        words=StatementWords(),
        letters=load_letters(),
        import_words=load_import_words(),
        requires_second_factor=not settings.is_demo,
    )
    return System(settings, engine, make_session_factory(engine), parts, load_words(WORDS))
