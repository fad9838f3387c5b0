"""The journal as a chain: each line's digest covers the line before, so that none can be changed, removed or put in unseen.

After Schneier and Kelsey, "Secure audit logs to support computer forensics" (1999), with a plain hash chain whose end is
sealed with a key that is not in the database, and signed once a day in a line that leaves the house.
"""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any, cast

from sqlalchemy import LargeBinary, Result, Row, Table, Text, func, select, type_coerce, update
from sqlalchemy.orm import Session

from domain.permissions import StaffFacts
from domain.terms import CaseEventKind, CaseStatus
from models import CaseEvent, JournalAnchor, JournalHead, JournalLink
from models.sealing import SealError, current_keyring
from services.base import Service

HEAD = 1
GENESIS = "0" * 64
_BATCH = 1_000
_NEW_LINES = "lines not yet linked"
_LINK = cast("Table", JournalLink.__table__)
_HEAD = cast("Table", JournalHead.__table__)
# Below the object mapper: every report waits for the one head.
_LOCK_HEAD = select(_HEAD.c.position, _HEAD.c.digest).where(_HEAD.c.id == HEAD).with_for_update()
_MOVE_HEAD = _HEAD.update().where(_HEAD.c.id == HEAD)
_WORDS = (CaseEvent.kind, CaseEvent.old_status, CaseEvent.new_status)


@dataclass(frozen=True, slots=True)
class Anchor:
    """The end of the chain on one day. `line` is what is printed; it says nothing about any case."""

    day: date
    position: int
    digest: str
    public_key: str
    signature: str

    @property
    def message(self) -> str:
        """What is signed."""
        return f"qiaomen-journal {self.day.isoformat()} {self.position} {self.digest}"

    @property
    def line(self) -> str:
        """One line of ASCII, to print, to send out, to read back with `Anchor.from_line`."""
        return f"{self.message} {self.public_key} {self.signature}"

    @classmethod
    def from_line(cls, line: str) -> "Anchor | None":
        """The anchor of a printed line; None when it is none."""
        found = re.fullmatch(
            r"qiaomen-journal (\d{4}-\d\d-\d\d) (\d{1,18}) ([0-9a-f]{64}) ([0-9a-f]{64}) ([0-9a-f]{128})", line.strip()
        )
        if found is None:
            return None
        return cls(date.fromisoformat(found[1]), int(found[2]), found[3], found[4], found[5])


@dataclass(frozen=True, slots=True)
class Verified:
    """What a walk over the chain found. `broken` is None when all is well, else the code of what is wrong first."""

    entries: int
    anchors: int
    head: str
    broken: str | None = None
    position: int | None = None
    event_id: int | None = None


