import base64
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wechat.document import read_elements
from bot.wechat.envelope import Envelope, ProtocolError, same, sign
from simulator import crypto

KEY = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
OLD_KEY = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
ENVELOPE = Envelope("token", "wx1", (KEY,))
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


def test_pushes_under_the_previous_key_are_still_opened():
    both = Envelope("token", "wx1", (KEY, OLD_KEY))

    assert opened(crypto.Envelope("token", "wx1", OLD_KEY).seal("x", "1", "n"), both) == b"x"


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


@given(st.binary(min_size=32, max_size=320))
def test_random_cipher_texts_end_as_protocol_errors(data):
    assert refused(resigned(base64.b64encode(data[: len(data) // 32 * 32]).decode())) in {
        "padding",
        "app_id",
        "frame_length",
    }


@pytest.mark.parametrize("key", ["", "short", "x" * 44, "ü" * 43])
def test_a_key_that_is_none_is_refused_at_start(key):
    with pytest.raises(ValueError, match="43"):
        Envelope("token", "wx1", (key,))


def test_the_official_test_vector_opens():
    """The published sample of the platform's own crypto demo (WXBizMsgCrypt, Sample.py / Sample.php)."""
    envelope = Envelope("spamtest", "wx2c2769f8efd9abc2", ("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",))
    encrypted = "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PGHQHFVAFmOD2LdJF9FrXpbUAh0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6tEDYsVticbSnyU8dKOIbgU6ux5VTjg3yt+WGzjlpKn6NPhRjpA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v6h0EIBYYI1BD1DlD+C0CR8e6OewpusjZ4uBl9FyJvnhvQl+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE="

    document = envelope.open(encrypted, "5d197aaffba7e9b25a30732f161a50dee96bd5fa", "1409735669", "1320562132")

    assert b"<Content><![CDATA[Hello]]></Content>" in document or b"<ToUserName>" in document


def test_signatures_are_compared_as_bytes_whatever_they_hold():
    assert same(sign("a", "b"), sign("b", "a"))
    assert not same("é", "e")
