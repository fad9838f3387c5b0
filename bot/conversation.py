"""Drives the dialogue: looks where the person stands, thinks, stores push and answer together, replies.

A turn thinks first and writes last: the dialogue and the classifier run before the one writing transaction is opened, so
that different people never wait for each other. Who sends several messages at once is heard in the order in which they
came to this process; a message that meets another process at work is stored first, and answered by whichever process holds
the person's turn (ADR 0007).
"""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import structlog

from bot.dialogue.context import Context
from bot.dialogue.effects import Say, say
from bot.dialogue.saving import from_json, to_json
from bot.lines import Lines
from bot.translation import note_aside, opens_window, to_event
from bot.turn import Run, Write
from bot.wechat.codec import parse
from bot.wechat.envelope import ProtocolError
from bot.wechat.inbound import Inbound, LocationReport, dedupe_key
from domain.errors import Conflict, StorageFailed
from domain.terms import InboundStatus
from services import Look, Services, Transact
from services.conversations import PendingMessage, Push, Received, SavedState, Turn
from services.suggestions import Advice

log = structlog.get_logger(__name__)

# The platform gives five seconds. Whoever waits longer for his own earlier message is answered by the outbox.
_PATIENCE_SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class _Answered:
    """What one message was answered with, and whether another of the same person waits."""

    reply: str | None
    another_waits: bool


_Save = Callable[[Services, Turn, SavedState, str | None, InboundStatus], bool]


