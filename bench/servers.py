"""Starts what is measured: our site as `make run` starts it, and a bare echo under the same server with the same settings."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers. `ready_seconds` from the command to the first answer."""

    url: str
    token: str
    app_id: str
    aes_key: str
    account: str
    ready_seconds: float


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str, started: float) -> float:
    while time.monotonic() - started < 120:
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                if answer.status == 200:
                    return time.monotonic() - started
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(url)


@contextmanager
def start_site(folder: Path) -> Iterator[Running]:
    """Our site on SQLite in safe mode, prepared once before so that a second start is measured."""
    instance, port = folder / "instance", _free_port()
    environment = {**os.environ, "QIAOMEN_INSTANCE": str(instance), "QIAOMEN_PORT": str(port)}
    subprocess.run([sys.executable, "-m", "app.prepare"], cwd=PROJECT, env=environment, check=True)
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "app.launch"], cwd=PROJECT, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        seconds = _wait(f"http://127.0.0.1:{port}/healthz", started)
        made = json.loads((instance / "made.json").read_text(encoding="utf-8"))
        yield Running(
            f"http://127.0.0.1:{port}", made["wechat_token"], made["wechat_app_id"], made["wechat_aes_key"],
            made["wechat_account"], seconds,
        )  # fmt: skip
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def start_echo() -> Iterator[Running]:
    """The quick-start application of wechatpy under gunicorn with our worker settings."""
    port = _free_port()
    key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
    environment = {**os.environ, "ECHO_TOKEN": "bench", "ECHO_APP_ID": "wxbench", "ECHO_KEY": key}
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-k", "gthread", "-w", "1", "--threads", "32", "--no-control-socket",
         "-b", f"127.0.0.1:{port}", "bench.echo:app"],
        cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        seconds = _wait(f"http://127.0.0.1:{port}/healthz", started)
        yield Running(f"http://127.0.0.1:{port}", "bench", "wxbench", key, "gh_bench", seconds)
    finally:
        process.terminate()
        process.wait(timeout=30)
