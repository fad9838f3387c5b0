"""Makes `.venv` and installs exactly what a lock file pins. Standard library only; a second run with the same lock does nothing.

Usage: python3 tools/bootstrap.py requirements.lock
"""

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
# Newer than the pip that comes with Python 3.11 and four times as quick; without it pip reads the same lock.
INSTALLER = "uv==0.13.9"


def main(lock_name: str) -> None:
    """Installs `lock_name`; the runtime lock is satisfied by an environment that already holds the larger dev lock."""
    if sys.version_info < (3, 11):  # noqa: UP036  (the message is for people with an older Python)
        sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0])
    lock = PROJECT / lock_name
    wanted = {name: _digest(PROJECT / name) for name in {lock_name, "requirements.lock"}}
    stamp = VENV / "installed.txt"
    installed = stamp.read_text(encoding="utf-8").split() if stamp.exists() else []
    if wanted[lock_name] in installed:
        return
    python = VENV / "bin" / "python"
    if not python.exists():
        print("making .venv ...", flush=True)  # noqa: T201
        venv.create(VENV, with_pip=True)
    print(f"installing {lock_name} ...", flush=True)  # noqa: T201
    if _run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", INSTALLER) == 0:
        sync = ("-m", "uv", "pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode", "--python", str(python))
        failed = _run(python, *sync, str(lock))
    else:
        failed = _run(python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock))
    if failed:
        sys.exit("installing failed; the lines above say why (is a package index reachable?)")
    stamp.write_text("\n".join(sorted(set(wanted.values()))) + "\n", encoding="utf-8")


def _run(python: Path, *arguments: str) -> int:
    return subprocess.run([str(python), *arguments], check=False).returncode  # noqa: S603  (fixed arguments)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "requirements.lock")
