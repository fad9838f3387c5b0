"""Is it alive, is it ready, what are its numbers. Says nothing about any case."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import structlog
from flask import Blueprint, Response, abort, jsonify, request
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.in_use import SuggesterInUse
from app.migrations import is_current
from app.parts import System
from domain.errors import StorageFailed
from outbox.worker import HEARTBEAT, JOBS

log = structlog.get_logger(__name__)

_STALE = timedelta(seconds=60)
# A job that fails has its next try planned: one that is overdue was not even tried.
_OVERDUE = timedelta(minutes=10)
# Megabytes. Where nothing can be stored every message is refused: somebody must hear of it before that.
_LITTLE_ROOM = 200


def make_blueprint(system: System) -> Blueprint:
    """`/healthz`, `/readyz`, `/metrics`."""
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @health.get("/readyz")
    def readyz() -> tuple[Response, int]:
        checks = readiness(system)
        ready = all(checks.values())
        status = "ready" if ready else "not ready"
        return jsonify(status=status, checks=checks, problems=problems(system)), 200 if ready else 503

    @health.get("/metrics")
    def metrics() -> Response:
        if request.remote_addr not in {"127.0.0.1", "::1"} or request.headers.get("X-Forwarded-For"):
            abort(404)
        return Response(collect(system), mimetype="text/plain; version=0.0.4")

    return health


def readiness(system: System) -> dict[str, bool]:
    """Each part and whether it is ready: database, migrations, classifier, a worker that lives and does its jobs."""
    checks: dict[str, bool] = {"database": False, "migrations": False, "classifier": False, "worker": False}
    suggester = system.parts.suggester
    checks["classifier"] = not isinstance(suggester, SuggesterInUse) or suggester.is_loaded
    try:
        with system.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        checks["database"] = True
        checks["migrations"] = is_current(system.engine)
        with system.transact(read_only=True) as services:
            beat = services.schedule.last_run(HEARTBEAT)
            overdue = services.schedule.overdue((job.name for job in JOBS), _OVERDUE)
        checks["worker"] = beat is not None and system.parts.clock() - beat < _STALE and not overdue
    except SQLAlchemyError:
        log.warning("not_ready", exc_info=True)
    return checks


def free_megabytes(folder: Path) -> int:
    """Room left on the disk of a folder."""
    return shutil.disk_usage(folder).free >> 20


def problems(system: System, free: Callable[[Path], int] = free_megabytes) -> dict[str, object]:
    """What an operator must look into while the service goes on: jobs that fail, reports that cannot be read, a disk nearly full."""
    found: dict[str, object] = {}
    left = free(system.settings.instance)
    if left < _LITTLE_ROOM:
        found["disk_megabytes_left"] = left
    try:
        with system.transact(read_only=True) as services:
            failing, set_aside = services.schedule.failing(), services.indexing.set_aside_count()
    except StorageFailed:
        log.warning("problems_unknown", exc_info=True)
        return found
    if failing:
        found["failing_jobs"] = failing
    if set_aside:
        found["reports_set_aside"] = set_aside
    return found


def collect(system: System) -> bytes:
    """Prometheus text, read from the database, so that any process can answer for all."""
    registry = CollectorRegistry()
    with system.transact(read_only=True) as services:
        figures = services.queries.figures()
    for name, rows in figures.items():
        gauge = Gauge(f"qiaomen_{name}", f"{name.replace('_', ' ')}, by state", ["state"], registry=registry)
        for state, value in rows.items():
            gauge.labels(state).set(value)
    return generate_latest(registry)
