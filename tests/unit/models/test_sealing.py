"""What is sealed opens under its own key and for its own column, and not at all when one bit was changed."""

import secrets

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from models.sealing import Keyring, SealError

KEY, OTHER = secrets.token_bytes(32), secrets.token_bytes(32)
SUITES = ("aes-256-gcm", "sm4-gcm")


@pytest.mark.parametrize("suite", SUITES)
def test_what_is_sealed_opens_again_and_says_nothing_meanwhile(suite):
    ring = Keyring([KEY], suite)
    sealed = ring.seal("三万块钱".encode(), "report.statement")

    assert ring.open(sealed, "report.statement").decode() == "三万块钱"
    assert "三万块钱".encode() not in sealed
    assert ring.seal("三万块钱".encode(), "report.statement") != sealed


@pytest.mark.parametrize("suite", SUITES)
@given(place=st.integers(0, 200), bit=st.integers(0, 7))
def test_one_changed_bit_anywhere_is_noticed(suite, place, bit):
    ring = Keyring([KEY], suite)
    sealed = bytearray(ring.seal(b"who and what", "column"))
    sealed[place % len(sealed)] ^= 1 << bit

    with pytest.raises(SealError):
        ring.open(bytes(sealed), "column")


@pytest.mark.parametrize("suite", SUITES)
@given(st.binary(max_size=80))
def test_bytes_that_were_never_sealed_are_refused(suite, content):
    ring = Keyring([KEY], suite)
    for given_bytes in (content, ring.first_head + content):
        with pytest.raises(SealError):
            ring.open(given_bytes, "column")


@pytest.mark.parametrize("suite", SUITES)
def test_a_value_moved_to_another_column_does_not_open(suite):
    ring = Keyring([KEY], suite)

    with pytest.raises(SealError, match="changed"):
        ring.open(ring.seal(b"name", "reporter_identity.name"), "report.statement")


@pytest.mark.parametrize("suite", SUITES)
def test_another_key_does_not_open_it(suite):
    with pytest.raises(SealError, match="no key"):
        Keyring([OTHER], suite).open(Keyring([KEY], suite).seal(b"x", "column"), "column")


def test_each_suite_opens_what_the_other_sealed():
    aes, sm4 = (Keyring([KEY], suite) for suite in SUITES)

    assert sm4.open(aes.seal(b"x", "column"), "column") == b"x"
    assert aes.open(sm4.seal(b"y", "column"), "column") == b"y"
    assert aes.open(sm4.reseal(aes.seal(b"z", "column"), "column"), "column") == b"z"


def test_a_suite_that_was_swapped_for_the_other_in_the_head_is_noticed():
    aes, sm4 = (Keyring([KEY], suite) for suite in SUITES)
    sealed = aes.seal(b"x", "column")

    with pytest.raises(SealError, match="changed"):
        aes.open(sm4.first_head + sealed[len(sm4.first_head) :], "column")


def test_the_librarys_sm4_gcm_is_that_of_rfc_8998():
    encryptor = Cipher(
        algorithms.SM4(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")),
        modes.GCM(bytes.fromhex("00001234567800000000ABCD")),
    ).encryptor()
    encryptor.authenticate_additional_data(bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2"))
    plain = bytes.fromhex("".join(letter * 16 for letter in "ABCDEFEA"))
    ciphertext = encryptor.update(plain) + encryptor.finalize()

    assert ciphertext.hex().upper() == (
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
    )
    assert encryptor.tag.hex().upper() == "83DE3541E4C2B58177E065A9BF7B62EC"
