"""Under attack everybody waits a little; nobody loses what he wrote, and nothing is asked of him that a machine can do better.

A person beyond what is usual is shown his own form again, with a ticket for exactly this content: after some seconds he presses
once more. No script, no puzzle (docs/adr/0012). Beyond what any household or telephone network needs, no more is taken.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from domain.errors import Throttled

SECONDS = 30
_VALID = 3600


@dataclass(frozen=True, slots=True)
class Wait:
    """So long, and what to show again then."""

    seconds: int
    ticket: str


class Gate:
    """Of one form. `allows` counts a try against a named limit for a key."""

    def __init__(self, name: str, allows: Callable[[str, str], bool]) -> None:
        self._name = name
        self._allows = allows

    def check(self, content: str, ticket: str) -> Wait | None:
        """None for "go on". Raises Throttled when this network sends more than anybody needs."""
        network = request.remote_addr or "-"
        if not self._allows(f"{self._name}-most", network):
            raise Throttled(self._name)
        calm = [self._allows(f"{self._name}-network", network), self._allows(f"{self._name}-site", "-")]
        if all(calm):
            return None
        signer = self._signer(content)
        waited = _waited(signer, ticket)
        if waited is not None and waited < SECONDS:
            return Wait(SECONDS - waited, ticket)
        if waited is not None and self._allows("ticket", ticket):
            return None
        return Wait(SECONDS, signer.dumps(""))

    def _signer(self, content: str) -> URLSafeTimedSerializer:
        # The content is in the key: a ticket fits nothing else, and tells nothing of it.
        digest = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
        return URLSafeTimedSerializer(str(current_app.secret_key), salt=f"wait {self._name} {digest}")


def _waited(signer: URLSafeTimedSerializer, ticket: str) -> int | None:
    """Since how many seconds the ticket is out; None for one that is not ours, not for this, or too old."""
    try:
        _, issued_at = signer.loads(ticket, max_age=_VALID, return_timestamp=True)
    except BadSignature:
        return None
    return max(0, int((datetime.now(UTC) - issued_at).total_seconds()))
