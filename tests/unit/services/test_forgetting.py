import pytest
from sqlalchemy import func, select

from domain.terms import AttachmentKind, InboundStatus
from models import Attachment, Case, Conversation, InboundMessage, OutboxMessage, Reporter
from services.conversations import Push


def push(key="k1", openid="o-citizen", raw=b"<xml>1</xml>"):
    return Push(openid=openid, dedupe_key=key, msg_id="1", msg_type="text", create_time=1_700_000_000, raw=raw)


@pytest.fixture
def talk(services):
    return services.conversations


@pytest.fixture
def forgetting(services):
    return services.forgetting


def test_withholding_removes_what_was_written_and_sent_towards_the_report(talk, forgetting, services):
    received = talk.receive(push(raw=b"secret"), opens_window=5)
    turn = received.turn
    talk.save_turn(turn, received.inbound_id, {}, "reply", InboundStatus.HANDLED)
    services.attachments.note_media(received.reporter_id, AttachmentKind.IMAGE, "m1")
    forgetting.withhold(received.reporter_id)
    services.session.expire_all()

    message = services.session.get(InboundMessage, received.inbound_id)
    assert (message.raw, message.reply, message.status) == (None, None, InboundStatus.WITHHELD)
    assert services.session.scalar(select(func.count(Attachment.id))) == 0


def test_withholding_leaves_the_messages_of_an_earlier_lodged_case(talk, forgetting, services, lodge, clock):
    received = talk.receive(push(raw=b"earlier"), opens_window=5)
    turn = received.turn
    talk.save_turn(turn, received.inbound_id, {}, None, InboundStatus.HANDLED)
    clock.forward(minutes=1)
    lodge(reporter_id=received.reporter_id)
    forgetting.withhold(received.reporter_id)
    services.session.expire_all()

    assert services.session.get(InboundMessage, received.inbound_id).raw == b"earlier"


def test_an_unfollow_separates_the_account_from_the_case(talk, forgetting, services, lodge):
    received = talk.receive(push(), opens_window=5)
    lodged = lodge(reporter_id=received.reporter_id)
    forgetting.separate_profile(received.reporter_id)
    services.session.expire_all()

    reporter = services.session.get(Reporter, received.reporter_id)
    assert (reporter.openid, reporter.openid_digest) == (None, None)
    assert services.session.scalars(select(Case)).one().reporter_id is None
    assert services.tracking.find(lodged.case_number, lodged.query_code).case_number == lodged.case_number


def test_who_leaves_in_the_middle_of_telling_takes_it_with_him(talk, forgetting, services):
    received = talk.receive(push(), opens_window=5)
    talk.save_turn(received.turn, received.inbound_id, {"draft": "x"}, None, InboundStatus.HANDLED)
    forgetting.separate_profile(received.reporter_id)
    services.session.expire_all()

    assert services.session.scalars(select(Conversation)).one().state is None


def test_somebody_who_follows_again_is_a_new_reporter(talk, forgetting):
    received = talk.receive(push(key="a"), opens_window=5)
    forgetting.separate_profile(received.reporter_id)

    assert talk.receive(push(key="b"), opens_window=5).reporter_id != received.reporter_id


def test_an_unfollow_stops_what_still_waited_to_be_sent(talk, forgetting, services):
    received = talk.receive(push(), opens_window=5)
    services.notices.send_late_reply(received.reporter_id, "迟到的话")
    services.session.flush()
    forgetting.separate_profile(received.reporter_id)
    services.session.expire_all()

    message = services.session.scalars(select(OutboxMessage)).one()
    assert (message.status, message.values) == ("failed", {})


def test_replies_are_forgotten_once_no_repeat_can_ask_for_them(talk, forgetting, services, clock):
    received = talk.receive(push(), opens_window=5)
    turn = received.turn
    talk.save_turn(turn, received.inbound_id, {}, "查询码：123456789012", InboundStatus.HANDLED)
    clock.forward(hours=2)
    forgetting.drop_replies()

    assert talk.reply_of(received.inbound_id) == (InboundStatus.HANDLED, None)


def test_what_was_never_lodged_is_forgotten_after_a_week(talk, forgetting, services, clock):
    received = talk.receive(push(), opens_window=5)
    talk.save_turn(received.turn, received.inbound_id, {"draft": "x"}, None, InboundStatus.HANDLED)
    services.attachments.note_media(received.reporter_id, AttachmentKind.IMAGE, "m1")
    clock.forward(days=6)
    assert forgetting.drop_drafts() == 0
    clock.forward(days=2)

    assert forgetting.drop_drafts() == 1
    assert services.session.scalar(select(func.count(Attachment.id))) == 0


def test_the_files_of_somebody_who_goes_on_telling_wait_for_him(talk, forgetting, services, clock):
    received = talk.receive(push(), opens_window=5)
    services.attachments.note_media(received.reporter_id, AttachmentKind.IMAGE, "m1")
    for day in range(4):
        clock.forward(days=2)
        talk.receive(push(key=f"day {day}"), opens_window=5)
    forgetting.drop_drafts()
    assert services.session.scalar(select(func.count(Attachment.id))) == 1

    clock.forward(days=23)
    talk.receive(push(key="much later"), opens_window=5)
    forgetting.drop_drafts()

    assert services.session.scalar(select(func.count(Attachment.id))) == 0
