"""What goes out to citizens: written beside the change it tells of, sent later. A notice never says what was reported."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import structlog
from sqlalchemy import ColumnElement, Table, and_, bindparam, delete, func, not_, select, update
from sqlalchemy import case as choose

from domain.terms import NoticeKind, OutboxChannel, OutboxStatus
from models import Case, Conversation, OutboxMessage, Reporter
from models.base import UtcDateTime
from models.sealing import Damaged, forgiving
from services.base import Service
from services.leases import is_over, latest_end

log = structlog.get_logger(__name__)

WINDOW = timedelta(hours=48)
_LEASE = timedelta(minutes=2)
_BACKOFF = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
MAX_TRIES = 12


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A claimed message with all that sending needs. `openid` is for the outbox alone."""

    message_id: int
    openid: str
    letter: str
    values: Mapping[str, Any]
    lease_token: str
    lease_until: datetime
    window_open: bool
    is_reply: bool


_OUTBOX = cast("Table", OutboxMessage.__table__)
# Part of every message a citizen sends, so it is built once (docs/performance.md).
_UNPARK = (
    _OUTBOX.update()
    .where(_OUTBOX.c.reporter_id == bindparam("of"), _OUTBOX.c.status == OutboxStatus.PARKED)
    .values(status=OutboxStatus.WAITING, not_before=bindparam("now", type_=UtcDateTime))
)


def _is_held(now: datetime) -> ColumnElement[bool]:
    """That a message is not due yet and nobody has tried to send it."""
    return and_(OutboxMessage.not_before > now, OutboxMessage.tries == 0)