class Journal(Service):
    """Writes lines, anchors the chain, walks it."""

    def write(
        self,
        kind: CaseEventKind,
        *,
        actor: StaffFacts | str,
        case_id: int | None = None,
        old_status: CaseStatus | None = None,
        new_status: CaseStatus | None = None,
        old_value: str | None = None,
        new_value: str | None = None,
        reason: str | None = None,
    ) -> None:
        """One line. Values are keys or days; only `reason` (sealed) may hold content."""
        by, staff_id = (str(actor.role), actor.staff_id) if isinstance(actor, StaffFacts) else (actor, None)
        event = CaseEvent(
            case_id=case_id,
            kind=kind,
            happened_at=self.now(),
            actor=by,
            staff_id=staff_id,
            old_status=old_status,
            new_status=new_status,
            old_value=old_value,
            new_value=new_value,
            reason=reason,
        )
        self.session.add(event)
        self.session.info.setdefault(_NEW_LINES, []).append(event)

    def anchor(self) -> Anchor:
        """The signed line of today, made at the first call of a day."""
        made = self.session.get(JournalAnchor, self.today())
        if made is None:
            head = _locked_head(self.session)
            draft = Anchor(self.today(), head.position, head.digest, "", "")
            public_key, signature = current_keyring().sign(draft.message)
            made = JournalAnchor(
                day=draft.day,
                position=draft.position,
                digest=draft.digest,
                public_key=public_key,
                signature=signature,
            )
            self.session.add(made)
            self.session.flush()
        return _as_anchor(made)

    def verify(self, held: Iterable[Anchor] = ()) -> Verified:
        """Walks the whole chain. `held` are anchors that were kept outside; they must fit too.

        The walk reads in batches; run it in a read-only transaction, which sees one state from beginning to end.
        """
        anchors = [_as_anchor(row) for row in self.session.scalars(select(JournalAnchor))] + list(held)
        expected = {anchor.position: anchor for anchor in anchors}
        by_hand = next((a for a in anchors if not _is_genuine(a) or expected[a.position].digest != a.digest), None)
        if by_hand is not None:
            return Verified(0, len(anchors), GENESIS, "anchor_forged", by_hand.position)
        digest, position = GENESIS, 0
        try:
            with self._rows() as rows:
                for position, row in enumerate(rows, 1):
                    broken = _broken_link(position, digest, row)
                    anchored = expected.get(position)
                    if broken is None and anchored is not None and anchored.digest != row.digest:
                        broken = "anchor_differs"
                    if broken is not None:
                        return Verified(position - 1, len(anchors), digest, broken, position, row.event_id)
                    digest = row.digest
        except ValueError:
            # A value that is not even of its column's type: at this place or in the batch after it.
            return Verified(position, len(anchors), digest, "line_changed", position + 1)
        return self._verify_end(position, digest, anchors)

    def destroy_reasons(self, case_ids: Sequence[int]) -> None:
        """Empties the reasons in the lines of these cases. The chain still fits: of each its commitment is kept.

        The salt goes too, so that nobody can try what a reason may have been.
        """
        rows = self.session.execute(
            select(JournalLink.position, JournalLink.salt, CaseEvent.id, CaseEvent.reason)
            .join(CaseEvent, CaseEvent.id == JournalLink.event_id)
            .where(CaseEvent.case_id.in_(case_ids), CaseEvent.reason.is_not(None))
        ).all()
        for position, salt, event_id, reason in rows:
            commitment = _commitment(_as_bytes(reason), salt)
            self.session.execute(
                update(JournalLink).where(JournalLink.position == position).values(commitment=commitment, salt=None)
            )
            self.session.execute(update(CaseEvent).where(CaseEvent.id == event_id).values(reason=None))

    def _verify_end(self, position: int, digest: str, anchors: list[Anchor]) -> Verified:
        """The head must be where the links end, and every line must be linked."""
        head = self.session.get(JournalHead, HEAD)
        broken = None
        at = None
        if head is None or (head.position, head.digest) != (position, digest):
            broken = "end_missing"
        elif position and head.seal not in _seals(position, digest):
            broken = "end_forged"
        elif any(anchor.position > position for anchor in anchors):
            broken = "anchor_beyond_end"
        elif position:
            unlinked = select(func.min(CaseEvent.id)).where(
                ~select(JournalLink.position).where(JournalLink.event_id == CaseEvent.id).exists()
            )
            at = self.session.scalar(unlinked)
            broken = "line_inserted" if at is not None else None
        return Verified(position, len(anchors), digest, broken, position + 1 if broken else None, at)

    def _rows(self) -> Result[Any]:
        """Links with their lines, sealed values as they lie there: one that cannot be opened is a finding, not an error."""
        return self.session.execute(
            select(
                JournalLink.position,
                JournalLink.event_id,
                JournalLink.digest,
                JournalLink.commitment,
                type_coerce(JournalLink.salt, LargeBinary).label("salt"),
                CaseEvent.id,
                CaseEvent.case_id,
                *(type_coerce(column, Text).label(column.key) for column in _WORDS),
                CaseEvent.happened_at,
                CaseEvent.actor,
                CaseEvent.staff_id,
                CaseEvent.old_value,
                CaseEvent.new_value,
                type_coerce(CaseEvent.reason, LargeBinary).label("reason"),
            )
            .outerjoin(CaseEvent, CaseEvent.id == JournalLink.event_id)
            .order_by(JournalLink.position)
            .execution_options(yield_per=_BATCH)
        )


