"""Builds the parts that all requests of a process share: reference data, calendar, classifier, keys, clock."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from app.database import look, make_engine, make_looks, make_session_factory, work
from app.in_force import InForce, Reference
from app.in_use import make_suggester
from app.reference import (
    WORDS,
    classifier_digest,
    load_directory,
    load_import_words,
    load_letters,
    load_lists,
    load_retention,
    load_taxonomy,
    read_data,
)
from app.settings import Settings
from bot.words import Words, load_words
from classifier.search import StatementWords
from classifier.store import libraries
from domain.errors import StorageFailed
from models.sealing import Keyring, use_keyring
from services import Services
from services.attachment_store import AttachmentStore
from services.base import Parts, Suggester
from services.work_calendar import ChinaCalendar


def now() -> datetime:
    """The only clock of the system: aware UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class System:
    """Everything one process works with."""

    settings: Settings
    engine: Engine
    looks: Engine
    sessions: sessionmaker[Session]
    in_force: InForce

    @property
    def parts(self) -> Parts:
        """The parts with what is in force now; a transaction keeps those it began with."""
        return self.in_force.now.parts

    @property
    def words(self) -> Words:
        """What the bot says now."""
        return self.in_force.now.words

    @contextmanager
    def transact(self, *, read_only: bool = False) -> Iterator[Services]:
        """Services on one transaction of their own: commits at the end, rolls back on any error.

        Raises StorageFailed instead of the database's own errors, so that front doors need not know them.
        """
        self.in_force.look()
        with _storage(), work(self.sessions, read_only=read_only) as opened:
            yield Services(opened, self.parts)

    @contextmanager
    def look(self) -> Iterator[Services]:
        """Services for one question, without a transaction around it. Raises StorageFailed."""
        self.in_force.look()  # a message begins with this: it is understood by what is in force
        with _storage(), look(self.looks, self.sessions) as opened:
            yield Services(opened, self.parts)


@contextmanager
def _storage() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise StorageFailed(type(error).__name__) from error


def unlock(settings: Settings) -> None:
    """Takes up the data keys: until then nothing that is sealed can be read or written."""
    use_keyring(Keyring.from_base64(settings.data_keys.get_secret_value(), settings.cipher))


def build_system(
    settings: Settings, *, suggester: Suggester | None = None, clock: Callable[[], datetime] = now
) -> System:
    """The parts for these settings. Tests hand in a suggester or a clock of their own."""
    unlock(settings)
    directory, taxonomy = load_directory(), load_taxonomy()
    program = " ".join([classifier_digest(), *(f"{name} {version}" for name, version in libraries().items())])
    engine = make_engine(settings.database_url, pool_size=min(settings.threads, 16))
    sessions, lists = make_session_factory(engine), load_lists()
    parts = Parts(
        directory=directory,
        taxonomy=taxonomy,
        calendar=ChinaCalendar(read_data("calendar.yaml")),
        suggester=suggester or make_suggester(sessions, settings.shelf, directory, program),
        attachments=AttachmentStore(settings.instance / "attachments"),
        clock=clock,
        retention=load_retention(),
        words=StatementWords(),
        letters=load_letters(),
        lists=lists.by_name,
        import_words=load_import_words(),
        requires_second_factor=not settings.is_demo,
        classifier_digest=program,
    )
    return System(
        settings, engine, make_looks(engine), sessions, InForce(Reference(parts, load_words(WORDS)), lists, sessions)
    )