class Conversation:
    """Answers pushes. One object serves all threads; all that it remembers of what was said is in the database."""

    def __init__(
        self,
        *,
        transact: Transact,
        look: Look,
        advise: Callable[[str], Advice],
        context: Callable[[datetime], Context],
        render: Callable[[tuple[Say, ...]], str],
        allows: Callable[[str, str], bool],
        clock: Callable[[], datetime],
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """`advise` needs no transaction; `context` builds what a step may look up at a moment; `allows` counts a try to open a case by its code."""
        self._transact = transact
        self._look = look
        self._advise = advise
        self._context = context
        self._render = render
        self._allows = allows
        self._clock = clock
        self._wait = wait
        self._lines = Lines(wait)

    def answer(self, inbound: Inbound, raw: bytes) -> str | None:
        """The reply to a push, None for none. The push is on disk before this returns. Raises StorageFailed."""
        push = Push(
            openid=inbound.openid,
            dedupe_key=dedupe_key(inbound, raw),
            msg_id=inbound.msg_id,
            msg_type=inbound.type_name,
            create_time=int(inbound.created_at.timestamp()),
            # Where a phone is nobody asked for: the push is known to have come, and nothing else of it is kept.
            raw=b"" if isinstance(inbound, LocationReport) else raw,
        )
        came = PendingMessage(None, raw, self._clock())
        give_up = time.monotonic() + _PATIENCE_SECONDS
        with self._lines.place(push.openid, give_up):
            at_once = self._answer_at_once(push, inbound, came)
            if at_once is not None:
                return at_once.reply
            with self._transact() as services:
                received = services.conversations.receive(push, opens_window=opens_window(inbound))
        if received.status is not InboundStatus.STORED:
            return received.reply
        return self._reply_in_turn(received, raw, give_up)

    def _answer_at_once(self, push: Push, inbound: Inbound, message: PendingMessage) -> "_Answered | None":
        """The usual case, in one writing transaction: nobody else is at this conversation and nothing of the person waits.

        The push, the answer and what it did are stored together or not at all. None when somebody came between, or it
        went wrong: then the push is stored first, by itself, and its turn is taken as if nothing had been tried.
        """
        with self._look() as services:
            turn = services.conversations.glance(push.openid)
        if turn is None:
            return None

        def save(services: Services, turn: Turn, state: SavedState, reply: str | None, status: InboundStatus) -> bool:
            services.conversations.store_answered(
                push, turn, received_at=message.received_at, state=state, reply=reply, status=status,
                opens_window=opens_window(inbound),
            )  # fmt: skip
            return False

        try:
            return self._converse(turn, message, inbound, save, openid=push.openid)
        except StorageFailed:
            raise
        except Conflict:
            return None
        except Exception:
            log.exception("turn_failed_at_once")
            return None

    def take_turns(self, reporter_id: int) -> None:
        """Takes the turns of messages whose process died; their replies leave by the outbox. For the worker."""
        with self._transact() as services:
            token = services.conversations.claim_turn(reporter_id)
        if token is not None:
            self._drain(reporter_id, token)

    def _reply_in_turn(self, received: Received, raw: bytes, give_up: float) -> str | None:
        """Takes the turn as soon as it is free, or waits until whoever has it has answered this message too."""
        if received.turn is not None:
            message = PendingMessage(received.inbound_id, raw, received.received_at)
            first = (received.turn, message) if received.is_next else None
            answered = self._drain(received.reporter_id, received.turn.token, first)
            if answered is not None:
                return answered.reply
        pause = 0.02
        while time.monotonic() < give_up:
            with self._look() as services:
                status, reply = services.conversations.reply_of(received.inbound_id)
            if status is not InboundStatus.STORED:
                return reply
            self._wait(pause)
            pause = min(pause * 2, 0.3)
            self.take_turns(received.reporter_id)
        with self._transact() as services:
            reply = services.conversations.leave_reply(received.inbound_id)
        if reply is None:
            log.warning("turn_not_taken", inbound_id=received.inbound_id)
        return reply

    def _drain(
        self, reporter_id: int, token: str, first: tuple[Turn, PendingMessage] | None = None
    ) -> "_Answered | None":
        """Answers everything the person sent and nobody has answered yet, oldest first, then gives the turn back.

        `first` is what `receive` found: the usual case, a single message, needs no further look. Gives back what became
        of `first`; None without it, or when the turn was lost.
        """
        of_first = None
        try:
            following = first or self._next(reporter_id, token)
            while following is not None:
                answered = self._take(*following)
                of_first = answered if following is first else of_first
                following = self._next(reporter_id, token) if answered.another_waits else None
        except Conflict:
            # The turn ran out and somebody else took it: he answers.
            log.warning("turn_lost", reporter_id=reporter_id)
        except BaseException:
            with self._transact() as services:
                services.conversations.release_turn(reporter_id, token)
            raise
        return of_first

    def _next(self, reporter_id: int, token: str) -> tuple[Turn, PendingMessage] | None:
        """The oldest message that waits; None, with the turn given back, when there is none."""
        with self._transact() as services:
            pending = services.conversations.pending(reporter_id)
            if pending:
                return services.conversations.load_turn(reporter_id, token), pending[0]
            services.conversations.release_turn(reporter_id, token)
            return None

    def _take(self, turn: Turn, message: PendingMessage) -> "_Answered":
        """One stored message.

        A fault of ours does not take the conversation with it: the state stays, the person hears of it. What cannot be
        read (any more, because the person left and it was emptied) is set aside: nobody else's messages wait behind it.
        """
        try:
            inbound = parse(message.raw)
        except ProtocolError as error:
            log.warning("stored_message_unreadable", inbound_id=message.inbound_id, reason=error.reason)
            with self._transact() as services:
                more = services.conversations.save_turn(
                    turn, cast("int", message.inbound_id), turn.state, None, InboundStatus.IGNORED
                )
            return _Answered(None, more)

        def save(services: Services, turn: Turn, state: SavedState, reply: str | None, status: InboundStatus) -> bool:
            return services.conversations.save_turn(turn, cast("int", message.inbound_id), state, reply, status)

        try:
            return self._converse(turn, message, inbound, save)
        except (Conflict, StorageFailed):
            raise
        except Exception:
            log.exception("turn_failed", inbound_id=message.inbound_id)
            with self._transact() as services:
                reply = self._render((say("trouble"),)) if inbound.shows_reply else None
                more = save(services, turn, turn.state, reply, InboundStatus.HANDLED)
            return _Answered(reply, more)

    def _converse(
        self, turn: Turn, message: PendingMessage, inbound: Inbound, save: _Save, *, openid: str = ""
    ) -> "_Answered":
        """Thinks, then writes in one transaction. `save` stores state, answer and status, and says whether more waits."""
        with ExitStack() as stack:
            write = Write(stack, self._transact, turn, openid)
            event = to_event(inbound, write)
            if event is None:
                services, turn = write(), write.turn
                more = save(services, turn, turn.state, None, InboundStatus.IGNORED)
                note_aside(inbound, turn.of, services)
                return _Answered(None, more)
            now = self._clock()
            run = Run(write, self._context(now), self._allows, self._advise)
            state = to_json(run.through(from_json(turn.state), event))
            reply = self._render(run.says) if run.says and inbound.shows_reply else None
            services, turn = write(), write.turn
            more = save(
                services, turn, state, reply, InboundStatus.WITHHELD if run.is_withheld else InboundStatus.HANDLED
            )
            if run.is_withheld:
                services.forgetting.withhold(turn.of)
            note_aside(inbound, turn.of, services)
            return _Answered(reply, more)
