import errno
import secrets
import threading
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from structlog.testing import capture_logs

from app.database import make_session_factory, transaction
from domain.errors import StorageFailed
from domain.terms import AttachmentKind, AttachmentStatus, CopyStatus, OutboxChannel, OutboxStatus, TrainingStatus
from models import Attachment, ClassifierTraining, Conversation, OutboxMessage
from outbox.errors import Failure, FailureKind, PlatformError
from outbox.worker import JOBS, Job, NoticeTemplates, Worker
from services import Services
from services.conversations import Push
from services.conversion import Copy, read_pages
from simulator.samples import document, voice

AMR = b"#!AMR\n" + b"\x3c" * 32


@dataclass(frozen=True)
class Media:
    content: bytes


@dataclass
class FakePlatform:
    """Remembers what was sent; fails as told, once for each failure in the list."""

    failures: list[FailureKind] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    templates: list[str] = field(default_factory=list)
    media: bytes = AMR
    on_the_way: Callable[[], object] = lambda: None

    def _maybe_fail(self):
        if self.failures:
            raise PlatformError(Failure(self.failures.pop(0), "told to", errcode=45015))

    def send_text(self, openid, text):
        self._maybe_fail()
        self.on_the_way()
        self.texts.append(text)

    def send_template(self, openid, template_id, keywords, client_msg_id, url=None):
        self._maybe_fail()
        self.templates.append(client_msg_id)
        return "9001"

    def send_subscribe(self, openid, template_id, keywords, page=None):
        self._maybe_fail()
        self.templates.append("subscribe")

    def fetch_media(self, media_id, max_bytes):
        self._maybe_fail()
        return Media(self.media)


@dataclass
class FakeTraining:
    """A process that runs until it is told to end."""

    claim: object
    code: int | None = None

    def poll(self):
        return self.code

    def terminate(self):
        self.code = -15

    def wait(self, timeout=None):
        return self.code


class Bench:
    """A worker on a database of its own, and a look into it."""

    def __init__(self, engine, parts, clock):
        self._factory = make_session_factory(engine)
        self._parts = parts
        self.clock = clock
        self.platform = FakePlatform()
        self.turns = []
        self.trainings = []
        self.refusals = 0  # of the database, from now on
        self.worker = self.make_worker()
        with self.transact() as services:
            push = Push("o-citizen", "k", "1", "text", 1, b"<xml/>")
            self.reporter_id = services.conversations.receive(push, opens_window=5).reporter_id

    def start_training(self, claim):
        self.trainings.append(FakeTraining(claim))
        return self.trainings[-1]

    def make_worker(self, template_id="tmpl", subscribe="", **options):
        return Worker(
            transact=self.transact,
            client=self.platform,
            render=lambda letter, values: letter + "".join(values.values()),
            templates=NoticeTemplates(template_id, subscribe, {"thing1": "x"}, None),
            take_turns=self.turns.append,
            start_training=self.start_training,
            clock=self.clock,
            **options,
        )

    @contextmanager
    def transact(self, *, read_only=False):
        if self.refusals:
            self.refusals -= 1
            raise StorageFailed("told to")
        with transaction(self._factory, read_only=read_only) as session:
            yield Services(session, self._parts)

    def put(self, text="话", to=None):
        with self.transact() as services:
            services.notices.send_late_reply(self.known(services, to) if to else self.reporter_id, text)

    @staticmethod
    def known(services, openid):
        push = Push(openid, secrets.token_hex(8), None, "text", 1, b"<xml/>")
        return services.conversations.receive(push, opens_window=5).reporter_id

    def put_progress(self):
        with self.transact() as services:
            from domain.terms import NoticeKind

            services.notices._put(self.reporter_id, NoticeKind.PROGRESS, "notice_progress", {}, None)

    def message(self):
        with self.transact() as services:
            return services.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()

    def close_window(self):
        self.clock.forward(hours=49)


@pytest.fixture
def bench(engine, parts, clock):
    return Bench(engine, parts, clock)


def test_a_message_goes_out_once_within_the_window(bench):
    bench.put()
    bench.worker.deliver()
    bench.worker.deliver()

    assert bench.platform.texts == ["late_reply话"]
    assert (bench.message().status, bench.message().channel) == (OutboxStatus.SENT, OutboxChannel.CUSTOMER_SERVICE)


def test_several_people_are_sent_to_at_the_same_time(bench):
    """Each send waits until the other is on its way too: one after the other, neither would ever arrive."""
    both = threading.Barrier(2, timeout=20)
    bench.platform.on_the_way = both.wait
    bench.put("一", to="o-first")
    bench.put("二", to="o-second")
    bench.worker.deliver()

    assert sorted(bench.platform.texts) == ["late_reply一", "late_reply二"]


