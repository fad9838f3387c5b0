"""Destroying what was kept long enough: a list first, then exactly that list, and a certificate in the journal.

What goes is content, wherever it stands: reasons in the journal are as free a text as any. That a case existed, of which
kind, about which unit, how it ended and who did what and when stays for ever: nobody can make a report disappear this way.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, delete, func, or_, select, update

from domain.errors import Conflict, InvalidInput
from domain.lifecycle import OPEN
from domain.retention import RetentionRule
from domain.terms import CaseEventKind, CaseStatus, InboundStatus, OutboxStatus, RecordKind
from models import (
    AssignmentProposal,
    Attachment,
    Case,
    CaseDeadline,
    CaseEvent,
    CaseWord,
    ConflictOfInterest,
    Feedback,
    InboundMessage,
    Inquiry,
    LetterAnswer,
    OutboxMessage,
    Report,
    ReporterIdentity,
    StaffDraft,
    StaffSession,
    SupervisionLetter,
)
from services.base import SYSTEM, Service

# One certificate covers at most so many records: a list that a person can look through, a transaction that is short.
BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Expired:
    """What of one kind has been kept long enough, oldest first. `token` stands for exactly this list."""

    rule: RetentionRule
    ids: tuple[int, ...]
    total: int
    oldest: datetime | None
    token: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was destroyed, when and on whose word. `digest` covers the ids of the records (SHA-256, hexadecimal)."""

    kind: RecordKind
    records: int
    kept_days: int
    basis: str
    digest: str
    asked_by: str
    destroyed_at: datetime


class Retention(Service):
    """Shows what has been kept long enough, and destroys it."""

    def preview(self) -> list[Expired]:
        """Every kind with what of it has been kept long enough now."""
        return [self._expired(rule) for rule in self.parts.retention.values()]

    def destroy(self, kind: RecordKind, token: str, asked_by: str) -> Certificate:
        """Destroys the list that the preview showed, none more and none less.

        Raises Conflict when the list is another one by now, InvalidInput when nobody is named or it is empty.
        """
        if not asked_by.strip():
            raise InvalidInput("asked_by", "empty")
        rule = self.parts.retention[kind]
        expired = self._expired(rule)
        if not expired.ids:
            raise InvalidInput("kind", "empty")
        if expired.token != token:
            raise Conflict(kind)
        destroyers: dict[RecordKind, Callable[[Sequence[int]], None]] = {
            RecordKind.RAW_PUSHES: self._empty_pushes,
            RecordKind.SIGN_INS: self._remove_sign_ins,
            RecordKind.CASE_CONTENT: self._empty_cases,
        }
        destroyers[kind](expired.ids)
        certificate = Certificate(
            kind, len(expired.ids), rule.kept.days, rule.basis, _digest(expired.ids), asked_by.strip(), self.now()
        )
        self.services.journal.write(
            CaseEventKind.RECORDS_DESTROYED,
            actor=SYSTEM,
            old_value=kind,
            new_value=str(certificate.records),
            reason=json.dumps(
                {
                    "asked_by": certificate.asked_by,
                    "kept_days": certificate.kept_days,
                    "basis": certificate.basis,
                    "digest": certificate.digest,
                },
                ensure_ascii=False,
            ),
        )
        return certificate

    # ── what is old enough ───────────────────────────────────────────────────────────────────────
    def _expired(self, rule: RetentionRule) -> Expired:
        limit = self.now() - rule.kept
        query: Select[int, datetime] = {
            RecordKind.RAW_PUSHES: _old_pushes,
            RecordKind.SIGN_INS: _old_sign_ins,
            RecordKind.CASE_CONTENT: _old_cases,
        }[rule.kind](limit)
        rows = self.session.execute(query.limit(BATCH)).all()
        ids = tuple(sorted(row[0] for row in rows))
        return Expired(
            rule,
            ids,
            self.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0,
            rows[0][1] if rows else None,
            hashlib.sha256(f"{rule.kind} {_digest(ids)}".encode()).hexdigest()[:16],
        )

    # ── how it is destroyed ──────────────────────────────────────────────────────────────────────
    def _empty_pushes(self, ids: Sequence[int]) -> None:
        """The row stays: it is what a repeated push is recognised by."""
        self._run(update(InboundMessage).where(InboundMessage.id.in_(ids)).values(raw=None, reply=None))

    def _remove_sign_ins(self, ids: Sequence[int]) -> None:
        self._run(delete(StaffSession).where(StaffSession.id.in_(ids)))

    def _empty_cases(self, ids: Sequence[int]) -> None:
        files = self.session.execute(
            select(Attachment.original_name, Attachment.clean_name).where(Attachment.case_id.in_(ids))
        )
        # Files go first: a certificate that is committed must be true. If the rest fails, the list is the same next time.
        for name in (name for row in files for name in row if name):
            self.parts.attachments.remove(name)
        self.services.similar.forget(ids)
        for table in (
            Attachment,
            AssignmentProposal,
            LetterAnswer,
            SupervisionLetter,
            Report,
            Feedback,
            Inquiry,
            ReporterIdentity,
            CaseWord,
            StaffDraft,
        ):
            self._run(delete(table).where(table.__table__.c.case_id.in_(ids)))
        self._run(update(ConflictOfInterest).where(ConflictOfInterest.case_id.in_(ids)).values(reason=""))
        self.services.journal.destroy_reasons(ids)
        self._run(
            update(OutboxMessage)
            .where(OutboxMessage.case_id.in_(ids), OutboxMessage.status != OutboxStatus.SENT)
            .values(values={}, status=OutboxStatus.FAILED, error_code="destroyed")
        )
        self._run(
            update(Case)
            .where(Case.id.in_(ids))
            .values(
                suggestion=None,
                slots=None,
                outcome=None,
                declined_to=None,
                satisfaction_comment=None,
                reporter_id=None,
                content_destroyed_at=self.now(),
                version=Case.version + 1,
            )
        )
        for case_id in ids:
            self.services.journal.write(CaseEventKind.RECORDS_DESTROYED, actor=SYSTEM, case_id=case_id)

    def _run(self, statement: object) -> None:
        self.session.execute(statement, execution_options={"synchronize_session": False})  # type: ignore[call-overload]


