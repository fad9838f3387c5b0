import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from domain.errors import Conflict
from domain.terms import InboundStatus
from models import InboundMessage, OutboxMessage
from services.conversations import Push


def push(key="k1", openid="o-citizen", raw=b"<xml>1</xml>"):
    return Push(openid=openid, dedupe_key=key, msg_id="1", msg_type="text", create_time=1_700_000_000, raw=raw)


@pytest.fixture
def talk(services):
    return services.conversations


def test_a_push_is_stored_once_and_its_repeat_finds_the_reply(talk):
    first = talk.receive(push(), opens_window=5)
    turn = first.turn
    talk.save_turn(turn, first.inbound_id, {"name": "idle"}, "您好", InboundStatus.HANDLED)

    again = talk.receive(push(), opens_window=5)

    assert (again.inbound_id, again.status, again.reply) == (first.inbound_id, InboundStatus.HANDLED, "您好")


def test_the_same_message_number_of_two_people_is_two_messages(talk, services):
    talk.receive(push(key="a"), opens_window=5)
    talk.receive(push(key="b", openid="o-other"), opens_window=5)

    assert services.session.scalar(select(func.count(InboundMessage.id))) == 2


def test_only_one_process_takes_a_persons_turn(talk):
    received = talk.receive(push(), opens_window=5)

    assert received.turn is not None
    assert talk.claim_turn(received.reporter_id) is None


def test_whoever_looked_at_the_clock_before_another_took_the_turn_does_not_take_it_from_him(talk, clock):
    received = talk.receive(push(), opens_window=5)
    clock.forward(seconds=-20)

    assert talk.claim_turn(received.reporter_id) is None


def test_a_turn_taken_before_the_clock_was_set_back_is_over(talk, clock):
    received = talk.receive(push(), opens_window=5)
    clock.forward(hours=-1)

    assert talk.claim_turn(received.reporter_id) is not None


def test_two_people_have_two_turns(talk):
    one = talk.receive(push(key="a"), opens_window=5)
    other = talk.receive(push(key="b", openid="o-other"), opens_window=5)

    assert one.turn
    assert other.turn


def test_the_turn_of_a_dead_process_runs_out(talk, clock):
    received = talk.receive(push(), opens_window=5)
    clock.forward(seconds=9)

    assert talk.claim_turn(received.reporter_id) is not None


def test_who_lost_the_turn_cannot_save(talk, clock):
    received = talk.receive(push(), opens_window=5)
    turn = received.turn
    clock.forward(seconds=9)
    talk.claim_turn(received.reporter_id)

    with pytest.raises(Conflict):
        talk.save_turn(turn, received.inbound_id, {}, "x", InboundStatus.HANDLED)


def test_messages_wait_in_the_order_they_came(talk):
    first = talk.receive(push(key="a", raw=b"1"), opens_window=5)
    talk.receive(push(key="b", raw=b"2"), opens_window=5)

    assert [message.raw for message in talk.pending(first.reporter_id)] == [b"1", b"2"]


def test_a_message_that_comes_while_an_earlier_one_waits_is_not_the_next(talk, clock):
    first = talk.receive(push(key="a"), opens_window=5)
    clock.forward(seconds=9)  # its process died: the turn runs out, the message still waits
    second = talk.receive(push(key="b"), opens_window=5)

    assert (first.is_next, second.is_next, second.turn is not None) == (True, False, True)


def test_a_message_left_behind_is_found_after_a_while(talk, clock):
    received = talk.receive(push(), opens_window=5)
    clock.forward(seconds=11)

    assert talk.left_behind(timedelta(seconds=10)) == [received.reporter_id]


def test_an_answer_and_whoever_gives_up_waiting_for_it_never_miss_each_other(transact):
    told, rounds = [], 20
    for number in range(rounds):
        with transact() as services:
            received = services.conversations.receive(push(key=f"k{number}"), opens_window=5)
        together = threading.Barrier(2)

        def answer(received=received, together=together):
            together.wait()
            with transact() as services:
                services.conversations.save_turn(
                    received.turn, received.inbound_id, {}, f"answer {received.inbound_id}", InboundStatus.HANDLED
                )

        def give_up(received=received, together=together):
            together.wait()
            with transact() as services:
                return services.conversations.leave_reply(received.inbound_id)

        with ThreadPoolExecutor() as threads:
            answering, waiting = threads.submit(answer), threads.submit(give_up)
            answering.result()
            told.append(waiting.result())
    with transact(read_only=True) as services:
        told += [message.values["text"] for message in services.session.scalars(select(OutboxMessage))]

    assert sorted(filter(None, told)) == sorted(f"answer {number}" for number in range(1, rounds + 1))
