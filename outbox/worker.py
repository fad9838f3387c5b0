"""The worker: sends what waits, fetches media, takes turns that were left behind, runs the periodic jobs.

Any number of workers may run; whatever they touch is claimed in the database first.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from domain.errors import InvalidInput, StorageFailed
from domain.terms import OutboxChannel
from domain.times import SHANGHAI
from outbox.errors import FailureKind, PlatformError
from outbox.indexing import index_reports
from services import Services, Transact
from services.attachments import SWEEP_EVERY, MediaToFetch
from services.content import MAX_BYTES, examine
from services.conversion import copy_for_display
from services.notices import Dispatch
from services.retraining import TrainingClaim
from services.supervision import RECOMPUTE_DEADLINES

log = structlog.get_logger(__name__)

HEARTBEAT = "worker-heartbeat"
_LEFT_BEHIND_AFTER = timedelta(seconds=10)
# Half of the time at most: messages to be sent wait meanwhile.
_INDEXING, _INDEXES_EVERY, _INDEXES_FOR = "index-words", timedelta(seconds=1), 0.5  # seconds
_SENDERS = 8  # people who are sent something at the same time, by one worker
# A call and the one that is tried when the window is closed (`transport.Timeouts.total`, twice), and to note it.
_LONGEST_SEND = timedelta(seconds=30)
# Seconds to wait when the database cannot note that something was sent: a restart takes no longer.
_NOTING_AGAIN = (0.2, 1, 3, 10, 20)
_OPERATOR_PAUSE = timedelta(minutes=10)


class Fetched(Protocol):
    """What a fetch gives back."""

    @property
    def content(self) -> bytes: ...


class Client(Protocol):
    """The platform, as far as the worker needs it. All methods raise PlatformError."""

    def send_text(self, openid: str, text: str) -> None: ...

    def send_template(
        self, openid: str, template_id: str, keywords: Mapping[str, str], client_msg_id: str, url: str | None = None
    ) -> str | None: ...

    def send_subscribe(
        self, openid: str, template_id: str, keywords: Mapping[str, str], page: str | None = None
    ) -> str | None: ...

    def fetch_media(self, media_id: str, max_bytes: int) -> Fetched: ...


class TrainingProcess(Protocol):
    """A training run in a process of its own."""

    def poll(self) -> int | None: ...

    def terminate(self) -> None: ...

    def wait(self, timeout: float | None = None) -> int: ...


@dataclass(frozen=True, slots=True)
class NoticeTemplates:
    """Templates of the account; an empty id means the account has none. `keywords` says nothing of any case."""

    template_id: str
    subscribe_template_id: str
    keywords: Mapping[str, str]
    url: str | None


@dataclass(frozen=True, slots=True)
class Job:
    """A periodic job: any worker may run it, one does."""

    name: str
    every: timedelta
    run: Callable[[Services], object]


def _alarm_about_media(services: Services) -> None:
    """The platform forgets after three days: a day before that an operator must hear of what could not be fetched."""
    waiting = services.attachments.pending_since(services.attachments.now() - timedelta(hours=48))
    if waiting:
        log.error("media_not_fetched", waiting=waiting)


JOBS = (
    Job("media-alarm", timedelta(hours=1), _alarm_about_media),
    Job("deadline-sweep", timedelta(hours=1), lambda services: services.supervision.sweep()),
    Job("forget-replies", timedelta(minutes=10), lambda services: services.forgetting.drop_replies()),
    Job("forget-signatures", timedelta(hours=1), lambda services: services.plain_pushes.forget_old()),
    Job("forget-drafts", timedelta(hours=6), lambda services: services.forgetting.drop_drafts()),
    Job("sweep-files", SWEEP_EVERY, lambda services: services.attachments.sweep_files()),
    Job("forget-undo", timedelta(minutes=10), lambda services: services.undoing.forget_old()),
    Job("forget-staff-drafts", timedelta(hours=6), lambda services: services.drafts.forget_old()),
    Job("forget-ledgers", timedelta(hours=1), lambda services: services.paper_intake.forget_drafts()),
    Job("journal-anchor", timedelta(hours=1), lambda services: services.journal.anchor()),
    Job(RECOMPUTE_DEADLINES, timedelta(hours=1), lambda services: services.supervision.recompute()),
)


class Worker:
    """One worker process."""

    def __init__(
        self,
        *,
        transact: Transact,
        client: Client,
        render: Callable[[str, Mapping[str, str]], str],
        templates: NoticeTemplates,
        take_turns: Callable[[int], None],
        start_training: Callable[[TrainingClaim], TrainingProcess],
        clock: Callable[[], datetime],
        wait: Callable[[float], object] = time.sleep,
    ) -> None:
        """`clock` gives the moment in UTC; `wait` lets seconds pass."""
        self._transact = transact
        self._client = client
        self._render = render
        self._templates = templates
        self._take_turns = take_turns
        self._start_training = start_training
        self._clock = clock
        self._wait = wait
        self._training: TrainingProcess | None = None
        # Kinds of work and jobs in which an error was met, for whoever works one round and wants to know.
        self.failed: set[str] = set()
        self._senders = ThreadPoolExecutor(_SENDERS, thread_name_prefix="sender")

    def run(self, stop: threading.Event, pause: float = 1.0) -> None:
        """Works until `stop` is set. An error of one round is logged and the next round goes on."""
        while not stop.is_set():
            try:
                busy = self.run_once()
            except Exception:
                log.exception("worker_round_failed")
                busy = 0
            if not busy:
                stop.wait(pause)
        if self._training is not None and self._training.poll() is None:
            # Its claim ends by itself: another worker, or this one when it starts again, takes the run up.
            self._training.terminate()
            self._training.wait()

    def run_once(self) -> int:
        """One round. Gives back how many things were done, 0 when there was nothing to do."""
        with self._transact() as services:
            services.schedule.beat(HEARTBEAT)
        return sum(
            self._whatever_happens(work)
            for work in (
                self.deliver,
                self.fetch,
                self.catch_up,
                self.convert,
                self.train,
                self.index,
                self.run_jobs,
            )
        )

    def _whatever_happens(self, work: Callable[[], int]) -> int:
        """Does one kind of work; an error in it keeps no other from being done."""
        try:
            return work()
        except Exception:
            log.exception("work_failed", work=work.__name__)
            self.failed.add(work.__name__)
            return 0

    def deliver(self) -> int:
        """Sends what is due."""
        with self._transact() as services:
            dispatches = services.notices.claim_due()
        by_person: dict[str, list[Dispatch]] = {}
        for dispatch in dispatches:
            by_person.setdefault(dispatch.openid, []).append(dispatch)
        # Sending is mostly waiting for the platform: several people at once, to each one message after the other.
        sent = [self._senders.submit(self._deliver_all, of_one) for of_one in by_person.values()]
        wait(sent)
        for done in sent:
            done.result()
        return len(dispatches)

    def fetch(self) -> int:
        """Fetches pictures, voices and videos before the platform forgets them."""
        with self._transact() as services:
            claims = services.attachments.claim_due()
        for claim in claims:
            self._fetch(claim)
        return len(claims)

    def catch_up(self) -> int:
        """Takes the turns of messages whose process died before it answered."""
        with self._transact(read_only=True) as services:
            reporters = services.conversations.left_behind(_LEFT_BEHIND_AFTER)
        for reporter_id in reporters:
            self._take_turns(reporter_id)
        return len(reporters)

    def convert(self) -> int:
        """Makes the copy of one recording or document; the next one waits for the next round, so that messages do not wait for it."""
        with self._transact() as services:
            claim = services.attachments.claim_unconverted()
            original = services.attachments.original_of(claim) if claim else None
        if claim is None:
            return 0
        copy = reason = None
        try:
            copy = copy_for_display(original, claim.kind, claim.content_type) if original else None
        except InvalidInput as error:
            reason = error.reason
        except StorageFailed as error:
            # No process could be started: the claim runs out by itself.
            log.warning("conversion_postponed", attachment_id=claim.attachment_id, reason=str(error))
            return 0
        with self._transact() as services:
            status = services.attachments.finish_conversion(claim, copy, reason)
        log.info("converted", attachment_id=claim.attachment_id, status=status)
        return 1

    def train(self) -> int:
        """Starts the training run that waits. It takes minutes, so it is a process of its own: messages do not wait for it."""
        if self._training is not None and self._training.poll() is None:
            return 0
        with self._transact() as services:
            claim = services.retraining.claim()
        if claim is None:
            return 0
        self._training = self._start_training(claim)
        log.info("training_started", training_id=claim.training_id)
        return 1

    def index(self) -> int:
        """Makes some of the new reports findable: by one worker at a time, since several would read the same ones."""
        with self._transact(read_only=True) as services:
            is_due = bool(services.schedule.due([_INDEXING]))
        if not is_due:
            return 0
        with self._transact() as services:
            if not services.schedule.claim(_INDEXING, _INDEXES_EVERY):
                return 0
        until, read = time.monotonic() + _INDEXES_FOR, 0
        while (some := index_reports(self._transact)) and time.monotonic() < until:
            read += some
        return read + some

    def run_jobs(self) -> int:
        """Runs the periodic jobs that are due and not claimed by another worker. One that fails is tried again later."""
        with self._transact(read_only=True) as services:
            due = services.schedule.due(job.name for job in JOBS)
        return sum(self._run_job(job) for job in JOBS if job.name in due)

    def _run_job(self, job: Job) -> bool:
        try:
            with self._transact() as services:
                if not services.schedule.claim(job.name, job.every):
                    return False
                job.run(services)
        except Exception:  # whatever it is, the next job must run, and this one be tried again later
            log.exception("job_failed", job=job.name)
            self.failed.add(job.name)
            with self._transact() as services:
                services.schedule.failed(job.name, job.every)
        return True

    def _deliver_all(self, dispatches: Sequence[Dispatch]) -> None:
        for dispatch in dispatches:
            # What another worker may have claimed by the time it is sent is left to him: nobody hears a thing twice.
            if self._clock() + _LONGEST_SEND < dispatch.lease_until:
                self._deliver(dispatch)

    # ── one message ──────────────────────────────────────────────────────────────────────────────
    def _deliver(self, dispatch: Dispatch) -> None:
        try:
            channel, platform_msg_id = self._send(dispatch)
        except PlatformError as error:
            self._failed(dispatch, error)
            return
        except Exception:
            log.exception("send_failed", message_id=dispatch.message_id)
            with self._transact() as services:
                services.notices.retry_later(dispatch, "unexpected")
            return
        if channel is None:
            with self._transact() as services:
                services.notices.park(dispatch, "no_channel")
            return
        for pause in (*_NOTING_AGAIN, None):
            try:
                with self._transact() as services:
                    services.notices.mark_sent(dispatch, channel, platform_msg_id)
                return
            except StorageFailed:
                # The platform has it: as long as nobody knows that, it is sent again.
                if pause is None:
                    raise
                self._wait(pause)

    def _send(self, dispatch: Dispatch) -> tuple[OutboxChannel | None, str | None]:
        if dispatch.window_open:
            try:
                self._client.send_text(dispatch.openid, self._render(dispatch.letter, dispatch.values))
            except PlatformError as error:
                if error.kind is not FailureKind.WINDOW:
                    raise
                with self._transact() as services:
                    services.notices.close_window(dispatch)
            else:
                return OutboxChannel.CUSTOMER_SERVICE, None
        if dispatch.is_reply:
            # A reply is a conversation's text: it may not travel as a notification, it waits for the person.
            return None, None
        return self._notify(dispatch)

    def _notify(self, dispatch: Dispatch) -> tuple[OutboxChannel | None, str | None]:
        templates = self._templates
        if templates.subscribe_template_id:
            return OutboxChannel.SUBSCRIBE, self._client.send_subscribe(
                dispatch.openid, templates.subscribe_template_id, templates.keywords
            )
        if templates.template_id:
            msg_id = self._client.send_template(
                dispatch.openid,
                templates.template_id,
                templates.keywords,
                client_msg_id=f"qm{dispatch.message_id}",
                url=templates.url,
            )
            return OutboxChannel.TEMPLATE, msg_id
        return None, None

    def _failed(self, dispatch: Dispatch, error: PlatformError) -> None:
        code = str(error.errcode or error.kind)
        log.warning("send_refused", message_id=dispatch.message_id, kind=error.kind, errcode=error.errcode)
        with self._transact() as services:
            match error.kind:
                case FailureKind.WINDOW:
                    services.notices.park(dispatch, code)
                case FailureKind.FINAL_FOR_PERSON | FailureKind.FINAL_CONTENT:
                    services.notices.give_up(dispatch, code)
                case FailureKind.DAILY_QUOTA:
                    services.notices.retry_later(dispatch, code, not_before=self._next_midnight())
                case FailureKind.OPERATOR:
                    services.notices.retry_later(dispatch, code, not_before=self._clock() + _OPERATOR_PAUSE)
                case _:
                    # An ambiguous send is repeated too: to hear twice that there is news is better than never.
                    wait = self._clock() + error.retry_after if error.retry_after else None
                    services.notices.retry_later(dispatch, code, not_before=wait)

    def _next_midnight(self) -> datetime:
        """Quotas of the platform begin anew at midnight in Beijing."""
        local = self._clock().astimezone(SHANGHAI)
        return (local + timedelta(days=1)).replace(hour=0, minute=1, second=0, microsecond=0)

    # ── one file ─────────────────────────────────────────────────────────────────────────────────
    def _fetch(self, claim: MediaToFetch) -> None:
        try:
            fetched = self._client.fetch_media(claim.media_id, MAX_BYTES)
        except PlatformError as error:
            is_final = error.kind in {FailureKind.FINAL_CONTENT, FailureKind.FINAL_FOR_PERSON}
            with self._transact() as services:
                status = services.attachments.fetch_failed(claim, is_final=is_final)
            log.warning("fetch_refused", attachment_id=claim.attachment_id, errcode=error.errcode, status=status)
            return
        try:
            # Outside of a transaction: it takes its time.
            examined = examine(fetched.content, claim.kind)
            with self._transact() as services:
                status = services.attachments.store_fetched(claim, fetched.content, examined)
        except InvalidInput as error:
            with self._transact() as services:
                status = services.attachments.refuse_fetched(claim, error.reason)
        except StorageFailed as error:
            # One file that cannot be kept now must not keep the others waiting, nor the messages.
            log.exception("fetched_not_kept", attachment_id=claim.attachment_id, reason=str(error))
            with self._transact() as services:
                status = services.attachments.fetch_failed(claim, is_final=False)
        log.info("fetched", attachment_id=claim.attachment_id, status=status)
