"""The address as an attacker meets it: nothing above 499, nothing stored, and nothing said that helps."""

import base64
import secrets
from datetime import UTC, datetime

import pytest
from flask import Flask

from bot.wechat.views import WeChatAccount, make_blueprint
from simulator import crypto

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
KEY = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
XML = (
    "<xml><ToUserName>gh_1</ToUserName><FromUserName>o1</FromUserName><CreateTime>1</CreateTime>"
    "<MsgType>text</MsgType><Content>hello</Content><MsgId>1</MsgId></xml>"
)


class Door:
    """The blueprint with an answer that remembers what it was asked."""

    def __init__(self, *, aes: bool, fails: bool = False) -> None:
        self.aes = aes
        self.heard: list[object] = []
        self.fails = fails
        account = WeChatAccount("token", "wx1", "gh_1", (KEY,) if aes else (), max_body=4096)
        app = Flask("door")
        app.register_blueprint(make_blueprint(account, self.answer, lambda: NOW, storage_failure_text="请稍后再发一次"))
        self.http = app.test_client()
        self.envelope = crypto.Envelope("token", "wx1", KEY)

    def answer(self, inbound, raw):
        self.heard.append(inbound)
        if self.fails:
            raise OSError("disk full")
        return "收到"

    def query(self, stamp=STAMP, nonce="123", **more):
        return {"signature": crypto.sign("token", stamp, nonce), "timestamp": stamp, "nonce": nonce, **more}

    def post(self, xml=XML, query=None, **more):
        query = query or self.query()
        if self.aes and "msg_signature" not in query:
            sealed = self.envelope.seal(xml, query.get("timestamp", ""), query.get("nonce", ""))
            query = {**query, "encrypt_type": "aes", "msg_signature": sealed.signature}
            xml = f"<xml><ToUserName>gh_1</ToUserName><Encrypt><![CDATA[{sealed.encrypt}]]></Encrypt></xml>"
        return self.http.post("/wechat", query_string={**query, **more}, data=xml.encode())


@pytest.fixture(params=[False, True], ids=["plain", "aes"])
def door(request):
    return Door(aes=request.param)


def test_a_push_is_answered_in_its_own_mode(door):
    answer = door.post()

    assert answer.status_code == 200
    assert answer.content_type == "text/xml; charset=utf-8"
    assert (b"<Encrypt>" in answer.data) is door.aes
    assert len(door.heard) == 1


def test_switching_the_address_on_echoes_as_plain_text(door):
    answer = door.http.get("/wechat", query_string=door.query(echostr="5927138432"))

    assert (answer.status_code, answer.data, answer.content_type) == (200, b"5927138432", "text/plain; charset=utf-8")


@pytest.mark.parametrize("echo", ["<script>alert(1)</script>", "", "x" * 129, "a b", "中"])
def test_an_echo_that_a_browser_could_act_on_is_refused(door, echo):
    assert door.http.get("/wechat", query_string=door.query(echostr=echo)).status_code == 400


def test_an_echo_without_a_valid_signature_is_refused(door):
    query = {**door.query(echostr="1"), "signature": "0" * 40}

    answer = door.http.get("/wechat", query_string=query)
    assert (answer.status_code, b"1" in answer.data) == (403, False)


QUERY_ATTACKS = {
    "no_signature": {"signature": None},
    "empty_signature": {"signature": ""},
    "wrong_signature": {"signature": "a" * 40},
    "unicode_signature": {"signature": "é" * 20},
    "no_timestamp": {"timestamp": None},
    "words_for_a_timestamp": {"timestamp": "now"},
    "full_width_timestamp": {"timestamp": "１７６３８６３２００"},
    "nine_digits": {"timestamp": STAMP[:9]},
    "eleven_digits": {"timestamp": STAMP + "0"},
    "negative": {"timestamp": "-" + STAMP[1:]},
    "no_nonce": {"nonce": None},
    "empty_nonce": {"nonce": ""},
    "long_nonce": {"nonce": "n" * 100},
}


@pytest.mark.parametrize("name", QUERY_ATTACKS)
def test_a_query_that_is_not_the_platforms_is_refused(door, name):
    query = {k: v for k, v in {**door.query(), **QUERY_ATTACKS[name]}.items() if v is not None}

    assert (door.post(query=query).status_code, door.heard) == (403, [])


@pytest.mark.parametrize("seconds", [-601, -86400, 601, 86400])
def test_an_old_or_future_push_is_refused(door, seconds):
    query = door.query(stamp=str(int(NOW.timestamp()) + seconds))

    assert (door.post(query=query).status_code, door.heard) == (403, [])


@pytest.mark.parametrize("seconds", [-590, 590])
def test_clocks_may_differ_a_little(door, seconds):
    assert door.post(query=door.query(stamp=str(int(NOW.timestamp()) + seconds))).status_code == 200


def test_digits_moved_from_the_timestamp_to_the_nonce_are_noticed(door):
    old = door.query(stamp=STAMP, nonce="123")
    moved = {**old, "timestamp": STAMP[:9], "nonce": STAMP[9:] + "123"}

    assert door.post(query=moved).status_code == 403


