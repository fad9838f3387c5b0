from collections.abc import Callable

import pytest
from defusedxml.ElementTree import fromstring

from simulator import documents
from simulator.documents import Author, Push

AUTHOR = Author("o1", "gh_demo", 1_795_000_000)

EXPECTED: list[tuple[Callable[[], Push], dict[str, str]]] = [
    (lambda: documents.text(AUTHOR, "您好"), {"MsgType": "text", "Content": "您好"}),
    (
        lambda: documents.image(AUTHOR, "m1", "http://p/1"),
        {"MsgType": "image", "PicUrl": "http://p/1", "MediaId": "m1"},
    ),
    (
        lambda: documents.voice(AUTHOR, "m1", None),
        {"MsgType": "voice", "MediaId": "m1", "Format": "amr", "MediaId16K": "m1"},
    ),
    (
        lambda: documents.voice(AUTHOR, "m1", "两万块"),
        {"MsgType": "voice", "MediaId": "m1", "Format": "amr", "MediaId16K": "m1", "Recognition": "两万块"},
    ),
    (
        lambda: documents.voice(AUTHOR, "m1", ""),
        {"MsgType": "voice", "MediaId": "m1", "Format": "amr", "MediaId16K": "m1", "Recognition": ""},
    ),
    (lambda: documents.video(AUTHOR, "m1", "t1"), {"MsgType": "video", "MediaId": "m1", "ThumbMediaId": "t1"}),
    (
        lambda: documents.location(AUTHOR, 30.5, 114.25, "砖厂"),
        {"MsgType": "location", "Location_X": "30.5", "Location_Y": "114.25", "Scale": "15", "Label": "砖厂"},
    ),
    (
        lambda: documents.link(AUTHOR, "题", "述", "https://x/"),
        {"MsgType": "link", "Title": "题", "Description": "述", "Url": "https://x/"},
    ),
]

EVENTS: list[tuple[Callable[[], Push], dict[str, str]]] = [
    (lambda: documents.subscribe(AUTHOR, None), {"Event": "subscribe", "EventKey": ""}),
    (lambda: documents.unsubscribe(AUTHOR), {"Event": "unsubscribe", "EventKey": ""}),
    (lambda: documents.click(AUTHOR, "report"), {"Event": "CLICK", "EventKey": "report"}),
    (lambda: documents.view(AUTHOR, "/report"), {"Event": "VIEW", "EventKey": "/report", "MenuId": "1"}),
    (
        lambda: documents.template_finished(AUTHOR, 200163836, "failed:user block"),
        {"Event": "TEMPLATESENDJOBFINISH", "MsgID": "200163836", "Status": "failed:user block"},
    ),
]


def values(push: Push) -> dict[str, str]:
    return {child.tag: child.text or "" for child in fromstring(push.xml)}


@pytest.mark.parametrize(("build", "expected"), EXPECTED)
def test_a_message_has_the_documented_fields(build: Callable[[], Push], expected: dict[str, str]) -> None:
    fields = values(build())

    assert fields.pop("MsgId").isdecimal()
    assert fields == expected | {"ToUserName": "gh_demo", "FromUserName": "o1", "CreateTime": "1795000000"}


@pytest.mark.parametrize(("build", "expected"), EVENTS)
def test_an_event_has_the_documented_fields(build: Callable[[], Push], expected: dict[str, str]) -> None:
    head = {"ToUserName": "gh_demo", "FromUserName": "o1", "CreateTime": "1795000000", "MsgType": "event"}

    assert values(build()) == expected | head


def test_a_card_prefixes_its_scene_for_a_stranger_only() -> None:
    assert values(documents.subscribe(AUTHOR, "card-0001"))["EventKey"] == "qrscene_card-0001"
    assert values(documents.scan(AUTHOR, "card-0001"))["EventKey"] == "card-0001"


def test_both_card_events_carry_a_ticket() -> None:
    assert all(values(push)["Ticket"] for push in (documents.subscribe(AUTHOR, "c"), documents.scan(AUTHOR, "c")))


def test_a_file_can_not_be_fetched() -> None:
    fields = values(documents.file(AUTHOR, "合同.pdf", 12, "0" * 32))

    assert (fields["Title"], fields["FileTotalLen"]) == ("合同.pdf", "12")
    assert "MediaId" not in fields


def test_a_sent_subscribe_notification_is_reported_in_a_list() -> None:
    root = fromstring(documents.subscribe_message_sent(AUTHOR, "tpl", 7).xml)

    assert root.findtext("SubscribeMsgSentEvent/List/TemplateId") == "tpl"
    assert root.findtext("SubscribeMsgSentEvent/List/ErrorStatus") == "success"


def test_two_messages_have_different_ids() -> None:
    assert values(documents.text(AUTHOR, "a"))["MsgId"] != values(documents.text(AUTHOR, "a"))["MsgId"]


@pytest.mark.parametrize("text", ["]]>", "a]]>b]]>", "]]]]>", "<b>&amp;</b>", "\n  x  \n"])
def test_what_a_citizen_typed_arrives_unchanged(text: str) -> None:
    assert values(documents.text(AUTHOR, text))["Content"] == text


def test_control_characters_are_passed_on_as_the_platform_does() -> None:
    assert "\x1d" in documents.text(AUTHOR, "a\x1db").xml


@pytest.mark.parametrize(
    "push",
    [
        documents.unsubscribe(AUTHOR),
        documents.view(AUTHOR, "/"),
        documents.template_finished(AUTHOR, 1, "success"),
        documents.subscribe_message_sent(AUTHOR, "tpl", 1),
    ],
)
def test_nobody_sees_what_is_answered_to_a_report(push: Push) -> None:
    assert not push.shows_reply