def test_what_one_person_is_sent_keeps_its_order_beside_that_of_others(bench):
    for number in range(5):
        for person in ("o-first", "o-second", "o-third"):
            bench.put(f"{person}{number}", to=person)
    bench.worker.deliver()

    sent = [[text for text in bench.platform.texts if person in text] for person in ("o-first", "o-second", "o-third")]
    assert [len(texts) for texts in sent] == [5, 5, 5]
    assert sent == [sorted(texts) for texts in sent]


def test_what_was_sent_is_not_kept(bench):
    bench.put()
    bench.worker.deliver()

    assert bench.message().values == {}


def test_a_sent_message_uses_up_one_of_the_window(bench):
    bench.put()
    bench.worker.deliver()
    with bench.transact() as services:
        assert services.session.scalar(select(Conversation.messages_left)) == 4


@pytest.mark.parametrize("column", ["outbox_message.values", "reporter.openid"])
def test_a_message_that_cannot_be_opened_fails_by_itself_and_no_other_waits_behind_it(bench, column):
    table, name = column.split(".")
    bench.put("一", to="o-damaged")
    with bench.transact() as services:
        newest = f'(SELECT max(id) FROM "{table}")'
        services.session.execute(
            text(f'UPDATE "{table}" SET "{name}" = :bytes WHERE id = {newest}'), {"bytes": b"no seal of ours"}
        )
    bench.put("二")
    bench.worker.deliver()

    assert bench.platform.texts == ["late_reply二"]
    with bench.transact() as services:
        states = services.session.execute(
            select(OutboxMessage.status, OutboxMessage.error_code).order_by(OutboxMessage.id)
        )
        assert [tuple(state) for state in states] == [(OutboxStatus.FAILED, "damaged"), (OutboxStatus.SENT, None)]


def test_news_outside_the_window_goes_as_a_notification(bench):
    bench.close_window()
    bench.put_progress()
    bench.worker.deliver()

    message = bench.message()
    assert (message.status, message.channel, message.platform_msg_id) == ("sent", "template", "9001")
    assert bench.platform.templates == [f"qm{message.id}"]


def test_a_subscribe_notification_is_preferred_where_the_account_has_one(bench):
    bench.close_window()
    bench.put_progress()
    bench.make_worker(subscribe="sub").deliver()

    assert bench.message().channel is OutboxChannel.SUBSCRIBE


def test_a_reply_never_travels_as_a_notification(bench):
    bench.close_window()
    bench.put()
    bench.worker.deliver()

    assert bench.message().status is OutboxStatus.PARKED
    assert bench.platform.templates == []


def test_what_is_parked_goes_out_when_the_person_writes_again(bench):
    bench.close_window()
    bench.put()
    bench.worker.deliver()
    with bench.transact() as services:
        services.conversations.receive(Push("o-citizen", "k2", "2", "text", 2, b"<xml/>"), opens_window=5)
    bench.worker.deliver()

    assert bench.message().status is OutboxStatus.SENT


def test_a_closed_window_is_believed_and_news_takes_the_other_way(bench):
    bench.platform.failures = [FailureKind.WINDOW]
    bench.put_progress()
    bench.worker.deliver()

    assert bench.message().channel is OutboxChannel.TEMPLATE


@pytest.mark.parametrize("kind", [FailureKind.TRANSIENT, FailureKind.AMBIGUOUS, FailureKind.TOKEN])
def test_a_passing_failure_is_tried_again_later(bench, kind):
    bench.platform.failures = [kind]
    bench.put()
    bench.worker.deliver()
    assert bench.message().status is OutboxStatus.WAITING
    bench.clock.forward(minutes=5)
    bench.worker.deliver()

    assert bench.message().status is OutboxStatus.SENT


def test_a_used_up_daily_quota_waits_for_midnight_in_beijing(bench):
    bench.platform.failures = [FailureKind.DAILY_QUOTA]
    bench.put()
    bench.worker.deliver()

    assert bench.message().not_before.isoformat() == "2026-11-23T16:01:00+00:00"


@pytest.mark.parametrize("kind", [FailureKind.FINAL_FOR_PERSON, FailureKind.FINAL_CONTENT])
def test_a_final_failure_is_given_up_visibly(bench, kind):
    bench.platform.failures = [kind]
    bench.put()
    bench.worker.deliver()

    assert (bench.message().status, bench.message().error_code) == (OutboxStatus.FAILED, "45015")


