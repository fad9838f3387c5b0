"""Pushed messages and turns. A person's messages are taken one at a time and in order, on any number of processes."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError

from domain.errors import Conflict
from domain.terms import CaseEventKind, InboundStatus, OutboxStatus
from models import Attachment, Case, Conversation, InboundMessage, OutboxMessage, Reporter
from models.sealing import current_keyring
from services.base import SYSTEM, Service

# Longer than any turn takes; after a crash the person's next message waits at most this long.
TURN_LEASE = timedelta(seconds=8)
# A redelivery comes within seconds. Replies can hold a query code, so they are not kept longer than that needs.
REPLY_KEPT = timedelta(hours=1)
# Nothing that was never lodged is kept longer (the conversation itself says so after the same time).
DRAFT_KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Push:
    """What is stored of a push. `raw` is the decrypted document."""

    openid: str
    dedupe_key: str
    msg_id: str | None
    msg_type: str
    create_time: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class Received:
    """A stored push. `status` and `reply` are those of the first delivery when this is a repeat.

    `turn` is the person's turn if it was free; `is_next` says that nothing of the person waits before this message.
    """

    inbound_id: int
    reporter_id: int
    received_at: datetime
    status: InboundStatus
    reply: str | None
    turn: "Turn | None"
    is_next: bool = False


@dataclass(frozen=True, slots=True)
class PendingMessage:
    """A stored push whose turn has not been taken."""

    inbound_id: int
    raw: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """What taking a turn needs: the state as it was saved, and the version it must still have when it is saved again."""

    token: str
    state: dict[str, Any] | None
    version: int
    reporter_id: int
    scene_code: str | None


class Conversations(Service):
    """Stores pushes once, hands out turns, saves states."""

    def receive(self, push: Push, *, opens_window: int) -> Received:
        """Stores the push, or finds that it is there already; takes the person's turn if it is free.

        `opens_window` is the number of customer-service messages the platform allows after it (0: none).
        """
        known = self._by_key(push.dedupe_key)
        if known is not None:
            return known
        now = self.now()
        reporter = self._reporter(push.openid)
        reporter.is_following = True
        if opens_window:
            reporter.last_spoke_at = now
            reporter.messages_left = opens_window
            self.services.notices.unpark(reporter.id)
        inbound = InboundMessage(
            reporter_id=reporter.id,
            dedupe_key=push.dedupe_key,
            msg_id=push.msg_id,
            msg_type=push.msg_type,
            create_time=push.create_time,
            received_at=now,
            raw=push.raw,
            status=InboundStatus.STORED,
        )
        try:
            with self.session.begin_nested():
                self.session.add(inbound)
        except IntegrityError:
            # Another process stored the same push between our look and our write.
            known = self._by_key(push.dedupe_key)
            if known is None:
                raise
            return known
        token = self.claim_turn(reporter.id)
        turn = self.load_turn(reporter.id, token) if token else None
        return Received(inbound.id, reporter.id, now, inbound.status, None, turn, self._waits_first(inbound))

    def claim_turn(self, reporter_id: int) -> str | None:
        """Takes the person's turn if nobody has it (or whoever had it died). None if it is taken."""
        now = self.now()
        token = secrets.token_hex(8)
        claimed = self.session.execute(
            update(Conversation)
            .where(
                Conversation.reporter_id == reporter_id,
                or_(Conversation.turn_token.is_(None), Conversation.turn_expires_at < now),
            )
            .values(turn_token=token, turn_expires_at=now + TURN_LEASE)
            .returning(Conversation.id)
            .execution_options(synchronize_session=False)
        ).first()
        return token if claimed else None

    def release_turn(self, reporter_id: int, token: str) -> None:
        """Gives the turn back if it is still ours."""
        self.session.execute(
            update(Conversation)
            .where(Conversation.reporter_id == reporter_id, Conversation.turn_token == token)
            .values(turn_token=None, turn_expires_at=None)
            .execution_options(synchronize_session=False)
        )

    def load_turn(self, reporter_id: int, token: str) -> Turn:
        """The state to go on from. Raises Conflict when the turn is no longer ours."""
        row = self.session.execute(
            select(Conversation.state, Conversation.version, Reporter.scene_code)
            .join(Reporter, Reporter.id == Conversation.reporter_id)
            .where(Conversation.reporter_id == reporter_id, Conversation.turn_token == token)
        ).first()
        if row is None:
            raise Conflict("turn")
        return Turn(token, row.state, row.version, reporter_id, row.scene_code)

    def pending(self, reporter_id: int) -> list[PendingMessage]:
        """The person's messages whose turn has not been taken, oldest first."""
        rows = self.session.execute(
            select(InboundMessage.id, InboundMessage.raw, InboundMessage.received_at)
            .where(InboundMessage.reporter_id == reporter_id, InboundMessage.status == InboundStatus.STORED)
            .order_by(InboundMessage.id)
        )
        return [PendingMessage(row.id, row.raw or b"", row.received_at) for row in rows]

    def save_turn(
        self, turn: Turn, inbound_id: int, state: dict[str, Any] | None, reply: str | None, status: InboundStatus
    ) -> bool:
        """Saves the new state and the answer together, and gives the turn back if nothing else waits. True if something does.

        Raises Conflict when somebody else took the turn meanwhile.
        """
        waiting = self.session.scalar(
            select(InboundMessage.id)
            .where(
                InboundMessage.reporter_id == turn.reporter_id,
                InboundMessage.status == InboundStatus.STORED,
                InboundMessage.id != inbound_id,
            )
            .limit(1)
        )
        kept = {} if waiting is not None else {"turn_token": None, "turn_expires_at": None}
        saved = self.session.execute(
            update(Conversation)
            .where(
                Conversation.reporter_id == turn.reporter_id,
                Conversation.turn_token == turn.token,
                Conversation.version == turn.version,
            )
            .values(state=state, version=turn.version + 1, **kept)
            .returning(Conversation.id)
            .execution_options(synchronize_session=False)
        ).first()
        if saved is None:
            raise Conflict("turn")
        inbound = self.session.get_one(InboundMessage, inbound_id)
        inbound.reply, inbound.status, inbound.handled_at = reply, status, self.now()
        if status is InboundStatus.WITHHELD:
            inbound.raw = None
        self.session.flush()
        return waiting is not None

    def reply_of(self, inbound_id: int) -> tuple[InboundStatus, str | None]:
        """Status and reply of a stored push, to wait for another process that takes the turn."""
        inbound = self.session.get_one(InboundMessage, inbound_id, populate_existing=True)
        return inbound.status, inbound.reply

    def note_scene(self, reporter_id: int, scene_code: str | None) -> None:
        """Remembers the card or box that was scanned last."""
        if scene_code:
            self.session.get_one(Reporter, reporter_id).scene_code = scene_code

    def withhold(self, reporter_id: int) -> None:
        """Removes what the person wrote and sent towards a report that is not this level's to hear (art. 15).

        Everything since the last lodged report goes: pushes keep only their number, type and time.
        """
        last_case = self.session.scalar(
            select(Case.received_at).where(Case.reporter_id == reporter_id).order_by(Case.id.desc()).limit(1)
        )
        recent = [InboundMessage.reporter_id == reporter_id, InboundMessage.raw.is_not(None)]
        if last_case is not None:
            recent.append(InboundMessage.received_at > last_case)
        self.session.execute(
            update(InboundMessage)
            .where(*recent, InboundMessage.status != InboundStatus.STORED)
            .values(raw=None, reply=None, status=InboundStatus.WITHHELD)
            .execution_options(synchronize_session=False)
        )
        loose = self.session.scalars(
            select(Attachment.id).where(Attachment.reporter_id == reporter_id, Attachment.case_id.is_(None))
        ).all()
        self.services.attachments.forget(tuple(loose))

    def separate_profile(self, reporter_id: int) -> None:
        """After an unfollow or a revoked consent: the account goes, the cases stay and open by number and code.

        The platform asks to delete the person's information; the file is an official record (wechat notes, 1.12).
        """
        reporter = self.session.get_one(Reporter, reporter_id)
        for case in self.session.scalars(select(Case).where(Case.reporter_id == reporter_id)):
            case.reporter_id = None
            self.record(case, CaseEventKind.PROFILE_SEPARATED, actor=SYSTEM)
        loose = self.session.scalars(
            select(Attachment.id).where(Attachment.reporter_id == reporter_id, Attachment.case_id.is_(None))
        ).all()
        self.services.attachments.forget(tuple(loose))
        for statement in (
            update(Attachment).where(Attachment.reporter_id == reporter_id).values(reporter_id=None),
            update(InboundMessage).where(InboundMessage.reporter_id == reporter_id).values(raw=None, reply=None),
            update(OutboxMessage)
            .where(
                OutboxMessage.reporter_id == reporter_id,
                OutboxMessage.status.in_([OutboxStatus.WAITING, OutboxStatus.PARKED]),
            )
            .values(status=OutboxStatus.FAILED, error_code="unfollowed", values={}),
        ):
            self.session.execute(statement.execution_options(synchronize_session=False))
        reporter.openid = reporter.openid_digest = reporter.scene_code = None
        reporter.is_following, reporter.separated_at = False, self.now()
        self.session.flush()

    def left_behind(self, older_than: timedelta) -> list[int]:
        """Reporters with a stored message that nobody took: its process died. The worker takes their turn."""
        return list(
            self.session.scalars(
                select(InboundMessage.reporter_id)
                .where(
                    InboundMessage.status == InboundStatus.STORED,
                    InboundMessage.received_at < self.now() - older_than,
                    InboundMessage.reporter_id.is_not(None),
                )
                .distinct()
            )
        )

    def forget_replies(self) -> None:
        """Removes replies that no redelivery can ask for any more; they may hold a query code."""
        self.session.execute(
            update(InboundMessage)
            .where(InboundMessage.reply.is_not(None), InboundMessage.handled_at < self.now() - REPLY_KEPT)
            .values(reply=None)
            .execution_options(synchronize_session=False)
        )

    def forget_drafts(self) -> int:
        """Removes what people told and sent and never lodged. Gives back the number of conversations emptied."""
        limit = self.now() - DRAFT_KEPT
        silent = select(Reporter.id).where(Reporter.last_spoke_at < limit)
        emptied = self.session.execute(
            update(Conversation)
            .where(Conversation.reporter_id.in_(silent), Conversation.state.is_not(None))
            .values(state=None, version=Conversation.version + 1)
            .returning(Conversation.id)
            .execution_options(synchronize_session=False)
        ).all()
        loose = self.session.scalars(
            select(Attachment.id).where(Attachment.case_id.is_(None), Attachment.received_at < limit)
        )
        self.services.attachments.forget(tuple(loose))
        return len(emptied)

    def _waits_first(self, inbound: InboundMessage) -> bool:
        earlier = select(InboundMessage.id).where(
            InboundMessage.reporter_id == inbound.reporter_id,
            InboundMessage.status == InboundStatus.STORED,
            InboundMessage.id < inbound.id,
        )
        return self.session.scalar(earlier.limit(1)) is None

    def _by_key(self, dedupe_key: str) -> Received | None:
        row = self.session.scalar(select(InboundMessage).where(InboundMessage.dedupe_key == dedupe_key))
        if row is None:
            return None
        return Received(row.id, row.reporter_id or 0, row.received_at, row.status, row.reply, None)

    def _reporter(self, openid: str) -> Reporter:
        """The reporter of an openid, with a conversation; made if new, safe against a twin process."""
        digests = current_keyring().digests(openid)
        found = self.session.scalar(select(Reporter).where(Reporter.openid_digest.in_(digests)))
        if found is not None:
            return found
        reporter = Reporter(openid=openid, openid_digest=digests[0], created_at=self.now())
        try:
            with self.session.begin_nested():
                self.session.add(reporter)
                self.session.flush()
                self.session.add(Conversation(reporter_id=reporter.id))
        except IntegrityError:
            return self.session.scalars(select(Reporter).where(Reporter.openid_digest.in_(digests))).one()
        return reporter
