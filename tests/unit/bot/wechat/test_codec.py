from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wechat import inbound as wx
from bot.wechat.codec import MAX_REPLY_BYTES, parse, render_text
from bot.wechat.document import read_elements
from bot.wechat.envelope import ProtocolError

FIXTURES = Path(__file__).parents[3] / "fixtures" / "wechat"
NOW = datetime(2025, 11, 23, 2, 0, tzinfo=UTC)


def fixture(name: str) -> bytes:
    return (FIXTURES / f"{name}.xml").read_bytes()


EXPECTED = {
    "text": (wx.Text, {"content": "this is a test"}),
    "text_spaces": (wx.Text, {"content": "  前后有空格 \n 第二行 "}),
    "text_from_article": (wx.Text, {"content": "你好"}),
    "text_msgmenu": (wx.Text, {"content": "满意"}),
    "text_web_client": (wx.Text, {"content": "网页版"}),
    "image": (wx.Image, {"media_id": "media_1"}),
    "voice": (wx.Voice, {"media_id": "media_2", "media_id_16k": None, "recognition": None}),
    "voice_recognised": (wx.Voice, {"media_id_16k": "media_2_16k", "recognition": "腾讯微信团队"}),
    "voice_recognition_empty": (wx.Voice, {"recognition": None}),
    "video": (wx.Video, {"media_id": "media_3"}),
    "shortvideo": (wx.Video, {"media_id": "media_4"}),
    "location": (wx.Location, {"latitude": 23.134521, "longitude": 113.358803, "label": "位置信息"}),
    "link": (wx.Link, {"title": "公众平台官网链接", "url": "http://example.invalid/"}),
    "file": (wx.File, {"title": "材料.docx"}),
    "message_of_tomorrow": (wx.UnknownMessage, {"type_name": "hologram"}),
    "event_subscribe": (wx.Subscribe, {"scene": None}),
    "event_subscribe_scene": (wx.Subscribe, {"scene": "card-0001"}),
    "event_subscribe_payment": (wx.Subscribe, {"scene": None}),
    "event_unsubscribe": (wx.Unsubscribe, {}),
    "event_scan": (wx.Scan, {"scene": "card-0001"}),
    "event_scan_zero": (wx.Scan, {"scene": "0"}),
    "event_location": (wx.LocationReport, {}),
    "event_click": (wx.Click, {"key": "report"}),
    "event_view": (wx.View, {"target": "https://example.invalid/report"}),
    "event_view_miniprogram": (wx.View, {"target": "pages/index"}),
    "event_scancode_push": (wx.MenuAction, {"key": "6"}),
    "event_scancode_waitmsg": (wx.AwaitedScan, {"key": "6"}),
    "event_pic_sysphoto": (wx.MenuAction, {"key": "6"}),
    "event_pic_photo_or_album": (wx.MenuAction, {"key": "6"}),
    "event_pic_weixin": (wx.MenuAction, {"key": "6"}),
    "event_location_select": (wx.MenuAction, {"key": "6"}),
    "event_template_success": (wx.TemplateSendFinished, {"template_msg_id": "200163836", "status": "success"}),
    "event_template_blocked": (wx.TemplateSendFinished, {"status": "failed:user block"}),
    "event_subscribe_popup_one": (wx.SubscribeMessageEvent, {"items": (wx.SubscribeItem("T1", "accept"),)}),
    "event_subscribe_popup_two": (
        wx.SubscribeMessageEvent,
        {"items": (wx.SubscribeItem("T1", "accept"), wx.SubscribeItem("T2", "reject"))},
    ),
    "event_subscribe_change": (wx.SubscribeMessageEvent, {"items": (wx.SubscribeItem("T1", "reject"),)}),
    "event_subscribe_sent": (
        wx.SubscribeMessageEvent,
        {"items": (wx.SubscribeItem("T1", "success", "1700827132819554304"),)},
    ),
    "event_authorization_revoke": (wx.AuthorisationRevoked, {}),
    "event_authorization_cancellation": (wx.AuthorisationRevoked, {}),
    "event_user_info_modified": (wx.ProfileModified, {}),
    "event_mass_send": (wx.UnknownEvent, {"type_name": "event.MASSSENDJOBFINISH"}),
    "event_kf_create_session": (wx.UnknownEvent, {"type_name": "event.kf_create_session"}),
}


