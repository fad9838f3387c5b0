"""`make run` as a stranger meets it: one process, three addresses, a clean stop; and the machine commands."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from app.settings import PROJECT
from tests.scenario.conftest import free_port

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def instance(tmp_path: Path, trained: Path) -> Path:
    folder = tmp_path / "instance"
    folder.mkdir()
    (folder / "classifier").symlink_to(trained)
    return folder


def environment(instance: Path, **more: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("QIAOMEN_", "COV_", "COVERAGE"))}
    return {**clean, "QIAOMEN_INSTANCE": str(instance), **more}


def run(instance: Path, *arguments: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flask", *arguments], cwd=PROJECT, env=environment(instance, **more), input=stdin,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def status_of_broken_chunk(port: int, address: str) -> int:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(
            f"POST {address} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            "Transfer-Encoding: chunked\r\n\r\nZZ\r\nx\r\n".encode()
        )
        return int(connection.recv(100).split()[1])


def ready(url: str) -> dict[str, bool]:
    """What `/readyz` checks once all of it holds; what it said last where it never does."""
    deadline = time.monotonic() + 90
    said: dict[str, bool] = {}
    while time.monotonic() < deadline:
        with suppress(requests.RequestException):
            answer = requests.get(f"{url}/readyz", timeout=2).json()
            said = answer.get("checks", {})
            if answer["status"] == "ready":
                break
        time.sleep(0.3)
    return said


def children(pid: int) -> dict[str, int]:
    """The living processes that a process started, by the last word of their command."""
    found = {}
    for listed in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = int((listed / "stat").read_text().rpartition(")")[2].split()[1])
            command = (listed / "cmdline").read_text().rstrip("\0").split("\0")
            if parent == pid and command != [""]:
                found[command[-1]] = int(listed.name)
    return found


ALL_WELL = {"database": True, "migrations": True, "classifier": True, "worker": True}


def test_one_command_starts_everything_starts_what_was_killed_again_and_stops_it_cleanly(instance):
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "app.launch"], cwd=PROJECT, env=environment(instance, QIAOMEN_PORT=str(port)),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        assert ready(url) == ALL_WELL
        assert requests.get(f"{url}/simulator/", timeout=5).status_code == 200
        assert requests.get(f"{url}/admin/sign-in", timeout=5).status_code == 200
        for address in ("/wechat", "/report"):
            assert status_of_broken_chunk(port, address) == 400
        assert requests.get(f"{url}/report", timeout=5).status_code == 200
        assert "qiaomen_cases" in requests.get(f"{url}/metrics", timeout=5).text
        before = children(process.pid)
        for killed in before.values():
            os.kill(killed, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while (now := children(process.pid)).keys() != before.keys() or set(now.values()) & set(before.values()):
            assert time.monotonic() < deadline, now
            time.sleep(0.2)
        assert before.keys() == {"app.serve", "run"}
        assert ready(url) == ALL_WELL
    finally:
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=40)
    assert process.returncode == 0
    assert "/simulator/" in output
    assert "qiaomen-demo" in output
    assert output.count("started again") == 2
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/healthz", timeout=2)


def test_production_refuses_to_start_and_names_what_is_missing(instance):
    process = subprocess.run(
        [sys.executable, "-m", "app.launch"], cwd=PROJECT, env=environment(instance, QIAOMEN_MODE="production"),
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert process.returncode == 1
    assert "QIAOMEN_DATA_KEYS" in process.stderr
    assert "Traceback" not in process.stderr


def test_suggest_answers_every_line_and_refuses_what_it_cannot_read(instance):
    lines = [
        json.dumps({"id": "1", "text": "市监局的一个所长来店里检查，不给两条烟就要罚五千块"}, ensure_ascii=False),
        "not json",
        '{"id": "3"}',
        '{"id": "4", "text": 5}',
        "[1, 2]",
        '{"id": "6", "text": ""}',
        json.dumps({"id": "7", "text": "\u0000\u202e控制字符"}, ensure_ascii=False),
    ]
    done = run(instance, "suggest", stdin="\n".join(lines) + "\n")
    answers = [json.loads(line) for line in done.stdout.splitlines()]

    assert done.returncode == 1
    assert [a.get("error") for a in answers] == [
        None, "invalid_json", "text_missing", "text_missing", "invalid_json", None, None,
    ]  # fmt: skip
    first = answers[0]
    assert set(first) == {
        "id", "label", "scores", "abstain", "aspect", "unit", "units", "needs_clarification", "route_rule", "owner",
        "slots", "model_version",
    }  # fmt: skip
    assert (first["unit"], first["owner"], first["route_rule"]) == (
        "market_regulation",
        "g_market",
        "e12_default_group",
    )
    assert first["slots"]["amount_cny"] == 5000
    assert len(first["scores"]) >= 3
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("moment", ["yesterday", "2026-13-01", ""])
def test_a_moment_that_is_none_is_refused_in_one_line(instance, moment):
    done = run(instance, "deadlines", "sweep", "--now", moment)

    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_the_image_would_start_from_what_it_copies(tmp_path, trained, sqlite_url):
    """No container engine here: a folder with exactly the copied files, the image's settings and its own command."""
    import re
    import shutil

    dockerfile = (PROJECT / "Dockerfile").read_text(encoding="utf-8")
    image = tmp_path / "image"
    image.mkdir()
    for line in re.findall(r"^COPY (?!--from)(.+)$", dockerfile, re.M):
        *sources, target = line.split()
        for source in sources:
            place = image / target / (source if target == "./" else "")
            (shutil.copytree if (PROJECT / source).is_dir() else shutil.copy)(PROJECT / source, place)
    [module] = re.findall(r'^CMD \["python", "-m", "([\w.]+)"\]$', dockerfile, re.M)
    instance = tmp_path / "var"
    instance.mkdir()
    (instance / "classifier").symlink_to(trained)
    port = free_port()
    settings = environment(
        instance, QIAOMEN_MODE="production", QIAOMEN_PORT=str(port), QIAOMEN_DATABASE_URL=sqlite_url, QIAOMEN_SECRET_KEY="s" * 40,
        QIAOMEN_DATA_KEYS="QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=", QIAOMEN_WECHAT_TOKEN="t", QIAOMEN_WECHAT_APP_ID="wx1",
        QIAOMEN_WECHAT_APP_SECRET="s", QIAOMEN_WECHAT_ACCOUNT="gh_1", QIAOMEN_WECHAT_API_BASE_URL="https://api.weixin.qq.com",
        QIAOMEN_PUBLIC_BASE_URL="https://example.invalid", QIAOMEN_WECHAT_AES_KEY="A" * 43,
    )  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", module], cwd=image, env=settings, stderr=subprocess.PIPE, text=True
    )
    try:
        status = None
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and status is None and process.poll() is None:
            try:
                status = requests.get(f"http://127.0.0.1:{port}/healthz", timeout=2).status_code
            except requests.RequestException:
                time.sleep(0.2)
        assert status == 200
        assert requests.get(f"http://127.0.0.1:{port}/simulator/", timeout=5).status_code == 404
    finally:
        process.terminate()
        process.communicate(timeout=30)


@pytest.mark.parametrize("command", [["inbound"], ["ledger"], ["deadlines", "sweep"], ["outbox", "run", "--once"]])
def test_a_command_without_a_database_says_so_in_one_line(instance, tmp_path, command):
    done = run(instance, *command, QIAOMEN_DATABASE_URL=f"sqlite:///{tmp_path}/missing/there.sqlite3")

    assert done.returncode == 1
    assert "the database cannot be used" in done.stderr
    assert "Traceback" not in done.stderr
