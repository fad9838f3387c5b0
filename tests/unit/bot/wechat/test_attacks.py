"""The address as an attacker meets it: always a refusal, never above 499, nothing heard, and nothing said that helps."""

import base64
import gzip
import io
from typing import Any

import pytest

from simulator import crypto
from tests.unit.bot.wechat.door import (
    NONCE,
    NOW,
    STAMP,
    STRANGE_KEY,
    XML,
    Door,
    encrypt,
    frame,
    seal,
    sealed_body,
    sealed_query,
    signed,
)

# ── what the query can hold; None takes the parameter away ──────────────────────────────────────
QUERIES: dict[str, dict[str, Any]] = {
    "no_signature": {"signature": None},
    "empty_signature": {"signature": ""},
    "wrong_signature": {"signature": "a" * 40},
    "half_a_signature": {"signature": signed()["signature"][:20]},
    "signature_in_capitals": {"signature": signed()["signature"].upper()},
    "signature_with_a_space": {"signature": signed()["signature"] + " "},
    "unicode_signature": {"signature": "é" * 20},
    "signature_under_no_token": {"signature": crypto.sign("", STAMP, NONCE)},
    "signature_under_another_token": {"signature": crypto.sign("tokem", STAMP, NONCE)},
    "no_timestamp": {"timestamp": None},
    "words_for_a_timestamp": signed("now"),
    "full_width_timestamp": signed("１７６３８６３２００"),
    "arabic_digits": signed("١٧٦٣٨٦٣٢٠٠"),
    "nine_digits": signed(STAMP[:9]),
    "eleven_digits": signed(STAMP + "0"),
    "leading_zero": signed("0" + STAMP),
    "negative": signed("-" + STAMP[1:]),
    "signed_number": signed("+" + STAMP[1:]),
    "hexadecimal": signed("0x69226d20"),
    "fraction": signed(STAMP + ".0"),
    "exponent": signed("1763863e03"),
    "underscores": signed("1_76386320"),
    "milliseconds": signed(STAMP + "000"),
    "newline_after_timestamp": signed(STAMP + "\n"),
    "space_before_timestamp": signed(" " + STAMP),
    "no_nonce": {"nonce": None},
    "empty_nonce": signed(nonce=""),
    "long_nonce": signed(nonce="n" * 65),
    "nonce_with_a_null": signed(nonce="1\x00"),
    "nonce_with_a_newline": signed(nonce="1\n"),
    "nonce_in_chinese": signed(nonce="随机"),
    "digits_moved_to_the_nonce": {"timestamp": STAMP[:9], "nonce": STAMP[9:] + NONCE},
    "digits_moved_to_the_timestamp": {"timestamp": STAMP + NONCE[:1], "nonce": NONCE[1:]},
    "parts_exchanged": {"timestamp": NONCE, "nonce": STAMP},
    "two_signatures": {"signature": [signed()["signature"]] * 2},
    "two_timestamps": {"timestamp": [STAMP, "1"]},
    "two_nonces": {"nonce": [NONCE, "124"]},
    "two_people": {"openid": ["o1", "o2"]},
    "two_unknown_things": {"x": ["1", "2"]},
    "more_than_the_platform_ever_sends": {f"x{number}": "1" for number in range(40)},
    "another_person": {"openid": "o2"},
    "too_old": signed(str(int(STAMP) - 601)),
    "a_day_old": signed(str(int(STAMP) - 86400)),
    "from_the_future": signed(str(int(STAMP) + 601)),
    "from_the_far_future": signed("9999999999"),
    "from_the_beginning_of_time": signed("0000000000"),
    "nothing_at_all": {"signature": None, "timestamp": None, "nonce": None},
}  # fmt: skip


@pytest.fixture(params=[False, True], ids=["plain", "aes"])
def door(request):
    return Door(aes=request.param)


def refused(door: Door, answer) -> tuple[bool, bytes, list]:
    """Whether it was a refusal, what was said, and what was heard."""
    return 400 <= answer.status_code < 500, answer.data, door.heard


REFUSED = (True, b"refused", [])


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_that_is_not_the_platforms_is_refused(door, name):
    cipher_text = seal()
    whole = {**(sealed_query(cipher_text) if door.aes else signed()), **QUERIES[name]}
    if door.aes:
        # The body's own signature is right for what the query says, so that the plain one alone has to hold.
        parts = (str(whole["timestamp"]), str(whole["nonce"]))
        whole["msg_signature"] = crypto.sign("token", *parts, cipher_text)
    query = {key: value for key, value in whole.items() if value is not None}

    assert refused(door, door.send(query, sealed_body(cipher_text) if door.aes else XML.encode())) == REFUSED


