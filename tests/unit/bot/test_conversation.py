"""The driver with real storage and a scripted classifier: order, patience, faults."""

import re
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace

import pytest
from sqlalchemy import select, text

from app.database import make_session_factory, transaction
from app.reference import WORDS
from app.settings import PROJECT
from bot.conversation import Conversation
from bot.wechat.codec import parse
from bot.words import load_words
from domain.errors import StorageFailed
from domain.terms import InboundStatus
from models import InboundMessage, OutboxMessage
from services import Services
from services.conversations import Push
from services.suggestions import Suggestions

FIXTURES = PROJECT / "tests" / "fixtures" / "wechat"
WORDS_OF_THE_BOT = load_words(WORDS)


def document(openid: str, content: str, number: int = 1) -> bytes:
    return (
        f"<xml><ToUserName>gh_1</ToUserName><FromUserName>{openid}</FromUserName><CreateTime>{number}</CreateTime>"
        f"<MsgType>text</MsgType><Content><![CDATA[{content}]]></Content><MsgId>{number}</MsgId></xml>"
    ).encode()


class Desk:
    """A conversation on a database of its own."""

    def __init__(self, engine, parts, clock):
        self._factory = make_session_factory(engine)
        self.parts = parts
        self.clock = clock
        self.advise = Suggestions(parts).advise
        self.is_broken = False
        self.wait = time.sleep
        self.conversation = self.a_process()

    def a_process(self):
        """A process's own object; what all of them remember together is in the database."""
        return Conversation(
            transact=self.transact,
            look=partial(self.transact, read_only=True),
            advise=self.think,
            context=lambda now: WORDS_OF_THE_BOT.context(
                now=now,
                taxonomy=self.parts.taxonomy,
                directory=self.parts.directory,
                report_url="https://example.invalid/report",
            ),
            render=WORDS_OF_THE_BOT.reply,
            allows=lambda name, who: True,
            clock=self.clock,
            wait=self.pass_time,
        )

    def think(self, text):
        return self.advise(text)

    def pass_time(self, seconds):
        self.wait(seconds)

    @contextmanager
    def transact(self, *, read_only=False):
        if self.is_broken:
            raise StorageFailed("disk")
        with transaction(self._factory, read_only=read_only) as session:
            yield Services(session, self.parts)

    def says(self, content: str, openid: str = "o1", number: int = 1, to: Conversation | None = None) -> str | None:
        raw = document(openid, content, number)
        return (to or self.conversation).answer(parse(raw), raw)

    def statuses(self) -> list[InboundStatus]:
        with self.transact() as services:
            return list(services.session.scalars(select(InboundMessage.status).order_by(InboundMessage.id)))

    def inbound(self) -> list[InboundMessage]:
        with self.transact() as services:
            return list(services.session.scalars(select(InboundMessage).order_by(InboundMessage.id)))


@pytest.fixture
def desk(engine, parts, clock):
    return Desk(engine, parts, clock)


STORY = "市监局的所长来店里检查，走的时候拿了两条烟没给钱。"


def test_a_repeat_gets_the_same_answer_without_a_second_turn(desk):
    first = desk.says(STORY)

    assert first
    assert desk.says(STORY) == first
    assert len(desk.inbound()) == 1


def test_where_a_phone_is_leaves_no_trace(desk):
    raw = (FIXTURES / "event_location.xml").read_bytes()

    assert desk.conversation.answer(parse(raw), raw) is None
    [kept] = desk.inbound()
    assert (kept.msg_type, kept.raw) == ("event.LOCATION", b"")


def test_another_person_does_not_wait_for_a_slow_thought(desk):
    thinking, go_on = threading.Event(), threading.Event()
    quick = desk.advise

    def slow(text):
        if "慢" in text:
            thinking.set()
            assert go_on.wait(timeout=20)
        return quick(text)

    desk.advise = slow
    replies = []
    waiting = threading.Thread(target=lambda: replies.append(desk.says(STORY + "慢", "o-slow")))
    waiting.start()
    assert thinking.wait(timeout=20)
    other = desk.says(STORY, "o-quick")
    still_thinking = waiting.is_alive()
    go_on.set()
    waiting.join(timeout=20)

    assert other
    assert still_thinking
    assert replies[0]


