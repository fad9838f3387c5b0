"""Headers, cookies, CSRF and rate limits, the same for every page."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

import structlog
from flask import Flask, Response, request
from flask_wtf.csrf import CSRFProtect
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter
from werkzeug.middleware.proxy_fix import ProxyFix

from app.settings import Settings
from domain.errors import InvalidInput, OutsideNetwork
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

# More than the page promises to take: who chose too many files is told so on his own page, with all that he wrote.
_REPORT_LENGTH = 64 * 1024 * 1024

_PIECE = 64 * 1024
_HEARD_OUT = 128 * 1024 * 1024

# What fields with files are called, in every form ("media" in the simulator's platform).
UPLOAD_FIELDS = frozenset({"file", "files", "media"})

csrf = CSRFProtect()
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
log = structlog.get_logger(__name__)


def headers_of(settings: Settings) -> dict[str, str]:
    """What every answer carries, so that nothing leaves by the browser."""
    https = settings.base_url.startswith("https://")
    return {**_HEADERS, **({"Strict-Transport-Security": "max-age=31536000"} if https else {})}


def set_up_security(app: Flask, settings: Settings) -> None:
    """Cookies that scripts and other sites cannot use, CSRF on every form, headers on every answer."""
    headers = headers_of(settings)
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        SESSION_COOKIE_NAME="qiaomen",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https://"),
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session; the session has its own limits
        WTF_CSRF_SSL_STRICT=False,  # no referrer is ever sent
        MAX_CONTENT_LENGTH=25 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=512 * 1024,
    )

    @app.before_request
    def hear_large_reports() -> None:  # before CSRF, which reads the form
        if request.path == "/report":
            request.max_content_length = _REPORT_LENGTH

    csrf.init_app(app)
    if settings.proxies:
        # Only as many as the operator says stand before us: anybody can write such a header.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=1)  # type: ignore[method-assign]
    networks = settings.console_networks
    if networks:

        @app.before_request
        def keep_console_inside() -> None:
            if request.path.startswith("/admin") and not is_inside(request.remote_addr, networks):
                raise OutsideNetwork(request.endpoint or "-")

    @app.before_request
    def take_files_for_files_only() -> None:
        # Forms read texts and files out of one bag: a text that comes as a file would reach a field that knows texts only.
        if not UPLOAD_FIELDS.issuperset(request.files):
            raise InvalidInput("file", "unexpected_file")

    @app.after_request
    def hear_out(response: Response) -> Response:
        if response.status_code == 413:
            # A server that closes on an unread body resets the connection: the browser shows a fault instead of our answer.
            _drain(request.environ["wsgi.input"])
        return response

    @app.after_request
    def name_no_host(response: Response) -> Response:
        # Whoever asked knows the host, and the header that says it is anybody's to write.
        own = request.host_url.rstrip("/")
        if response.location and response.location.startswith(f"{own}/"):
            response.location = "/" + response.location.removeprefix(own).lstrip("/")
        return response

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if not request.path.startswith("/static") and "/static/" not in request.path:
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def _drain(body: BinaryIO) -> None:
    for _ in range(_HEARD_OUT // _PIECE):
        if not body.read(_PIECE):
            return


def _one_caller(who: str) -> str:
    """A household gets a whole network of IPv6 (a /64) and may call from any address of it: counted as one."""
    try:
        address = ipaddress.IPv6Address(who)
    except ValueError:
        return who
    return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))


def is_inside(address: str | None, networks: Sequence[_Network]) -> bool:
    """Whether a caller's address lies in one of the networks; what is no address does not."""
    try:
        caller = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    # A listener for both kinds of addresses writes the old ones in the new form.
    caller = getattr(caller, "ipv4_mapped", None) or caller
    return any(caller in network for network in networks)


@dataclass(frozen=True, slots=True)
class Limit:
    """A named rate limit, for example 10 tries in 10 minutes."""

    name: str
    rate: str


LIMITS = {
    limit.name: limit
    for limit in (
        Limit("sign-in", "20/10minutes"),  # an account
        Limit("sign-in-wrong", "5/10minutes"),  # a name, with an account or without: as many as lock an account
        Limit("sign-in-network", "200/10minutes"),  # one password tried on many accounts
        Limit("track", "10/10minutes"),  # a case number
        # Beyond "network" and "site" one waits (bot/web/gate.py), beyond "most" nothing more is taken.
        Limit("track-network", "60/10minutes"),
        Limit("track-site", "600/10minutes"),
        Limit("track-most", "300/10minutes"),
        Limit("report-network", "10/hour"),
        Limit("report-site", "60/10minutes"),
        Limit("report-most", "60/hour"),
        Limit("ticket", "3/hour"),  # a press, and one or two more after what the page still asked
    )
}


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
            return self._limiter.hit(item, limit.name, current_keyring().digests(_one_caller(who))[0][:32])
        except StorageError:
            # Codes and passwords are hashed and accounts lock by themselves: without Redis work goes on, and it is told.
            log.warning("rate_limits_unavailable", limit=limit.name)
            return True