def test_every_documented_document_has_an_expectation():
    assert {path.stem for path in FIXTURES.glob("*.xml")} == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_documented_push_becomes_our_own_value(name):
    kind, fields = EXPECTED[name]
    inbound = parse(fixture(name))

    assert type(inbound) is kind
    assert {field: getattr(inbound, field) for field in fields} == fields
    assert (inbound.account, inbound.openid, inbound.created_at.timestamp()) == ("gh_test", "oCitizen", 1763863200)


def document(**fields: str) -> bytes:
    given = {"ToUserName": "gh", "FromUserName": "o", "CreateTime": "1", "MsgType": "text", "Content": "x", **fields}
    return f"<xml>{''.join(f'<{k}>{v}</{k}>' for k, v in given.items())}</xml>".encode()


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (b"", "xml"),
        (b"not xml", "xml"),
        (b"<xml>", "xml"),
        (b"<html></html>", "shape"),
        (b"\xff\xfe\x00", "encoding"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><xml><MsgType>text</MsgType></xml>', "dtd"),
        (b'<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd"><xml></xml>', "dtd"),
        (b'<!doctype x SYSTEM "http://127.0.0.1/x.dtd"><xml></xml>', "xml"),
        (b"<xml>&undefined;</xml>", "xml"),
        pytest.param(b"<xml>" + b"<a/>" * 500 + b"</xml>", "shape", id="wide"),
        (b"<xml>" + b"<a>" * 30 + b"</a>" * 30 + b"</xml>", "depth"),
        pytest.param(b"<a>" * 80_000 + b"</a>" * 80_000, "shape", id="very_deep"),
        (b"<xml><MsgType>text</MsgType></xml>", "field_ToUserName"),
        (document(CreateTime="yesterday"), "field_CreateTime"),
        (document(CreateTime="-5"), "field_CreateTime"),
        (document(CreateTime="９９９"), "field_CreateTime"),
        (document(CreateTime="9" * 400), "field_CreateTime"),
        (document(MsgId="12 or 1=1"), "field_MsgId"),
        (document(MsgType="../../etc"), "type"),
        (document(MsgType="event", Event="a b"), "type"),
        (document(FromUserName=""), "field_FromUserName"),
        (document(FromUserName="o" * 300), "field_FromUserName"),
        (document(FromUserName="<a>nested</a>"), "field_FromUserName"),
        (document(Content="<a>nested</a>"), "field_Content"),
        (document(MsgType="image"), "field_MediaId"),
        (document(MsgType="location", Location_X="north", Location_Y="1"), "field_Location_X"),
        (document(MsgType="location", Location_X="nan", Location_Y="1"), "field_Location_X"),
        (document(MsgType="location", Location_X="1", Location_Y="180.5"), "field_Location_Y"),
        (document(CreateTime="2147483648"), "field_CreateTime"),
        (document(CreateTime="1</CreateTime><CreateTime>2"), "field_CreateTime"),
        (document(Content="1</Content><Content>2"), "field_Content"),
    ],
)
def test_a_broken_document_is_refused_with_its_reason(broken, reason):
    with pytest.raises(ProtocolError) as refused:
        parse(broken)

    assert refused.value.reason == reason


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1d", "\ufffe"])
def test_control_characters_in_a_citizens_text_do_not_cost_the_message(character):
    assert parse(document(Content=f"<![CDATA[前{character}后]]>")).content == "前后"


def test_a_split_cdata_end_is_read_as_typed():
    assert parse(document(Content="<![CDATA[a]]]]><![CDATA[>b]]>")).content == "a]]>b"


def test_a_citizen_may_quote_a_page_or_a_declaration():
    quoted = '<!DOCTYPE html><!ENTITY a "b">'

    assert parse(document(Content=f"<![CDATA[{quoted}]]>")).content == quoted


def test_a_doubled_element_that_nobody_reads_costs_nothing():
    assert parse(document(Tag="1</Tag><Tag>2")).content == "x"


def test_an_event_has_no_number_of_its_own():
    assert parse(document(MsgType="event", Event="CLICK", EventKey="k", MsgId="7")).msg_id is None


