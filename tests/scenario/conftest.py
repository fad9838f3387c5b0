"""A whole site on a free port: real server, real classifier, real outgoing client, the simulator as the platform."""

import fcntl
import re
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
import requests
from playwright.sync_api import Browser, sync_playwright
from pydantic import SecretStr
from werkzeug.serving import make_server

from app import create_app
from app.factory import make_worker
from app.settings import PROJECT, Settings, load_settings
from app.training import train_if_needed
from simulator import crypto, documents
from simulator.replies import read_reply
from tests.conftest import missing
from tests.scenario.browsing import ARGUMENTS, CHROMIUM

CACHE = PROJECT / ".pytest_cache" / "classifier"


@pytest.fixture(scope="session")
def trained() -> Path:
    """A classifier trained on data/reports, once for all test processes."""
    CACHE.parent.mkdir(exist_ok=True)
    with (CACHE.parent / "classifier.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        train_if_needed(CACHE)
    return CACHE


class Site:
    """A running site and a worker that is told when to work."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.url = settings.base_url
        self.app = create_app(settings)
        self.system = self.app.extensions["system"]
        self.worker = make_worker(self.system)
        self._server = make_server("127.0.0.1", settings.port, self.app, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def citizen(self, openid: str | None = None) -> "Citizen":
        return Citizen(self, openid or "o" + secrets.token_hex(13))

    def work(self) -> None:
        """Lets the worker do what there is to do."""
        for _ in range(20):
            if not self.worker.run_once():
                return

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join(timeout=10)
        self._server.server_close()
        self.system.engine.dispose()


class Citizen:
    """Somebody with WeChat: signs and seals like the platform, reads the passive replies."""

    def __init__(self, site: Site, openid: str) -> None:
        self.site = site
        self.openid = openid
        settings = site.settings
        key = settings.wechat_aes_key.get_secret_value()
        self._envelope = (
            crypto.Envelope(settings.wechat_token.get_secret_value(), settings.wechat_app_id, key) if key else None
        )
        self.last = ""

    @property
    def author(self) -> documents.Author:
        return documents.Author(self.openid, self.site.settings.wechat_account, int(time.time()))

    def post(self, xml: str, *, openid: str | None = None) -> requests.Response:
        timestamp, nonce = str(int(time.time())), str(secrets.randbelow(10**9))
        token = self.site.settings.wechat_token.get_secret_value()
        query = {
            "signature": crypto.sign(token, timestamp, nonce),
            "timestamp": timestamp,
            "nonce": nonce,
            "openid": openid or self.openid,
        }
        if self._envelope is not None:
            sealed = self._envelope.seal(xml, timestamp, nonce)
            query |= {"encrypt_type": "aes", "msg_signature": sealed.signature}
            xml = f"<xml><ToUserName>gh</ToUserName><Encrypt><![CDATA[{sealed.encrypt}]]></Encrypt></xml>"
        return requests.post(f"{self.site.url}/wechat?{urlencode(query)}", data=xml.encode(), timeout=10)

    def push(self, push: documents.Push) -> str:
        """Pushes and gives the text of the reply, empty for none."""
        answer = self.post(push.xml)
        assert answer.status_code == 200, answer.text
        reply = read_reply(
            answer.content, openid=self.openid, account=self.site.settings.wechat_account, envelope=self._envelope
        )
        self.last = reply.content["text"] if reply else ""
        return self.last

    def says(self, content: str) -> str:
        return self.push(documents.text(self.author, content))

    def follows(self, scene: str | None = None) -> str:
        return self.push(documents.subscribe(self.author, scene))

    def lodges(self, *first: str) -> tuple[str, str]:
        """Tells a story, takes the first choice or skips whatever is asked, lodges. Gives number and code."""
        for content in first:
            self.says(content)
        for _ in range(25):
            found = re.search(r"受理编号：(\S+)\s+查询码：(\S+)", self.last)
            if found:
                return found.group(1), found.group(2)
            if (
                "提交" in self.last and "受理编号" not in self.last and not re.search(r"^\s*1[.、 ]", self.last, re.M)
            ) or re.search(r"提交", self.last):
                self.says("提交")
            elif re.search(r"^\s*1[.、 ]", self.last, re.M):
                self.says("1")
            else:
                self.says("跳过")
        raise AssertionError(f"never lodged; the bot said: {self.last}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def make_site(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """`make_site(database_url, aes=True)`; everything is stopped afterwards."""
    sites: list[Site] = []

    def make(database_url: str, *, aes: bool = True) -> Site:
        monkeypatch.setenv("QIAOMEN_INSTANCE", str(tmp_path / "instance"))
        monkeypatch.setenv("QIAOMEN_PORT", str(free_port()))
        monkeypatch.setenv("QIAOMEN_DATABASE_URL", database_url)
        settings = load_settings()
        if not aes:
            settings = settings.model_copy(update={"wechat_aes_key": SecretStr("")})
        (settings.instance / "classifier").symlink_to(trained)
        sites.append(Site(settings))
        return sites[-1]

    yield make
    for site in sites:
        site.stop()


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    if not CHROMIUM.exists():
        missing("no Chromium at /usr/bin/chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def site(make_site, sqlite_url) -> Site:  # type: ignore[no-untyped-def]
    """A site in safe mode on SQLite."""
    running: Site = make_site(sqlite_url)
    return running
