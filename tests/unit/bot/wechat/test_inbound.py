from pathlib import Path

import pytest

from bot.wechat import inbound as wx
from bot.wechat.codec import parse

FIXTURES = Path(__file__).parents[3] / "fixtures" / "wechat"
# The platform shows a passive answer to these; to a report of the phone's place it would, but nobody asked for one.
ANSWERED = {
    "text", "image", "voice", "video", "shortvideo", "location", "link", "file",
    "event.subscribe", "event.SCAN", "event.CLICK", "event.scancode_waitmsg",
}  # fmt: skip


def fixture(name: str) -> bytes:
    return (FIXTURES / f"{name}.xml").read_bytes()


@pytest.mark.parametrize("name", sorted(path.stem for path in FIXTURES.glob("*.xml")))
def test_a_reply_is_shown_where_the_platform_shows_one(name):
    inbound = parse(fixture(name))

    assert inbound.shows_reply is (inbound.type_name in ANSWERED)


def key(name: str, document_bytes: bytes | None = None) -> str:
    whole = document_bytes or fixture(name)
    return wx.dedupe_key(parse(whole), whole)


def test_a_redelivery_has_the_same_key():
    assert key("text") == key("text")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"oCitizen", b"oOther"),
        (b"1763863200", b"1763863201"),
        (b"1234567890123456", b"1234567890123457"),
        (b"gh_test", b"gh_two"),
    ],
)
def test_another_person_second_number_or_account_is_another_message(old, new):
    assert key("text") != key("text", fixture("text").replace(old, new))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("event_click", b"report", b"track"),
        ("event_click", b"CLICK", b"VIEW"),
        ("event_scan", b"TICKET", b"ANOTHER"),
        ("event_template_success", b"200163836", b"200163837"),
        ("event_template_success", b"success", b"failed: system failed"),
        ("event_subscribe_popup_one", b"accept", b"reject"),
        ("event_location", b"23.137466", b"23.137467"),
    ],
)
def test_two_events_of_one_second_are_two_events(name, old, new):
    changed = fixture(name).replace(old, new)

    assert changed != fixture(name)
    assert key(name) != key(name, changed)


def test_two_events_about_one_message_are_two_events():
    first = fixture("event_template_success").replace(b"MsgID", b"MsgId")

    assert key("", first) != key("", first.replace(b"success", b"failed:user block"))


def test_a_message_without_a_number_is_known_by_its_content():
    first = fixture("text").replace(b"<MsgId>1234567890123456</MsgId>", b"")

    assert key("", first) != key("", first.replace(b"this is", b"that was"))


def test_no_two_documented_pushes_share_a_key():
    # The documents that stand for messages carry one number on purpose: only one of each number counts.
    events = [path.stem for path in FIXTURES.glob("event_*.xml")]

    assert len({key(name) for name in events}) == len(events)


def test_a_key_tells_nothing_of_the_person():
    assert len(key("text")) == 64
    assert int(key("text"), 16) > 0
