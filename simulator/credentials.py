"""Tokens of the platform's API, and the faults it was told to show. Knows nothing of what the calls do."""

import hmac
import secrets
import sqlite3
from collections.abc import Callable, Mapping

from simulator.store import Store

_LIFETIME = 7200
_OVERLAP = 300
BAD_APP_ID, BAD_SECRET = 40013, 40125
MISSING_TOKEN, BAD_TOKEN, EXPIRED_TOKEN = 41001, 40001, 42001


class Credentials:
    """Gives out tokens and judges them."""

    def __init__(self, store: Store, clock: Callable[[], float], app_id: str, app_secret: str) -> None:
        self._store = store
        self._clock = clock
        self._app_id = app_id
        self._secret = app_secret

    def refusal(self, claims: Mapping[str, object]) -> int:
        """0 if app id and secret are this account's, else the errcode."""
        if claims.get("appid") != self._app_id:
            return BAD_APP_ID
        secret = str(claims.get("secret", ""))
        return 0 if hmac.compare_digest(secret.encode(), self._secret.encode()) else BAD_SECRET

    def stable_token(self, *, force: bool) -> tuple[str, int]:
        """The token and its seconds: the same one until its last five minutes, while the old and the new both work."""
        now = self._clock()
        with self._store.write() as db:
            if force:
                db.execute("DELETE FROM token WHERE stable")
            row = db.execute(
                "SELECT value, expires_at FROM token WHERE stable AND expires_at > ? ORDER BY expires_at DESC",
                (now + _OVERLAP,),
            ).fetchone()
            if row is not None:
                return row["value"], int(row["expires_at"] - now)
            return self._issue(db, stable=True), _LIFETIME

    def plain_token(self) -> tuple[str, int]:
        """A new token with every call; the one before it lives five minutes longer."""
        with self._store.write() as db:
            db.execute("UPDATE token SET expires_at = min(expires_at, ?) WHERE NOT stable", (self._clock() + _OVERLAP,))
            return self._issue(db, stable=False), _LIFETIME

    def token_refusal(self, token: str) -> int:
        """0 for a good token, else the errcode."""
        if not token:
            return MISSING_TOKEN
        with self._store.read() as db:
            row = db.execute("SELECT expires_at FROM token WHERE value = ?", (token,)).fetchone()
        if row is None:
            return BAD_TOKEN
        return 0 if row["expires_at"] > self._clock() else EXPIRED_TOKEN

    def add_fault(self, errcode: int, times: int, path: str) -> None:
        """The next `times` calls whose path contains `path` answer with `errcode`."""
        with self._store.write() as db:
            db.execute("INSERT INTO fault (errcode, path, times_left) VALUES (?, ?, ?)", (errcode, path, times))

    def clear_faults(self) -> None:
        """Everything works again."""
        with self._store.write() as db:
            db.execute("DELETE FROM fault")

    def take_fault(self, path: str) -> int:
        """The errcode that this call has to answer with, 0 for none."""
        with self._store.write() as db:
            row = db.execute(
                "SELECT id, errcode FROM fault WHERE times_left > 0 AND instr(?, path) ORDER BY id", (path,)
            ).fetchone()
            if row is None:
                return 0
            db.execute("UPDATE fault SET times_left = times_left - 1 WHERE id = ?", (row["id"],))
        errcode: int = row["errcode"]
        return errcode

    def _issue(self, db: sqlite3.Connection, *, stable: bool) -> str:
        value = secrets.token_urlsafe(96)
        db.execute(
            "INSERT INTO token (value, stable, expires_at) VALUES (?, ?, ?)",
            (value, stable, self._clock() + _LIFETIME),
        )
        return value