def test_a_doubled_parameter_is_refused(door):
    query = [*door.query().items(), ("nonce", "124")]

    assert door.http.post("/wechat", query_string=query, data=XML).status_code == 403


BODY_ATTACKS = {
    "empty": "",
    "text": "hello",
    "json": '{"MsgType": "text"}',
    "entity": '<!DOCTYPE x [<!ENTITY a "aaaa">]><xml><MsgType>&a;</MsgType></xml>',
    "billion_laughs": '<!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]><xml>&b;</xml>',
    "external_entity": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><Content>&e;</Content></xml>',
    "external_dtd": '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd"><xml></xml>',
    "no_type": "<xml><ToUserName>gh_1</ToUserName></xml>",
    "two_senders": XML.replace("<CreateTime>", "<FromUserName>o2</FromUserName><CreateTime>"),
    "nested_sender": XML.replace("o1", "<a>o1</a>"),
    "deep": "<xml>" + "<a>" * 60 + "</a>" * 60 + "</xml>",
    "unclosed": XML[:-6],
    "bad_number": XML.replace("<MsgId>1<", "<MsgId>one<"),
    "bad_time": XML.replace("<CreateTime>1<", "<CreateTime>1e9<"),
    "another_account": XML.replace("gh_1", "gh_2"),
    "null_bytes": "\x00\x00\x00",
}


@pytest.mark.parametrize("name", BODY_ATTACKS)
def test_a_body_that_is_not_a_push_is_refused(door, name):
    answer = door.post(xml=BODY_ATTACKS[name])

    assert 400 <= answer.status_code < 500
    assert door.heard == []
    assert b"Traceback" not in answer.data


def test_a_query_for_another_person_than_the_body_is_refused(door):
    assert (door.post(openid="o2").status_code, door.heard) == (403, [])


def test_a_query_for_the_same_person_is_taken(door):
    assert door.post(openid="o1").status_code == 200


@pytest.mark.parametrize("size", [4097, 1_000_000])
def test_a_body_beyond_the_limit_is_not_even_read(size):
    door = Door(aes=False)

    assert (door.post(xml="x" * size).status_code, door.heard) == (413, [])


def test_a_body_of_unknown_length_is_read_only_to_the_limit():
    door = Door(aes=False)
    answer = door.http.post(
        "/wechat", query_string=door.query(), input_stream=__import__("io").BytesIO(b"x" * 9000),
        headers={"Transfer-Encoding": "chunked"}, environ_overrides={"wsgi.input_terminated": True},
    )  # fmt: skip

    assert (answer.status_code, door.heard) == (413, [])


def test_a_plaintext_push_is_refused_once_there_is_a_key():
    door = Door(aes=True)

    answer = door.http.post("/wechat", query_string=door.query(), data=XML)
    assert (answer.status_code, door.heard) == (403, [])


def test_plain_fields_beside_the_sealed_ones_are_not_believed():
    door = Door(aes=True)
    query = door.query()
    sealed = door.envelope.seal(XML, STAMP, "123")
    both = XML.replace("hello", "forged").replace("</xml>", f"<Encrypt>{sealed.encrypt}</Encrypt></xml>")
    door.post(xml=both, query={**query, "encrypt_type": "aes", "msg_signature": sealed.signature})

    assert door.heard[0].content == "hello"


SEALED_ATTACKS = {
    "no_encrypt": "<xml><ToUserName>gh_1</ToUserName></xml>",
    "empty_encrypt": "<xml><Encrypt></Encrypt></xml>",
    "nested_encrypt": "<xml><Encrypt><a>x</a></Encrypt></xml>",
    "two_encrypts": "<xml><Encrypt>YWJj</Encrypt><Encrypt>YWJj</Encrypt></xml>",
    "not_xml": "YWJj",
}


@pytest.mark.parametrize("name", SEALED_ATTACKS)
def test_a_sealed_push_without_a_seal_is_refused(name):
    door = Door(aes=True)
    answer = door.post(xml=SEALED_ATTACKS[name], query={**door.query(), "msg_signature": "a" * 40})

    assert 400 <= answer.status_code < 500
    assert door.heard == []


def test_a_sealed_push_is_refused_where_there_is_no_key():
    door = Door(aes=False)

    assert door.post(query=door.query(encrypt_type="aes", msg_signature="x")).status_code == 403


def test_an_unknown_type_is_answered_with_success(door):
    answer = door.post(xml=XML.replace("text", "hologram"))

    assert answer.status_code == 200


def test_when_nothing_can_be_stored_the_person_is_asked_to_send_it_again():
    door = Door(aes=False, fails=True)

    answer = door.post()
    assert answer.status_code == 200
    assert "请稍后再发一次" in answer.data.decode()


def test_a_failure_on_a_silent_event_is_answered_with_success():
    door = Door(aes=False, fails=True)
    event = XML.replace("<MsgType>text</MsgType>", "<MsgType>event</MsgType><Event>unsubscribe</Event>")

    assert door.post(xml=event).data == b"success"


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_not_allowed(door, method):
    assert getattr(door.http, method)("/wechat").status_code == 405