def test_an_operators_failure_pauses_and_keeps_the_message(bench):
    bench.platform.failures = [FailureKind.OPERATOR]
    bench.put()
    bench.worker.deliver()

    assert bench.message().not_before - bench.clock() == timedelta(minutes=10)


def test_after_many_tries_a_message_is_parked_instead_of_hammering(bench):
    bench.platform.failures = [FailureKind.OPERATOR, *[FailureKind.TRANSIENT] * 20]
    bench.put_progress()
    for _ in range(15):
        bench.worker.deliver()
        bench.clock.forward(hours=6, minutes=1)

    assert (bench.message().status, bench.message().tries) == (OutboxStatus.PARKED, 12)


def test_a_dead_workers_claim_runs_out(bench):
    bench.put()
    with bench.transact() as services:
        assert len(services.notices.claim_due()) == 1
    bench.worker.deliver()
    assert bench.message().status is OutboxStatus.WAITING
    bench.clock.forward(minutes=3)
    bench.worker.deliver()

    assert bench.message().status is OutboxStatus.SENT


def test_whoever_looked_at_the_clock_before_another_claimed_takes_nothing_from_him(bench):
    """Who waits for the right to write finds a claim that began later than his "now": the clock was not set back."""
    bench.put()
    ask_for_training(bench)
    with bench.transact() as services:
        assert len(services.notices.claim_due()) == 1
        assert services.retraining.claim() is not None
    bench.clock.forward(seconds=-20)
    with bench.transact() as services:
        assert services.notices.claim_due() == []
        assert services.retraining.claim() is None


def test_what_is_left_of_a_batch_when_the_claim_is_nearly_over_is_left_to_whoever_claims_it_next(bench):
    bench.platform.on_the_way = lambda: bench.clock.forward(seconds=100)
    bench.put("一")
    bench.put("二")
    bench.worker.deliver()
    assert bench.platform.texts == ["late_reply一"]
    bench.clock.forward(seconds=21)
    bench.worker.deliver()

    assert bench.platform.texts == ["late_reply一", "late_reply二"]


def test_what_the_platform_took_is_noted_as_soon_as_the_database_writes_again(bench):
    waits = []
    bench.put()
    bench.platform.on_the_way = lambda: setattr(bench, "refusals", 3)
    worker = bench.make_worker(wait=waits.append)
    worker.deliver()
    bench.clock.forward(minutes=3)
    worker.deliver()

    assert (bench.platform.texts, bench.message().status) == (["late_reply话"], OutboxStatus.SENT)
    assert waits == [0.2, 1, 3]


def note(bench, kind):
    with bench.transact() as services:
        services.attachments.note_media(bench.reporter_id, kind, "media-1")


def attachment(bench):
    with bench.transact() as services:
        return services.session.scalars(select(Attachment)).one()


def test_a_voice_is_fetched_sealed_and_recognised_by_its_content(bench, tmp_path):
    note(bench, AttachmentKind.VOICE)
    bench.worker.fetch()

    stored = attachment(bench)
    assert (stored.status, stored.content_type, stored.clean_name) == (AttachmentStatus.STORED, "audio/amr", None)
    assert all(AMR not in path.read_bytes() for path in (tmp_path / "attachments").rglob("*") if path.is_file())


def test_a_recording_gets_a_copy_that_can_be_played_and_the_original_stays(bench):
    bench.platform.media = voice()
    note(bench, AttachmentKind.VOICE)
    bench.worker.fetch()
    assert attachment(bench).copy_status is CopyStatus.WAITING
    assert (bench.worker.convert(), bench.worker.convert()) == (1, 0)

    stored = attachment(bench)
    assert stored.copy_status is CopyStatus.MADE
    with bench.transact() as services:
        assert services.parts.attachments.read(stored.clean_name).startswith(b"ID3")
        assert services.parts.attachments.read(stored.original_name) == voice()


def test_a_recording_that_cannot_be_decoded_says_so_and_is_not_tried_again(bench):
    bench.platform.media = b"\x02#!SILK_V3\x00"
    note(bench, AttachmentKind.VOICE)
    bench.worker.fetch()
    assert (bench.worker.convert(), bench.worker.convert()) == (1, 0)

    assert (attachment(bench).status, attachment(bench).copy_status) == (AttachmentStatus.STORED, CopyStatus.FAILED)


def keep_document(bench, content):
    with bench.transact() as services:
        services.attachments.keep_uploads([(content, AttachmentKind.DOCUMENT)])


