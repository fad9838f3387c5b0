"""What stands at the gate before a request comes. What it does to requests stands in `test_views.py` and `test_attacks.py`."""

import pytest

from bot.wechat.envelope import ProtocolError
from bot.wechat.guard import WeChatAccount, open_push
from tests.unit.bot.wechat.door import KEY, NOW, OLD_KEY, STRANGE_KEY, XML, seal, sealed_body, sealed_query, signed


def listed(query: dict[str, str]) -> dict[str, list[str]]:
    return {name: [value] for name, value in query.items()}


def opened(key: str, *keys: str) -> bytes:
    """What an account with `keys` makes of a push sealed under `key`."""
    cipher_text = seal(key=key)
    account = WeChatAccount("token", "wx1", aes_keys=keys)
    return open_push(account, listed(sealed_query(cipher_text)), sealed_body(cipher_text), NOW).document


@pytest.mark.parametrize("key", [KEY, OLD_KEY], ids=["in_force", "previous"])
def test_pushes_under_the_key_in_force_and_the_previous_one_are_opened(key):
    assert opened(key, KEY, OLD_KEY) == XML.encode()


def test_a_push_under_a_third_key_is_not_opened():
    with pytest.raises(ProtocolError):
        opened(STRANGE_KEY, KEY, OLD_KEY)


@pytest.mark.parametrize(
    ("keys", "query", "reason"),
    [((KEY,), signed(), "plaintext_refused"), ((), signed(encrypt_type="aes"), "no_aes_key")],
    ids=["the_platform_does_not_seal", "we_cannot_open"],
)
def test_the_log_tells_an_operator_that_the_two_sides_disagree_on_the_mode(keys, query, reason):
    with pytest.raises(ProtocolError) as refused:
        open_push(WeChatAccount("token", "wx1", aes_keys=keys), listed(query), XML.encode(), NOW)

    assert refused.value.reason == reason


def test_an_account_without_a_token_does_not_start():
    with pytest.raises(ValueError, match="token"):
        WeChatAccount("", "wx1")


def test_an_account_with_a_bad_key_does_not_start():
    with pytest.raises(ValueError, match="43"):
        WeChatAccount("token", "wx1", aes_keys=(KEY, "x" * 42))


def test_an_account_does_not_show_its_secrets():
    shown = repr(WeChatAccount("t0ken-of-ours", "wx1", aes_keys=(KEY,)))

    assert "t0ken-of-ours" not in shown
    assert KEY not in shown
