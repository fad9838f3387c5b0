"""Headers, cookies, CSRF and rate limits, the same for every page."""

from dataclasses import dataclass

import structlog
from flask import Flask, Response, request
from flask_wtf.csrf import CSRFProtect
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from app.settings import Settings
from models.sealing import current_keyring

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}

csrf = CSRFProtect()
log = structlog.get_logger(__name__)


def set_up_security(app: Flask, settings: Settings) -> None:
    """Cookies that scripts and other sites cannot use, CSRF on every form, headers on every answer."""
    https = settings.base_url.startswith("https://")
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        SESSION_COOKIE_NAME="qiaomen",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=https,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session; the session has its own limits
        WTF_CSRF_SSL_STRICT=False,  # no referrer is ever sent
        MAX_CONTENT_LENGTH=25 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=512 * 1024,
    )
    csrf.init_app(app)

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if https:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if not request.path.startswith("/static") and "/static/" not in request.path:
            response.headers.setdefault("Cache-Control", "no-store")
        return response


@dataclass(frozen=True, slots=True)
class Limit:
    """A named rate limit, for example 10 tries in 10 minutes."""

    name: str
    rate: str


SIGN_IN = Limit("sign-in", "20/10minutes")
TRACK = Limit("track", "10/10minutes")
REPORT = Limit("report", "10/hour")


class RateLimiter:
    """Counts tries, in this process or in Redis. Keys are keyed digests: no address of a citizen is kept anywhere."""

    def __init__(self, redis_url: str) -> None:
        storage = storage_from_string(redis_url or "memory://", wrap_exceptions=True)
        self._limiter = MovingWindowRateLimiter(storage)
        self._items: dict[str, RateLimitItem] = {}

    def allows(self, limit: Limit, who: str) -> bool:
        """Counts one try and says whether it is still within the limit."""
        item = self._items.setdefault(limit.name, parse(limit.rate))
        try:
            return self._limiter.hit(item, limit.name, current_keyring().digests(who)[0][:32])
        except StorageError:
            # Codes and passwords are hashed and accounts lock by themselves: without Redis work goes on, and it is told.
            log.warning("rate_limits_unavailable", limit=limit.name)
            return True
