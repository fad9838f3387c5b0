import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto

from simulator.crypto import BadEnvelope, Envelope, Sealed, sign

TOKEN, APP_ID = "tok3n", "wx2c2769f8efd9abc2"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


def envelope(**changes: str) -> Envelope:
    return Envelope(**({"token": TOKEN, "app_id": APP_ID, "aes_key": AES_KEY} | changes))


def test_the_signature_is_that_of_the_sorted_parts_joined() -> None:
    # sha1 of "123" + "1700000000" + "tok3n"
    assert sign("tok3n", "1700000000", "123") == "b74d8467f8f0cf97db924a20291f34754f5e4567"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
def test_what_was_sealed_opens_again(document: str) -> None:
    assert envelope().open(envelope().seal(document, "1700000000", "9")) == document.encode()


@pytest.mark.parametrize("length", range(65))
def test_every_length_is_padded_so_that_another_implementation_opens_it(length: int) -> None:
    sealed = envelope().seal("x" * length, "1700000000", "9")
    xml = f"<xml><Encrypt>{sealed.encrypt}</Encrypt></xml>"

    opened = WeChatCrypto(TOKEN, AES_KEY, APP_ID).decrypt_message(xml, sealed.signature, "1700000000", "9")

    assert opened == "x" * length


def test_what_another_implementation_sealed_is_opened() -> None:
    document = WeChatCrypto(TOKEN, AES_KEY, APP_ID).encrypt_message("<xml>您好😀</xml>", "9", "1700000000")
    encrypt = document.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    signature = document.split("<MsgSignature><![CDATA[")[1].split("]]>")[0]

    assert envelope().open(Sealed(encrypt, signature, "1700000000", "9")).decode() == "<xml>您好😀</xml>"


def test_the_same_document_looks_different_each_time() -> None:
    assert envelope().seal("x", "1", "1").encrypt != envelope().seal("x", "1", "1").encrypt


@pytest.mark.parametrize("part", ["encrypt", "signature", "timestamp", "nonce"])
def test_a_changed_part_is_refused(part: str) -> None:
    sealed = envelope().seal("x", "1700000000", "9")
    parts = {name: getattr(sealed, name) for name in ("encrypt", "signature", "timestamp", "nonce")}

    with pytest.raises(BadEnvelope, match="signature"):
        envelope().open(Sealed(**(parts | {part: parts[part] + "1"})))


def test_an_envelope_of_another_account_is_refused() -> None:
    with pytest.raises(BadEnvelope, match="account"):
        envelope().open(envelope(app_id="wx_other").seal("x", "1", "1"))


def test_an_envelope_under_another_key_is_refused() -> None:
    with pytest.raises(BadEnvelope):
        envelope().open(envelope(aes_key="B" * 42 + "A").seal("x", "1", "1"))


@pytest.mark.parametrize("cipher_text", ["", "!!", "QUJD", base64.b64encode(bytes(32)).decode()])
def test_a_signed_nonsense_is_refused(cipher_text: str) -> None:
    with pytest.raises(BadEnvelope):
        envelope().open(Sealed(cipher_text, sign(TOKEN, "1", "2", cipher_text), "1", "2"))


def test_a_key_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="43"):
        envelope(aes_key="abc")
