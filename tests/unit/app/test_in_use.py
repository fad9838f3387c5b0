"""The classifier that a running process uses."""

from datetime import date
from threading import Event

import pytest
from sqlalchemy import update

from app.database import make_session_factory, transaction
from app.in_use import CannotLook, SuggesterInUse, keep_current, make_suggester
from app.reference import load_directory
from classifier.shelf import Shelf
from classifier.store import ArtefactError
from models import ClassifierVersion
from services import Services
from tests.classifiers import a_model, a_version
from tests.fakes import ScriptedSuggester, suggestion

TODAY = date(2026, 11, 23)


class Installation:
    """Says which version is used and gives a suggester that says which version it is; can be broken."""

    def __init__(self):
        self.version = None
        self.broken = set()
        self.is_away = False
        self.loads = []
        self.asked = Event()

    def look(self):
        self.asked.set()
        if self.is_away:
            raise CannotLook
        return self.version

    def load(self, version):
        self.loads.append(version)
        if version in self.broken:
            raise ArtefactError("damaged")
        return ScriptedSuggester(otherwise=suggestion(version or "shipped"))


@pytest.fixture
def installation():
    return Installation()


@pytest.fixture
def suggester(installation):
    return SuggesterInUse(installation.look, installation.load)


def answers(suggester):
    return suggester.suggest("", TODAY).label


def test_nothing_is_loaded_before_it_is_asked(suggester, installation):
    assert not suggester.is_loaded
    assert installation.loads == []


def test_it_loads_once(suggester, installation):
    answers(suggester)
    answers(suggester)
    suggester.refresh()

    assert installation.loads == [None]


def test_a_message_never_looks_nor_loads_once_something_is_there(suggester, installation):
    answers(suggester)
    installation.version = "second"

    assert answers(suggester) == "shipped"
    assert installation.loads == [None]


def test_the_next_look_takes_up_another_version(suggester, installation):
    answers(suggester)
    installation.version = "second"
    suggester.refresh()

    assert answers(suggester) == "second"


def test_a_version_that_cannot_be_loaded_leaves_the_one_in_memory_at_work_and_is_tried_once(suggester, installation):
    answers(suggester)
    installation.version, installation.broken = "second", {"second"}
    suggester.refresh()
    suggester.refresh()

    assert answers(suggester) == "shipped"
    assert installation.loads == [None, "second"]


def test_a_process_that_starts_with_a_damaged_version_works_with_the_shipped_one(suggester, installation):
    installation.version, installation.broken = "second", {"second"}

    assert answers(suggester) == "shipped"


def test_without_a_database_the_shipped_one_does_until_the_next_look(suggester, installation):
    installation.version, installation.is_away = "second", True
    before = answers(suggester)
    installation.is_away = False
    suggester.refresh()

    assert (before, answers(suggester)) == ("shipped", "second")


def test_a_database_that_goes_away_changes_nothing(suggester, installation):
    installation.version = "second"
    answers(suggester)
    installation.is_away = True
    suggester.refresh()

    assert answers(suggester) == "second"


def test_with_nothing_loaded_and_nothing_to_load_it_says_so(suggester, installation):
    installation.broken = {None}

    with pytest.raises(ArtefactError):
        answers(suggester)


def test_a_thread_looks_again_and_again_until_it_is_stopped(suggester, installation):
    stop = Event()
    keep_current(lambda: suggester, stop, every=0.001)
    installation.asked.wait(10)
    installation.asked.clear()

    assert installation.asked.wait(10)
    stop.set()


# ── from the database ────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def hosts(engine, parts, tmp_path):
    """Two hosts with the same shipped classifier, each a folder of its own, and one database."""
    for name in ("one", "two"):
        shelf = Shelf(tmp_path / name)
        shelf.ship(shelf.keep(a_model(0.1), {}, "", "# Shipped"))
    factory = make_session_factory(engine)
    return [make_suggester(factory, tmp_path / name, load_directory(), "") for name in ("one", "two")]


@pytest.fixture
def change(engine, parts):
    """Does something to the versions, in a transaction of its own."""

    def _change(work):
        with transaction(make_session_factory(engine)) as session:
            return work(Services(session, parts).classifiers)

    return _change


def versions(hosts):
    for host in hosts:
        host.refresh()
    return {host.suggest("一句话", TODAY).model_version for host in hosts}


def test_all_hosts_take_up_what_was_put_in_use_and_go_back_together(hosts, change):
    new = a_version()
    change(lambda classifiers: classifiers.keep(new))
    before = versions(hosts)
    change(lambda classifiers: classifiers.use(new.name))
    used = versions(hosts)
    change(lambda classifiers: classifiers.roll_back(None))

    assert used == {new.name}
    assert versions(hosts) == before != used


def test_what_was_changed_in_the_database_is_not_taken_up(hosts, change, engine):
    before, new = versions(hosts), a_version()
    change(lambda classifiers: classifiers.keep(new))
    change(lambda classifiers: classifiers.use(new.name))
    with transaction(make_session_factory(engine)) as session:
        session.execute(update(ClassifierVersion).values(parcel=new.parcel[:300] + b"x" + new.parcel[301:]))

    assert versions(hosts) == before


def test_a_program_of_another_version_goes_on_with_its_shipped_one(engine, change, tmp_path, hosts):
    before, new = versions(hosts), a_version()
    change(lambda classifiers: classifiers.keep(new))
    change(lambda classifiers: classifiers.use(new.name))
    updated = make_suggester(make_session_factory(engine), tmp_path / "one", load_directory(), "the next program")

    assert versions([updated]) == before