@pytest.mark.parametrize("name", ["Subscribe", "SUBSCRIBE", "subscribe"])
def test_event_names_are_known_in_any_case(name):
    assert type(parse(document(MsgType="event", Event=name))) is wx.Subscribe


@pytest.mark.parametrize("space", [" ", "\n\t"])
def test_white_space_around_identifiers_is_not_part_of_them(space):
    inbound = parse(document(FromUserName=f"{space}o{space}", CreateTime=f"{space}1{space}"))

    assert (inbound.openid, inbound.created_at.timestamp()) == ("o", 1)


def test_a_byte_order_mark_is_no_part_of_the_document():
    assert parse(b"\xef\xbb\xbf" + document()).content == "x"


def status_of(document_bytes: bytes) -> int:
    """200 for what was read, the status of the refusal otherwise; any other exception fails the test."""
    try:
        parse(document_bytes)
    except ProtocolError as error:
        return error.status
    return 200


@given(st.binary(max_size=400))
def test_whatever_bytes_come_nothing_but_a_protocol_error_leaves_the_parser(data):
    assert status_of(data) in {200, 400}


@given(st.sampled_from(sorted(EXPECTED)), st.integers(0, 900), st.binary(min_size=1, max_size=6))
def test_a_mutilated_document_is_read_or_refused(name, place, junk):
    whole = fixture(name)
    place %= len(whole)
    assert status_of(whole[:place] + junk + whole[place + len(junk) :]) in {200, 400}


@given(st.sampled_from(sorted(EXPECTED)), st.integers(0, 900), st.integers(0, 900))
def test_a_document_with_a_part_missing_or_repeated_is_read_or_refused(name, one, other):
    whole = fixture(name)
    one, other = one % len(whole), other % len(whole)
    assert status_of(whole[:one] + whole[other:]) in {200, 400}


def reply(text: str) -> dict:
    return read_elements(render_text(text, parse(fixture("text")), NOW))


def test_a_reply_goes_back_the_way_the_push_came():
    elements = reply("您好\n第二行")

    assert elements == {
        "ToUserName": "oCitizen",
        "FromUserName": "gh_test",
        "CreateTime": str(int(NOW.timestamp())),
        "MsgType": "text",
        "Content": "您好\n第二行",
    }


def test_a_reply_cannot_be_broken_out_of():
    elements = reply("x]]></Content><MsgType>news</MsgType><Content><![CDATA[y")

    assert elements["MsgType"] == "text"
    assert elements["Content"] == "x]]></Content><MsgType>news</MsgType><Content><![CDATA[y"


@pytest.mark.parametrize("character", ["a", "é", "字", "😀"])
def test_a_long_reply_is_cut_on_a_character_boundary(character):
    content = reply(character * 3000)["Content"]

    assert len(content.encode()) <= MAX_REPLY_BYTES
    assert len(content.encode()) > MAX_REPLY_BYTES - 7
    assert set(content[:-1]) == {character}
    assert content.endswith("…")


@pytest.mark.parametrize("text", ["a" * 2047, "字" * 682 + "a", "😀" * 511 + "字", "é" * 1023 + "a"])
def test_a_reply_of_exactly_the_limit_is_whole(text):
    assert len(text.encode()) == MAX_REPLY_BYTES
    assert reply(text)["Content"] == text


@pytest.mark.parametrize("text", ["a" * 2048, "字" * 682 + "ab", "😀" * 512, "é" * 1024])
def test_a_reply_of_one_byte_more_ends_visibly(text):
    content = reply(text)["Content"]

    assert len(content.encode()) <= MAX_REPLY_BYTES
    assert content.endswith("…")
    assert text.startswith(content[:-1])


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1d", "\x7f", "\ufffe", "\ud800"])
def test_control_characters_do_not_cost_a_reply(character):
    assert reply(f"前{character}后")["Content"] == "前后"


def test_end_marks_at_the_limit_do_not_break_a_reply():
    assert reply("]]>" * 1000)["Content"] == "]]>" * 681 + "]" + "…"


@given(st.text(max_size=300))
def test_any_text_makes_a_well_formed_reply(text):
    assert isinstance(reply(text)["Content"], str)