def test_who_sends_a_second_message_while_the_first_is_thought_about_is_answered_in_that_order(desk):
    thinking, second_is_here = threading.Event(), threading.Event()
    quick = desk.advise

    def slow(text):
        thinking.set()
        assert second_is_here.wait(timeout=20)
        return quick(text)

    def wait(seconds):
        second_is_here.set()
        time.sleep(seconds)

    def say_second():
        replies[2] = desk.says("1", number=2)
        second_is_here.set()

    desk.advise, desk.wait, replies = slow, wait, {}
    first = threading.Thread(target=lambda: replies.update({1: desk.says(STORY, number=1)}))
    first.start()
    assert thinking.wait(timeout=20)
    second = threading.Thread(target=say_second)
    second.start()
    first.join(timeout=20)
    second.join(timeout=20)

    assert [message.msg_id for message in desk.inbound()] == ["1", "2"]
    desk.advise = quick
    one_after_the_other = {1: desk.says(STORY, "o2", number=3), 2: desk.says("1", "o2", number=4)}
    assert replies == one_after_the_other


def test_a_message_that_a_dead_process_left_is_answered_before_the_next_one(desk, clock):
    raw = document("o1", STORY, 1)
    with desk.transact() as services:  # stored, turn taken, and then the process died
        services.conversations.receive(Push("o1", "left", "1", "text", 1, raw), opens_window=5)
    clock.forward(seconds=9)
    desk.says("1", number=2)

    assert [m.status for m in desk.inbound()] == ["handled", "handled"]
    with desk.transact() as services:
        late = services.session.scalars(select(OutboxMessage)).one()
    assert late.kind == "late_reply"


@pytest.fixture
def another_process_is_at_it(desk):
    """It has stored the person's first message, and its turn; gives what it received."""
    with desk.transact() as services:
        push = Push("o1", "first", "1", "text", 1, document("o1", STORY, 1))
        return services.conversations.receive(push, opens_window=5)


def left_to_the_outbox(desk) -> list[str]:
    with desk.transact() as services:
        return [message.values["text"] for message in services.session.scalars(select(OutboxMessage))]


def test_a_reply_that_was_waited_for_in_vain_leaves_by_the_outbox_however_soon_it_is_found(
    desk, another_process_is_at_it, monkeypatch
):
    first = another_process_is_at_it
    monkeypatch.setattr("bot.conversation._PATIENCE_SECONDS", 0)
    given = desk.says("1", number=2)
    with desk.transact() as services:
        services.conversations.release_turn(first.reporter_id, first.turn.token)
    desk.conversation.take_turns(first.reporter_id)

    assert given is None
    assert left_to_the_outbox(desk) == [desk.inbound()[1].reply]


def test_a_reply_that_is_found_in_the_last_moment_of_waiting_is_given(desk, another_process_is_at_it, monkeypatch):
    first = another_process_is_at_it
    moments = [0.0]
    monkeypatch.setattr("bot.conversation.time", SimpleNamespace(monotonic=lambda: moments[-1]))

    def wait(seconds):
        with desk.transact() as services:
            services.conversations.release_turn(first.reporter_id, first.turn.token)
        moments.append(60.0)

    desk.wait = wait
    given = desk.says("1", number=2)

    assert given == desk.inbound()[1].reply
    assert given
    assert left_to_the_outbox(desk) == []


def test_a_thought_that_took_longer_than_the_platform_waits_is_told_by_the_outbox_too(desk, clock):
    quick = desk.advise

    def slow(text):
        clock.forward(seconds=6)
        return quick(text)

    desk.advise = slow
    reply = desk.says(STORY)

    assert left_to_the_outbox(desk) == [reply]


def test_the_worker_takes_what_was_left_behind(desk, clock):
    with desk.transact() as services:
        received = services.conversations.receive(
            Push("o1", "left", "1", "text", 1, document("o1", STORY, 1)), opens_window=5
        )
    clock.forward(seconds=11)
    desk.conversation.take_turns(received.reporter_id)

    assert [m.status for m in desk.inbound()] == ["handled"]


@pytest.mark.parametrize("emptied", [b"<xml/>", None], ids=["no document", "emptied"])
def test_a_stored_message_that_cannot_be_read_is_set_aside_and_the_next_one_is_answered(desk, clock, emptied):
    with desk.transact() as services:
        for key, raw in (("bad", b"<xml/>"), ("good", document("o1", STORY, 2))):
            received = services.conversations.receive(Push("o1", key, key, "text", 1, raw), opens_window=5)
        services.session.scalars(select(InboundMessage)).first().raw = emptied
    clock.forward(seconds=31)
    desk.conversation.take_turns(received.reporter_id)

    assert [m.status for m in desk.inbound()] == ["ignored", "handled"]
    assert desk.inbound()[1].reply


def test_what_is_kept_of_a_conversation_and_cannot_be_opened_is_told_as_lost(desk):
    desk.says(STORY)
    with desk.transact() as services:
        services.session.execute(text("UPDATE conversation SET state = :bytes"), {"bytes": b"no seal of ours"})

    assert desk.says("是哪一天？", number=2).startswith(WORDS_OF_THE_BOT.render("forgotten", {}))


