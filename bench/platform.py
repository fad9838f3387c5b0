"""The platform's API as a process of its own sees it: one token, messages to people, and every way in which it fails."""

import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Any

from flask import Flask, Response, jsonify, request
from werkzeug.serving import make_server

from bench.servers import free_port

# Ways to fail after which the message must still arrive, in the end: an errcode, an HTTP status, or worse.
PASSING = (
    "-1", "45011", "40001", "40014", "42001", "41001",  # busy, token
    "40013", "40125", "40164", "61004", "48001", "48004", "50002", "45009",  # an operator must do something, quota
    "45015", "45047", "43101",  # until the person writes again
    "HTTP 429", "HTTP 500", "HTTP 502", "HTTP 503", "HTTP 504",
    "hangs up", "takes it and hangs up", "half an answer", "a page", "no answer",
)  # fmt: skip
# And those after which it never can: the person is no follower, or the message is one the platform refuses.
FINAL = (
    "40003", "43004", "43019", "48002", "50005",
    "40007", "40037", "44002", "45002", "45008", "47001", "47003", "40033",
)  # fmt: skip
# Longer than the client waits for an answer.
_SILENCE = 5.5


class Platform:
    """Outside everything that is killed. Every third send fails in the next of the ways of `fails`, round and round."""

    def __init__(self, fails: Sequence[str] = ()) -> None:
        self.sent: Counter[str] = Counter()  # messages taken, by person
        self.failed: Counter[str] = Counter()
        self.token_calls = 0
        self.single_token_calls = 0  # of the old call, each of which ends everybody else's token
        self._fails: Iterator[str] = cycle(fails) if fails else iter(())
        self._lock = threading.Lock()
        self._calls = self._generation = 0
        self._once: str | None = None
        self._trap: threading.Event | None = None
        self._sprung = threading.Event()
        app = Flask("platform")
        app.add_url_rule("/cgi-bin/stable_token", view_func=self._token, methods=["POST"])
        app.add_url_rule("/cgi-bin/token", view_func=self._single_token)
        app.add_url_rule("/cgi-bin/message/custom/send", view_func=self._send, methods=["POST"])
        self.port = free_port()
        self._server = make_server("127.0.0.1", self.port, app, threaded=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def heal(self) -> None:
        """From now on everything works."""
        self._fails = iter(())

    def fail_once(self, way: str) -> None:
        """The next send fails in this way."""
        self._once = way

    def renew_token(self) -> None:
        """The token everybody has is worth nothing any more."""
        with self._lock:
            self._generation += 1

    def set_trap(self, *, takes: bool) -> threading.Event:
        """The next send gets no answer until the event is set; after `caught` its sender can be killed.

        `takes` says whether the message counts as taken.
        """
        self._sprung.clear()
        self._takes = takes
        self._trap = threading.Event()
        return self._trap

    def caught(self, seconds: float) -> bool:
        """Waits until a sender sits in the trap."""
        return self._sprung.wait(seconds)

    # ── the calls ────────────────────────────────────────────────────────────────────────────────
    def _token(self) -> Response:
        with self._lock:
            self.token_calls += 1
            return jsonify(access_token=f"stable-{self._generation}", expires_in=7200)

    def _single_token(self) -> Response:
        self.single_token_calls += 1
        return jsonify(errcode=40125, errmsg="nobody should ask for this")

    def _send(self) -> Response:
        to: str = request.get_json()["touser"]
        trap, self._trap = self._trap, None
        if trap is not None:
            if self._takes:
                self._take(to)
            self._sprung.set()
            trap.wait(30)
            return _hang_up()
        with self._lock:
            self._calls += 1
            way, self._once = self._once, None
            if way is None and self._calls % 3 == 0:
                way = next(self._fails, None)
            if request.args.get("access_token") != f"stable-{self._generation}":
                return jsonify(errcode=42001, errmsg="access_token expired")
        if way is None:
            self._take(to)
            return jsonify(errcode=0, errmsg="ok")
        self.failed[way] += 1
        if way.startswith("takes"):
            self._take(to)
        return _failure(way)

    def _take(self, to: str) -> None:
        with self._lock:
            self.sent[to] += 1


def _failure(way: str) -> Response:
    match way:
        case "hangs up" | "takes it and hangs up":
            return _hang_up()
        case "no answer":
            time.sleep(_SILENCE)
            return _hang_up()
        case "half an answer":
            return Response(b'{"errcode": 0, "errm', content_type="application/json")
        case "a page":
            return Response("<html>busy</html>")
        case _ if way.startswith("HTTP "):
            return Response("busy", int(way[5:]))
    return jsonify(errcode=int(way), errmsg="as told")


def _hang_up() -> Response:
    connection: Any = request.environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    return Response(b"")
