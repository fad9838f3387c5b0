"""Citizens under load: each tells stories one message after the other; all messages are timed."""

import re
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

import requests

from bench.servers import Running
from simulator import crypto, documents
from simulator.replies import read_reply

STORY = "我在城东开修车行，上个月市监局的一个所长来店里检查灭火器，说不给两条烟就要罚我五千。"


@dataclass(slots=True)
class Figures:
    """Seconds of every message, how long the whole took, and the seconds of processor that it took the server."""

    seconds: list[float] = field(default_factory=list)
    elapsed: float = 0.0
    lodged: int = 0
    processor: float = 0.0

    @property
    def rate(self) -> float:
        """Messages a second."""
        return len(self.seconds) / self.elapsed

    @property
    def processor_ms(self) -> float:
        """Milliseconds of processor a message."""
        return self.processor / len(self.seconds) * 1000

    def quantile(self, share: float) -> float:
        """The value that `share` of the messages stayed below."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Person:
    """Somebody with an account who pushes to a server."""

    MESSAGES_OF_A_STORY = 6

    def __init__(self, server: Running) -> None:
        self._server = server
        self._openid = "o" + secrets.token_hex(12)
        self._envelope = crypto.Envelope(server.token, server.app_id, server.aes_key)
        self._http = requests.Session()
        self._http.trust_env = False
        self.seconds: list[float] = []
        self.lodged = 0

    def author(self) -> documents.Author:
        return documents.Author(self._openid, self._server.account, int(time.time()))

    def push(self, push: documents.Push) -> str:
        timestamp, nonce = str(int(time.time())), str(secrets.randbelow(10**9))
        sealed = self._envelope.seal(push.xml, timestamp, nonce)
        query = urlencode(
            {
                "signature": crypto.sign(self._server.token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce,
                "openid": self._openid, "encrypt_type": "aes", "msg_signature": sealed.signature,
            }
        )  # fmt: skip
        body = f"<xml><ToUserName>gh</ToUserName><Encrypt><![CDATA[{sealed.encrypt}]]></Encrypt></xml>"
        reply = read_reply(
            self.send(query, body.encode()),
            openid=self._openid, account=self._server.account, envelope=self._envelope,
        )  # fmt: skip
        return str(reply.content["text"]) if reply else ""

    def send(self, query: str, body: bytes) -> bytes:
        """Sends a request and notes how long the answer took."""
        started = time.perf_counter()
        answer = self._http.post(f"{self._server.url}/wechat?{query}", data=body, timeout=30)
        self.seconds.append(time.perf_counter() - started)
        answer.raise_for_status()
        return answer.content


class Citizen(Person):
    """Somebody who reports."""

    def timed_first(self) -> float:
        """Seconds of a first message, which needs everything: a person is made known, a text is understood."""
        self.push(documents.text(self.author(), STORY))
        return self.seconds[-1]

    def story(self) -> "Person":
        """One whole report, from the first word to the number."""
        reply = self.push(documents.text(self.author(), STORY))
        for _ in range(20):
            if "受理编号：" in reply:
                self.lodged += 1
                break
            choice = re.search(r"^1\. ", reply, re.M)
            word = "提交" if "提交" in reply else "1" if choice else "跳过"
            reply = self.push(documents.text(self.author(), word))
        return self


class Echo(Person):
    """Somebody who talks to the bare echo, as many messages as a story has."""

    def messages(self) -> "Person":
        """As many messages as a story has."""
        for _ in range(self.MESSAGES_OF_A_STORY):
            self.push(documents.text(self.author(), STORY))
        return self


def drive(people: Sequence[Callable[[], Person]], rounds: int) -> Figures:
    """Everybody at once, `rounds` times each."""
    figures = Figures()
    persons: list[Person] = []

    def work(act: Callable[[], Person]) -> None:
        for _ in range(rounds):
            person = act()
        persons.append(person)

    threads = [threading.Thread(target=work, args=(act,)) for act in people]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    figures.elapsed = time.perf_counter() - started
    for person in persons:
        figures.seconds += person.seconds
        figures.lodged += person.lodged
    return figures