def test_a_stored_message_that_cannot_be_opened_is_set_aside_and_the_next_one_is_answered(desk, clock):
    raw = document("o1", STORY, 1)
    with desk.transact() as services:
        push = Push("o1", "lost", "1", "text", 1, raw)
        lost = services.conversations.receive(push, opens_window=5)
        services.session.execute(text("UPDATE inbound_message SET raw = :bytes"), {"bytes": b"no seal of ours"})
        services.conversations.release_turn(lost.reporter_id, lost.turn.token)
    clock.forward(minutes=1)

    assert desk.says(STORY, number=2)
    assert desk.statuses() == [InboundStatus.IGNORED, InboundStatus.HANDLED]


def test_a_fault_of_ours_is_told_and_the_conversation_stays_where_it_was(desk):
    quick = desk.advise

    def broken(text):
        raise RuntimeError("a bug")

    desk.advise = broken
    trouble = desk.says(STORY, number=1)
    desk.advise = quick
    again = desk.says(STORY, number=2)

    assert "出了点问题" in trouble or "没有办成" in trouble
    assert "1." in again


def test_the_first_message_of_a_stranger_is_one_writing_transaction(desk):
    opened = []
    transact = desk.transact

    def counted(*, read_only=False):
        opened.append(read_only)
        return transact(read_only=read_only)

    desk.conversation._transact = counted
    desk.says(STORY)

    assert opened == [False]


def test_a_stranger_whose_two_first_messages_meet_at_two_processes_is_known_once_and_both_are_answered(desk):
    quick, other = desk.advise, desk.a_process()

    def overtaken(text):
        desk.advise = quick
        replies.append(desk.says("帮助", "o-new", number=2, to=other))
        return quick(text)

    replies = []
    desk.advise = overtaken
    replies.append(desk.says(STORY, "o-new", number=1))

    assert all(replies)
    assert [m.status for m in desk.inbound()] == ["handled", "handled"]
    assert len({m.reporter_id for m in desk.inbound()}) == 1


def test_when_nothing_can_be_stored_the_failure_is_passed_on(desk):
    desk.is_broken = True

    with pytest.raises(StorageFailed):
        desk.says(STORY)


def test_a_silent_event_is_stored_and_answered_with_nothing(desk):
    raw = document("o1", "").replace(b"<MsgType>text</MsgType>", b"<MsgType>event</MsgType><Event>VIEW</Event>")

    assert desk.conversation.answer(parse(raw), raw) is None
    assert [m.status for m in desk.inbound()] == ["ignored"]


def test_a_delivery_report_finds_its_message(desk):
    with desk.transact() as services:
        reporter = services.conversations.receive(Push("o1", "k", "9", "text", 1, b"<xml/>"), opens_window=5)
        services.notices.send_late_reply(reporter.reporter_id, "x")
        services.session.flush()
        services.session.scalars(select(OutboxMessage)).one().platform_msg_id = "777"
        services.conversations.release_turn(reporter.reporter_id, reporter.turn.token)
        services.session.get(InboundMessage, reporter.inbound_id).status = "handled"
    raw = document("o1", "").replace(
        b"<MsgType>text</MsgType>",
        b"<MsgType>event</MsgType><Event>TEMPLATESENDJOBFINISH</Event><MsgID>777</MsgID><Status>success</Status>",
    )
    desk.conversation.answer(parse(raw), raw)

    with desk.transact() as services:
        assert services.session.scalars(select(OutboxMessage)).one().delivery == "success"


def test_the_moment_of_a_push_is_the_platforms():
    assert parse(document("o1", "x", 5)).created_at == datetime(1970, 1, 1, 0, 0, 5, tzinfo=UTC)


def lodged(desk) -> str:
    """The answer that tells number and code, which the person never sees."""
    reply, number = desk.says(STORY), 1
    while "受理编号：" not in reply and number < 12:
        number += 1
        reply = desk.says("提交", number=number)
    return reply


def told(reply: str) -> tuple[str, ...]:
    return tuple(re.findall(r"(?:受理编号|查询码)：(\S+)", reply))


def test_who_never_received_the_code_is_given_one_that_opens_the_case(desk):
    case_number, lost = told(lodged(desk))
    offer, renewed = desk.says("提交", number=21), desk.says("查询码", number=22)

    assert "回复“查询码”" in offer
    number, code = told(renewed)
    assert number == case_number
    assert code != lost
    with desk.transact() as services:
        assert services.tracking.find(number, code).case_number == number


def test_somebody_else_is_given_no_code(desk):
    lodged(desk)

    assert told(desk.says("查询码", openid="o2", number=21)) == ()
