"""A clock that tests move, and an account's webhook that notes what it is pushed."""

import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from simulator.crypto import Envelope, Sealed
from simulator.documents import cdata

WEBHOOK = "http://account.test/wechat"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
ACCOUNT = "gh_demo"
PAGE = {"X-Requested-With": "simulator"}


class Clock:
    """Seconds since 1970 that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1_795_000_000.0

    def __call__(self) -> float:
        return self.seconds


def reply_document(openid: str, text: str, account: str = ACCOUNT) -> str:
    return (
        f"<xml><ToUserName>{cdata(openid)}</ToUserName><FromUserName>{cdata(account)}</FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType>{cdata('text')}</MsgType>"
        f"<Content>{cdata(text)}</Content></xml>"
    )


@dataclass
class Webhook:
    """An account's webhook that notes what it is pushed and answers as it is told."""

    answers: list[tuple[int, str] | Exception] = field(default_factory=list)
    requests: list[Any] = field(default_factory=list)

    def __call__(self, request: Any) -> tuple[int, dict[str, str], str]:
        self.requests.append(request)
        answer = self.answers.pop(0) if self.answers else (200, "success")
        if isinstance(answer, Exception):
            raise answer
        return answer[0], {}, answer[1]

    def query(self, index: int = -1) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.requests[index].url).query).items()}

    def document(self, index: int = -1) -> Element:
        """What was pushed, opened if it was sealed."""
        root: Element = fromstring(self.requests[index].body)
        encrypt = root.findtext("Encrypt")
        if encrypt is None:
            return root
        query = self.query(index)
        envelope = Envelope("tok3n", "wx1", AES_KEY)
        opened: Element = fromstring(
            envelope.open(Sealed(encrypt, query["msg_signature"], query["timestamp"], query["nonce"]))
        )
        return opened

    def values(self, index: int = -1) -> dict[str, str]:
        return {child.tag: child.text or "" for child in self.document(index)}