@pytest.mark.parametrize("seconds", [-600, 600])
def test_clocks_may_differ_by_ten_minutes(seconds):
    door = Door(aes=False)

    assert door.send(signed(str(int(NOW.timestamp()) + seconds)), XML.encode()).status_code == 200


# ── what a document can hold, signed and sealed correctly ───────────────────────────────────────
DOCUMENTS = {
    "empty": "",
    "text": "hello",
    "json": '{"MsgType": "text"}',
    "page": "<!DOCTYPE html><html><body>hello</body></html>",
    "form": "ToUserName=gh_1&FromUserName=o1&MsgType=text",
    "nulls": "\x00\x00\x00",
    "two_roots": XML + XML,
    "another_root": XML.replace("xml>", "message>"),
    "unclosed": XML[:-6],
    "entity": '<!DOCTYPE x [<!ENTITY a "aaaa">]>' + XML.replace("hello", "&a;"),
    "billion_laughs": '<!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>' + XML.replace("hello", "&b;"),
    "parameter_entity": '<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:1/x">%a;]>' + XML,
    "external_entity": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + XML.replace("hello", "&e;"),
    "external_dtd": '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">' + XML,
    "public_dtd": '<!DOCTYPE x PUBLIC "x" "http://127.0.0.1:1/x.dtd">' + XML,
    "undefined_entity": XML.replace("hello", "&nbsp;"),
    "control_character_by_number": XML.replace("hello", "&#29;"),
    "surrogate_by_number": XML.replace("hello", "&#xD800;"),
    "no_type": XML.replace("<MsgType>text</MsgType>", ""),
    "no_sender": XML.replace("<FromUserName>o1</FromUserName>", ""),
    "no_account": XML.replace("<ToUserName>gh_1</ToUserName>", ""),
    "no_time": XML.replace("<CreateTime>1</CreateTime>", ""),
    "no_event_name": XML.replace(">text<", ">event<"),
    "two_senders": XML.replace("<CreateTime>", "<FromUserName>o2</FromUserName><CreateTime>"),
    "two_accounts": XML.replace("<CreateTime>", "<ToUserName>gh_1</ToUserName><CreateTime>"),
    "two_types": XML.replace("<CreateTime>", "<MsgType>event</MsgType><CreateTime>"),
    "two_contents": XML.replace("<CreateTime>", "<Content>other</Content><CreateTime>"),
    "nested_sender": XML.replace("o1", "<a>o1</a>"),
    "nested_content": XML.replace("hello", "<a>hello</a>"),
    "empty_sender": XML.replace("o1", ""),
    "blank_sender": XML.replace("o1", "  "),
    "endless_sender": XML.replace("o1", "o" * 1000),
    "another_account": XML.replace("gh_1", "gh_2"),
    "longer_account": XML.replace("gh_1", "gh_11"),
    "deep": "<xml>" + "<a>" * 300 + "</a>" * 300 + "</xml>",
    "wide": "<xml>" + "<a/>" * 800 + "</xml>",
    "number_in_words": XML.replace("<MsgId>1<", "<MsgId>one<"),
    "negative_number": XML.replace("<MsgId>1<", "<MsgId>-1<"),
    "endless_number": XML.replace("<MsgId>1<", f"<MsgId>{'9' * 200}<"),
    "time_in_words": XML.replace("<CreateTime>1<", "<CreateTime>now<"),
    "time_as_exponent": XML.replace("<CreateTime>1<", "<CreateTime>1e9<"),
    "time_in_milliseconds": XML.replace("<CreateTime>1<", "<CreateTime>1763863200000<"),
    "time_after_the_store_ends": XML.replace("<CreateTime>1<", "<CreateTime>2147483648<"),
    "endless_time": XML.replace("<CreateTime>1<", f"<CreateTime>{'9' * 500}<"),
    "path_for_a_type": XML.replace(">text<", ">../../etc/passwd<"),
    "markup_for_a_type": XML.replace(">text<", ">&lt;script&gt;<"),
    "image_without_media": XML.replace(">text<", ">image<"),
    "place_off_the_globe": XML.replace(">text<", ">location<").replace(
        "<MsgId>", "<Location_X>91</Location_X><Location_Y>0</Location_Y><MsgId>"
    ),
    "place_that_is_no_number": XML.replace(">text<", ">location<").replace(
        "<MsgId>", "<Location_X>nan</Location_X><Location_Y>inf</Location_Y><MsgId>"
    ),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_that_is_not_a_push_is_refused(door, name):
    assert refused(door, door.post(DOCUMENTS[name])) == REFUSED


# ── what a body can be besides a document ───────────────────────────────────────────────────────
BODIES = {
    "not_utf8": b"<xml>\xff\xfe</xml>",
    "latin": XML.replace("hello", "é").encode("latin-1"),
    "gbk": ('<?xml version="1.0" encoding="GBK"?>' + XML.replace("hello", "你好")).encode("gbk"),
    "utf16": XML.encode("utf-16"),
    "utf7": ('<?xml version="1.0" encoding="utf-7"?>' + XML).encode("utf-7").replace(b"<", b"+ADw-"),
    "overlong": b"<xml>\xc0\xbc</xml>",
    "surrogates": b"<xml>\xed\xa0\x80</xml>",
    "compressed": gzip.compress(XML.encode()),
    "beyond_the_limit": b"x" * 4097,
    "far_beyond_the_limit": b"x" * 1_000_000,
}


@pytest.mark.parametrize("name", BODIES)
def test_bytes_that_are_no_document_are_refused(door, name):
    query = signed(encrypt_type="aes", msg_signature="a" * 40) if door.aes else signed()

    assert refused(door, door.send(query, BODIES[name])) == REFUSED


def test_a_body_of_unknown_length_is_read_only_to_the_limit():
    door, stream = Door(aes=False), io.BytesIO(b"x" * 100_000)
    answer = door.http.post(
        "/wechat", query_string=signed(), input_stream=stream,
        headers={"Transfer-Encoding": "chunked"}, environ_overrides={"wsgi.input_terminated": True},
    )  # fmt: skip

    assert (answer.status_code, door.heard) == (413, [])
    assert stream.tell() == 4097


def test_a_body_said_to_be_too_long_is_not_read_at_all():
    door, stream = Door(aes=False), io.BytesIO(b"x" * 100_000)
    answer = door.http.post("/wechat", query_string=signed(), input_stream=stream, headers={"Content-Length": "100000"})

    assert (answer.status_code, stream.tell()) == (413, 0)


def test_a_body_that_breaks_off_is_refused():
    door, stream = Door(aes=False), io.BytesIO(XML.encode()[:20])
    answer = door.http.post("/wechat", query_string=signed(), input_stream=stream, headers={"Content-Length": "200"})

    assert refused(door, answer) == REFUSED


# ── a plaintext signature covers no body ─────────────────────────────────────────────────────────
def test_a_signature_that_was_seen_is_no_good_for_another_body():
    door = Door(aes=False)
    door.post()
    answer = door.post(XML.replace("hello", "something else"))

    assert (answer.status_code, [inbound.content for inbound in door.heard]) == (403, ["hello"])


def test_a_plaintext_push_whose_address_names_nobody_is_refused():
    door = Door(aes=False)
    query = {name: value for name, value in signed().items() if name != "openid"}

    assert refused(door, door.send(query, XML.encode())) == REFUSED


# ── downgrades: less than a seal where there is a key, or a seal where there is none ────────────
GOOD = seal()
DOWNGRADES = {
    "plaintext": (signed(), XML.encode()),
    "plaintext_said_to_be_raw": (signed(encrypt_type="raw"), XML.encode()),
    "plaintext_said_to_be_sealed": (signed(encrypt_type="aes"), XML.encode()),
    "plaintext_with_an_empty_signature": (signed(encrypt_type="aes", msg_signature=""), XML.encode()),
    "plaintext_with_the_plain_signature": (
        signed(encrypt_type="aes", msg_signature=signed()["signature"]),
        XML.encode(),
    ),
    "sealed_without_a_signature": (signed(encrypt_type="aes"), sealed_body(GOOD)),
    "sealed_with_the_plain_signature": (
        signed(encrypt_type="aes", msg_signature=signed()["signature"]),
        sealed_body(GOOD),
    ),
    "sealed_and_signed_under_another_token": (
        signed(msg_signature=crypto.sign("other", STAMP, NONCE, GOOD)),
        sealed_body(GOOD),
    ),
    "signature_of_another_nonce": (signed(msg_signature=crypto.sign("token", STAMP, "9", GOOD)), sealed_body(GOOD)),
    "signature_of_another_seal": (sealed_query(seal(XML.replace("hello", "other"))), sealed_body(GOOD)),
    "two_seal_signatures": (
        {**sealed_query(GOOD), "msg_signature": [sealed_query(GOOD)["msg_signature"]] * 2},
        sealed_body(GOOD),
    ),
    "two_modes": ({**sealed_query(GOOD), "encrypt_type": ["raw", "aes"]}, sealed_body(GOOD)),
    "forged_fields_and_an_empty_seal": (sealed_query(""), XML.replace("</xml>", "<Encrypt/></xml>").encode()),
    "no_encrypt": (sealed_query(GOOD), b"<xml><ToUserName>gh_1</ToUserName></xml>"),
    "nested_encrypt": (sealed_query(GOOD), f"<xml><Encrypt><a>{GOOD}</a></Encrypt></xml>".encode()),
    "two_encrypts": (sealed_query(GOOD), f"<xml><Encrypt>{GOOD}</Encrypt><Encrypt>x</Encrypt></xml>".encode()),
    "no_document": (sealed_query(GOOD), GOOD.encode()),
}


@pytest.mark.parametrize("name", DOWNGRADES)
def test_with_a_key_nothing_but_a_signed_seal_is_taken(name):
    door = Door(aes=True)
    query, body = DOWNGRADES[name]

    assert refused(door, door.send(query, body)) == REFUSED


@pytest.mark.parametrize(
    "body",
    [sealed_body(GOOD), XML.encode(), XML.replace("</xml>", f"<Encrypt>{GOOD}</Encrypt></xml>").encode()],
    ids=["safe", "plaintext", "compatible"],
)
def test_without_a_key_a_push_that_says_it_is_sealed_is_refused(body):
    door = Door(aes=False)

    assert refused(door, door.send(sealed_query(GOOD), body)) == REFUSED


# ── cipher texts that are signed correctly and hold something else than a push ──────────────────
def flipped(place: int) -> str:
    whole = bytearray(base64.b64decode(GOOD))
    whole[place] ^= 1
    return base64.b64encode(whole).decode()


def cut(size: int) -> str:
    return base64.b64encode(base64.b64decode(GOOD)[:size]).decode()


MISSING = frame()[-1]  # the honest padding of the document that the attacks carry

CIPHER_TEXTS = {
    "not_base64": "hello!",
    "base64_for_addresses": GOOD.replace("+", "-").replace("/", "_") + "-_",
    "base64_without_its_end": GOOD.rstrip("=") + "A",
    "base64_with_a_line_break": GOOD[:20] + "\n" + GOOD[20:],
    "base64_in_chinese": "密文",
    "one_byte": cut(1),
    "half_a_block": cut(16),
    "first_block": cut(32),
    "cut_within_a_block": cut(50),
    "without_the_last_block": base64.b64encode(base64.b64decode(GOOD)[:-32]).decode(),
    "without_the_first_block": base64.b64encode(base64.b64decode(GOOD)[32:]).decode(),
    "doubled": base64.b64encode(base64.b64decode(GOOD) * 2).decode(),
    "flipped_length": flipped(0),
    "flipped_end": flipped(-1),
    "flipped_before_the_end": flipped(-17),
    "another_key": seal(key=STRANGE_KEY),
    "another_app": encrypt(frame(app_id="wx2")),
    "longer_app": encrypt(frame(app_id="wx12")),
    "shorter_app": encrypt(frame(app_id="wx")),
    "no_app": encrypt(frame(app_id="")),
    "length_one_more": encrypt(frame(length=len(XML) + 1)),
    "length_one_less": encrypt(frame(length=len(XML) - 1)),
    "length_beyond_the_frame": encrypt(frame(length=2**32 - 1)),
    "length_zero": encrypt(frame(length=0)),
    "padding_of_zeros": encrypt(frame(padding=bytes(MISSING))),
    "padding_beyond_a_block": encrypt(frame(padding=bytes([MISSING + 32]) * (MISSING + 32))),
    "padding_whose_bytes_differ": encrypt(frame(padding=bytes(MISSING - 1) + bytes([MISSING]))),
    "padding_longer_than_the_frame": encrypt(bytes([32]) * 32),
    "nothing_but_padding_and_salt": encrypt(bytes(16) + bytes([16]) * 16),
    "nothing_inside": encrypt(frame("")),
    "a_bare_success_inside": encrypt(frame("success")),
    "an_envelope_inside": encrypt(frame(sealed_body(GOOD).decode())),
    "an_entity_inside": encrypt(frame('<!DOCTYPE x [<!ENTITY a "b">]>' + XML)),
}


@pytest.mark.parametrize("name", CIPHER_TEXTS)
def test_a_cipher_text_that_holds_no_push_is_refused(name):
    door = Door(aes=True)
    cipher_text = CIPHER_TEXTS[name]

    assert refused(door, door.send(sealed_query(cipher_text), sealed_body(cipher_text))) == REFUSED