def test_the_pages_of_a_document_are_drawn_and_sealed_like_the_original(bench, tmp_path):
    keep_document(bench, document(12))
    assert (bench.worker.convert(), bench.worker.convert()) == (1, 0)

    kept = attachment(bench)
    assert (kept.copy_status, kept.pages, kept.pages_shown, kept.refusal) == (CopyStatus.MADE, 12, 10, None)
    with bench.transact() as services:
        pictures = read_pages(services.parts.attachments.read(kept.clean_name))[1]
        assert services.parts.attachments.read(kept.original_name) == document(12)
    assert len(pictures) == 10
    files = [path.read_bytes() for path in (tmp_path / "attachments").rglob("*") if path.is_file()]
    assert len(files) == 2
    # Beginnings long enough that no sealed bytes hold them by chance.
    assert not any(beginning[:40] in content for content in files for beginning in (pictures[0], document(12)))


def test_a_document_that_cannot_be_drawn_says_why_and_the_worker_goes_on(bench):
    keep_document(bench, b"%PDF-1.7 nothing")
    assert (bench.worker.convert(), bench.worker.convert()) == (1, 0)

    kept = attachment(bench)
    assert (kept.status, kept.copy_status, kept.refusal) == (AttachmentStatus.STORED, CopyStatus.FAILED, "copy_broken")


def test_a_recording_that_takes_workers_with_it_is_given_up_and_the_next_one_is_converted(bench):
    bench.platform.media = voice()
    note(bench, AttachmentKind.VOICE)
    bench.worker.fetch()
    for _ in range(3):
        with bench.transact() as services:
            assert services.attachments.claim_unconverted() is not None  # and the worker dies
        bench.clock.forward(minutes=4)
    note(bench, AttachmentKind.VOICE)
    bench.worker.fetch()
    bench.worker.convert()

    with bench.transact() as services:
        found = services.session.scalars(select(Attachment).order_by(Attachment.id)).all()
    assert [kept.copy_status for kept in found] == [CopyStatus.FAILED, CopyStatus.MADE]


def test_a_worker_whose_time_ran_out_does_not_put_its_copy_beside_anothers(bench):
    bench.platform.media = voice()
    note(bench, AttachmentKind.VOICE)
    bench.worker.fetch()
    with bench.transact() as services:
        late = services.attachments.claim_unconverted()
    bench.clock.forward(minutes=4)
    bench.worker.convert()
    kept = attachment(bench).clean_name
    with bench.transact() as services:
        services.attachments.finish_conversion(late, Copy(b"other"))

    assert attachment(bench).clean_name == kept


def test_a_damaged_recording_is_not_tried_for_ever(bench, tmp_path):
    note(bench, AttachmentKind.VOICE)
    bench.worker.fetch()
    for path in (tmp_path / "attachments").rglob("*"):
        if path.is_file():
            path.write_bytes(b"rotten")
    bench.worker.convert()

    assert attachment(bench).copy_status is CopyStatus.FAILED


def test_while_no_process_can_be_started_a_recording_waits(bench, monkeypatch):
    note(bench, AttachmentKind.VOICE)
    bench.worker.fetch()
    with monkeypatch.context() as patch:
        patch.setattr("sys.executable", "/dev/null")
        bench.worker.convert()
    assert attachment(bench).copy_status is CopyStatus.WAITING
    bench.platform.media = voice()
    bench.clock.forward(minutes=4)
    bench.worker.convert()

    assert attachment(bench).copy_status is not CopyStatus.WAITING


def test_a_file_for_which_the_disk_has_no_room_is_fetched_again_and_keeps_nobody_waiting(bench, monkeypatch):
    note(bench, AttachmentKind.VOICE)
    bench.put()

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("services.attachment_store.AttachmentStore._write_now", full)
        bench.worker.run_once()
    assert attachment(bench).status is AttachmentStatus.PENDING
    assert bench.message().status is OutboxStatus.SENT
    bench.clock.forward(minutes=1)
    bench.worker.fetch()

    assert attachment(bench).status is AttachmentStatus.STORED


def test_a_file_that_is_not_what_it_says_is_refused_for_good(bench):
    bench.platform.media = b"<html>not a picture</html>"
    note(bench, AttachmentKind.IMAGE)
    bench.worker.fetch()

    assert (attachment(bench).status, attachment(bench).refusal) == (AttachmentStatus.REFUSED, "wrong_type")