def link_lines(session: Session) -> None:
    """Appends a transaction's lines to the chain, just before its commit: every session of the system is set so.

    Last of all, so that the one lock that all writers share is held as short as it can be.
    """
    if session.in_nested_transaction():
        return
    events: list[CaseEvent] = session.info.pop(_NEW_LINES, [])
    if not events:
        return
    session.flush()
    # What was undone with a savepoint has left the session.
    events = [event for event in events if event in session]
    head = _locked_head(session)
    position, digest, links = head.position, head.digest, []
    if position == 0:
        # A journal from before the chain: whatever is there is taken in, oldest first.
        events = list(session.scalars(select(CaseEvent).order_by(CaseEvent.id)))
    for event in events:
        salt = secrets.token_bytes(16) if event.reason is not None else None
        position += 1
        digest = _digest(digest, event, _commitment(_as_bytes(event.reason), salt))
        links.append({"position": position, "event_id": event.id, "digest": digest, "salt": salt})
    connection = session.connection()
    connection.execute(_LINK.insert(), links)
    connection.execute(_MOVE_HEAD, {"position": position, "digest": digest, "seal": _seals(position, digest)[0]})


def forget_lines(session: Session) -> None:
    """After a roll-back: its lines were never written. One to a savepoint leaves what was written before."""
    if not session.in_nested_transaction():
        session.info.pop(_NEW_LINES, None)


def _locked_head(session: Session) -> Row[int, str]:
    head = session.connection().execute(_LOCK_HEAD).first()
    if head is None:
        msg = "the journal has no head: the database is not migrated, or the row was removed"
        raise RuntimeError(msg)
    return head


def _broken_link(position: int, digest: str, row: Row[Any]) -> str | None:
    if row.position != position:
        return "link_missing"
    if row.id is None:
        return "line_removed"
    try:
        salt = None if row.salt is None else current_keyring().open(row.salt, "journal_link.salt")
        reason = None if row.reason is None else current_keyring().open(row.reason, "case_event.reason")
    except SealError:
        return "line_changed"
    commitment = row.commitment if reason is None else _commitment(reason, salt)
    return None if _digest(digest, row, commitment) == row.digest else "line_changed"


def _digest(before: str, event: CaseEvent | Row[Any], commitment: str | None) -> str:
    """SHA-256 over the digest before and the line in one canonical form."""
    line = [
        before,
        event.id,
        event.case_id,
        event.kind,
        event.happened_at.astimezone(UTC).isoformat(timespec="microseconds"),  # as it is read back
        event.actor,
        event.staff_id,
        event.old_status,
        event.new_status,
        event.old_value,
        event.new_value,
        commitment,
    ]
    return hashlib.sha256(json.dumps(line, separators=(",", ":")).encode()).hexdigest()


def _as_bytes(reason: str | None) -> bytes | None:
    return None if reason is None else reason.encode("utf-8", "surrogatepass")


def _commitment(reason: bytes | None, salt: bytes | None) -> str | None:
    """Binds the line to its reason without giving it away: reasons are short, and a bare digest could be guessed."""
    return None if reason is None else hmac.new(salt or b"", reason, hashlib.sha256).hexdigest()


def _seals(position: int, digest: str) -> list[str]:
    return current_keyring().digests(f"journal head {position} {digest}")


def _is_genuine(anchor: Anchor) -> bool:
    return current_keyring().is_signed(anchor.message, anchor.public_key, anchor.signature)


def _as_anchor(row: JournalAnchor) -> Anchor:
    return Anchor(row.day, row.position, row.digest, row.public_key, row.signature)
