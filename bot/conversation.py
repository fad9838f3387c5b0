"""Drives the dialogue: stores the push, takes the person's turn, runs effects, saves, replies.

A turn thinks first and writes last: the dialogue and the classifier run before the one writing transaction is opened, so
that different people never wait for each other.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.dialogue.context import Context
from bot.dialogue.effects import Say, say
from bot.dialogue.saving import from_json, to_json
from bot.translation import note_aside, opens_window, to_event
from bot.turn import Run, Write
from bot.wechat.codec import parse
from bot.wechat.inbound import Inbound, dedupe_key
from domain.errors import Conflict, StorageFailed
from domain.terms import InboundStatus
from services import Services
from services.conversations import PendingMessage, Push, Received, Turn
from services.suggestions import Advice

log = structlog.get_logger(__name__)

# The platform gives five seconds. Whoever waits longer for his own earlier message is answered by the outbox.
_PATIENCE_SECONDS = 4.0
_LATE_AFTER = timedelta(seconds=5)


class Transact(Protocol):
    """Opens services on one transaction of their own. Raises StorageFailed when the database cannot be used."""

    def __call__(self, *, read_only: bool = False) -> AbstractContextManager[Services]: ...


class Conversation:
    """Answers pushes. One object serves all threads; everything it remembers is in the database."""

    def __init__(
        self,
        *,
        transact: Transact,
        advise: Callable[[str], Advice],
        context: Callable[[datetime], Context],
        render: Callable[[tuple[Say, ...]], str],
        allows: Callable[[str, str], bool],
        clock: Callable[[], datetime],
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """`advise` needs no transaction; `context` builds what a step may look up at a moment; `allows` counts a try to open a case by its code."""
        self._transact = transact
        self._advise = advise
        self._context = context
        self._render = render
        self._allows = allows
        self._clock = clock
        self._wait = wait

    def answer(self, inbound: Inbound, raw: bytes) -> str | None:
        """The reply to a push, None for none. The push is on disk before this returns. Raises StorageFailed."""
        push = Push(
            openid=inbound.openid,
            dedupe_key=dedupe_key(inbound, raw),
            msg_id=inbound.msg_id,
            msg_type=inbound.type_name,
            create_time=int(inbound.created_at.timestamp()),
            raw=raw,
        )
        with self._transact() as services:
            received = services.conversations.receive(push, opens_window=opens_window(inbound))
        if received.status is not InboundStatus.STORED:
            return received.reply
        return self._reply_in_turn(received, raw)

    def take_turns(self, reporter_id: int) -> None:
        """Takes the turns of messages whose process died; their replies leave by the outbox. For the worker."""
        with self._transact() as services:
            token = services.conversations.claim_turn(reporter_id)
        if token is not None:
            self._drain(reporter_id, token)

    def _reply_in_turn(self, received: Received, raw: bytes) -> str | None:
        """Takes the turn as soon as it is free, or waits until whoever has it has answered this message too."""
        if received.turn is not None:
            message = PendingMessage(received.inbound_id, raw, received.received_at)
            first = (received.turn, message) if received.is_next else None
            self._drain(received.reporter_id, received.turn.token, first)
        give_up = time.monotonic() + _PATIENCE_SECONDS
        pause = 0.02
        while time.monotonic() < give_up:
            with self._transact(read_only=True) as services:
                status, reply = services.conversations.reply_of(received.inbound_id)
            if status is not InboundStatus.STORED:
                return reply
            self._wait(pause)
            pause = min(pause * 2, 0.3)
            self.take_turns(received.reporter_id)
        log.warning("turn_not_taken", inbound_id=received.inbound_id)
        return None

    def _drain(self, reporter_id: int, token: str, first: tuple[Turn, PendingMessage] | None = None) -> None:
        """Answers everything the person sent and nobody has answered yet, oldest first, then gives the turn back.

        `first` is what `receive` found: the usual case, a single message, needs no further look.
        """
        try:
            following = first or self._next(reporter_id, token)
            while following is not None:
                more = self._take(*following)
                following = self._next(reporter_id, token) if more else None
        except Conflict:
            # The turn ran out and somebody else took it: he answers.
            log.warning("turn_lost", reporter_id=reporter_id)
        except BaseException:
            with self._transact() as services:
                services.conversations.release_turn(reporter_id, token)
            raise

    def _next(self, reporter_id: int, token: str) -> tuple[Turn, PendingMessage] | None:
        """The oldest message that waits; None, with the turn given back, when there is none."""
        with self._transact() as services:
            pending = services.conversations.pending(reporter_id)
            if pending:
                return services.conversations.load_turn(reporter_id, token), pending[0]
            services.conversations.release_turn(reporter_id, token)
            return None

    def _take(self, turn: Turn, message: PendingMessage) -> bool:
        """One message; True if another waits.

        A fault of ours does not take the conversation with it: the state stays, the person hears of it.
        """
        inbound = parse(message.raw)
        try:
            return self._converse(turn, message, inbound)
        except (Conflict, StorageFailed):
            raise
        except Exception:
            log.exception("turn_failed", inbound_id=message.inbound_id)
            with self._transact() as services:
                reply = self._render((say("trouble"),)) if inbound.shows_reply else None
                return services.conversations.save_turn(
                    turn, message.inbound_id, turn.state, reply, InboundStatus.HANDLED
                )

    def _converse(self, turn: Turn, message: PendingMessage, inbound: Inbound) -> bool:
        with ExitStack() as stack:
            write = Write(stack, self._transact)
            event = to_event(inbound, turn.reporter_id, write)
            if event is None:
                services = write()
                more = services.conversations.save_turn(
                    turn, message.inbound_id, turn.state, None, InboundStatus.IGNORED
                )
                note_aside(inbound, turn.reporter_id, services)
                return more
            now = self._clock()
            run = Run(turn, write, self._context(now), self._allows, self._advise)
            state = run.through(from_json(turn.state), event)
            reply = self._render(run.says) if run.says and inbound.shows_reply else None
            services = write()
            status = InboundStatus.WITHHELD if run.is_withheld else InboundStatus.HANDLED
            more = services.conversations.save_turn(turn, message.inbound_id, to_json(state), reply, status)
            if run.is_withheld:
                services.conversations.withhold(turn.reporter_id)
            if reply is not None and now - message.received_at > _LATE_AFTER:
                services.notices.send_late_reply(turn.reporter_id, reply)
            note_aside(inbound, turn.reporter_id, services)
            return more