def _old_pushes(limit: datetime) -> Select[int, datetime]:
    return (
        select(InboundMessage.id, InboundMessage.received_at)
        .where(
            InboundMessage.raw.is_not(None),
            InboundMessage.received_at < limit,
            InboundMessage.status != InboundStatus.STORED,
        )
        .order_by(InboundMessage.received_at, InboundMessage.id)
    )


def _old_sign_ins(limit: datetime) -> Select[int, datetime]:
    return (
        select(StaffSession.id, StaffSession.last_seen_at)
        .where(StaffSession.last_seen_at < limit)
        .order_by(StaffSession.last_seen_at, StaffSession.id)
    )


def _old_cases(limit: datetime) -> Select[int, datetime]:
    """Cases that ended, where nothing has moved since. A concluded one ended where nobody can be told: no clock asks for it."""
    runs = select(CaseDeadline.id).where(CaseDeadline.case_id == Case.id, CaseDeadline.met_at.is_(None)).exists()
    ended = or_(Case.status.not_in(OPEN), and_(Case.status == CaseStatus.CONCLUDED, ~runs))
    moved_since = (
        select(CaseEvent.id)
        .where(CaseEvent.case_id == Case.id, CaseEvent.new_status.is_not(None), CaseEvent.happened_at >= limit)
        .exists()
    )
    return (
        select(Case.id, Case.received_at)
        .where(ended, Case.received_at < limit, Case.content_destroyed_at.is_(None), ~moved_since)
        .order_by(Case.received_at, Case.id)
    )


def _digest(ids: Sequence[int]) -> str:
    return hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()
