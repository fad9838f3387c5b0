"""Our envelope against two implementations by others, both ways. The packages come from the lock beside this file."""

import base64
import json
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.wechat.document import read_elements
from bot.wechat.envelope import Envelope
from tests.conftest import missing

pytestmark = pytest.mark.node

HERE = Path(__file__).parent
PEERS = ["wechat-crypto", "@wecom/crypto"]
ALPHABET = "abc 019<>&]\n\t阳光举报，受理编号。é€😀𠮷"
ENVELOPES = 60


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[dict]], list[dict]]:
    """Hands tasks to `peers.js` and gives its answers."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        missing("no Node.js with npm")
    folder = tmp_path_factory.mktemp("peers")
    for name in ("package.json", "package-lock.json", "peers.js"):
        shutil.copy(HERE / name, folder / name)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=90)
    except subprocess.SubprocessError as error:
        missing(f"the packages cannot be installed: {type(error).__name__}")

    def run(tasks: list[dict]) -> list[dict]:
        done = subprocess.run(
            [node, "peers.js"],
            cwd=folder,
            check=True,
            capture_output=True,
            input=json.dumps(tasks).encode(),
            timeout=60,
        )
        return json.loads(done.stdout)

    return run


def accounts() -> Iterator[dict]:
    """Invented accounts, each with a document of another length; characters of every width occur."""
    chance = random.Random(20261123)
    for number in range(ENVELOPES):
        yield {
            "token": f"token{chance.randrange(10**6)}",
            "appId": f"wx{chance.randbytes(8).hex()}",
            "key": base64.b64encode(chance.randbytes(32)).decode().rstrip("="),
            "timestamp": str(1_700_000_000 + chance.randrange(10**8)),
            "nonce": str(chance.randrange(10**9)),
            "document": f"<xml>{'x' * number}{''.join(chance.choices(ALPHABET, k=chance.randrange(700)))}</xml>",
        }


def envelope(account: dict) -> Envelope:
    return Envelope(account["token"], account["appId"], account["key"])


@pytest.mark.parametrize("peer", PEERS)
def test_what_we_seal_others_open(ask, peer):
    given = list(accounts())
    sealed = [read_elements(envelope(a).seal(a["document"].encode(), a["timestamp"], a["nonce"])) for a in given]
    tasks = [{**a, "peer": peer, "encrypt": reply["Encrypt"]} for a, reply in zip(given, sealed, strict=True)]

    assert ask(tasks) == [
        {"document": a["document"], "appId": a["appId"], "signature": reply["MsgSignature"]}
        for a, reply in zip(given, sealed, strict=True)
    ]


@pytest.mark.parametrize("peer", PEERS)
def test_what_others_seal_we_open(ask, peer):
    given = list(accounts())
    answers = ask([{**a, "peer": peer} for a in given])

    assert [
        envelope(a).open(answer["encrypt"], answer["signature"], a["timestamp"], a["nonce"]).decode()
        for a, answer in zip(given, answers, strict=True)
    ] == [a["document"] for a in given]
