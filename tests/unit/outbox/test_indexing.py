"""Reports are read after they came in: nobody waits meanwhile, nothing is left half done, and two workers miss nothing."""

from contextlib import contextmanager

import pytest
from sqlalchemy import func, select, text, update
from structlog.testing import capture_logs

from app.database import make_engine, make_session_factory, transaction
from domain.terms import Source
from models import Case, CaseWord, Report, ReportKey, SimilarCase
from outbox.indexing import index_reports
from services import Services
from services.intake import NewReport
from tests.fakes import suggestion

STORY = "市场监管局的所长王建国上个月来店里检查，不给两条软中华就要罚5000块，还说不给就天天来。"
REWORKED = "上个月市场监管局的所长王建国来店里检查，说不给两条软中华就要罚5000块，不给就天天来查。"


class County:
    """A database, services on transactions of their own, and a look into it."""

    def __init__(self, engine, parts):
        self._factory = make_session_factory(engine)
        self._parts = parts

    @contextmanager
    def transact(self, *, read_only=False):
        with transaction(self._factory, read_only=read_only) as session:
            yield Services(session, self._parts)

    def lodge(self, *statements):
        for statement in statements:
            with self.transact() as services:
                report = NewReport(statement=statement, source=Source.WEB, suggestion=suggestion())
                services.intake.lodge_report(report)

    def count(self, table, *conditions):
        with self.transact(read_only=True) as services:
            return services.session.scalar(select(func.count()).select_from(table).where(*conditions))

    def read(self):
        with self.transact(read_only=True) as services:
            return services.indexing.read(services.indexing.waiting())

    def keep(self, reports):
        with self.transact() as services:
            return services.indexing.keep(reports)

    def meet_and_finish(self, kept):
        with self.transact(read_only=True) as services:
            meetings = services.indexing.meet(kept)
        with self.transact() as services:
            services.indexing.finish(meetings)


@pytest.fixture
def county(database_url, parts):
    engine = make_engine(database_url)
    yield County(engine, parts)
    engine.dispose()


def test_a_message_is_stored_while_reports_are_read(county, suggester, monkeypatch):
    county.lodge(STORY)
    beats = []

    def suggest_while_somebody_writes(text, reported_on):
        with county.transact() as services:
            services.schedule.beat("somebody-else")
        beats.append(text)
        return suggestion()

    monkeypatch.setattr(suggester, "suggest", suggest_while_somebody_writes)
    monkeypatch.setattr("app.database.BUSY_TIMEOUT_MS", 100)

    assert index_reports(county.transact) == 1
    assert beats == [STORY]


def test_all_reports_are_read_some_at_a_time(county, monkeypatch):
    monkeypatch.setattr("services.indexing._AT_ONCE", 2)
    county.lodge(STORY, REWORKED, "窗口盖章跑了四趟都说系统坏了，办不了。")

    assert [index_reports(county.transact) for _ in range(3)] == [2, 1, 0]
    assert county.count(Report, Report.words_key.is_(None)) == 0


def damage(county, place):
    """Spoils the sealed statement of the report that came as the `place`-th."""
    with county.transact() as services:
        report_id = services.session.scalars(select(Report.id).order_by(Report.id)).all()[place]
        services.session.execute(
            text("UPDATE report SET statement = :spoiled WHERE id = :id"), {"spoiled": b"spoiled", "id": report_id}
        )


def test_a_damaged_report_keeps_no_other_from_being_read(county):
    county.lodge(STORY, REWORKED, "窗口盖章跑了四趟都说系统坏了，办不了。")
    damage(county, 0)
    with capture_logs() as lines:
        index_reports(county.transact)

    assert county.count(Report, Report.words_key.is_not(None)) == 2
    assert [line["reason"] for line in lines if line["event"] == "report_set_aside"] == ["SealError"]
    assert index_reports(county.transact) == 0


def test_a_report_that_was_set_aside_is_tried_again_after_a_pause_that_grows(county, clock):
    county.lodge(STORY)
    damage(county, 0)
    index_reports(county.transact)
    clock.forward(minutes=1)
    assert index_reports(county.transact) == 1
    clock.forward(minutes=1)
    assert index_reports(county.transact) == 0
    clock.forward(minutes=1)

    assert index_reports(county.transact) == 1


def test_monitoring_counts_what_was_set_aside_until_it_could_be_read(county, clock, suggester, monkeypatch):
    county.lodge(STORY)
    with monkeypatch.context() as context:
        context.setattr(suggester, "suggest", lambda *_: 1 / 0)
        index_reports(county.transact)
    with county.transact(read_only=True) as services:
        assert services.queries.figures()["reports"] == {"set_aside": 1}
    clock.forward(minutes=1)
    index_reports(county.transact)

    with county.transact(read_only=True) as services:
        assert services.queries.figures()["reports"] == {"set_aside": 0}


def test_what_ended_between_two_steps_is_begun_anew(county):
    county.lodge(STORY, REWORKED)
    county.keep(county.read())
    keys = county.count(ReportKey)

    assert index_reports(county.transact) == 2
    assert county.count(SimilarCase) == 2
    assert county.count(ReportKey) == keys


def test_two_workers_with_two_reports_of_one_event_find_that_they_are_alike(county, monkeypatch):
    monkeypatch.setattr("services.indexing._AT_ONCE", 1)
    county.lodge(STORY)
    one = county.read()
    kept_by_one = county.keep(one)
    # The other worker comes to the second report only: the first one is done, as far as it can see.
    with county.transact() as services:
        first = services.session.scalars(select(Report.id)).one()
        services.session.execute(update(Report).values(words_key=b"done"))
    county.lodge(REWORKED)
    kept_by_other = county.keep(county.read())
    with county.transact() as services:
        services.session.execute(update(Report).where(Report.id == first).values(words_key=None))
    county.meet_and_finish(kept_by_one)
    county.meet_and_finish(kept_by_other)

    assert county.count(SimilarCase) == 2


def test_of_a_report_that_is_destroyed_meanwhile_nothing_is_kept(county):
    county.lodge(STORY)
    read = county.read()
    with county.transact() as services:
        services.retention._empty_cases(tuple(services.session.scalars(select(Case.id))))

    assert county.keep(read) == ()
    assert county.count(CaseWord) == county.count(ReportKey) == 0


def test_of_a_report_that_is_destroyed_after_it_was_kept_no_pair_is_made(county):
    county.lodge(STORY, REWORKED)
    kept = county.keep(county.read())
    with county.transact(read_only=True) as services:
        meetings = services.indexing.meet(kept)
    with county.transact() as services:
        services.retention._empty_cases(tuple(services.session.scalars(select(Case.id))))
    with county.transact() as services:
        services.indexing.finish(meetings)

    assert county.count(SimilarCase) == 0
