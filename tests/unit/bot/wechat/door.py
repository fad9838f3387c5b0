"""The webhook behind a test client, and the platform's side of the envelope, honest or not."""

import base64
import secrets
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from werkzeug.test import Client, TestResponse

from bot.wechat.guard import WeChatAccount
from bot.wechat.inbound import Inbound
from bot.wechat.webhook import Webhook
from simulator import crypto

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
NONCE = "123"
TOKEN, APP_ID, ACCOUNT = "token", "wx1", "gh_1"
KEY, OLD_KEY, STRANGE_KEY = (base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=") for _ in range(3))
XML = (
    "<xml><ToUserName>gh_1</ToUserName><FromUserName>o1</FromUserName><CreateTime>1</CreateTime>"
    "<MsgType>text</MsgType><Content>hello</Content><MsgId>1</MsgId></xml>"
)
SILENT_XML = XML.replace("<MsgType>text</MsgType>", "<MsgType>event</MsgType><Event>unsubscribe</Event>")
AGAIN_LATER = "请稍后再发一次"


def signed(stamp: str = STAMP, nonce: str = NONCE, token: str = TOKEN, **more: str) -> dict[str, str]:
    """The query of a push, signed with whatever it holds."""
    return {"signature": crypto.sign(token, stamp, nonce), "timestamp": stamp, "nonce": nonce, "openid": "o1", **more}


def encrypt(frame: bytes, key: str = KEY) -> str:
    """A frame as it is, without padding or any other mercy."""
    secret = base64.b64decode(key + "=")
    encryptor = Cipher(AES(secret), CBC(secret[:16])).encryptor()
    return base64.b64encode(encryptor.update(frame) + encryptor.finalize()).decode()


def frame(
    document: str = XML, app_id: str = APP_ID, *, length: int | None = None, padding: bytes | None = None
) -> bytes:
    """What is inside an envelope. Length and padding can lie."""
    body = document.encode()
    whole = bytes(16) + struct.pack(">I", len(body) if length is None else length) + body + app_id.encode()
    missing = 32 - len(whole) % 32
    return whole + (bytes([missing]) * missing if padding is None else padding)


def seal(document: str = XML, key: str = KEY) -> str:
    """An honest cipher text."""
    return encrypt(frame(document), key)


def sealed_query(cipher_text: str, **more: str) -> dict[str, str]:
    """The query of a push in safe mode."""
    return signed(encrypt_type="aes", msg_signature=crypto.sign(TOKEN, STAMP, NONCE, cipher_text), **more)


def sealed_body(cipher_text: str) -> bytes:
    """The body of a push in safe mode."""
    return f"<xml><ToUserName>gh_1</ToUserName><Encrypt><![CDATA[{cipher_text}]]></Encrypt></xml>".encode()


class Door:
    """The webhook with an answer that remembers what it was asked."""

    def __init__(
        self, *, aes: bool, answer: str | None = "收到", fails: bool = False, keys: tuple[str, ...] = (KEY,)
    ) -> None:
        self.aes = aes
        self.heard: list[Inbound] = []
        self._seen: dict[str, bytes] = {}
        self._answer = answer
        self._fails = fails
        self.has_place = False
        account = WeChatAccount(TOKEN, APP_ID, ACCOUNT, keys if aes else (), max_body=4096)
        self.http = Client(
            Webhook(
                account,
                self.answer,
                lambda: NOW,
                binds=self.binds,
                storage_failure_text=AGAIN_LATER,
                headers={"X-Frame-Options": "DENY"},
                place=self.place,
            )
        )

    @contextmanager
    def place(self) -> Iterator[None]:
        self.has_place = True
        yield
        self.has_place = False

    def binds(self, signature: str, body: bytes) -> bool:
        return self._seen.setdefault(signature, body) == body

    def answer(self, inbound: Inbound, raw: bytes) -> str | None:
        assert self.has_place
        self.heard.append(inbound)
        if self._fails:
            raise OSError("disk full")
        return self._answer

    def post(self, xml: str = XML, *, key: str = KEY, **more: str) -> TestResponse:
        """A push as the platform sends it in this door's mode."""
        if not self.aes:
            return self.send(signed(**more), xml.encode())
        cipher_text = seal(xml, key)
        return self.send(sealed_query(cipher_text, **more), sealed_body(cipher_text))

    def send(self, query, body: bytes, **more) -> TestResponse:
        """Any request."""
        return self.http.post("/wechat", query_string=query, data=body, **more)
