"""A PostgreSQL and a Redis of one's own, that may be stopped in the middle of everything and started again."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.servers import free_port

_LIBRARY = Path("/usr/lib/postgresql")


class OwnPostgres:
    """A cluster in a folder of its own. PostgreSQL refuses to run as root, so root runs it as `postgres`."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self._folder = programs, folder / "cluster"
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user)
        self._port = free_port()
        self._run("initdb", "--auth=trust", "--username=postgres", "--no-locale", "--encoding=UTF8")
        settings = f"port = {self._port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\nlog_statement = 'none'\n"
        with (self._folder / "postgresql.conf").open("a", encoding="ascii") as file:
            file.write(settings)
        self.url = f"postgresql+psycopg://postgres@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        """Returns when it takes connections, after recovery."""
        self._run("pg_ctl", "start", "--wait", "--timeout=60", f"--log={self._folder}/log")

    def stop(self) -> None:
        """As if the power were cut: nothing is finished, nothing is told to anybody, recovery is left to the start."""
        self._run("pg_ctl", "stop", "--mode=immediate")

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._programs / program, f"--pgdata={self._folder}", *arguments],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=self._user, cwd="/",
            extra_groups=[] if self._user else None,
        )  # fmt: skip


@contextmanager
def own_postgres() -> Iterator[OwnPostgres | None]:
    """A running cluster, removed afterwards; None where PostgreSQL is not installed."""
    programs = sorted(_LIBRARY.glob("*/bin/initdb"))
    if not programs:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="qiaomen-postgres-") as folder:
        cluster = OwnPostgres(programs[-1].parent, Path(folder))
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()


class OwnRedis:
    """A server without a memory on disk."""

    def __init__(self, program: str) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", "/tmp"]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it takes connections."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise TimeoutError(self.url)

    def stop(self) -> None:
        """Kills it if it runs."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def own_redis() -> Iterator[OwnRedis | None]:
    """A running server; None where Redis is not installed."""
    program = shutil.which("redis-server")
    if program is None:
        yield None
        return
    server = OwnRedis(program)
    server.start()
    try:
        yield server
    finally:
        server.stop()
