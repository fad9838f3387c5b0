from datetime import timedelta

import pytest
from sqlalchemy import func, select

from domain.errors import Conflict
from domain.terms import AttachmentKind, InboundStatus
from models import Attachment, Case, InboundMessage, OutboxMessage, Reporter
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


def test_withholding_removes_what_was_written_and_sent_towards_the_report(talk, services):
    received = talk.receive(push(raw=b"secret"), opens_window=5)
    turn = received.turn
    talk.save_turn(turn, received.inbound_id, {}, "reply", InboundStatus.HANDLED)
    services.attachments.note_media(received.reporter_id, AttachmentKind.IMAGE, "m1")
    talk.withhold(received.reporter_id)
    services.session.expire_all()

    message = services.session.get(InboundMessage, received.inbound_id)
    assert (message.raw, message.reply, message.status) == (None, None, InboundStatus.WITHHELD)
    assert services.session.scalar(select(func.count(Attachment.id))) == 0


def test_withholding_leaves_the_messages_of_an_earlier_lodged_case(talk, services, lodge, clock):
    received = talk.receive(push(raw=b"earlier"), opens_window=5)
    turn = received.turn
    talk.save_turn(turn, received.inbound_id, {}, None, InboundStatus.HANDLED)
    clock.forward(minutes=1)
    lodge(reporter_id=received.reporter_id)
    talk.withhold(received.reporter_id)
    services.session.expire_all()

    assert services.session.get(InboundMessage, received.inbound_id).raw == b"earlier"


def test_an_unfollow_separates_the_account_from_the_case(talk, services, lodge):
    received = talk.receive(push(), opens_window=5)
    lodged = lodge(reporter_id=received.reporter_id)
    talk.separate_profile(received.reporter_id)
    services.session.expire_all()

    reporter = services.session.get(Reporter, received.reporter_id)
    assert (reporter.openid, reporter.openid_digest, reporter.is_following) == (None, None, False)
    assert services.session.scalars(select(Case)).one().reporter_id is None
    assert services.tracking.find(lodged.case_number, lodged.query_code).case_number == lodged.case_number


def test_somebody_who_follows_again_is_a_new_reporter(talk):
    received = talk.receive(push(key="a"), opens_window=5)
    talk.separate_profile(received.reporter_id)

    assert talk.receive(push(key="b"), opens_window=5).reporter_id != received.reporter_id


def test_an_unfollow_stops_what_still_waited_to_be_sent(talk, services):
    received = talk.receive(push(), opens_window=5)
    services.notices.send_late_reply(received.reporter_id, "迟到的话")
    services.session.flush()
    talk.separate_profile(received.reporter_id)
    services.session.expire_all()

    message = services.session.scalars(select(OutboxMessage)).one()
    assert (message.status, message.values) == ("failed", {})


def test_replies_are_forgotten_once_no_repeat_can_ask_for_them(talk, services, clock):
    received = talk.receive(push(), opens_window=5)
    turn = received.turn
    talk.save_turn(turn, received.inbound_id, {}, "查询码：123456789012", InboundStatus.HANDLED)
    clock.forward(hours=2)
    talk.forget_replies()

    assert talk.reply_of(received.inbound_id) == (InboundStatus.HANDLED, None)


def test_what_was_never_lodged_is_forgotten_after_a_week(talk, services, clock):
    received = talk.receive(push(), opens_window=5)
    talk.save_turn(received.turn, received.inbound_id, {"draft": "x"}, None, InboundStatus.HANDLED)
    services.attachments.note_media(received.reporter_id, AttachmentKind.IMAGE, "m1")
    clock.forward(days=6)
    assert talk.forget_drafts() == 0
    clock.forward(days=2)

    assert talk.forget_drafts() == 1
    assert services.session.scalar(select(func.count(Attachment.id))) == 0