class Notices(Service):
    """Puts messages into the outbox and keeps count of what became of them."""

    def tell_progress(self, case: Case, *, hold_for: timedelta = timedelta()) -> None:
        """Tells the reporter that there is something new, if there is an account to tell; not before `hold_for` is over."""
        if case.reporter_id is not None:
            self._put(case.reporter_id, NoticeKind.PROGRESS, "notice_progress", {}, case.id, hold_for=hold_for)

    def withdraw_held(self, case: Case) -> None:
        """Takes back what the last step held for this case; what an earlier one holds is still new when it is due."""
        held = select(func.max(OutboxMessage.id)).where(OutboxMessage.case_id == case.id, _is_held(self.now()))
        last = delete(OutboxMessage).where(OutboxMessage.id == held.scalar_subquery())
        self.session.execute(last.execution_options(synchronize_session=False))

    def send_late_reply(self, reporter_id: int, text: str) -> None:
        """Sends a reply that could not leave as the passive answer any more."""
        self._put(reporter_id, NoticeKind.LATE_REPLY, "late_reply", {"text": text}, None)

    def unpark(self, reporter_id: int) -> None:
        """The person wrote: what waited for that may go out now."""
        self.connection.execute(_UNPARK, {"of": reporter_id, "now": self.now()})

    def claim_due(self, limit: int = 20) -> list[Dispatch]:
        """Claims messages that are due, for two minutes; a crashed worker's claim runs out by itself.

        One that cannot be opened any more fails by itself: no other waits behind it.
        """
        now = self.now()
        token, lease_until = secrets.token_hex(8), now + _LEASE
        due = (
            select(OutboxMessage.id)
            .where(
                OutboxMessage.status == OutboxStatus.WAITING,
                OutboxMessage.not_before <= now,
                is_over(OutboxMessage.lease_until, now, latest_end(now, _LEASE)),
            )
            .order_by(OutboxMessage.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        self.session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id.in_(due))
            .values(lease_token=token, lease_until=lease_until, tries=OutboxMessage.tries + 1)
            .execution_options(synchronize_session=False)
        )
        rows = self.session.execute(
            select(
                OutboxMessage.id,
                OutboxMessage.kind,
                OutboxMessage.letter,
                forgiving(OutboxMessage.values),
                forgiving(Reporter.openid),
                Conversation.last_spoke_at,
                Conversation.messages_left,
            )
            .join(Reporter, Reporter.id == OutboxMessage.reporter_id)
            .outerjoin(Conversation, Conversation.reporter_id == OutboxMessage.reporter_id)
            .where(OutboxMessage.lease_token == token)
            .order_by(OutboxMessage.id)
        )
        dispatches = []
        for row in rows:
            if row.openid is None:
                self._fail(row.id, "unfollowed")
            elif Damaged.VALUE in (row.openid, row.values):
                log.error("message_damaged", message_id=row.id)
                self._fail(row.id, "damaged")
            else:
                spoke = row.last_spoke_at
                window_open = spoke is not None and now - spoke < WINDOW and row.messages_left > 0
                is_reply = row.kind is NoticeKind.LATE_REPLY
                dispatches.append(
                    Dispatch(row.id, row.openid, row.letter, row.values, token, lease_until, window_open, is_reply)
                )
        return dispatches

    def mark_sent(self, dispatch: Dispatch, channel: OutboxChannel, platform_msg_id: str | None) -> None:
        """Records that the platform took it."""
        message = self._claimed(dispatch)
        if message is None:
            return
        message.status, message.channel, message.sent_at = OutboxStatus.SENT, channel, self.now()
        message.platform_msg_id, message.error_code, message.lease_token = platform_msg_id, None, None
        # What was sent needs not be read here again; a late reply can hold a statement.
        message.values = {}
        if channel is OutboxChannel.CUSTOMER_SERVICE:
            left = Conversation.messages_left
            self._leave_messages(message.reporter_id, choose((left > 0, left - 1), else_=0))

    def retry_later(self, dispatch: Dispatch, error_code: str, not_before: datetime | None = None) -> None:
        """Plans the next try; after the last one the message is parked, visible, until the person writes."""
        message = self._claimed(dispatch)
        if message is None:
            return
        message.error_code, message.lease_token, message.lease_until = error_code, None, None
        if not_before is None and message.tries >= MAX_TRIES:
            message.status = OutboxStatus.PARKED
        else:
            message.not_before = not_before or self.now() + _BACKOFF[min(message.tries, len(_BACKOFF)) - 1]

    def park(self, dispatch: Dispatch, error_code: str) -> None:
        """Waits until the person writes again: window closed, quota used up, consent used up."""
        message = self._claimed(dispatch)
        if message is None:
            return
        message.status, message.error_code = OutboxStatus.PARKED, error_code
        message.lease_token = message.lease_until = None

    def give_up(self, dispatch: Dispatch, error_code: str) -> None:
        """Final: this message cannot be sent to this person."""
        message = self._claimed(dispatch)
        if message is None:
            return
        message.status, message.error_code = OutboxStatus.FAILED, error_code
        message.lease_token = message.lease_until = None

    def close_window(self, dispatch: Dispatch) -> None:
        """The platform says the window is closed whatever we counted."""
        message = self._claimed(dispatch)
        if message is not None:
            self._leave_messages(message.reporter_id, 0)

    def record_delivery(self, platform_msg_id: str, delivery: str) -> None:
        """What the platform reported of a notification after the fact."""
        message = self.session.scalar(select(OutboxMessage).where(OutboxMessage.platform_msg_id == platform_msg_id))
        if message is not None:
            message.delivery = delivery

    def _put(
        self,
        reporter_id: int,
        kind: NoticeKind,
        letter: str,
        values: dict[str, Any],
        case_id: int | None,
        *,
        hold_for: timedelta = timedelta(),
    ) -> None:
        reporter = self.session.get_one(Reporter, reporter_id)
        if reporter.openid is None:
            return
        now = self.now()
        # What is held has a message of its own: one that leaves earlier would tell of nothing yet, and it may be withdrawn.
        if kind is NoticeKind.PROGRESS and not hold_for:
            # One "something is new" is enough until it was sent: more would only tell an onlooker more.
            waiting = self.session.scalar(
                select(OutboxMessage.id).where(
                    OutboxMessage.reporter_id == reporter_id,
                    OutboxMessage.kind == kind,
                    OutboxMessage.status.in_([OutboxStatus.WAITING, OutboxStatus.PARKED]),
                    OutboxMessage.lease_token.is_(None),
                    not_(_is_held(now)),
                )
            )
            if waiting is not None:
                return
        self.session.add(
            OutboxMessage(
                reporter_id=reporter_id,
                case_id=case_id,
                kind=kind,
                letter=letter,
                values=values,
                status=OutboxStatus.WAITING,
                created_at=now,
                not_before=now + hold_for,
            )
        )

    def _leave_messages(self, reporter_id: int, left: int | ColumnElement[int]) -> None:
        self.session.execute(
            update(Conversation)
            .where(Conversation.reporter_id == reporter_id)
            .values(messages_left=left)
            .execution_options(synchronize_session=False)
        )

    def _fail(self, message_id: int, error_code: str) -> None:
        self.session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id == message_id)
            .values(status=OutboxStatus.FAILED, error_code=error_code, lease_token=None)
            .execution_options(synchronize_session=False)
        )

    def _claimed(self, dispatch: Dispatch) -> OutboxMessage | None:
        return self.session.scalar(
            select(OutboxMessage).where(
                OutboxMessage.id == dispatch.message_id, OutboxMessage.lease_token == dispatch.lease_token
            )
        )