def test_a_failed_fetch_is_tried_again(bench):
    bench.platform.failures = [FailureKind.TRANSIENT]
    note(bench, AttachmentKind.VOICE)
    bench.worker.fetch()
    assert attachment(bench).status is AttachmentStatus.PENDING
    bench.clock.forward(minutes=1)
    bench.worker.fetch()

    assert attachment(bench).status is AttachmentStatus.STORED


def test_media_the_platform_no_longer_has_is_recorded_as_expired(bench):
    bench.platform.failures = [FailureKind.FINAL_CONTENT]
    note(bench, AttachmentKind.VOICE)
    bench.worker.fetch()

    assert attachment(bench).status is AttachmentStatus.EXPIRED


def test_turns_left_behind_are_taken_by_the_worker(bench):
    bench.clock.forward(seconds=11)
    bench.worker.catch_up()

    assert bench.turns == [bench.reporter_id]


def test_periodic_jobs_run_once_for_any_number_of_workers(bench):
    first, second = bench.worker.run_jobs(), bench.make_worker().run_jobs()

    assert (first, second) == (len(JOBS), 0)


def test_a_round_leaves_a_sign_of_life(bench):
    bench.worker.run_once()
    with bench.transact() as services:
        assert services.schedule.last_run("worker-heartbeat") == bench.clock()


class Broken(Exception):
    """What a job of these tests raises."""


@pytest.fixture
def failing_job(monkeypatch):
    """The first of two jobs raises. Gives the runs of the second."""
    ran = []

    def fail(_services):
        raise Broken

    jobs = (Job("first", timedelta(hours=1), fail), Job("second", timedelta(hours=1), ran.append))
    monkeypatch.setattr("outbox.worker.JOBS", jobs)
    return ran


def test_a_job_that_fails_keeps_no_other_from_running(bench, failing_job):
    bench.worker.run_jobs()

    assert len(failing_job) == 1


def test_a_job_that_fails_is_tried_again_after_a_pause_that_grows(bench, failing_job):
    tried = []
    for _ in range(4):
        tried.append(bench.worker.run_jobs())
        bench.clock.forward(minutes=1)

    assert tried == [2, 1, 0, 1]
    with bench.transact(read_only=True) as services:
        assert services.schedule.failing() == {"first": 3}


def test_a_job_that_runs_to_its_end_again_is_no_longer_counted_as_failing(bench, failing_job, monkeypatch):
    bench.worker.run_jobs()
    monkeypatch.setattr("outbox.worker.JOBS", (Job("first", timedelta(hours=1), lambda services: None),))
    bench.clock.forward(minutes=1)
    bench.worker.run_jobs()

    with bench.transact(read_only=True) as services:
        assert services.queries.figures()["failing_jobs"] == {}


def test_the_work_of_a_round_is_done_even_if_some_of_it_fails(bench, failing_job, monkeypatch):
    def fail(_transact):
        raise Broken

    monkeypatch.setattr("outbox.worker.index_reports", fail)
    bench.worker.run_once()

    assert len(failing_job) == 1
    assert bench.worker.failed == {"index", "first"}


def test_an_operator_hears_of_media_that_wait_for_two_days(bench):
    bench.platform.failures = [FailureKind.TRANSIENT] * 3
    note(bench, AttachmentKind.VOICE)
    bench.worker.fetch()
    bench.clock.forward(hours=49)
    with capture_logs() as lines:
        bench.worker.run_jobs()

    assert [line["waiting"] for line in lines if line["event"] == "media_not_fetched"] == [1]


# ── training runs ────────────────────────────────────────────────────────────────────────────────
def ask_for_training(bench):
    with bench.transact() as services:
        services.session.add(
            ClassifierTraining(place=1, status=TrainingStatus.WAITING, requested_at=services.retraining.now())
        )


def test_a_training_run_that_waits_is_started_once_in_a_process_of_its_own(bench):
    ask_for_training(bench)
    other = bench.make_worker()

    assert (bench.worker.train(), bench.worker.train(), other.train()) == (1, 0, 0)
    assert len(bench.trainings) == 1


def test_a_worker_starts_no_second_run_while_its_first_one_lives(bench, clock):
    ask_for_training(bench)
    bench.worker.train()
    clock.forward(minutes=5)

    assert bench.worker.train() == 0
    bench.trainings[0].code = 1
    assert bench.worker.train() == 1


def test_a_worker_that_stops_takes_its_training_run_along(bench):
    ask_for_training(bench)
    bench.worker.train()
    stop = threading.Event()
    stop.set()
    bench.worker.run(stop)

    assert bench.trainings[0].code == -15


def test_without_a_run_that_waits_none_is_started(bench):
    assert bench.worker.train() == 0
    assert bench.trainings == []
