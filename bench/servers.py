"""Starts what is measured: our site as `make run` starts it, and a bare echo under the same server with the same settings."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers. `ready_seconds` from the command until it says ready; `pid` of what was started."""

    url: str
    token: str
    app_id: str
    aes_key: str
    account: str
    ready_seconds: float
    pid: int = 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(url: str, started: float | None = None) -> float:
    """Seconds from `started` (now by default) to the first good answer. Raises TimeoutError after two minutes."""
    started = time.monotonic() if started is None else started
    while time.monotonic() - started < 120:
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                if answer.status == 200:
                    return time.monotonic() - started
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(url)


@contextmanager
def start_site(folder: Path, database: str, shelf: Path) -> Iterator[Running]:
    """Our site in safe mode, on SQLite by default, prepared once before so that a second start is measured.

    `shelf` holds a trained classifier.
    """
    instance, port = folder / "instance", free_port()
    instance.mkdir(parents=True)
    (instance / "classifier").symlink_to(shelf)
    environment = {
        **os.environ,
        "QIAOMEN_INSTANCE": str(instance),
        "QIAOMEN_PORT": str(port),
        "QIAOMEN_DATABASE_URL": database,
    }
    subprocess.run([sys.executable, "-m", "app.prepare"], cwd=PROJECT, env=environment, check=True)
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "app.launch"], cwd=PROJECT, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        seconds = wait_until_ready(f"http://127.0.0.1:{port}/readyz", started)
        made = json.loads((instance / "made.json").read_text(encoding="utf-8"))
        yield Running(
            f"http://127.0.0.1:{port}", made["wechat_token"], made["wechat_app_id"], made["wechat_aes_key"],
            made["wechat_account"], seconds, process.pid,
        )  # fmt: skip
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def start_echo(database: str = "") -> Iterator[Running]:
    """The quick-start application of wechatpy under gunicorn with our worker settings; `database` for one insert a message."""
    port = free_port()
    key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
    environment = {
        **os.environ,
        "ECHO_TOKEN": "bench",
        "ECHO_APP_ID": "wxbench",
        "ECHO_KEY": key,
        "ECHO_DATABASE": database,
    }
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-k", "gthread", "-w", "1", "--threads", "32", "--no-control-socket",
         "--keep-alive", "5", "-b", f"127.0.0.1:{port}", "bench.echo:from_environment()"],
        cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        seconds = wait_until_ready(f"http://127.0.0.1:{port}/healthz", started)
        yield Running(f"http://127.0.0.1:{port}", "bench", "wxbench", key, "gh_bench", seconds, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def scratch_postgres() -> Iterator[str]:
    """The address of an empty PostgreSQL database, dropped afterwards; empty without a server."""
    server = os.environ.get("QIAOMEN_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
    name = f"qiaomen_bench_{secrets.token_hex(6)}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3})
    try:
        with admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
    except OperationalError:
        yield ""
        return
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()
