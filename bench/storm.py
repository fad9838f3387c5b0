"""Reports under fire: many citizens at once while the processes that serve them are killed without warning.

The citizens behave like the platform: a push that was not answered is delivered again, the same push. What was
acknowledged is written down here, outside the system, and compared with what the system holds afterwards.
"""

import base64
import os
import random
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import timedelta
from pathlib import Path

import requests
from sqlalchemy import select

from app.factory import make_worker
from app.parts import build_system, now
from app.settings import PROJECT, Settings
from bench.aftermath import Aftermath, compare
from bench.load import Citizen
from bench.platform import Platform
from bench.servers import Running, free_port, wait_until_ready
from domain.errors import Conflict, IllegalTransition, StorageFailed
from domain.permissions import StaffFacts
from domain.terms import CaseStatus, Role
from models import Case
from services import Services
from simulator import documents

# Of the answer to a message that could not be stored (words/letters/storage_failure.txt).
_NOT_STORED = "没能保存"
# Seconds a citizen goes on for with one message: on a busy machine a server takes long to start.
_PATIENCE = 300
# Seconds without any answer after which the next one is killed all the same.
_LULL = 30


class Stubborn(Citizen):
    """A citizen whose pushes the platform delivers again, to whichever server, until they are answered."""

    def __init__(self, servers: Sequence[Running]) -> None:
        super().__init__(servers[0])
        self._servers = servers
        self.numbers: list[str] = []
        self.answered: list[str] = []
        self.gave_up: list[str] = []

    @property
    def openid(self) -> str:
        return self._openid

    def push(self, push: documents.Push) -> str:
        found = re.search(r"<MsgId>(\d+)</MsgId>", push.xml)
        key = found[1] if found else ""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            self._server = secrets.choice(self._servers)
            try:
                reply = super().push(push)
            except requests.RequestException:
                time.sleep(0.1)
                continue
            if reply and _NOT_STORED not in reply:
                self.answered.append(key)
                if "受理编号：" in reply:
                    self.numbers.append(reply.split("受理编号：")[1].split()[0])
                return reply
            time.sleep(0.2)
        self.gave_up.append(key)
        return ""


