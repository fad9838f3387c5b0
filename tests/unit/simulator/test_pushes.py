from collections.abc import Callable
from dataclasses import replace

import pytest
import requests

from simulator import SimulatorSettings, documents
from simulator.crypto import Envelope, sign
from simulator.documents import cdata
from simulator.platform import Platform
from simulator.pushes import Pusher
from tests.unit.simulator.fakes import AES_KEY, Clock, Webhook, reply_document


@pytest.fixture
def push(
    settings: SimulatorSettings, platform: Platform, clock: Clock, openid: str
) -> Callable[..., list[tuple[str, object]]]:
    """Pushes a text; gives back the kinds and contents that the chat shows afterwards."""

    def push(document: Callable[..., documents.Push] = documents.text, *fields: object, aes_key: str = "") -> list:  # type: ignore[type-arg]
        pusher = Pusher(replace(settings, aes_key=aes_key), platform, clock)
        pusher.push(
            openid, document(pusher.author(openid), *(fields or (("您好",) if document is documents.text else ())))
        )
        return [(message.kind, message.content) for message in platform.messages(openid)]

    return push


class TestPlaintext:
    def test_the_push_is_signed_and_names_the_citizen(
        self, push: Callable[..., object], webhook: Webhook, openid: str
    ) -> None:
        push()

        query = webhook.query()
        assert query["signature"] == sign("tok3n", query["timestamp"], query["nonce"])
        assert (query["openid"], query["timestamp"]) == (openid, "1795000000")
        assert "msg_signature" not in query

    def test_the_document_goes_as_text_xml(self, push: Callable[..., object], webhook: Webhook) -> None:
        push()

        assert webhook.requests[0].headers["Content-Type"] == "text/xml"
        assert webhook.values()["Content"] == "您好"

    def test_the_reply_is_shown(self, push: Callable[..., object], webhook: Webhook, openid: str) -> None:
        webhook.answers = [(200, reply_document(openid, "收到"))]

        assert push() == [("text", {"text": "收到"})]

    def test_success_shows_nothing(self, push: Callable[..., object], webhook: Webhook) -> None:
        assert push() == []


class TestSealed:
    def test_only_the_envelope_travels(self, push: Callable[..., object], webhook: Webhook) -> None:
        push(aes_key=AES_KEY)

        assert "您好".encode() not in webhook.requests[0].body
        assert webhook.query()["encrypt_type"] == "aes"
        assert webhook.values()["Content"] == "您好"

    def test_a_sealed_reply_is_shown(self, push: Callable[..., object], webhook: Webhook, openid: str) -> None:
        sealed = Envelope("tok3n", "wx1", AES_KEY).seal(reply_document(openid, "收到"), "1", "2")
        webhook.answers = [
            (
                200,
                f"<xml><Encrypt>{cdata(sealed.encrypt)}</Encrypt><MsgSignature>{cdata(sealed.signature)}</MsgSignature>"
                "<TimeStamp>1</TimeStamp><Nonce>2</Nonce></xml>",
            )
        ]

        assert push(aes_key=AES_KEY) == [("text", {"text": "收到"})]

    def test_a_reply_in_the_clear_is_a_fault(self, push: Callable[..., object], webhook: Webhook, openid: str) -> None:
        webhook.answers = [(200, reply_document(openid, "收到"))]

        assert push(aes_key=AES_KEY) == [("fault", {})]


class TestRetries:
    @pytest.mark.parametrize(
        "failure", [requests.ReadTimeout("late"), requests.ConnectionError("refused"), (500, "error"), (302, "")]
    )
    def test_a_try_without_an_answer_is_followed_by_another(
        self, push: Callable[..., object], webhook: Webhook, openid: str, failure: tuple[int, str] | Exception
    ) -> None:
        webhook.answers = [failure, (200, reply_document(openid, "收到"))]

        assert push() == [("text", {"text": "收到"})]

    def test_three_tries_in_vain_are_a_fault(self, push: Callable[..., object], webhook: Webhook) -> None:
        webhook.answers = [requests.ReadTimeout("late")] * 3

        assert push() == [("fault", {})]
        assert len(webhook.requests) == 3

    @pytest.mark.parametrize("aes_key", ["", AES_KEY])
    def test_a_retry_is_the_same_message_under_another_nonce(
        self, push: Callable[..., object], webhook: Webhook, aes_key: str
    ) -> None:
        webhook.answers = [requests.ReadTimeout("late")]
        push(aes_key=aes_key)

        assert webhook.values(0) == webhook.values(1)
        assert webhook.query(0)["nonce"] != webhook.query(1)["nonce"]

    def test_a_malformed_answer_is_a_fault_at_once(self, push: Callable[..., object], webhook: Webhook) -> None:
        webhook.answers = [(200, "<html>")]

        assert push() == [("fault", {})]
        assert len(webhook.requests) == 1

    def test_a_report_that_fails_is_not_shown_to_the_citizen(
        self, push: Callable[..., object], webhook: Webhook
    ) -> None:
        webhook.answers = [(200, "<html>")]

        assert push(documents.unsubscribe) == []

    def test_an_answer_to_a_report_is_not_shown(
        self, push: Callable[..., object], webhook: Webhook, openid: str
    ) -> None:
        webhook.answers = [(200, reply_document(openid, "再见"))]

        assert push(documents.unsubscribe) == []
