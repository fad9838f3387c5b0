"""Starts the web server: gunicorn with threads, the classifier loaded once before the workers fork."""

import gc
import sys
from threading import Event
from typing import Any

from gunicorn.app.base import BaseApplication

from app.in_use import keep_current
from app.settings import Settings, settings_or_exit
from app.slow_clients import PatientWorker, blame_the_client
from classifier.store import ArtefactError


class Server(BaseApplication):
    """gunicorn with our configuration instead of a file."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        """The configuration; reasons beside what is not obvious."""
        settings = self._settings
        for name, value in {
            "bind": f"{settings.host}:{settings.port}",
            "worker_class": PatientWorker,
            "workers": settings.workers,
            "threads": settings.threads,
            "preload_app": True,  # one copy of the classifier for all workers
            "timeout": 60,
            "graceful_timeout": 15,
            "keepalive": 5,
            "control_socket_disable": True,  # on by default since gunicorn 25; it can shut the server down
            "accesslog": None,  # addresses hold signatures and openids
            "loglevel": "warning",
            "post_fork": _after_fork,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, loaded once before the fork, with the classifier: the first message waits for nothing."""
        from wsgi import app

        try:
            app.extensions["system"].parts.suggester.refresh()
        except ArtefactError as error:
            # Nothing can be answered before `python -m app.prepare` is done: the operator is told so in one line.
            raise SystemExit(str(error)) from None
        gc.collect()
        gc.freeze()  # the collector would touch, and so copy, in each worker what all of them share
        return blame_the_client(app)


def _after_fork(_server: Any, _worker: Any) -> None:
    """Connections must not be shared between processes, and each looks by itself which classifier is in use."""
    from wsgi import app

    # Whoever comes back from the database holds a lock there: he waits a millisecond for the interpreter, not five.
    sys.setswitchinterval(0.001)
    system = app.extensions["system"]
    for engine in (system.looks, system.engine):
        engine.dispose(close=False)
    keep_current(lambda: system.parts.suggester, Event())


if __name__ == "__main__":
    Server(settings_or_exit()).run()
