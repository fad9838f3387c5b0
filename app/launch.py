"""`make run`: prepares the instance, fills the demo county, starts web server and worker, stops both together."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from types import FrameType

import click

from app.settings import PROJECT, Settings, settings_or_exit

_READY_WITHIN = 60  # seconds


def main() -> int:
    """Runs until Ctrl-C or SIGTERM. Exit code 0 after a clean stop, 1 when a part could not start or died."""
    settings = settings_or_exit()
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    click.echo("preparing ...")
    environment = {**os.environ, "FLASK_APP": "wsgi", "PYTHONUNBUFFERED": "1"}
    # In a process of its own: this one then stays small and starts the parts at once.
    if subprocess.run([sys.executable, "-m", "app.prepare"], cwd=PROJECT, env=environment, check=False).returncode:
        return 0 if stopping else 1
    parts = [
        _start("app.serve", environment=environment),
        _start("flask", "outbox", "run", environment=environment),
    ]
    announced = False
    started = time.monotonic()
    while not stopping and all(part.poll() is None for part in parts):
        if not announced and _answers(settings):
            click.echo(_announcement(settings))
            announced = True
        if not announced and time.monotonic() - started > _READY_WITHIN:
            click.echo("the web server does not answer; the lines above may say why", err=True)
            break
        time.sleep(0.2)
    for part in parts:
        if part.poll() is None:
            part.terminate()
    for part in parts:
        try:
            part.wait(timeout=20)
        except subprocess.TimeoutExpired:
            part.kill()
    return 0 if stopping else 1


def _start(*module: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches only this process, which then stops the parts in order.
    return subprocess.Popen(  # noqa: S603  (fixed arguments)
        [sys.executable, "-m", *module], cwd=PROJECT, env=environment, start_new_session=True
    )


def _answers(settings: Settings) -> bool:
    try:
        with urllib.request.urlopen(f"http://{_local(settings)}/healthz", timeout=1) as answer:  # nosec B310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _local(settings: Settings) -> str:
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104  # nosec B104
    return f"{host}:{settings.port}"


def _announcement(settings: Settings) -> str:
    template = (PROJECT / "words" / "started.txt").read_text(encoding="utf-8")
    if not settings.is_demo:
        template = template.partition("----")[0]
    return template.replace("----\n", "").format(
        base=f"http://{_local(settings)}", password=settings.demo_password.get_secret_value()
    )


if __name__ == "__main__":
    sys.exit(main())
