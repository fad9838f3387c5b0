"""Plaintext pushes carry a signature that covers no body: each is good for the one body it first came with."""

import hashlib
from datetime import timedelta

from sqlalchemy import delete, select

from models import SeenSignature
from services.base import Service

# Longer than any signature is fresh, with both clocks wrong.
SIGNATURE_KEPT = timedelta(hours=1)


class PlainPushes(Service):
    """Remembers which body a signature came with, for all processes and hosts."""

    def bind(self, signature: str, body: bytes) -> bool:
        """Whether the signature came with this body, now or before. False: somebody uses it again for another one."""
        digest = hashlib.sha256(body).digest()
        row = {"signature": signature, "body_digest": digest, "seen_at": self.now()}
        self.insert_missing(SeenSignature, [row])
        kept = self.session.scalar(select(SeenSignature.body_digest).where(SeenSignature.signature == signature))
        return kept == digest

    def forget_old(self) -> None:
        """Removes what is too old to be taken anyway."""
        self.session.execute(delete(SeenSignature).where(SeenSignature.seen_at < self.now() - SIGNATURE_KEPT))
