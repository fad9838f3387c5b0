"""Delivers pushes to the account's webhook as the platform does, and puts what comes back into the chat."""

import secrets
from collections.abc import Callable
from urllib.parse import urlencode

import requests

from simulator.crypto import Envelope, sign
from simulator.documents import Author, Push, cdata
from simulator.platform import Channel, Direction, Platform
from simulator.replies import MalformedReply, Reply, read_reply
from simulator.settings import SimulatorSettings

_SECONDS = 5
_TRIES = 3


class Pusher:
    """Pushes for one account, sealed if the account has an AES key."""

    def __init__(self, settings: SimulatorSettings, platform: Platform, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._platform = platform
        self._clock = clock
        self._envelope = Envelope(settings.token, settings.app_id, settings.aes_key) if settings.aes_key else None

    def author(self, openid: str) -> Author:
        """This citizen writing to this account now."""
        return Author(openid, self._settings.account, int(self._clock()))

    def push(self, openid: str, push: Push) -> None:
        """Delivers with up to three tries of five seconds; the reply, or the fault sentence, ends up in the chat."""
        try:
            reply = self._deliver(openid, push)
        except (MalformedReply, _NoAnswer):
            if push.shows_reply:
                self._platform.add_message(openid, Direction.SYSTEM, Channel.PASSIVE, "fault", {})
            return
        if reply is not None and push.shows_reply:
            self._platform.add_message(openid, Direction.ACCOUNT, Channel.PASSIVE, reply.kind, reply.content)

    def _deliver(self, openid: str, push: Push) -> Reply | None:
        for _ in range(_TRIES):
            try:
                body = self._post(openid, push.xml)
            except _NoAnswer:
                continue
            return read_reply(body, openid=openid, account=self._settings.account, envelope=self._envelope)
        raise _NoAnswer

    def _post(self, openid: str, xml: str) -> bytes:
        """One try: the same document under a new timestamp, nonce, signature and, if sealed, a new salt."""
        timestamp, nonce = str(int(self._clock())), str(secrets.randbelow(10**10))
        query = {
            "signature": sign(self._settings.token, timestamp, nonce),
            "timestamp": timestamp,
            "nonce": nonce,
            "openid": openid,
        }
        if self._envelope is not None:
            sealed = self._envelope.seal(xml, timestamp, nonce)
            query |= {"encrypt_type": "aes", "msg_signature": sealed.signature}
            account = cdata(self._settings.account)
            xml = f"<xml><ToUserName>{account}</ToUserName><Encrypt>{cdata(sealed.encrypt)}</Encrypt></xml>"
        # A session of its own for each try: threads share nothing, and no proxy of the machine stands in between.
        with requests.Session() as session:
            session.trust_env = False
            try:
                answer = session.post(
                    f"{self._settings.webhook_url}?{urlencode(query)}",
                    data=xml.encode(),
                    headers={"Content-Type": "text/xml"},
                    timeout=_SECONDS,
                    allow_redirects=False,
                )
            except requests.RequestException as error:
                raise _NoAnswer from error
        if answer.status_code != 200 or answer.elapsed.total_seconds() > _SECONDS:
            raise _NoAnswer
        return answer.content


class _NoAnswer(Exception):
    """No answer with status 200 within five seconds."""