class Storm:
    """A production installation of some web servers and workers, on any engine, and the killer.

    `webs` and `workers` count what would run on as many hosts: they share the database and one folder, nothing else.
    `fails` are ways in which the platform fails meanwhile.
    """

    def __init__(
        self,
        folder: Path,
        database_url: str,
        classifier: Path,
        redis_url: str = "",
        *,
        webs: int = 2,
        workers: int = 2,
        fails: Sequence[str] = ("-1",),
    ) -> None:
        self.platform = Platform(fails)
        self._ports = {f"web {n}": free_port() for n in range(webs)}
        self._secrets = {
            "SECRET_KEY": secrets.token_hex(32),
            "DATA_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
            "WECHAT_TOKEN": secrets.token_hex(16),
            "WECHAT_APP_ID": "wx" + secrets.token_hex(8),
            "WECHAT_APP_SECRET": secrets.token_hex(16),
            "WECHAT_AES_KEY": base64.b64encode(secrets.token_bytes(32)).decode().rstrip("="),
            "WECHAT_ACCOUNT": "gh_storm",
        }
        self._environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("QIAOMEN_", "COV_", "COVERAGE"))},
            "FLASK_APP": "wsgi",
            **{f"QIAOMEN_{name}": value for name, value in self._secrets.items()},
            "QIAOMEN_MODE": "production",
            "QIAOMEN_INSTANCE": str(folder),
            "QIAOMEN_DATABASE_URL": database_url,
            "QIAOMEN_REDIS_URL": redis_url,
            "QIAOMEN_PUBLIC_BASE_URL": "https://storm.example",
            "QIAOMEN_WECHAT_API_BASE_URL": self.platform.url,
            "QIAOMEN_WORKERS": "1",
            "QIAOMEN_THREADS": "16",
            "QIAOMEN_LOG_LEVEL": "ERROR",
        }
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "classifier").exists():
            (folder / "classifier").symlink_to(classifier)
        subprocess.run([sys.executable, "-m", "app.prepare"], cwd=PROJECT, env=self._environment, check=True)
        self._settings = Settings(
            **{name.lower(): value for name, value in self._secrets.items()},
            mode="production", instance=folder, database_url=database_url, public_base_url="https://storm.example",
            wechat_api_base_url=self.platform.url,
        )  # fmt: skip
        self._ahead = timedelta()
        self._system = build_system(self._settings, clock=lambda: now() + self._ahead)
        self._worker = make_worker(self._system)
        self._errors = (folder / "errors.log").open("ab")
        names = (*self._ports, *(f"worker {n}" for n in range(workers)))
        self._parts = {name: self._start_part(name) for name in names}
        self.servers = [
            Running(
                f"http://127.0.0.1:{port}", self._secrets["WECHAT_TOKEN"], self._secrets["WECHAT_APP_ID"],
                self._secrets["WECHAT_AES_KEY"], "gh_storm", wait_until_ready(f"http://127.0.0.1:{port}/healthz"),
            )
            for port in self._ports.values()
        ]  # fmt: skip

    def _start_part(self, name: str) -> subprocess.Popen[bytes]:
        port = self._ports.get(name)
        if port is None:
            return self._start(sys.executable, "-m", "flask", "outbox", "run")
        return self._start(sys.executable, "-m", "app.serve", port=port)

    def _start(self, *command: str, port: int = 8000) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            cwd=PROJECT,
            env={**self._environment, "QIAOMEN_PORT": str(port)},
            stdout=self._errors,
            stderr=self._errors,
            start_new_session=True,
        )

    def run(
        self,
        *,
        citizens: int,
        kills: int,
        pause: tuple[float, float] = (0.1, 0.6),
        seed: int = 1,
        strike: Callable[[], object] | None = None,
    ) -> Aftermath:
        """Citizens tell stories until the last kill is over. Then all is mended, and what was promised is compared.

        `strike` is called between kills: what else can fail, the database's connections for example.
        """
        aftermath = Aftermath()
        over = threading.Event()
        people = [[Stubborn(self.servers)] for _ in range(citizens)]
        at_desk = threading.Event()
        clerk = threading.Thread(target=self._accept_what_comes, args=(self._hire(), at_desk))
        threads = [threading.Thread(target=self._tell, args=(told, over)) for told in people]
        for thread in (clerk, *threads):
            thread.start()
        # A test that kills at fixed moments would miss what chance finds; the seed makes a find repeatable.
        chance = random.Random(seed)
        while aftermath.kills < kills:
            heard = _answers_to(people)
            aftermath.kills += self._kill(chance)
            if strike is not None:
                strike()
            time.sleep(chance.uniform(*pause))
            # On a slow machine nothing but starts would be killed: somebody must have been served in between.
            end = time.monotonic() + _LULL
            while _answers_to(people) == heard and time.monotonic() < end:
                self.revive()
                time.sleep(0.02)
        over.set()
        while any(thread.is_alive() for thread in threads):
            self.revive()
            time.sleep(0.2)
        time.sleep(1)  # the clerk takes the last ones
        at_desk.set()
        clerk.join()
        persons = [person for told in people for person in told]
        self.settle()
        for person in persons:
            aftermath.gave_up += person.gave_up
            # Whoever is not answered now is stuck; and whoever writes opens the window for what waits for that.
            if person.answered and not person.push(documents.text(person.author(), "帮助")):
                aftermath.stuck.append(person.openid)
        self.settle()
        with self._system.transact(read_only=True) as services:
            compare(services, persons, self.platform.sent, aftermath)
        return aftermath

    def stop(self) -> None:
        for process in self._parts.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._system.engine.dispose()
        self._errors.close()
        self.platform.stop()

    # ── under fire ───────────────────────────────────────────────────────────────────────────────
    def _tell(self, told: list[Stubborn], over: threading.Event) -> None:
        while not over.is_set():
            told[-1].story()
            told.append(Stubborn(self.servers))

    def _kill(self, chance: random.Random) -> int:
        """A web process, the server with all its web processes, or the worker, which start again; 0 if there was none to kill."""
        victim = chance.choice((*("web process",) * 6, "web", "worker"))
        if victim == "web process":
            children = [child for name in self._ports for child in _children(self._parts[name].pid)]
            if not children:
                return 0
            os.kill(chance.choice(children), signal.SIGKILL)
            return 1
        self.kill(chance.choice([name for name in self._parts if name.startswith(victim)]))
        self.revive()
        return 1

    def kill(self, name: str) -> None:
        """A server with all its web processes, or a worker. It stays dead until it is started again."""
        process = self._parts[name]
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def revive(self) -> None:
        """As systemd would: what died is started again."""
        for name, process in self._parts.items():
            if process.poll() is not None:
                self._parts[name] = self._start_part(name)

    def _hire(self) -> StaffFacts:
        """A clerk, before the storm: nobody is hired while the lights go out."""
        with self.transact() as services:
            staff_id = services.staff.create(
                username="storm-clerk",
                display_name="clerk",
                role=Role.PETITION,
                body=None,
                password=secrets.token_hex(),
            )
        return StaffFacts(staff_id, Role.PETITION, None)

    def _accept_what_comes(self, clerk: StaffFacts, at_desk: threading.Event) -> None:
        """A clerk in a process that is not killed: each acceptance puts one message into the outbox."""
        while not at_desk.wait(0.2):
            # A page that said "could not be stored" is tried again by whoever sits before it.
            with suppress(StorageFailed, Conflict, IllegalTransition):
                self._accept_waiting(clerk)

    def _accept_waiting(self, clerk: StaffFacts) -> None:
        with self._system.transact(read_only=True) as services:
            waiting = services.session.execute(
                select(Case.case_number, Case.version).where(Case.status == CaseStatus.RECEIVED).limit(20)
            ).all()
        for number, version in waiting:
            with self.transact() as services:
                services.casework.accept(clerk, number, version=version)

    # ── afterwards ───────────────────────────────────────────────────────────────────────────────
    def settle(self) -> None:
        """The storm is over: everything runs again, and time goes by until leases and waits for the next try have run out."""
        self.platform.heal()
        self.revive()
        # To a worker whose clock is behind, claims of a clock ahead are claims of before it was set back: he takes them.
        for name in self._parts:
            if name.startswith("worker"):
                self.kill(name)
        for server in self.servers:
            wait_until_ready(f"{server.url}/healthz")
        for minutes in (5, 20, 80, 500, 1000, 1500):
            self._ahead = timedelta(minutes=minutes)
            for _ in range(200):
                if not self._worker.run_once():
                    break
        self._ahead = timedelta()
        self.revive()

    def transact(self) -> AbstractContextManager[Services]:
        """Services in this process, which nobody kills."""
        return self._system.transact()


def _answers_to(people: list[list[Stubborn]]) -> int:
    return sum(len(person.answered) for told in people for person in told)


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
