"""Pushed messages and turns. A person's messages are taken one at a time and in order, on any number of processes."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Executable, Table, bindparam, exists, or_, select, update
from sqlalchemy import case as choose

from domain.errors import Conflict
from domain.terms import InboundStatus, OutboxStatus
from models import Conversation, InboundMessage, OutboxMessage, Reporter
from models.base import UtcDateTime
from models.sealing import Damaged, current_keyring, forgiving
from services.base import INSERTS, Service
from services.leases import is_over, latest_end

SavedState = dict[str, Any] | None

# Longer than any turn takes; after a crash the person's next message waits at most this long.
TURN_LEASE = timedelta(seconds=8)
# The platform waits so long. A reply that is later than this leaves by the outbox.
LATE_AFTER = timedelta(seconds=5)


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
    """A push whose turn has not been taken; `inbound_id` None when it is not stored yet."""

    inbound_id: int | None
    raw: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """What taking a turn needs: the state as it was saved, and the version it must still have when it is saved again.

    With an empty `token` nobody was kept out: it is saved only if nobody came between. `reporter_id` is None for
    somebody who never wrote before; `welcome` gives one.
    """

    token: str
    state: SavedState
    version: int
    reporter_id: int | None
    scene_code: str | None

    @property
    def of(self) -> int:
        """Whose turn it is, once that is known."""
        return cast("int", self.reporter_id)


_INBOUND = cast("Table", InboundMessage.__table__)
_REPORTER = cast("Table", Reporter.__table__)
_CONVERSATION = cast("Table", Conversation.__table__)
_OUTBOX = cast("Table", OutboxMessage.__table__)

# The statements of every single message, built once and below the object mapper: they are what a message costs
# (docs/performance.md).
_BY_OPENID = select(_REPORTER.c.id, _REPORTER.c.scene_code).where(
    _REPORTER.c.openid_digest.in_(bindparam("digests", expanding=True))
)
_EARLIER = (
    select(_INBOUND.c.id)
    .where(
        _INBOUND.c.reporter_id == bindparam("reporter_id"),
        _INBOUND.c.status == InboundStatus.STORED,
        _INBOUND.c.id < bindparam("inbound_id"),
    )
    .limit(1)
)
_ANY_WAITS = exists(
    select(_INBOUND.c.id).where(
        _INBOUND.c.reporter_id == _CONVERSATION.c.reporter_id, _INBOUND.c.status == InboundStatus.STORED
    )
)
_STATE = forgiving(_CONVERSATION.c.state)
# Where a person's conversation stands, whether somebody has the turn, and whether something of the person waits.
_GLANCE = (
    select(
        _REPORTER.c.id,
        _REPORTER.c.scene_code,
        _STATE,
        _CONVERSATION.c.version,
        or_(_CONVERSATION.c.turn_token.is_not(None), _ANY_WAITS).label("is_busy"),
    )
    .join(_CONVERSATION, _CONVERSATION.c.reporter_id == _REPORTER.c.id)
    .where(_REPORTER.c.openid_digest.in_(bindparam("digests", expanding=True)))
)
# The platform lets us write to a person for a while after each message of his. Whether something waited for that.
_OPENS_WINDOW = {"last_spoke_at": bindparam("now", type_=UtcDateTime), "messages_left": bindparam("left")}
_HAS_PARKED = exists(
    select(_OUTBOX.c.id).where(
        _OUTBOX.c.reporter_id == _CONVERSATION.c.reporter_id, _OUTBOX.c.status == OutboxStatus.PARKED
    )
).label("has_parked")
_OPEN_WINDOW = (
    _CONVERSATION.update()
    .where(_CONVERSATION.c.reporter_id == bindparam("of"))
    .values(_OPENS_WINDOW)
    .returning(_HAS_PARKED)
)
_SAVE_AT_ONCE = (
    _CONVERSATION.update()
    .where(
        _CONVERSATION.c.reporter_id == bindparam("of"),
        _CONVERSATION.c.version == bindparam("known"),
        _CONVERSATION.c.turn_token.is_(None),
        ~_ANY_WAITS,
    )
    .values(state=bindparam("next_state"), version=bindparam("next_version"))
    .returning(_HAS_PARKED)
)
_SAVE_AT_ONCE_AND_OPEN_WINDOW = _SAVE_AT_ONCE.values(_OPENS_WINDOW)
# A row that is there already, whoever put it there and on which host, stays: then no id comes back.
_STORE_ONCE = {
    engine: insert(_INBOUND).on_conflict_do_nothing(index_elements=[_INBOUND.c.dedupe_key]).returning(_INBOUND.c.id)
    for engine, insert in INSERTS.items()
}
_WELCOME = {
    engine: insert(_REPORTER)
    .on_conflict_do_nothing(index_elements=[_REPORTER.c.openid_digest])
    .returning(_REPORTER.c.id)
    for engine, insert in INSERTS.items()
}
_FIRST_STATE = _CONVERSATION.insert()
_TAKE_TURN = (
    _CONVERSATION.update()
    .where(
        _CONVERSATION.c.reporter_id == bindparam("of"),
        is_over(
            _CONVERSATION.c.turn_expires_at,
            bindparam("now", type_=UtcDateTime),
            bindparam("never_later", type_=UtcDateTime),
        ),
    )
    .values(turn_token=bindparam("token"), turn_expires_at=bindparam("lease_end", type_=UtcDateTime))
    .returning(_STATE, _CONVERSATION.c.version)
)
_ANOTHER_WAITS = exists(
    select(_INBOUND.c.id).where(
        _INBOUND.c.reporter_id == bindparam("of"),
        _INBOUND.c.status == InboundStatus.STORED,
        _INBOUND.c.id != bindparam("inbound_id"),
    )
)
_SAVE_TURN = (
    _CONVERSATION.update()
    .where(
        _CONVERSATION.c.reporter_id == bindparam("of"),
        _CONVERSATION.c.turn_token == bindparam("held"),
        _CONVERSATION.c.version == bindparam("known"),
    )
    .values(
        state=bindparam("next_state"),
        version=bindparam("next_version"),
        turn_token=choose((_ANOTHER_WAITS, _CONVERSATION.c.turn_token), else_=None),
        turn_expires_at=choose((_ANOTHER_WAITS, _CONVERSATION.c.turn_expires_at), else_=None),
    )
    .returning(_CONVERSATION.c.turn_token)
)


_KEEP_ANSWER = (
    _INBOUND.update()
    .where(_INBOUND.c.id == bindparam("answered"))
    .values(reply=bindparam("with"), status=bindparam("as"), handled_at=bindparam("now", type_=UtcDateTime))
    .returning(_INBOUND.c.received_at, _INBOUND.c.is_left_to_outbox)
)
_LEAVE_TO_OUTBOX = (
    _INBOUND.update()
    .where(_INBOUND.c.id == bindparam("waited_for"), _INBOUND.c.status == InboundStatus.STORED)
    .values(is_left_to_outbox=True)
)


def _known(state: SavedState | Damaged) -> SavedState:
    """The state; of one that cannot be opened, that it was lost, which the dialogue tells."""
    return {"was_lost": True} if isinstance(state, Damaged) else state


class Conversations(Service):
    """Stores pushes once, hands out turns, saves states."""

    def receive(self, push: Push, *, opens_window: int) -> Received:
        """Stores the push, or finds that it is there already; takes the person's turn if it is free.

        `opens_window` is the number of customer-service messages the platform allows after it (0: none).
        """
        now = self.now()
        reporter_id, scene_code = self._reporter_of(push.openid)
        inbound_id = self._store_once(push, reporter_id, now, status=InboundStatus.STORED, raw=push.raw)
        if inbound_id is None:
            return self._by_key(push.dedupe_key)
        self._open_window(reporter_id, now, opens_window)
        turn = self._take_turn(reporter_id, scene_code)
        earlier = self._run(_EARLIER, {"reporter_id": reporter_id, "inbound_id": inbound_id}).first()
        return Received(inbound_id, reporter_id, now, InboundStatus.STORED, None, turn, earlier is None)

    def glance(self, openid: str) -> Turn | None:
        """Where the person's conversation stands; None when somebody has the turn or something of the person waits."""
        row = self._run(_GLANCE, {"digests": current_keyring().digests(openid)}).first()
        if row is None:
            return Turn("", None, 0, None, None)
        return None if row.is_busy else Turn("", _known(row.state), row.version, row.id, row.scene_code)

    def welcome(self, openid: str) -> Turn:
        """The turn of somebody who never wrote before, who is known from now on. Raises Conflict if he is by now."""
        reporter_id = self._new_reporter(openid)
        if reporter_id is None:
            raise Conflict("reporter")
        return Turn("", None, 0, reporter_id, None)

    def store_answered(
        self,
        push: Push,
        turn: Turn,
        *,
        received_at: datetime,
        state: SavedState,
        reply: str | None,
        status: InboundStatus,
        opens_window: int,
    ) -> None:
        """Stores a push together with its answer and the new state, after a `glance`.

        Raises Conflict when the push is there already or somebody came between: then nothing of this may stay.
        """
        raw = None if status is InboundStatus.WITHHELD else push.raw
        answered = {"reply": reply, "status": status, "handled_at": self.now(), "raw": raw}
        if self._store_once(push, turn.of, received_at, **answered) is None:
            raise Conflict("push")
        saving = {"of": turn.of, "known": turn.version, "next_state": state, "next_version": turn.version + 1}
        if opens_window:
            opening = {"now": received_at, "left": opens_window}
            saved = self._run(_SAVE_AT_ONCE_AND_OPEN_WINDOW, saving | opening).first()
        else:
            saved = self._run(_SAVE_AT_ONCE, saving).first()
        if saved is None:
            raise Conflict("turn")
        if opens_window and saved.has_parked:
            self.services.notices.unpark(turn.of)
        self._send_if_late(turn, reply, received_at)

    def _run(self, statement: Executable, values: Mapping[str, Any]) -> CursorResult[Any]:
        return self.connection.execute(statement, values)

    def _open_window(self, reporter_id: int, now: datetime, messages: int) -> None:
        if messages and self._run(_OPEN_WINDOW, {"of": reporter_id, "now": now, "left": messages}).one().has_parked:
            self.services.notices.unpark(reporter_id)

    def claim_turn(self, reporter_id: int) -> str | None:
        """Takes the person's turn if nobody has it (or whoever had it died). None if it is taken."""
        turn = self._take_turn(reporter_id, None)
        return turn.token if turn else None

    def _take_turn(self, reporter_id: int, scene_code: str | None) -> Turn | None:
        now, token = self.now(), secrets.token_hex(8)
        ends = {"lease_end": now + TURN_LEASE, "never_later": latest_end(now, TURN_LEASE)}
        values = {"of": reporter_id, "now": now, "token": token, **ends}
        row = self._run(_TAKE_TURN, values).first()
        return Turn(token, _known(row.state), row.version, reporter_id, scene_code) if row else None

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
            select(_STATE, Conversation.version, Reporter.scene_code)
            .join(Reporter, Reporter.id == Conversation.reporter_id)
            .where(Conversation.reporter_id == reporter_id, Conversation.turn_token == token)
        ).first()
        if row is None:
            raise Conflict("turn")
        return Turn(token, _known(row.state), row.version, reporter_id, row.scene_code)

    def pending(self, reporter_id: int) -> list[PendingMessage]:
        """The person's messages whose turn has not been taken, oldest first."""
        rows = self.session.execute(
            select(InboundMessage.id, forgiving(InboundMessage.raw), InboundMessage.received_at)
            .where(InboundMessage.reporter_id == reporter_id, InboundMessage.status == InboundStatus.STORED)
            .order_by(InboundMessage.id)
        )
        # What cannot be opened is as empty as what was emptied: it is set aside like all that is no document.
        return [
            PendingMessage(row.id, b"" if row.raw is Damaged.VALUE else row.raw or b"", row.received_at) for row in rows
        ]

    def save_turn(
        self, turn: Turn, inbound_id: int, state: SavedState, reply: str | None, status: InboundStatus
    ) -> bool:
        """Saves the new state and the answer together, and gives the turn back if nothing else waits. True if something does.

        A reply that nobody waits for any more goes into the outbox. Raises Conflict when somebody else took the turn meanwhile.
        """
        saved = self._run(
            _SAVE_TURN,
            {
                "of": turn.of, "held": turn.token, "known": turn.version, "inbound_id": inbound_id,
                "next_state": state, "next_version": turn.version + 1,
            },
        ).first()  # fmt: skip
        if saved is None:
            raise Conflict("turn")
        answer = {"answered": inbound_id, "with": reply, "as": status, "now": self.now()}
        answered = self._run(_KEEP_ANSWER, answer).one()
        self._send_if_late(turn, reply, answered.received_at, is_left=answered.is_left_to_outbox)
        if status is InboundStatus.WITHHELD:
            self._run(_INBOUND.update().where(_INBOUND.c.id == inbound_id), {"raw": None})
        return saved.turn_token is not None

    def reply_of(self, inbound_id: int) -> tuple[InboundStatus, str | None]:
        """Status and reply of a stored push, to wait for another process that takes the turn."""
        inbound = self.session.get_one(InboundMessage, inbound_id, populate_existing=True)
        return inbound.status, inbound.reply

    def leave_reply(self, inbound_id: int) -> str | None:
        """The reply of a push, if it is there by now. Else None, and whoever answers the push puts the reply into the outbox.

        Either the answer finds the mark or the mark finds the answer: both change the same row.
        """
        if self._run(_LEAVE_TO_OUTBOX, {"waited_for": inbound_id}).rowcount:
            return None
        return self.reply_of(inbound_id)[1]

    def _send_if_late(self, turn: Turn, reply: str | None, received_at: datetime, *, is_left: bool = False) -> None:
        if reply is not None and (is_left or self.now() - received_at > LATE_AFTER):
            self.services.notices.send_late_reply(turn.of, reply)

    def note_scene(self, reporter_id: int, scene_code: str | None) -> None:
        """Remembers the card or box that was scanned last."""
        if scene_code:
            self.session.get_one(Reporter, reporter_id).scene_code = scene_code

    def left_behind(self, older_than: timedelta) -> list[int]:
        """Reporters with a stored message that nobody took: its process died. The worker takes their turn."""
        # Nothing about the reporters is asked here: it would be read off the index of all their messages.
        left = self.session.scalars(
            select(InboundMessage.reporter_id).where(
                InboundMessage.handled_at.is_(None),  # the condition of the index
                InboundMessage.status == InboundStatus.STORED,
                InboundMessage.received_at < self.now() - older_than,
            )
        )
        return sorted({reporter_id for reporter_id in left if reporter_id is not None})

    def _store_once(self, push: Push, reporter_id: int, now: datetime, **values: Any) -> int | None:
        """The id of the new row; None when the push is there already."""
        values |= {
            "reporter_id": reporter_id,
            "dedupe_key": push.dedupe_key,
            "msg_id": push.msg_id,
            "msg_type": push.msg_type,
            "create_time": push.create_time,
            "received_at": now,
        }
        stored: int | None = self._run(_STORE_ONCE[self._engine], values).scalar()
        return stored

    @property
    def _engine(self) -> str:
        return self.connection.dialect.name

    def _by_key(self, dedupe_key: str) -> Received:
        row = self.session.scalars(select(InboundMessage).where(InboundMessage.dedupe_key == dedupe_key)).one()
        return Received(row.id, row.reporter_id or 0, row.received_at, row.status, row.reply, None)

    def _reporter_of(self, openid: str) -> tuple[int, str | None]:
        """Id and scene of whoever writes. The row itself is not loaded: it holds the sealed openid."""
        digests = current_keyring().digests(openid)
        known = self._run(_BY_OPENID, {"digests": digests}).first()
        if known is not None:
            return known.id, known.scene_code
        made = self._new_reporter(openid)
        if made is not None:
            return made, None
        # A twin process was first.
        known = self._run(_BY_OPENID, {"digests": digests}).one()
        return known.id, known.scene_code

    def _new_reporter(self, openid: str) -> int | None:
        """Id of a new reporter with a conversation; None when there is one by now."""
        values = {
            "openid": openid,
            "openid_digest": current_keyring().digests(openid)[0],
            "created_at": self.now(),
        }
        made: int | None = self._run(_WELCOME[self._engine], values).scalar()
        if made is not None:
            self._run(_FIRST_STATE, {"reporter_id": made, "version": 0, "messages_left": 0})
        return made
