import base64
import secrets

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.wechat.document import read_elements
from bot.wechat.envelope import Envelope, ProtocolError, same, sign
from simulator import crypto
from tests.unit.bot.wechat import door

KEY = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
ENVELOPE = Envelope("token", "wx1", KEY)
OTHER_SIDE = crypto.Envelope("token", "wx1", KEY)


def opened(sealed: crypto.Sealed, envelope: Envelope = ENVELOPE) -> bytes:
    return envelope.open(sealed.encrypt, sealed.signature, sealed.timestamp, sealed.nonce)


def refused(sealed: crypto.Sealed, envelope: Envelope = ENVELOPE) -> str:
    with pytest.raises(ProtocolError) as error:
        opened(sealed, envelope)
    return error.value.reason


def resigned(encrypt: str) -> crypto.Sealed:
    return crypto.Sealed(encrypt, crypto.sign("token", "1", "n", encrypt), "1", "n")


@pytest.mark.parametrize("length", [0, 1, 11, 12, 13, 31, 32, 33, 64, 5000])
def test_what_the_platform_seals_is_opened(length):
    text = "字" * length

    assert opened(OTHER_SIDE.seal(text, "1700000000", "n")) == text.encode()


@pytest.mark.parametrize("length", [1, 12, 32, 2047])
def test_what_we_seal_the_platform_opens(length):
    elements = read_elements(ENVELOPE.seal(b"x" * length, "1700000000", "n1"))
    sealed = crypto.Sealed(elements["Encrypt"], elements["MsgSignature"], elements["TimeStamp"], elements["Nonce"])

    assert OTHER_SIDE.open(sealed) == b"x" * length


def test_the_same_document_never_looks_the_same_twice():
    assert ENVELOPE.seal(b"x", "1", "n") != ENVELOPE.seal(b"x", "1", "n")


def test_another_accounts_envelope_is_refused():
    assert refused(crypto.Envelope("token", "wx2", KEY).seal("x", "1", "n")) == "app_id"


def test_a_wrong_signature_is_refused_before_anything_is_opened():
    sealed = OTHER_SIDE.seal("x", "1", "n")

    assert refused(crypto.Sealed(sealed.encrypt, "0" * 40, "1", "n")) == "msg_signature"


@pytest.mark.parametrize(
    ("encrypt", "reason"),
    [
        ("", "cipher_length"),
        ("not base64!", "base64"),
        ("YWJj", "cipher_length"),
        (base64.b64encode(b"x" * 16).decode(), "cipher_length"),
    ],
)
def test_a_broken_cipher_text_is_refused(encrypt, reason):
    assert refused(resigned(encrypt)) == reason


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (door.frame(app_id="wx2"), "app_id"),
        (door.frame(length=2**32 - 1), "frame_length"),
        (bytes(32), "padding"),
        (bytes([33]) * 64, "padding"),
        (bytes(63) + b"\x02", "padding"),
        (bytes([32]) * 32, "frame_length"),
    ],
    ids=["another_app", "length_beyond", "zero", "beyond_a_block", "bytes_differ", "only_padding"],
)
def test_a_frame_that_lies_is_refused_with_its_reason(frame, reason):
    assert refused(resigned(door.encrypt(frame, KEY))) == reason


@given(st.binary(min_size=32, max_size=320))
def test_random_cipher_texts_end_as_protocol_errors(data):
    assert refused(resigned(base64.b64encode(data[: len(data) // 32 * 32]).decode())) in {
        "padding",
        "app_id",
        "frame_length",
    }


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=12), st.text(max_size=12))
def test_any_texts_end_as_a_protocol_error(encrypted, signature, timestamp, nonce):
    with pytest.raises(ProtocolError):
        ENVELOPE.open(encrypted, signature, timestamp, nonce)


@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_any_signed_text_ends_as_a_protocol_error(encrypted):
    with pytest.raises(ProtocolError):
        ENVELOPE.open(encrypted, sign("token", "1", "n", encrypted), "1", "n")


@pytest.mark.parametrize(
    "key",
    ["", "short", "x" * 42, "x" * 44, "ü" * 43, "!" * 43, "x" * 42 + " ", "=" * 43],
    ids=["none", "short", "42", "44", "not_ascii", "not_base64", "a_space", "only_padding"],
)
def test_a_key_that_is_none_is_refused_at_start(key):
    with pytest.raises(ValueError, match="43"):
        Envelope("token", "wx1", key)


# The platform's published sample for this scheme: demo code WXBizMsgCrypt, file Sample.py (the same values stand in its
# Sample.php, Sample.cpp and in the test-suites of many libraries). Account, key and everything else in it are public.
OFFICIAL = Envelope("spamtest", "wx2c2769f8efd9abc2", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")
OFFICIAL_ENCRYPT = (
    "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PGHQHFVAFmOD2LdJF9FrXpbUAh"
    "0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6tEDYsVticbSnyU8dKOIbgU6ux5VTjg3yt+WGzjlpKn6NPhRj"
    "pA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v6h0EIBYYI1BD1DlD+C0CR8e6"
    "OewpusjZ4uBl9FyJvnhvQl+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE="
)
OFFICIAL_DOCUMENT = """<xml><ToUserName><![CDATA[gh_10f6c3c3ac5a]]></ToUserName>
<FromUserName><![CDATA[oyORnuP8q7ou2gfYjqLzSIWZf0rs]]></FromUserName>
<CreateTime>1409735668</CreateTime>
<MsgType><![CDATA[text]]></MsgType>
<Content><![CDATA[abcdteT]]></Content>
<MsgId>6054768590064713728</MsgId>
</xml>"""


def test_the_official_sample_opens():
    document = OFFICIAL.open(OFFICIAL_ENCRYPT, "5d197aaffba7e9b25a30732f161a50dee96bd5fa", "1409735669", "1320562132")

    assert document.decode() == OFFICIAL_DOCUMENT


@given(st.integers(0, len(OFFICIAL_ENCRYPT) - 1), st.characters(max_codepoint=0x17F))
def test_one_changed_letter_of_a_cipher_text_is_noticed(place, letter):
    assume(letter != OFFICIAL_ENCRYPT[place])
    changed = OFFICIAL_ENCRYPT[:place] + letter + OFFICIAL_ENCRYPT[place + 1 :]
    sealed = crypto.Sealed(changed, "5d197aaffba7e9b25a30732f161a50dee96bd5fa", "1409735669", "1320562132")

    assert refused(sealed, OFFICIAL) == "msg_signature"


def test_signatures_are_compared_as_bytes_whatever_they_hold():
    assert same(sign("a", "b"), sign("b", "a"))
    assert not same("é", "e")
    assert not same("\ud800", "e")
